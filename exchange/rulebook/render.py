"""Writes RULES.md from the data: every rule of every profile with value, source and flag.

Regenerate with `python -m exchange.rulebook.render`; a test fails on drift.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from exchange.rulebook.calendars import registry_calendar
from exchange.rulebook.checks import DATA, sources
from exchange.rulebook.contracts import contract_table
from exchange.rulebook.files import load_toml
from exchange.rulebook.keys import SHAPES
from exchange.rulebook.model import ProfileFile, Rule, Session
from exchange.rulebook.profiles import profile_names
from exchange.vocabulary.units import format_yuan

PAGE = Path(__file__).parent / "RULES.md"

INTRO = """# Rules

Generated from the data files of this folder by `python -m exchange.rulebook.render`; do not edit.

A rule is one dated row. Flags: **V** read in a text or an official data file, **R** recalled from the
published rules, **D** derived from official data, **U** unknown. Unknowns are configuration: the value
is our choice, the reason stands beside it, and "unset" means that any default would be an invention.
`§n` cites a section of the project's rulebook notes. A changed rule is a new row with a later date; the
row with the latest date up to a trading day holds on it.
"""


def rules_page() -> str:
    """The whole page as Markdown."""
    parts = [INTRO, *(_profile_part(name) for name in profile_names()), _contract_part(), _composite_part()]
    parts += [_deadline_part(), _source_part()]
    return "\n".join(parts)


def _profile_part(name: str) -> str:
    profile = load_toml(DATA / f"{name}.toml", ProfileFile)
    lines = [f"## Profile `{profile.name}`: {profile.title_en} ({profile.title_zh})", ""]
    if profile.synthetic:
        lines += ["**Synthetic: invented for tests, no fact of any market.**", ""]
    if profile.extends:
        lines += [f"Everything of profile `{profile.extends}`, except:", ""]
    rows = [_rule_row(rule) for rule in profile.rule]
    lines += _table(("rule", "meaning", "value", "from", "flag", "source", "reason of a configuration"), rows)
    if profile.session:
        sessions = [
            (s.method, _hours(s), str(s.effective_from), s.flag, _cite(s), s.reason) for s in profile.session
        ]
        lines += ["", *_table(("method", "session", "from", "flag", "source", "reason"), sessions)]
    return "\n".join([*lines, ""])


def _hours(session: Session) -> str:
    text = f"{session.opens:%H:%M}-{session.closes:%H:%M}"
    if session.phase != "trading":
        text += f" {session.phase.replace('_', ' ')}"
    return text + (f", ends up to {session.random_end_s} s later by lot" if session.random_end_s else "")


def _rule_row(rule: Rule) -> tuple[str, ...]:
    meaning = SHAPES[rule.key].meaning
    return (
        f"`{rule.key}`",
        meaning,
        _value_text(rule),
        str(rule.effective_from),
        rule.flag,
        _cite(rule),
        rule.reason,
    )


def _value_text(rule: Rule) -> str:
    if rule.value is None:
        return "unset"
    if isinstance(rule.value, bool):
        return "yes" if rule.value else "no"
    if isinstance(rule.value, int):
        return f"{rule.value:,} {rule.unit}"
    return f"`{rule.value}`"


def _contract_part() -> str:
    table = contract_table()
    rows = [
        (
            str(row.contract_id),
            row.code,
            str(row.listed_from),
            "unset" if row.first_base_ticks is None else format_yuan(row.first_base_ticks),
            row.venue,
            row.registry,
            row.settlement,
            row.flag,
            f"{row.source}: {row.locator}",
        )
        for row in table.contract
    ]
    head = (
        "id",
        "code",
        "listed from",
        "first base, CNY",
        "venue",
        "registry",
        "settlement",
        "flag",
        "source",
    )
    keys = [f"- {row.key} ({row.role}): {row.name_en} ({row.name_zh})" for row in table.institution]
    return "\n".join(["## Contracts", "", *_table(head, rows), "", *keys, ""])


def _composite_part() -> str:
    rows = []
    for row in contract_table().composite:
        total = sum(row.weights.values())
        weights = ", ".join(f"{code} {weight}/{total}" for code, weight in row.weights.items())
        rows.append((str(row.effective_from), weights, row.flag, f"{row.source}: {row.locator}"))
    return "\n".join(["## Composite price", "", *_table(("from", "weights", "flag", "source"), rows), ""])


def _deadline_part() -> str:
    calendar = registry_calendar()
    rows = [
        (
            ", ".join(map(str, obligation.years)),
            row.kind,
            f"{calendar.deadline_instant(row.date):%Y-%m-%d %H:%M}",
            row.flag,
            row.source,
        )
        for obligation in calendar.obligations
        for row in obligation.deadlines
    ]
    head = ("obligation", "deadline", "Asia/Shanghai", "flag", "source")
    return "\n".join(["## Compliance calendar", "", *_table(head, rows), ""])


def _source_part() -> str:
    return "\n".join(["## Sources", "", *_table(("key", "source"), list(sources().items())), ""])


def _cite(row: Rule | Session) -> str:
    return f"{row.source}: {row.locator}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return lines + ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]


def main() -> None:
    """Write the page next to this file."""
    PAGE.write_text(rules_page(), encoding="utf-8")


if __name__ == "__main__":
    main()

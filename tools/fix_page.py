"""Write the tables of the FIX gateway into docs/FIX.md: `python -m tools.fix_page`. The text around
them is by hand.
"""

from pathlib import Path

from exchange.bridge.fix.states import TRANSITIONS
from exchange.bridge.fix.tables import MESSAGES, VALUES, Layout, Tag
from tools.marked_block import replace_block

PAGE = Path(__file__).resolve().parents[1] / "docs" / "FIX.md"
WAYS = {"in": "from the member", "out": "to the member", "both": "both ways"}


def message_tables() -> str:
    """One table of all messages, then one of each message's fields."""
    rows = ["| type | message | way | meaning |", "|---|---|---|---|"]
    rows += [f"| `{one.msg_type}` | {one.name} | {WAYS[one.way]} | {one.meaning} |" for one in MESSAGES]
    return "\n".join([*rows, *(_fields(one) for one in MESSAGES)])


def value_table() -> str:
    """Every field that has few values."""
    rows = ["| field | values |", "|---|---|"]
    for tag, values in sorted(VALUES.items()):
        rows.append(f"| {_name(tag)} | {', '.join(f'`{value}` {name}' for value, name in values.items())} |")
    return "\n".join(rows)


def state_table() -> str:
    """The session's transitions."""
    rows = ["| state | input | next state |", "|---|---|---|"]
    rows += [f"| {state.name} | {given.name} | {to.name} |" for (state, given), to in TRANSITIONS.items()]
    return "\n".join(rows)


def write(text: str) -> str:
    """The page with its tables as the code has them."""
    for block, table in (
        ("fix messages", message_tables()),
        ("fix values", value_table()),
        ("fix states", state_table()),
    ):
        text = replace_block(text, block, table)
    return text


def _fields(layout: Layout) -> str:
    required = ", ".join(_name(tag) for tag in layout.required) or "none"
    optional = ", ".join(_name(tag) for tag in layout.optional) or "none"
    lines = [f"\n**{layout.name} (`{layout.msg_type}`)**. Required: {required}. Optional: {optional}."]
    if layout.group is not None:
        count, entries = layout.group
        lines.append(f"Group {_name(count)}: {', '.join(_name(tag) for tag in entries)}.")
    return " ".join(lines)


def _name(tag: Tag) -> str:
    return f"{tag.name} {int(tag)}"


if __name__ == "__main__":
    PAGE.write_text(write(PAGE.read_text(encoding="utf-8")), encoding="utf-8")

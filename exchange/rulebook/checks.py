"""What a row must satisfy beyond its types: known source, right unit, value in bounds, unknowns marked."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from exchange.rulebook.errors import RulebookError
from exchange.rulebook.files import load_toml
from exchange.rulebook.keys import SHAPES, Choice, WholeNumber, unit_of
from exchange.rulebook.model import ContractFile, Flag, ProfileFile, Rule, Session, SourceFile
from exchange.vocabulary.enums import Method

DATA = Path(__file__).parent / "data"
RANDOM_END_S_MAX = 600
_SESSION_PHASES = ("trading", "call_auction")
_BOOK_METHODS = ("listed", "continuous")
SECTION_MARK = "§"  # a row may cite a section of the rulebook notes instead of a source


@cache
def sources() -> Mapping[str, str]:
    """Source key -> title, in file order."""
    return {row.key: row.title for row in load_toml(DATA / "sources.toml", SourceFile).source}


def check_profile(profile: ProfileFile, file_name: str) -> None:
    """Every row of a profile's own file; raises RulebookError naming the file and row."""
    seen: set[tuple[str, object]] = set()
    for rule in profile.rule:
        place = f"{file_name}: rule {rule.key} of {rule.effective_from}"
        if (rule.key, rule.effective_from) in seen:
            raise RulebookError(f"{place}: expected one row for a key and date, found two")
        seen.add((rule.key, rule.effective_from))
        _check_origin(rule, place)
        _check_value(rule, place)
    for session in profile.session:
        _check_session(session, file_name)


def check_contracts(table: ContractFile) -> None:
    """Unique ids and codes, known institutions, composite weights of listed contracts only."""
    codes = [row.code for row in table.contract]
    _check_unique("contracts.toml: contract code", codes)
    _check_unique("contracts.toml: contract_id", [row.contract_id for row in table.contract])
    known = {row.key for row in table.institution}
    for contract in table.contract:
        place = f"contracts.toml: contract {contract.code}"
        check_source(contract.source, place)
        for key in (contract.venue, contract.registry, contract.settlement):
            if key not in known:
                raise RulebookError(f"{place}: expected an institution of {sorted(known)}, found {key}")
    listed_from = {row.code: row.listed_from for row in table.contract}
    for row in table.composite:
        place = f"contracts.toml: composite weights of {row.effective_from}"
        check_source(row.source, place)
        early = [
            code for code in row.weights if listed_from.get(code, row.effective_from) > row.effective_from
        ]
        unknown = [code for code in row.weights if code not in listed_from]
        if early or unknown or not row.weights or min(row.weights.values()) < 1:
            raise RulebookError(f"{place}: expected weights >= 1 of listed contracts, found {row.weights}")


def _check_unique(what: str, values: Iterable[object]) -> None:
    values = list(values)
    if len(set(values)) != len(values):
        raise RulebookError(f"{what}: expected each once, found {values}")


def check_source(source: str, place: str) -> None:
    """A key of sources.toml, or a section of the rulebook notes; `place` names the row in the error."""
    if source not in sources() and not source.startswith(SECTION_MARK):
        raise RulebookError(f"{place}: expected a source of sources.toml or '§n', found {source!r}")


def _check_origin(row: Rule | Session, place: str) -> None:
    check_source(row.source, place)
    if row.flag is Flag.UNKNOWN and not row.configuration:
        raise RulebookError(f"{place}: expected configuration = true for an unknown (flag U), found false")
    if row.configuration and not row.reason:
        raise RulebookError(f"{place}: expected a reason for a configuration, found none")


def _check_value(rule: Rule, place: str) -> None:
    if rule.unit != unit_of(rule.key):
        raise RulebookError(f"{place}: expected unit {unit_of(rule.key)!r}, found {rule.unit!r}")
    if rule.value is None:
        if rule.flag is not Flag.UNKNOWN:
            raise RulebookError(f"{place}: expected a value, found none; only unknowns (flag U) may be unset")
        return
    shape = SHAPES[rule.key]
    if isinstance(shape, WholeNumber):
        whole = isinstance(rule.value, int) and not isinstance(rule.value, bool)
        if not (whole and isinstance(rule.value, int) and shape.least <= rule.value <= shape.most):
            raise RulebookError(
                f"{place}: expected an integer {shape.least}..{shape.most}, found {rule.value!r}"
            )
    elif isinstance(shape, Choice):
        if rule.value not in shape.options:
            raise RulebookError(f"{place}: expected one of {shape.options}, found {rule.value!r}")
    elif not isinstance(rule.value, bool):
        raise RulebookError(f"{place}: expected true or false, found {rule.value!r}")


def _check_session(session: Session, file_name: str) -> None:
    place = f"{file_name}: session {session.method} {session.opens} of {session.effective_from}"
    _check_origin(session, place)
    if session.method.upper() not in Method.__members__:
        raise RulebookError(f"{place}: expected a method of {[m.name.lower() for m in Method]}")
    if session.opens >= session.closes:
        raise RulebookError(f"{place}: expected it to close after it opens, found {session.closes}")
    if session.phase not in _SESSION_PHASES:
        raise RulebookError(f"{place}: expected a phase of {_SESSION_PHASES}, found {session.phase}")
    is_auction = session.phase == _SESSION_PHASES[1]
    if is_auction and session.method not in _BOOK_METHODS:
        raise RulebookError(f"{place}: expected a call auction of {_BOOK_METHODS}, found {session.method}")
    most = RANDOM_END_S_MAX if is_auction else 0
    if not 0 <= session.random_end_s <= most:
        raise RulebookError(f"{place}: expected random_end_s 0 to {most}, found {session.random_end_s}")

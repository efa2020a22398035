"""KERNEL.md names every command, event, reject and parameter of this release, and the code's defaults."""

import enum
import inspect
import re

import pytest

from exchange.kernel import digest, reasons
from exchange.kernel.state import DEFAULT_PARAMETERS, Capacity
from exchange.vocabulary import enums, limits
from exchange.vocabulary.enums import ParameterId
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import CATALOGUE
from exchange.vocabulary.rejects import RejectReason
from tests.architecture.source import ROOT
from tests.differential.shard import REASONS

PAGE = (ROOT / "exchange" / "kernel" / "KERNEL.md").read_text(encoding="utf-8")
RELEASE = 1
COMMAND_LAST, EVENT_LAST = 0x7F, 0xBF
NAMED = set(re.findall(r"`([A-Z][A-Z0-9_]{3,})`", PAGE))

KINDS = [
    message.name
    for message in CATALOGUE
    if message.step == RELEASE and message.kind <= EVENT_LAST and message.group != "query"
]
KERNEL_REASONS = [name for name in vars(reasons) if name in RejectReason.__members__]


@pytest.mark.parametrize("name", [*KINDS, *KERNEL_REASONS, *ParameterId.__members__])
def test_page_names(name: str) -> None:
    assert name in NAMED, f"KERNEL.md does not say what {name} is"


def test_reasons_looked_for_are_those_that_occur() -> None:
    """The kernel's own list is the list that the differential run has seen happen."""
    assert {RejectReason[name] for name in KERNEL_REASONS} == REASONS
    assert any(Kind[name] <= COMMAND_LAST for name in KINDS)


def test_page_names_nothing_that_is_gone() -> None:
    known = set(dir(limits)) | {"SOURCES_HASH"}
    for members in (Kind, RejectReason, *vars(enums).values()):
        if isinstance(members, type) and issubclass(members, enum.Enum):
            known |= set(members.__members__)
    assert NAMED - known == set()


@pytest.mark.parametrize("parameter", ParameterId, ids=lambda parameter: parameter.name)
def test_number_and_default_of_a_parameter(parameter: ParameterId) -> None:
    row = re.search(rf"^\| `{parameter.name}` \| (\d+) \| ([\d,]+) \|", PAGE, flags=re.MULTILINE)
    assert row is not None, f"KERNEL.md has no row for {parameter.name}"
    shown = (int(row[1]), int(row[2].replace(",", "")))
    assert shown == (parameter, DEFAULT_PARAMETERS.get(parameter, 0))


def test_layout_of_the_canonical_digest() -> None:
    layouts = set(re.findall(r'"(<[A-Za-z]+)"', inspect.getsource(digest)))
    section = PAGE[PAGE.index("canonical digest\n") :]
    assert set(re.findall(r"`(<[A-Za-z]+)`", section)) == layouts
    assert f"`{digest.HEAD.decode()}`" in section


def test_capacity_names() -> None:
    assert f"`Capacity({', '.join(Capacity._fields)})`" in PAGE

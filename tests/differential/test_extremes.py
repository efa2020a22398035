"""Every field of every kind at its extremes, and every unknown kind: kernel and reference answer the same."""

import random
from functools import cache
from typing import NamedTuple

import pytest

from exchange.vocabulary.limits import RECORD_BYTES
from exchange.vocabulary.records import BY_KIND
from tests.differential.actions import Choice
from tests.differential.extremes import KIND_OFFSET, base_records, extremes_of, fields_of
from tests.differential.live import Image, Live
from tests.differential.stages import PROFILE, STAGES, at_stage

COMMAND_KINDS = [kind for kind in BY_KIND if kind < 0x80]
UNKNOWN_KINDS = [kind for kind in range(256) if kind not in COMMAND_KINDS]


class Scene(NamedTuple):
    """Both implementations at a stage, and a record of every kind."""

    live: Live
    image: Image
    records: dict[int, bytes]


@cache
def scene_of(stage: str) -> Scene:
    """A stage is made once."""
    flow = at_stage(stage)
    live = Live(flow)
    live.compare(stage)
    image = live.image()
    live.restore(image)
    return Scene(live, image, base_records(flow, live, image, Choice(PROFILE)))


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("kind", COMMAND_KINDS, ids=lambda kind: BY_KIND[kind].name)
def test_every_field_at_its_extremes(stage: str, kind: int) -> None:
    """One field at a time; from the same state for every field."""
    live, image, records = scene_of(stage)
    for field in fields_of(kind):
        live.restore(image)
        for record in extremes_of(records[kind], field):
            live.tell(record)
        live.compare(f"{stage} {BY_KIND[kind].name}.{field.name}")


@pytest.mark.parametrize("stage", STAGES)
def test_unknown_kinds(stage: str) -> None:
    """Whatever stands behind a kind that no rule knows, it is refused."""
    live, image, _ = scene_of(stage)
    live.restore(image)
    rng = random.Random(5)
    for kind in UNKNOWN_KINDS:
        record = bytearray(rng.randbytes(RECORD_BYTES))
        record[KIND_OFFSET] = kind
        live.tell(bytes(record))
    live.compare(stage)

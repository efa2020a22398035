"""A kernel and a reference in the same live state, stepped together, and put back to where they were."""

import pickle
from typing import NamedTuple

import numpy as np

from exchange import kernel
from exchange.vocabulary.limits import RECORD_BYTES
from exchange.vocabulary.records import COMMAND
from tests.differential.describe import describe, describe_event
from tests.differential.drive import Buffer, call_kernel, new_buffer
from tests.differential.flow import Event, Flow
from tests.reference import Reference

BUFFER_EVENTS = 4_096


class Image(NamedTuple):
    """Both states at a moment."""

    reference: bytes
    arrays: list[np.ndarray]


class Live:
    """Both implementations after the commands of a flow."""

    def __init__(self, flow: Flow) -> None:
        self.reference = flow.reference
        self.state = kernel.new_state(kernel.Capacity(*flow.profile.capacity))
        self.buffer: Buffer = new_buffer(BUFFER_EVENTS)
        self.tell_kernel(b"".join(flow.records))

    def tell_kernel(self, records: bytes) -> list[Event]:
        """The kernel's answer to commands."""
        commands = np.frombuffer(records, COMMAND).copy()
        found: list[Event] = []
        done = 0
        while done < len(records) // RECORD_BYTES:
            done += call_kernel(self.state, commands[done:], self.buffer, found, done)
        return found

    def tell(self, record: bytes) -> list[Event]:
        """One command to both; AssertionError naming the first event that differs."""
        expected, found = self.reference.apply(record), self.tell_kernel(record)
        if expected != found:
            pairs = [pair for pair in zip(expected, found, strict=False) if pair[0] != pair[1]]
            first = pairs[0] if pairs else (expected[len(found) :], found[len(expected) :])
            shown = [describe_event(*event) if isinstance(event, tuple) else event for event in first]
            raise AssertionError(f"{describe(record)}: expected {shown[0]}, found {shown[1]}")
        return found

    def compare(self, what: str) -> None:
        """Both states have the same digest and are in balance."""
        expected, found = self.reference.canonical_digest(), kernel.digest_canonical(self.state)
        assert expected == found, f"{what}: expected digest {expected.hex()}, found {found.hex()}"
        kernel.check_state(self.state)
        self.reference.check()

    def image(self) -> Image:
        """Both states, to come back to."""
        self.reference.market.command = None  # of a type made at run time, which pickle cannot name
        return Image(pickle.dumps(self.reference), [array.copy() for array in self.state])

    def restore(self, image: Image) -> None:
        """Back to an image."""
        reference = pickle.loads(image.reference)
        assert isinstance(reference, Reference)
        self.reference = reference
        for array, kept in zip(self.state, image.arrays, strict=True):
            np.copyto(array, kept)

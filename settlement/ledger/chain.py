"""The hash chain: the hash of a block covers the hash before it and every byte that its entries mean.

The text below is hashed, so that the chain does not depend on how a database stores a row. Account codes
rather than row numbers are in it: two stores with the same history have the same head.
"""

import hashlib
from collections.abc import Iterable
from typing import Final

EntryHead = tuple[int, int, int, str, str, str]
GENESIS: Final = b"\x00" * 32


class BlockHash:
    """Running hash of one block: begin with the hash before it, add its entries in order, read `digest`."""

    def __init__(self, previous: bytes) -> None:
        self._sha = hashlib.sha256(previous)

    def add_entry(self, head: EntryHead, postings: Iterable[tuple[str, int]]) -> None:
        """Add an entry (id, day, booked ns, kind, reference, memo) and its postings (code, amount)."""
        lines = ["entry\t" + "\t".join(map(str, head))]
        lines += [f"{code}\t{amount}" for code, amount in postings]
        self._sha.update(("\n".join(lines) + "\n").encode())

    def digest(self) -> bytes:
        """Hash of the block so far."""
        return self._sha.digest()

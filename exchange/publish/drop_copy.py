"""A drop copy: the merged streams of a set of members, unchanged, in the kernel's order."""

from collections.abc import Sequence

import numpy as np

from exchange.publish.derived import NO_WORDS, STREAM_OPENED, StreamIds, Words, kinds_of, opened
from exchange.vocabulary.limits import DROP_COPY_FIRST, MEMBER_FIRST, STREAM_PUBLIC


class DropCopy:
    """Derives one drop copy. What the kernel says to the drop copy's own logins is in it as well."""

    def __init__(self, stream_id: int, member_ids: Sequence[int]) -> None:
        if not DROP_COPY_FIRST <= stream_id < MEMBER_FIRST:
            raise ValueError(
                f"expected a stream of {DROP_COPY_FIRST} to {MEMBER_FIRST - 1}, found {stream_id}"
            )
        self.stream_id = stream_id
        size = max((stream_id, *member_ids)) + 2  # the last is nobody's, and stands for all beyond
        self._is_copied = np.zeros(size, np.bool_)
        self._is_copied[[stream_id, *member_ids]] = True
        self._is_looked_at = self._is_copied.copy()
        self._is_looked_at[STREAM_PUBLIC] = True  # whose STREAM_OPENED becomes this stream's

    def derive(self, words: Words, streams: StreamIds) -> Words:
        """See Derivation.derive."""
        found = np.flatnonzero(self._is_looked_at.take(streams, mode="clip"))
        if not len(found):
            return NO_WORDS
        is_opening = kinds_of(words)[found] == STREAM_OPENED
        is_wanted = self._is_copied.take(streams[found], mode="clip") ^ is_opening
        made: Words = words[found[is_wanted]]
        is_opening = is_opening[is_wanted]
        if is_opening.any():
            made[is_opening] = opened(made[is_opening], self.stream_id)
        return made

    def complete(self) -> Words:
        """See Derivation.complete."""
        return NO_WORDS

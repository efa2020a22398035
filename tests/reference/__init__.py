"""The whole exchange kernel a second time, in plain Python: the oracle of every differential test.

Written to be read as the specification: dicts, deques, a SortedDict per side of a book, Python integers.
Nothing here is shared with exchange.kernel but the vocabulary.
"""

from tests.reference.digest import canonical_digest
from tests.reference.reference import Reference
from tests.reference.state import Capacity

__all__ = ["Capacity", "Reference", "canonical_digest"]

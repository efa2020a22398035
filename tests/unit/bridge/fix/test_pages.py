"""The data dictionary and the page are those of the tables."""

from exchange.bridge.fix.dictionary import FILE, dictionary
from exchange.bridge.fix.tables import MESSAGES, TYPES, VALUES, Tag
from tools.fix_page import PAGE, write


def test_the_dictionary_is_the_tables_own() -> None:
    assert FILE.read_text(encoding="utf-8") == dictionary(), "run python -m exchange.bridge.fix.dictionary"


def test_the_page_has_the_tables_of_the_code() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text == write(text), "run python -m tools.fix_page"


def test_no_field_stands_in_a_message_twice_and_each_is_used() -> None:
    for layout in MESSAGES:
        entries = layout.group[1] if layout.group is not None else ()
        tags = [*layout.required, *layout.optional, *entries]
        assert len(tags) == len(set(tags)), layout.name
    used = {tag for layout in MESSAGES for tag in (*layout.required, *layout.optional)}
    assert set(TYPES) | set(VALUES) <= set(Tag)
    assert {Tag.ClOrdID, Tag.Price, Tag.OrderQty} <= used

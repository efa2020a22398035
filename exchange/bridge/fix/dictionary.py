"""Writes the data dictionary that a member's engine loads, from our tables: `python -m
exchange.bridge.fix.dictionary`.

The layout is the one QuickFIX reads. It says what the gateway sends and takes, and nothing else of FIX 4.4.
"""

from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from exchange.bridge.fix.tables import (
    HEADER_OPTIONAL,
    HEADER_REQUIRED,
    MESSAGES,
    TYPES,
    VALUES,
    Layout,
    Tag,
    Type,
)

FILE: Final = Path(__file__).with_name("TWOCITY44.xml")


def dictionary() -> str:
    """The whole file."""
    root = ElementTree.Element("fix", {"type": "FIX", "major": "4", "minor": "4", "servicepack": "0"})
    header = ElementTree.SubElement(root, "header")
    _add_fields(header, HEADER_REQUIRED, required="Y")
    _add_fields(header, HEADER_OPTIONAL, required="N")
    _add_fields(ElementTree.SubElement(root, "trailer"), (Tag.CheckSum,), required="Y")
    messages = ElementTree.SubElement(root, "messages")
    for layout in MESSAGES:
        _add_message(messages, layout)
    ElementTree.SubElement(root, "components")
    fields = ElementTree.SubElement(root, "fields")
    for tag in Tag:
        _add_definition(fields, tag)
    ElementTree.indent(root, " ")
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def _add_message(messages: ElementTree.Element, layout: Layout) -> None:
    category = "admin" if layout.is_admin else "app"
    attributes = {"name": layout.name, "msgtype": layout.msg_type, "msgcat": category}
    message = ElementTree.SubElement(messages, "message", attributes)
    _add_fields(message, layout.required, required="Y")
    _add_fields(message, layout.optional, required="N")
    if layout.group is not None:
        count, entries = layout.group
        group = ElementTree.SubElement(message, "group", {"name": count.name, "required": "Y"})
        _add_fields(group, entries, required="Y")


def _add_fields(parent: ElementTree.Element, tags: tuple[Tag, ...], *, required: str) -> None:
    for tag in tags:
        ElementTree.SubElement(parent, "field", {"name": tag.name, "required": required})


def _add_definition(fields: ElementTree.Element, tag: Tag) -> None:
    kind = TYPES.get(tag, Type.STRING).name
    definition = ElementTree.SubElement(
        fields, "field", {"number": str(int(tag)), "name": tag.name, "type": kind}
    )
    values = VALUES.get(tag, {})
    if tag is Tag.MsgType:
        values = {layout.msg_type: layout.name.upper() for layout in MESSAGES}
    for value, meaning in values.items():
        ElementTree.SubElement(definition, "value", {"enum": value, "description": meaning})


if __name__ == "__main__":
    FILE.write_text(dictionary(), encoding="utf-8")

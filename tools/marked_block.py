"""Replace a generated part of a document, which stands between two HTML comments that name it.

<!-- begin generated: numbers -->
...
<!-- end generated: numbers -->
"""

import re


class MissingBlockError(ValueError):
    """The document has no such block, or has it more than once."""


def read_block(text: str, name: str) -> str:
    """Return what stands between the markers, without the surrounding line breaks."""
    return _match(text, name).group("body").strip("\n")


def replace_block(text: str, name: str, body: str) -> str:
    """Return the document with a new body between the markers."""
    match = _match(text, name)
    return f"{text[: match.start('body')]}\n{body.strip()}\n{text[match.end('body') :]}"


def _match(text: str, name: str) -> re.Match[str]:
    begin, end = (re.escape(f"<!-- {edge} generated: {name} -->") for edge in ("begin", "end"))
    matches = list(re.finditer(f"{begin}\n(?P<body>.*?){end}", text, flags=re.DOTALL))
    if len(matches) != 1:
        raise MissingBlockError(f"expected one block named {name!r}, found {len(matches)}")
    return matches[0]

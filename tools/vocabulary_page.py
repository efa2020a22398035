"""Write the reject codes into VOCABULARY.md: `python -m tools.vocabulary_page`. Other tables are by hand."""

from pathlib import Path

from exchange.vocabulary.rejects import REJECT_TEXTS
from tools.marked_block import replace_block

PAGE = Path(__file__).resolve().parents[1] / "VOCABULARY.md"
BLOCK = "reject reasons"


def reject_table() -> str:
    """Return one row per reject reason, in the order of precedence."""
    rows = ["| code | `RejectReason` | 中文 | English |", "|---|---|---|---|"]
    for reason, text in sorted(REJECT_TEXTS.items()):
        rows.append(f"| {int(reason)} | `{reason.name}` | {text.zh} | {text.en} |")
    return "\n".join(rows)


def main() -> None:
    PAGE.write_text(replace_block(PAGE.read_text(encoding="utf-8"), BLOCK, reject_table()), encoding="utf-8")


if __name__ == "__main__":
    main()

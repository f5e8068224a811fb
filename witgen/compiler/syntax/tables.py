"""Writes `tables.json`, the analysed grammar: `python -m witgen.compiler.syntax.tables`, after a change of `grammar/wit.lark`."""

from __future__ import annotations

from pathlib import Path

from .machine import TABLES, tables_text


def main() -> None:
    """Write the tables beside this file."""
    path = Path(__file__).with_name(TABLES)
    path.write_text(tables_text(), encoding="utf-8")
    print(f"{path}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()

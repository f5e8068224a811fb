"""Imports, collected while a module is planned and laid out as isort would lay them out."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable

from ..emit.pymodel import PyImport, PyImportBlock, PyImportedName


class Imports:
    """The names that one module imports. Asking for a name returns the text to use for it in that module."""

    def __init__(self) -> None:
        self._from: dict[str, set[tuple[str, str]]] = {}
        self._plain: set[str] = set()

    def name(self, module: str, name: str, alias: str = "") -> str:
        """`from module import name [as alias]`; returns the name it is known by."""
        self._from.setdefault(module, set()).add((name, "" if alias == name else alias))
        return alias or name

    def module(self, module: str) -> str:
        """`import module`; returns `module`."""
        self._plain.add(module)
        return module

    def blocks(self) -> tuple[PyImportBlock, ...]:
        """The import lines in isort's order: `__future__`, standard library, others, relative; plain imports first."""
        groups: dict[int, list[tuple[tuple[object, ...], PyImport]]] = {}
        for module in self._plain:
            groups.setdefault(_section(module), []).append(((0, _module_key(module)), PyImport(module)))
        for module, names in self._from.items():
            entries = groups.setdefault(_section(module), [])
            for line in _lines(names):
                key = (1, _module_key(module), _member_key(line[0].name), line[0].alias)
                entries.append((key, PyImport(module, line)))
        return tuple(
            PyImportBlock(tuple(entry for _, entry in sorted(groups[section], key=lambda e: e[0])))
            for section in sorted(groups)
        )


def sorted_names(names: Iterable[str]) -> tuple[str, ...]:
    """The names of an `__all__`, each once, as ruff wants them: constants, classes, then the rest; upper case first."""
    return tuple(sorted(set(names), key=lambda name: (_kind(name), _natural_key(name))))


def _lines(names: set[tuple[str, str]]) -> list[tuple[PyImportedName, ...]]:
    """The names of one module, line by line: those that keep their name together, each alias by itself."""
    kept = sorted((name for name, alias in names if not alias), key=_member_key)
    lines = [tuple(PyImportedName(name) for name in kept)] if kept else []
    lines += [(PyImportedName(name, alias),) for name, alias in sorted(names) if alias]
    return lines


def _section(module: str) -> int:
    if module == "__future__":
        return 0
    if module.startswith("."):
        return 3
    return 1 if module.split(".")[0] in sys.stdlib_module_names else 2


def _module_key(module: str) -> tuple[object, ...]:
    """More dots come first; then by name, without regard to case first."""
    name = module.lstrip(".")
    return (len(name) - len(module), _natural_key(name.lower()), _natural_key(name))


def _member_key(name: str) -> tuple[object, ...]:
    """Constants, then classes, then variables; each without regard to case first."""
    return (_kind(name), _natural_key(name.lower()), _natural_key(name))


def _kind(name: str) -> int:
    return 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2


def _natural_key(text: str) -> tuple[tuple[int, int, str], ...]:
    """Numbers in names compare as numbers (`v2` before `v10`), unless they start with a zero."""
    return tuple(
        (ord("0"), 0 if run.startswith("0") else len(run), run) if run.isdigit() else (ord(run), 0, "")
        for run in re.findall(r"[0-9]+|[^0-9]", text)
    )

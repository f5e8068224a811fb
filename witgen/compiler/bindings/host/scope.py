"""One module being planned: the names that its text may use, and the imports that this takes.

A name is asked for where it is used, so imports are exact. Names that WIT gave are never changed: a helper that one of
them would hide is imported under an alias (`_Protocol`), a builtin that a method hides is qualified (`builtins.list`),
and a class of another module is aliased where its name is taken.
"""

from __future__ import annotations

from collections.abc import Collection

from ...emit.pymodel import PyImportBlock
from ..imports import Imports
from .layout import Path

RUNTIME = "witgen.runtime"
"""What programs import as well."""
GENERATED = "witgen.runtime.generated"
"""What generated modules alone import."""

_HELPERS = {
    "abc": ("abstractmethod",),
    "collections.abc": ("Awaitable", "Callable", "Mapping", "Sequence"),
    "dataclasses": ("dataclass", "field"),
    "typing": (
        "Generic",
        "Never",
        "NotRequired",
        "Protocol",
        "Self",
        "TYPE_CHECKING",
        "TypedDict",
        "TypeVar",
        "Unpack",
    ),
    RUNTIME: (
        "Abi",
        "Bound",
        "ByteStreamReader",
        "ComponentSource",
        "Engine",
        "Err",
        "ErrorContext",
        "FolderPath",
        "FutureReader",
        "IntoByteStream",
        "IntoFuture",
        "IntoStream",
        "Isolation",
        "Limits",
        "Need",
        "Ok",
        "Some",
        "Store",
        "StreamReader",
        "WasiConfig",
    ),
    GENERATED: ("Handle", "Instance", "Prepared", "bound", "deprecated"),
}
HELPERS = {name: module for module, names in _HELPERS.items() for name in names}
"""The names that generated code takes from elsewhere, and the module of each."""

BUILTINS = frozenset(
    (
        "bool",
        "bytearray",
        "bytes",
        "dict",
        "float",
        "int",
        "list",
        "memoryview",
        "object",
        "property",
        "staticmethod",
        "str",
        "tuple",
    )
)
"""The builtins that generated code uses."""


class ModuleScope:
    """The names and imports of the module at `path`.

    `names` are those that the module defines at its own level, `members` all those that its classes define.
    """

    def __init__(self, path: Path, names: Collection[str], members: Collection[str]) -> None:
        self.path = path
        self._names = names
        self._members = members
        self._imports = Imports()
        self._checking = Imports()
        self._foreign: dict[tuple[Path, str], str] = {}
        self._taken: set[str] = set()
        self._imports.name("__future__", "annotations")

    def helper(self, name: str) -> str:
        """The text for a helper of `HELPERS`."""
        hidden = name in self._names or name in self._members
        return self._imports.name(HELPERS[name], name, f"_{name}" if hidden else "")

    def hidden_helper(self, name: str) -> str:
        """The same for the body of a function, where parameters may have any name that WIT can give."""
        return self._imports.name(HELPERS[name], name, f"_{name}")

    def standard(self, module: str) -> str:
        """The text for a module of the standard library, such as `enum`."""
        return self._imports.module(module)

    def builtin(self, name: str, members: Collection[str]) -> str:
        """The text for a builtin inside a class that defines `members`."""
        if name not in members:
            return name
        if "builtins" in members:
            return self._imports.name("builtins", name, f"_{name}")
        return f"{self._imports.module('builtins')}.{name}"

    def foreign(self, path: Path, name: str, *, checking: bool = False) -> str:
        """The text for `name` of another module of the package; `checking` imports it for type checkers only."""
        known = self._foreign.get((path, name))
        if known is None:
            known = self._foreign[path, name] = self._free(path, name)
        (self._checking if checking else self._imports).name(self.relative(path), name, "" if known == name else known)
        return known

    def module(self, path: Path, alias: str, *, checking: bool = False) -> str:
        """The text for another module of the package, imported as `alias`; `checking` as for `foreign`."""
        (self._checking if checking else self._imports).name(self.relative(path[:-1]), path[-1], alias)
        return alias

    def claim(self, path: Path, name: str, alias: str = "") -> None:
        """Import `name` of another module as part of what this one offers, as `alias` or under its own name."""
        self._imports.name(self.relative(path), name, alias)
        self._foreign.setdefault((path, name), alias or name)

    def _free(self, path: Path, name: str) -> str:
        if self._usable(name):
            self._taken.add(name)
            return name
        for start in range(len(path) - 1, -1, -1):
            alias = "_" + "_".join((*path[start:], name)).lstrip("_")
            if alias not in self._taken:
                self._taken.add(alias)
                return alias
        raise AssertionError(f"two modules at {path}")

    def _usable(self, name: str) -> bool:
        return not (name in self._names or name in self._taken or name in HELPERS)

    def relative(self, path: Path) -> str:
        """`path` as seen from this module: `..io_v0_2.error`."""
        here = self.path[:-1]
        shared = 0
        while shared < min(len(here), len(path)) and here[shared] == path[shared]:
            shared += 1
        return "." * (len(here) - shared + 1) + ".".join(path[shared:])

    def blocks(self) -> tuple[PyImportBlock, ...]:
        """The imports; to be asked for last."""
        return self._imports.blocks()

    def checking_blocks(self) -> tuple[PyImportBlock, ...]:
        """The imports under `if TYPE_CHECKING:`; to be asked for before `blocks`, since they need that name."""
        blocks = self._checking.blocks()
        if blocks:
            self.helper("TYPE_CHECKING")
        return blocks

"""How one generated module refers to names: its own, those of other modules, helpers and builtins.

A scope knows every name that WIT puts into the module. Where such a name hides a builtin, the annotation says
`builtins.str`; where it hides a helper, the import gets a leading underscore, which no WIT name can have.
"""

from __future__ import annotations

from ....component.items import Interface, World
from ....component.types import Resource, TypeDefinition
from ...emit.pymodel import PyImportBlock
from ..docs import respelled
from ..imports import Imports
from ..naming import camel
from .layout import WORLD, Home, Layout, Side


class Scope:
    """The names of one module, and the imports it comes to need."""

    def __init__(
        self, layout: Layout, home: Home, names: frozenset[str], definitions: frozenset[TypeDefinition]
    ) -> None:
        """`names` are those that the module binds itself, `definitions` the types among them."""
        self.layout = layout
        self.home = home
        self._modules = frozenset(bound.home.module for bound in (*layout.imports, *layout.exports))
        self._names = names
        self._definitions = definitions
        self._imports = Imports()
        self._checking = Imports()
        self._bound: dict[str, Home] = {}
        hidden = "annotations" in names or "annotations" in self._modules
        self._imports.name("__future__", "annotations", "_annotations" if hidden else "")

    def builtin(self, name: str, members: frozenset[str]) -> str:
        """The text for a builtin such as `int` inside a class whose `members` may hide it; there are none at module level."""
        if name not in self._names and name not in members:
            return name
        if "builtins" in self._names or "builtins" in members:
            return self._imports.name("builtins", name, f"_{name}")
        return f"{self._imports.module('builtins')}.{name}"

    def helper(self, module: str, name: str, members: frozenset[str]) -> str:
        """A name of the standard library or of a sibling of the world's package."""
        hidden = name in self._names or name in self._modules or name in members
        return self._imports.name(module, name, f"_{name}" if hidden else "")

    def respelled(self, docs: str | None, owner: Interface | World) -> str | None:
        """The docs of an item of `owner`, with the names of Python."""
        return respelled(docs, self.layout.in_docs(owner))

    def definition(self, definition: TypeDefinition, members: frozenset[str]) -> str:
        """A record, variant, enum, flags or resource, by its first home, or by this module's own copy."""
        name = camel(definition.name)
        if definition in self._definitions:
            return name
        home = self.layout.homes(definition)[0]
        if home == WORLD:
            return self._checked("..", name, f"_{name}")
        return f"{self._module(home, members)}.{name}"

    def exported(self, resource: Resource) -> str | None:
        """The Protocol of a resource that is exported and imported; None for any other resource.

        It is imported for type checkers only, and by a path that binds no other name: the name of the module stays that
        of the import, as it is in what componentize-py writes.
        """
        home = self.layout.exported_home(resource) if self.layout.is_on_both_sides(resource) else None
        if home is None or resource in self._definitions:
            return None
        assert self.home.side is Side.EXPORTS, self.home
        name = camel(resource.name)
        return self._checked(f"..{Side.EXPORTS.value}.{home.module}", name, f"_{home.module}_{name}")

    def imports(self) -> tuple[PyImportBlock, ...]:
        """The import lines, complete once everything in the module has been named."""
        return self._imports.blocks()

    def checking_imports(self) -> tuple[PyImportBlock, ...]:
        """The import lines for type checkers only."""
        return self._checking.blocks()

    def _checked(self, module: str, name: str, alias: str) -> str:
        self._imports.name("typing", "TYPE_CHECKING")
        return self._checking.name(module, name, alias)

    def _module(self, home: Home, members: frozenset[str]) -> str:
        """The name by which the module at `home` is known here."""
        name = home.module
        if name in self._names or name in members or self._bound.get(name, home) != home:
            assert home.side is not None
            name = f"_{home.side.value}_{name}"
        self._bound.setdefault(name, home)
        package = self._relative(Home(home.side))
        return self._imports.name(package, home.module, name)

    def _relative(self, home: Home) -> str:
        """The relative path of a module or package, as an import line from here spells it."""
        here = self.home.side
        if home.side is here:
            return "." + home.module
        dots = "." if here is None else ".."
        side = home.side.value if isinstance(home.side, Side) else ""
        return dots + ".".join(part for part in (side, home.module) if part)


__all__ = ["Scope"]

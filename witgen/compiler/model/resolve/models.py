"""What has been built so far, over all packages: the state that the second half of resolving shares.

An item that is looked up is there, or `Removed` by its gate, or `BROKEN`: reported already, so that whatever refers to
it is silently broken too.
"""

from __future__ import annotations

from enum import Enum as _Enum
from typing import Final

from ....component import types
from ....component.items import Interface, Package, World
from ....component.names import PackageName
from ....component.types import Alias, Resource, Type, TypeDefinition
from ....dataclass import dataclass, field
from ...diagnostics import Diagnostics
from ..spans import Spans
from .bodies import Body
from .gates import Features, Removed
from .scope import Local, PackageScope


class Broken(_Enum):
    """The mark of an item with an error in it."""

    BROKEN = "broken"


BROKEN: Final = Broken.BROKEN

Absent = Removed | Broken


@dataclass(slots=True)
class Models:
    """The packages resolved so far and, for the rest of the work, what each part of the AST has become."""

    features: Features
    diagnostics: Diagnostics
    loaded: tuple[PackageName, ...]
    """The names of all packages of the load."""
    incomplete: bool = False
    """Whether packages may have been left out because of errors in the text."""
    broken: dict[PackageName, PackageScope] = field(default_factory=dict[PackageName, PackageScope])
    """Packages that are not resolved, because of errors in them or in what they mention."""
    scopes: dict[PackageName, PackageScope] = field(default_factory=dict[PackageName, PackageScope])
    packages: dict[PackageName, Package] = field(default_factory=dict[PackageName, Package])
    interfaces: dict[Body, Interface | Absent] = field(default_factory=dict[Body, "Interface | Absent"])
    worlds: dict[Local, World | Absent] = field(default_factory=dict[Local, "World | Absent"])
    types: dict[Body, dict[str, TypeDefinition | Absent]] = field(
        default_factory=dict[Body, "dict[str, TypeDefinition | Absent]"]
    )
    needs: dict[Interface, tuple[Interface, ...]] = field(default_factory=dict[Interface, "tuple[Interface, ...]"])
    spans: Spans = field(default_factory=Spans)
    _bases: dict[Alias, Type | Resource] = field(default_factory=dict[Alias, "Type | Resource"])
    _borrowing: set[TypeDefinition] = field(default_factory=set[TypeDefinition])

    def add_type(self, body: Body, name: str, definition: TypeDefinition) -> None:
        """Take in a definition. What it refers to was taken in before."""
        self.types[body][name] = definition
        if isinstance(definition, Alias):
            self._bases[definition] = self.base(definition.target)
        if any(self.holds_borrow(part) for part in types.parts(definition)):
            self._borrowing.add(definition)

    def base(self, type: Type | Resource) -> Type | Resource:
        """What `types.resolve_alias` gives, in constant time: chains of aliases may be long."""
        return self._bases[type] if isinstance(type, Alias) else type

    def holds_borrow(self, type: Type | Resource) -> bool:
        """Whether a `borrow` occurs anywhere in a type, definitions included."""
        match type:
            case types.Primitive() | types.Own() | types.Resource():
                return False
            case types.Borrow():
                return True
            case types.Record() | types.Variant() | types.Enum() | types.Flags() | types.Alias():
                return type in self._borrowing
            case _:
                return any(self.holds_borrow(part) for part in types.parts(type))

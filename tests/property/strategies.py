"""Hypothesis strategies that draw resolved packages, with all that WIT has; `texts` draws what may not be WIT at all.

Models are built in the order in which they would be read: a type refers to earlier types, an interface uses earlier
interfaces, a package those of earlier packages. So the drawn model is the one that its text gives, except that its
worlds list only what an author would write: elaboration adds to them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from tests.fuzz.mutate import WORDS
from witgen.compiler.model.formats.wit import print_wit
from witgen.compiler.syntax.docs import docs_text
from witgen.compiler.syntax.tokens import KEYWORDS
from witgen.component import types
from witgen.component.items import (
    Constructor,
    Freestanding,
    Function,
    FunctionItem,
    Interface,
    InterfaceItem,
    InterfaceKey,
    Method,
    Package,
    Param,
    Resolved,
    Static,
    TypeItem,
    World,
    WorldItem,
    WorldKey,
)
from witgen.component.names import PackageName, Version
from witgen.component.types import Stability, Stable, Type, TypeDefinition, Unstable

# Words ----------------------------------------------------------------------------------------------------------------

_KEYWORDS = sorted(set(KEYWORDS) - {"_"})
_WORD = st.from_regex(r"[a-z][a-z0-9]{0,4}|[A-Z][A-Z0-9]{0,2}", fullmatch=True)
_LATER_WORD = st.from_regex(r"[a-z0-9]{1,4}|[A-Z0-9]{1,3}", fullmatch=True)


def _joined(first: str, later: list[str]) -> str:
    return "-".join([first, *later])


NAMES: SearchStrategy[str] = st.one_of(
    st.sampled_from([*_KEYWORDS, "self", "since", "version", "a", "b", "c", "x"]),
    st.builds(_joined, _WORD, st.lists(_LATER_WORD, max_size=2)),
)

_LETTERS = st.characters(
    codec="utf-8",
    exclude_categories=["Cc", "Cs"],
    exclude_characters="\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u0149\u0673\u0f77\u0f79\u17a3\u17a4\u17b4\u17b5",
)
_DOC_LINE = st.one_of(
    st.sampled_from(["", "Some docs.", "  indented", "/ *", "*/", "/*", "\ttab", "é 日本"]), st.text(_LETTERS)
)
DOCS: SearchStrategy[str | None] = st.none() | st.lists(_DOC_LINE, min_size=1, max_size=3).map(
    lambda lines: docs_text([f"///{line}" for line in lines])
)
_VERSIONS = st.builds(
    Version,
    st.integers(0, 3),
    st.integers(0, 2**64 - 1) | st.integers(0, 3),
    st.integers(0, 3),
    st.sampled_from(["", "", "rc.1", "alpha-x", "0.a"]),
    st.sampled_from(["", "", "build.7"]),
)
# Any text can be written as a string literal, control characters too, but for halves of surrogate pairs.
EXTERNAL_IDS: SearchStrategy[str | None] = (
    st.none() | st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
)


@dataclass(slots=True)
class _Names:
    """Draws names that are new in a scope, whatever their case."""

    draw: DrawFn
    taken: set[str] = field(default_factory=set[str])

    def new(self) -> str:
        name = self.draw(NAMES.filter(lambda name: name.casefold() not in self.taken))
        self.taken.add(name.casefold())
        return name

    def some(self, most: int) -> list[str]:
        return [self.new() for _ in range(self.draw(st.integers(1, most)))]


# Packages -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Drawn:
    """A model and its text, which is what it is shown as: the model itself is far too large."""

    model: Resolved
    text: str

    def __repr__(self) -> str:
        return f"Drawn(\n{self.text})"


@st.composite
def resolved(draw: DrawFn) -> Drawn:
    """One to three packages, each using those before it; the last is the root."""
    packages: list[Package] = []
    for _ in range(draw(st.integers(1, 3))):
        packages.append(_Drawing(draw, packages).package())
    ordered = sorted(packages[:-1], key=lambda package: str(package.name))
    model = Resolved((*ordered, packages[-1]), packages[-1])
    return Drawn(model, print_wit(model))


@dataclass(slots=True)
class _Drawing:
    """The drawing of one package: `version` limits its gates."""

    draw: DrawFn
    before: Sequence[Package]
    version: Version | None = None

    def package(self) -> Package:
        taken = {package.name for package in self.before}
        name = self.draw(
            st.builds(PackageName, NAMES, NAMES, st.none() | _VERSIONS).filter(lambda name: name not in taken)
        )
        self.version = name.version
        package = Package(name, self.draw(DOCS))
        names = _Names(self.draw)
        for _ in range(self.draw(st.integers(0, 3))):
            interface = Interface(names.new(), package, self.draw(DOCS), self.stability())
            others = [other for home in (*self.before, package) for other in home.interfaces.values()]
            self.fill(interface, others)
            package.interfaces[str(interface.name)] = interface
        for _ in range(self.draw(st.integers(0, 2))):
            world = World(names.new(), package, self.draw(DOCS), self.stability())
            self.fill_world(world, [other for home in (*self.before, package) for other in home.interfaces.values()])
            package.worlds[world.name] = world
        return package

    def stability(self) -> Stability | None:
        deprecated = self.draw(st.none() | _VERSIONS.map(str))
        kind = self.draw(st.sampled_from(["none", "none", "unstable", "stable"]))
        if kind == "unstable":
            return Unstable(self.draw(NAMES), deprecated)
        if kind == "stable" and self.version is not None:
            return Stable(str(self.version), deprecated)
        return None

    def about(self) -> tuple[str | None, Stability | None, str | None]:
        return self.draw(DOCS), self.stability(), self.draw(EXTERNAL_IDS)

    # Interfaces and worlds --------------------------------------------------------------------------------------------

    def fill(self, interface: Interface, others: Iterable[Interface]) -> None:
        names = _Names(self.draw)
        for definition, functions in self.definitions(interface, others, names):
            interface.types[definition.name] = definition
            interface.functions.update((function.name, function) for function in functions)
        scope = list(interface.types.values())
        for name in names.some(2) if self.draw(st.booleans()) else ():
            function = self.function(name, Freestanding(), scope)
            interface.functions[function.name] = function

    def fill_world(self, world: World, others: Sequence[Interface]) -> None:
        imported, exported = _Names(self.draw), _Names(self.draw)
        imports: dict[WorldKey, WorldItem] = {}
        for definition, functions in self.definitions(world, others, imported):
            imports[definition.name] = TypeItem(definition)
            imports.update((function.name, FunctionItem(function)) for function in functions)
        scope = [item.type for item in imports.values() if isinstance(item, TypeItem)]
        for names, side in ((imported, imports), (exported, world.exports)):
            for _ in range(self.draw(st.integers(0, 3))):
                key, item = self.world_item(world, names, scope, others)
                side.setdefault(key, item)
        world.imports.update(imports)

    def world_item(
        self, world: World, names: _Names, scope: Sequence[TypeDefinition], others: Sequence[Interface]
    ) -> tuple[WorldKey, WorldItem]:
        docs, stability, external_id = self.about()
        kinds = ["function", "inline"] + (["interface", "label"] if others else [])
        match self.draw(st.sampled_from(kinds)):
            case "function":
                name = names.new()
                return name, FunctionItem(self.function(name, Freestanding(), scope))
            case "inline":
                interface = Interface(None, world.package, docs, stability)
                self.fill(interface, others)
                return names.new(), InterfaceItem(interface, None, stability, external_id)
            case kind:
                interface = self.draw(st.sampled_from(others))
                key = InterfaceKey(interface) if kind == "interface" else names.new()
                return key, InterfaceItem(interface, docs, stability, external_id)

    # Types ------------------------------------------------------------------------------------------------------------

    def definitions(
        self, owner: Interface | World, others: Iterable[Interface], names: _Names
    ) -> list[tuple[TypeDefinition, list[Function]]]:
        """Used names, then definitions; with each resource the functions it has."""
        found: list[TypeDefinition] = []
        members: dict[TypeDefinition, list[Function]] = {}
        usable = [definition for other in others for definition in other.types.values()]
        for target in self.draw(st.lists(st.sampled_from(usable), max_size=2, unique=True)) if usable else ():
            found.append(types.Alias(names.new(), owner, None, self.stability(), self.draw(EXTERNAL_IDS), target))
        used = len(found)
        for _ in range(self.draw(st.integers(0, 4))):
            found.append(self.definition(names.new(), owner, found))
        for definition in found[used:]:
            if isinstance(definition, types.Resource):
                members[definition] = self.members(definition, found)
        return [(definition, members.get(definition, [])) for definition in found]

    def definition(self, name: str, owner: Interface | World, scope: Sequence[TypeDefinition]) -> TypeDefinition:
        about = self.about()
        members = _Names(self.draw)
        match self.draw(st.sampled_from(["record", "variant", "enum", "flags", "resource", "alias", "alias"])):
            case "record":
                rows = members.some(3) if self.draw(st.booleans()) else []
                made = tuple(types.Field(row, self.type(scope), self.draw(DOCS)) for row in rows)
                return types.Record(name, owner, *about, made)
            case "variant":
                cases = tuple(types.Case(row, self.optional(scope), self.draw(DOCS)) for row in members.some(3))
                return types.Variant(name, owner, *about, cases)
            case "enum":
                return types.Enum(
                    name, owner, *about, tuple(types.EnumCase(r, self.draw(DOCS)) for r in members.some(3))
                )
            case "flags":
                rows = members.some(3) if self.draw(st.booleans()) else []
                return types.Flags(name, owner, *about, tuple(types.EnumCase(row, self.draw(DOCS)) for row in rows))
            case "resource":
                return types.Resource(name, owner, *about)
            case _:
                resources = [definition for definition in scope if isinstance(definition, types.Resource)]
                if len(resources) > 0 and self.draw(st.booleans()):
                    return types.Alias(name, owner, *about, self.draw(st.sampled_from(resources)))
                return types.Alias(name, owner, *about, self.type(scope))

    def type(self, scope: Sequence[TypeDefinition], *, borrows: bool = True, depth: int = 2) -> Type:
        """A type whose names are in `scope`; with `borrows`, it may hold one."""

        def inner() -> Type:
            return self.type(scope, borrows=borrows, depth=depth - 1)

        def optional() -> Type | None:
            return inner() if self.draw(st.booleans()) else None

        kinds: list[Callable[[], Type]] = [lambda: self.draw(st.sampled_from(types.Primitive))] * 3
        named = [definition for definition in scope if borrows or not _holds_borrow(definition)]
        if named:
            kinds += [lambda: self.reference(self.draw(st.sampled_from(named)), borrows)] * 4
        if depth:
            kinds += [
                lambda: types.List(inner()),
                lambda: types.FixedList(inner(), self.draw(st.integers(0, 2**32 - 1))),
                lambda: types.Map(self.draw(st.sampled_from(_KEYS)), inner()),
                lambda: types.Option(inner()),
                lambda: types.Result(optional(), optional()),
                lambda: types.Tuple(tuple(inner() for _ in range(self.draw(st.integers(0, 3))))),
                lambda: types.Future(optional()),
                lambda: types.Stream(optional()),
            ]
        return self.draw(st.sampled_from(kinds))()

    def optional(self, scope: Sequence[TypeDefinition]) -> Type | None:
        return self.type(scope) if self.draw(st.booleans()) else None

    def reference(self, definition: TypeDefinition, borrows: bool) -> Type:
        if isinstance(definition, types.Resource) or (
            isinstance(definition, types.Alias) and isinstance(types.resolve_alias(definition), types.Resource)
        ):
            return types.Borrow(definition) if borrows and self.draw(st.booleans()) else types.Own(definition)
        return definition

    # Functions --------------------------------------------------------------------------------------------------------

    def members(self, resource: types.Resource, scope: Sequence[TypeDefinition]) -> list[Function]:
        names = _Names(self.draw)
        functions = [
            self.function(name, Method(resource) if self.draw(st.booleans()) else Static(resource), scope)
            for name in (names.some(2) if self.draw(st.booleans()) else ())
        ]
        if self.draw(st.booleans()):
            functions.append(self.function(resource.name, Constructor(resource), scope))
        return functions

    def function(
        self, name: str, kind: Freestanding | Method | Static | Constructor, scope: Sequence[TypeDefinition]
    ) -> Function:
        names = _Names(self.draw, {"self"} if isinstance(kind, Method) else set())
        listed = names.some(3) if self.draw(st.booleans()) else []
        params = [Param(param, self.type(scope)) for param in listed]
        result = self.type(scope, borrows=False) if self.draw(st.booleans()) else None
        is_async = self.draw(st.booleans())
        full = name
        match kind:
            case Freestanding():
                pass
            case Method(resource):
                params.insert(0, Param("self", types.Borrow(resource)))
                full = f"[method]{resource.name}.{name}"
            case Static(resource):
                full = f"[static]{resource.name}.{name}"
            case Constructor(resource):
                full, is_async = f"[constructor]{resource.name}", False
                own = types.Own(resource)
                result = own if result is None else types.Result(own, self.draw(st.sampled_from([result, None])))
        return Function(full, kind, is_async, tuple(params), result, *self.about())


_KEYS = [
    types.Primitive(key) for key in ("bool", "u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "char", "string")
]


def _holds_borrow(value: object) -> bool:
    """Whether a type, or what it is made of, has a `borrow` in it."""
    match value:
        case types.Borrow():
            return True
        case types.Own() | types.Resource():
            return False
        case types.Alias(target=target):
            return _holds_borrow(target)
        case types.Record(fields=fields):
            return any(_holds_borrow(f.type) for f in fields)
        case types.Variant(cases=cases):
            return any(_holds_borrow(c.type) for c in cases)
        case types.List(element) | types.FixedList(element) | types.Option(element):
            return _holds_borrow(element)
        case types.Future(element) | types.Stream(element):
            return _holds_borrow(element)
        case types.Map(_, element):
            return _holds_borrow(element)
        case types.Result(ok, err):
            return _holds_borrow(ok) or _holds_borrow(err)
        case types.Tuple(elements):
            return any(map(_holds_borrow, elements))
        case _:
            return False


# What may not be WIT --------------------------------------------------------------------------------------------------

PIECES: SearchStrategy[bytes] = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(WORDS),
    st.sampled_from([b" ", b"\n"]),
    st.binary(max_size=3),
    NAMES.map(str.encode),
)
BYTES: SearchStrategy[bytes] = st.lists(PIECES, max_size=60).map(b" ".join) | st.lists(PIECES, max_size=60).map(
    b"".join
)
TEXTS: SearchStrategy[str] = st.text(max_size=60) | BYTES.map(lambda data: data.decode("utf-8", "replace"))

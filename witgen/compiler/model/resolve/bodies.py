"""The names inside one interface or world: what it defines and uses, in which order to resolve it (WIT: names, types).

A `Body` is the type namespace of an interface, of a world, or of an interface written inline in a world. Building one
reports, in the reference parser's order: used names that do not exist, names defined more than once, unknown names in
type definitions, cycles of types.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ....component.types import Primitive
from ....dataclass import dataclass, field
from ...diagnostics import Label, codes
from ...syntax import ast
from ...syntax.habits import type_cure
from .order import Edge, order_by_dependency
from .scope import FileScope, Item, Local, PackageScope

_RENAMED = {"float32": "f32", "float64": "f64"}

TypeDecl = ast.AliasDecl | ast.RecordDecl | ast.VariantDecl | ast.EnumDecl | ast.FlagsDecl | ast.ResourceDecl


@dataclass(frozen=True, slots=True, eq=False)
class Used:
    """A name taken by `use`; `item` is None where the path leads nowhere, which has been reported."""

    decl: ast.UseDecl
    used: ast.UsedName
    item: Item | None

    @property
    def name(self) -> ast.Ident:
        """The name it has here."""
        return self.used.alias or self.used.name


Entry = Used | TypeDecl


@dataclass(slots=True, eq=False)
class Body:
    """The types and functions of one interface or world; `order` has the used names first, then definitions.

    `resources` says whether a type is a resource, as far as this package alone can tell: None where a use of another
    package decides.
    """

    title: str
    file: FileScope
    items: tuple[ast.InterfaceItemDecl, ...]
    types: dict[str, Entry] = field(default_factory=dict[str, Entry])
    functions: dict[str, ast.FuncDecl] = field(default_factory=dict[str, ast.FuncDecl])
    order: tuple[str, ...] = ()
    resources: dict[str, bool | None] = field(default_factory=dict[str, "bool | None"])
    broken: bool = False
    """Whether items were left out because of syntax errors."""
    unknown: set[str] = field(default_factory=set[str])
    """Names that were looked up in vain, and reported."""

    def __post_init__(self) -> None:
        for item in self.items:
            if isinstance(item, ast.FuncDecl):
                self.functions.setdefault(item.name.name, item)

    @property
    def uses(self) -> Iterator[ast.UseDecl]:
        """Its `use` items, in source order."""
        return (item for item in self.items if isinstance(item, ast.UseDecl))

    @property
    def definitions(self) -> Iterator[TypeDecl]:
        """Its type definitions, in source order."""
        return (item for item in self.items if isinstance(item, TypeDecl))


def interface_body(name: ast.Ident, file: FileScope, decl: ast.InterfaceDecl | ast.ExternInline) -> Body:
    """The body of an interface called `name`, not built yet."""
    return Body(f"interface `{name.name}`", file, decl.items, broken=decl.broken)


def world_body(world: ast.WorldDecl, file: FileScope) -> Body:
    """The types of a world, not built yet."""
    items = tuple(item for item in world.items if isinstance(item, TypeDecl | ast.UseDecl))
    return Body(f"world `{world.name.name}`", file, items, broken=world.broken)


def build_body(body: Body, scope: PackageScope) -> None:
    """Fill in the types and their order; report what is wrong with names."""
    for use in body.uses:
        item = scope.find_interface(use.path, body.file)
        for used in use.names:
            if isinstance(item, Local):
                _check_used(scope, used, item)
            entry = Used(use, used, item)
            if _check_new(scope, body, entry.name):
                body.types[entry.name.name] = entry
    _add_definitions(scope, body)
    edges = {name: _edges(body, scope, entry) for name, entry in body.types.items()}
    order = order_by_dependency(edges)
    for cycle in order.cycles:
        scope.diagnostics.error(
            codes.DEPENDENCY_CYCLE,
            f"type `{cycle.name}` depends on itself",
            *cycle.labels(),
            notes=(cycle.explain(), "WIT types cannot be recursive, not even through `option` or `list`"),
        )
    taken = tuple(name for name, entry in body.types.items() if isinstance(entry, Used))
    defined = tuple(name for name in order.names if not isinstance(body.types[name], Used))
    body.order = (*taken, *defined)


def _add_definitions(scope: PackageScope, body: Body) -> None:
    """Definitions join the used names; the order of `types` stays that of the source."""
    used, body.types = body.types, {}
    for item in body.items:
        if isinstance(item, ast.UseDecl):
            for name in (u.alias or u.name for u in item.names):
                entry = used.pop(name.name, None)
                if entry is not None and _check_new(scope, body, name):
                    body.types[name.name] = entry
        elif isinstance(item, TypeDecl) and _check_new(scope, body, item.name):
            body.types[item.name.name] = item


def _check_used(scope: PackageScope, used: ast.UsedName, item: Local) -> None:
    name = used.name
    if name.name in item.types or item.decl.broken or name.name in item.unknown:
        return
    item.unknown.add(name.name)
    functions = {i.name.name: i for i in item.decl.items if isinstance(i, ast.FuncDecl)}
    if name.name in functions:
        scope.diagnostics.error(
            codes.WRONG_KIND,
            f"`{name.name}` is a function, and only types can be used",
            Label(name.span, "not a type"),
            Label(functions[name.name].name.span, "the function"),
        )
    else:
        scope.diagnostics.error(
            codes.UNKNOWN_NAME,
            f"interface `{item.name}` has no type `{name.name}`",
            Label(name.span, "no such type"),
            Label(item.decl.name.span, "the interface"),
            help=scope.suggestions.near(name.name, item.types),
        )


def _check_new(scope: PackageScope, body: Body, name: ast.Ident) -> bool:
    earlier = body.types.get(name.name)
    if earlier is not None:
        report_duplicate(scope, body, name, earlier.name)
    return earlier is None


def report_duplicate(scope: PackageScope, body: Body, name: ast.Ident, earlier: ast.Ident) -> None:
    """Report a second definition of a name."""
    scope.diagnostics.error(
        codes.DUPLICATE_NAME,
        f"{body.title} defines `{name.name}` more than once",
        Label(name.span, "defined again"),
        Label(earlier.span, "first defined here"),
    )


def _edges(body: Body, scope: PackageScope, entry: Entry) -> list[Edge]:
    edges: list[Edge] = []
    if not isinstance(entry, Used):
        for expr in definition_types(entry):
            for name in names_in(expr):
                if name.name in body.types:
                    edges.append(Edge(name.name, name.span, name.span))
                else:
                    report_unknown(scope, body, name)
    return edges


def report_unknown(scope: PackageScope, body: Body, name: ast.Ident) -> None:
    """Report (once) a name in a type position that no type of the body has, unless it may have been left out."""
    if body.broken or name.name in body.unknown:
        return
    body.unknown.add(name.name)
    function = body.functions.get(name.name)
    if function is not None:
        scope.diagnostics.error(
            codes.WRONG_KIND,
            f"`{name.name}` is a function and cannot be used as a type",
            Label(name.span, "a type is wanted here"),
            Label(function.name.span, "the function"),
        )
        return
    home = scope.home_of(name.name)
    if name.name in _RENAMED:
        help: tuple[str, ...] = (f"`{name.name}` is called `{_RENAMED[name.name]}` now",)
    elif home is not None:
        help = (f"interface `{home}` has it: add `use {home}.{{{name.name}}};`",)
    elif (cure := type_cure(name.name)) is not None and name.name not in body.types:
        help = (cure,)
    else:
        help = scope.suggestions.near(name.name, (*body.types, *(p.value for p in Primitive)))
    scope.diagnostics.error(
        codes.UNKNOWN_NAME,
        f"{body.title} has no type `{name.name}`",
        Label(name.span, "no such type"),
        help=help,
    )


def definition_types(decl: TypeDecl) -> Iterable[ast.TypeExpr]:
    """The type expressions in a definition, in source order; a resource's functions are not part of it."""
    match decl:
        case ast.AliasDecl(type=type):
            return (type,)
        case ast.RecordDecl(fields=fields):
            return tuple(f.type for f in fields)
        case ast.VariantDecl(cases=cases):
            return tuple(c.type for c in cases if c.type is not None)
        case ast.EnumDecl() | ast.FlagsDecl() | ast.ResourceDecl():
            return ()


def names_in(expr: ast.TypeExpr) -> Iterator[ast.Ident]:
    """The names of types and resources in an expression, in source order."""
    match expr:
        case ast.NameExpr(name=name):
            yield name
        case ast.OwnExpr(resource=name) | ast.BorrowExpr(resource=name):
            yield name
        case _:
            for part in parts(expr):
                yield from names_in(part)


def parts(expr: ast.TypeExpr) -> tuple[ast.TypeExpr, ...]:
    """The type expressions directly inside another, in source order."""
    match expr:
        case ast.PrimitiveExpr() | ast.NameExpr() | ast.OwnExpr() | ast.BorrowExpr():
            return ()
        case ast.ListExpr(element=element) | ast.FixedListExpr(element=element) | ast.OptionExpr(element=element):
            return (element,)
        case ast.FutureExpr(element=payload) | ast.StreamExpr(element=payload):
            return () if payload is None else (payload,)
        case ast.MapExpr(key=key, value=value):
            return (key, value)
        case ast.ResultExpr(ok=ok, err=err):
            return tuple(payload for payload in (ok, err) if payload is not None)
        case ast.TupleExpr(elements=elements):
            return elements

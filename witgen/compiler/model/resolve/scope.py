"""File and package scopes: which interfaces and worlds there are, what a path leads to, in which order to resolve.

The first half of the work on one package, before any other package is known (WIT: packages, names). Steps, in the order in
which the reference parser reports errors: unique items of the package, unique names of each file, the paths that decide
the order of items, cycles, top-level uses, the paths of all other uses.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ....component.names import PackageName, Version
from ....dataclass import dataclass, field
from ...diagnostics import Diagnostics, Label, Span, codes
from ...syntax import ast
from .order import Edge, order_by_dependency
from .suggestions import Suggestions, defines

if TYPE_CHECKING:
    from .bodies import Body

_ANY = "interface or world"

ItemDecl = ast.InterfaceDecl | ast.WorldDecl


def package_name(expr: ast.PackageNameExpr) -> PackageName:
    """The name that `ns:name@version` stands for."""
    version = None if expr.version is None else Version.parse(expr.version.text)
    return PackageName(expr.namespace.name, expr.name.name, version)


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """One package as written: its name, where that is, its docs, and the items of each of its files.

    `broken`: items were left out because of syntax errors, or files could not be read.
    `decoded`: a binary says so, which holds only what its gates let through.
    """

    name: PackageName
    span: Span
    docs: str | None
    files: tuple[tuple[ast.FileItemDecl, ...], ...]
    broken: bool = False
    decoded: bool = False


@dataclass(slots=True, eq=False)
class Local:
    """An interface or world that this package declares; its bodies are filled in by `checking`."""

    decl: ItemDecl
    file: FileScope
    body: Body | None = None
    inline: dict[Span, Body] = field(default_factory=dict[Span, "Body"])
    unknown: set[str] = field(default_factory=set[str])
    """Names of types that were looked up in it, in vain, and reported."""

    _types: dict[str, ast.Ident] = field(default_factory=dict[str, ast.Ident])

    @property
    def name(self) -> str:
        """Its name in the package."""
        return self.decl.name.name

    @property
    def types(self) -> dict[str, ast.Ident]:
        """The names of the types that it defines or uses."""
        if not self._types:
            for name in _type_names(self.decl):
                self._types.setdefault(name.name, name)
        return self._types


@dataclass(slots=True, eq=False)
class Foreign:
    """An interface or world of another package, with every mention of it; the first decides what it is taken for."""

    package: PackageName
    mentions: list[Mention]

    @property
    def first(self) -> Mention:
        """The first mention."""
        return self.mentions[0]

    @property
    def name(self) -> str:
        """Its name in its package."""
        return self.first.path.name.name


Item = Local | Foreign


@dataclass(frozen=True, slots=True)
class Mention:
    """A path in a file. `dependant` is the item that is ordered after the target, if the path decides an order."""

    path: ast.PathExpr
    attributes: ast.Attributes
    is_world: bool = False
    use: ast.UseDecl | None = None
    dependant: str | None = None


@dataclass(slots=True, eq=False)
class FileScope:
    """The names of one file: its items and top-level uses. None: a name whose target is missing, already reported."""

    decls: tuple[ast.FileItemDecl, ...]
    names: dict[str, Item | None] = field(default_factory=dict[str, "Item | None"])


@dataclass(slots=True, eq=False)
class PackageScope:
    """The names of one package; `interfaces` and `worlds` are in the order in which to resolve them."""

    unit: Unit
    diagnostics: Diagnostics
    suggestions: Suggestions = field(default_factory=Suggestions)
    files: tuple[FileScope, ...] = ()
    items: dict[str, Local] = field(default_factory=dict[str, Local])
    foreign: dict[PackageName, dict[str, Foreign]] = field(default_factory=dict[PackageName, dict[str, Foreign]])
    mentioned: list[Foreign] = field(default_factory=list[Foreign])
    interfaces: tuple[Local, ...] = ()
    worlds: tuple[Local, ...] = ()
    _reported: set[Span] = field(default_factory=set[Span])
    _missing: set[str] = field(default_factory=set[str])
    _homes: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def name(self) -> PackageName:
        """The package's name."""
        return self.unit.name

    def find(self, path: ast.PathExpr, file: FileScope, kind: str = _ANY) -> Item | None:
        """What a path in `file` leads to; reports (once) a path that leads nowhere, as a missing `kind`."""
        name = path.name.name
        if path.package is not None:
            return self.foreign[package_name(path.package)][name]
        if name in file.names:
            return file.names[name]
        if name in self.items:
            return self.items[name]
        self.report_missing(path.name, kind)
        return None

    def find_interface(self, path: ast.PathExpr, file: FileScope) -> Item | None:
        """As `find`, for a place where only an interface may be; reports (once) a world."""
        return self._find_kind(path, file, "interface")

    def find_world(self, path: ast.PathExpr, file: FileScope) -> Item | None:
        """As `find`, for a place where only a world may be; reports (once) an interface."""
        return self._find_kind(path, file, "world")

    def home_of(self, type_name: str) -> str | None:
        """The first interface of the package that has a type of that name."""
        if not self._homes:
            for item in self.items.values():
                if not is_world(item):
                    for name in item.types:
                        self._homes.setdefault(name, item.name)
        return self._homes.get(type_name)

    def report_missing(self, name: ast.Ident, kind: str = _ANY) -> None:
        """Report (once) a name that no interface or world of the package has, unless it may have been left out.

        `kind` says what was looked for.
        """
        if self.unit.broken or name.name in self._missing:
            return
        self._missing.add(name.name)
        candidates = [i.name for i in self.items.values() if kind in (_ANY, "world" if is_world(i) else "interface")]
        self.diagnostics.error(
            codes.UNKNOWN_NAME,
            f"{kind} `{name.name}` is not defined in package `{self.name}`",
            Label(name.span, f"no such {kind}"),
            notes=defines(f"`{self.name}`", kind, candidates),
            help=self.suggestions.near(name.name, candidates),
        )

    def _find_kind(self, path: ast.PathExpr, file: FileScope, wanted: str) -> Item | None:
        item = self.find(path, file, wanted)
        if item is None:
            return None
        found = "world" if is_world(item) else "interface"
        if found == wanted:
            return item
        if path.name.span not in self._reported:
            self._reported.add(path.name.span)
            labels = [Label(path.name.span, f"{'an' if wanted == 'interface' else 'a'} {wanted} is wanted here")]
            if isinstance(item, Local):
                labels.append(Label(item.decl.name.span, f"`{item.name}` is {_a(found)}"))
            else:
                labels.append(Label(item.first.path.name.span, f"here it is taken for {_a(found)}"))
            self.diagnostics.error(codes.WRONG_KIND, f"`{path.name.name}` is {_a(found)}, not {_a(wanted)}", *labels)
        return None


def _a(kind: str) -> str:
    return f"an {kind}" if kind == "interface" else f"a {kind}"


def _type_names(decl: ItemDecl) -> Iterator[ast.Ident]:
    for item in decl.items:
        match item:
            case ast.UseDecl(names=names):
                yield from (used.alias or used.name for used in names)
            case ast.FuncDecl() | ast.ImportDecl() | ast.ExportDecl() | ast.IncludeDecl():
                pass
            case _:
                yield item.name


def is_world(item: Item) -> bool:
    """Whether an item is a world, or has to be treated as one."""
    return isinstance(item.decl, ast.WorldDecl) if isinstance(item, Local) else item.first.is_world


def build_scope(unit: Unit, diagnostics: Diagnostics) -> PackageScope:
    """The scopes of one package, and the order of its items; errors go to `diagnostics`."""
    scope = PackageScope(unit, diagnostics)
    scope.files = tuple(FileScope(decls) for decls in unit.files)
    _collect_foreign(scope)
    _declare_items(scope)
    _order_items(scope)
    _bind_top_uses(scope)
    for file in scope.files:
        for mention in mentions(file):
            if mention.use is not None:
                scope.find_interface(mention.path, file)
    return scope


def mentions(file: FileScope) -> Iterator[Mention]:
    """The paths of a file, in the reference's order: in a world uses and includes, then imports, then exports."""
    for decl in file.decls:
        match decl:
            case ast.TopUseDecl():
                yield Mention(decl.path, decl.attributes)
            case ast.InterfaceDecl():
                for item in decl.items:
                    if isinstance(item, ast.UseDecl):
                        yield Mention(item.path, item.attributes, use=item, dependant=decl.name.name)
            case ast.WorldDecl():
                yield from _world_mentions(decl)
            case ast.NestedPackageDecl():
                pass  # a package of its own


def _world_mentions(world: ast.WorldDecl) -> Iterator[Mention]:
    for item in world.items:
        if isinstance(item, ast.UseDecl):
            yield Mention(item.path, item.attributes, use=item)
        elif isinstance(item, ast.IncludeDecl):
            yield Mention(item.path, item.attributes, is_world=True, dependant=world.name.name)
    imports = [item for item in world.items if isinstance(item, ast.ImportDecl)]
    exports = [item for item in world.items if isinstance(item, ast.ExportDecl)]
    externs: list[ast.ImportDecl | ast.ExportDecl] = [*imports, *exports]
    for extern_decl in externs:
        match extern_decl.extern:
            case ast.ExternPath(path=path):
                yield Mention(path, extern_decl.attributes)
            case ast.ExternInline(items=members):
                for member in members:
                    if isinstance(member, ast.UseDecl):
                        yield Mention(member.path, member.attributes, use=member)
            case ast.ExternFunc():
                pass


def _collect_foreign(scope: PackageScope) -> None:
    for file in scope.files:
        for mention in mentions(file):
            if mention.path.package is not None:
                package = package_name(mention.path.package)
                items = scope.foreign.setdefault(package, {})
                name = mention.path.name.name
                if name not in items:
                    items[name] = Foreign(package, [])
                    scope.mentioned.append(items[name])
                items[name].mentions.append(mention)


def _declare_items(scope: PackageScope) -> None:
    for file in scope.files:
        for decl in file.decls:
            if not isinstance(decl, ast.InterfaceDecl | ast.WorldDecl):
                continue
            earlier = scope.items.get(decl.name.name)
            if earlier is None:
                scope.items[decl.name.name] = Local(decl, file)
                continue
            scope.diagnostics.error(
                codes.DUPLICATE_NAME,
                f"the package `{scope.name}` defines `{decl.name.name}` more than once",
                Label(decl.name.span, "defined again"),
                Label(earlier.decl.name.span, "first defined here"),
                notes=("interfaces and worlds share one namespace, over all files of a package",),
            )


def _check_file_names(scope: PackageScope, file: FileScope) -> None:
    seen: dict[str, Span] = {}
    for decl in file.decls:
        name = _file_name(decl)
        if name is None:
            continue
        if name.name not in seen:
            seen[name.name] = name.span
        elif not (isinstance(decl, ItemDecl) and scope.items[name.name].decl is not decl):
            scope.diagnostics.error(
                codes.DUPLICATE_NAME,
                f"this file has more than one `{name.name}`",
                Label(name.span, "named again"),
                Label(seen[name.name], "first named here"),
                help=("`use … as other-name;` gives an interface a different name in this file",),
            )


def _file_name(decl: ast.FileItemDecl) -> ast.Ident | None:
    match decl:
        case ast.InterfaceDecl() | ast.WorldDecl():
            return decl.name
        case ast.TopUseDecl():
            return decl.alias or decl.path.name
        case ast.NestedPackageDecl():
            return None


def _order_items(scope: PackageScope) -> None:
    """Find the order of interfaces (by their uses) and worlds (by their includes), and report cycles."""
    edges: dict[str, list[Edge]] = {name: [] for name in scope.items}
    dangling: list[ast.Ident] = []
    for file in scope.files:
        _check_file_names(scope, file)
        declared = _declared_in(file)
        for mention in mentions(file):
            if mention.dependant is None or mention.path.package is not None:
                continue
            target = declared.get(mention.path.name.name, mention.path)
            if isinstance(target, ast.PathExpr) and target.package is not None:
                continue
            if target.name.name in scope.items:
                edges[mention.dependant].append(Edge(target.name.name, target.name.span, mention.path.name.span))
            elif target is mention.path:
                scope.report_missing(target.name, "world" if mention.is_world else "interface")
            else:
                dangling.append(target.name)
    for name in dangling:
        scope.report_missing(name)
    order = order_by_dependency(edges)
    for cycle in order.cycles:
        kind = "world" if is_world(scope.items[cycle.name]) else "interface"
        scope.diagnostics.error(
            codes.DEPENDENCY_CYCLE,
            f"{kind} `{cycle.name}` depends on itself",
            *cycle.labels(),
            notes=(cycle.explain(),),
        )
    ordered = dict.fromkeys((*order.names, *scope.items))
    scope.interfaces = tuple(scope.items[name] for name in ordered if not is_world(scope.items[name]))
    scope.worlds = tuple(scope.items[name] for name in ordered if is_world(scope.items[name]))


def _declared_in(file: FileScope) -> dict[str, ItemDecl | ast.PathExpr]:
    """What each name of a file stands for: a declaration, or the path of a top-level use."""
    found: dict[str, ItemDecl | ast.PathExpr] = {}
    for decl in file.decls:
        match decl:
            case ast.InterfaceDecl() | ast.WorldDecl():
                found.setdefault(decl.name.name, decl)
            case ast.TopUseDecl():
                found.setdefault((decl.alias or decl.path.name).name, decl.path)
            case ast.NestedPackageDecl():
                pass  # a package of its own
    return found


def _bind_top_uses(scope: PackageScope) -> None:
    for file in scope.files:
        for decl in file.decls:
            if isinstance(decl, ast.TopUseDecl):
                _check_top_use(scope, decl)
        for name, target in _declared_in(file).items():
            if not isinstance(target, ast.PathExpr):
                file.names[name] = scope.items[name]
            elif target.package is not None:
                file.names[name] = scope.foreign[package_name(target.package)][target.name.name]
            else:
                file.names[name] = scope.items.get(target.name.name)


def _check_top_use(scope: PackageScope, decl: ast.TopUseDecl) -> None:
    path = decl.path
    if decl.attributes != ast.NO_ATTRIBUTES:
        start = path.span.source.text.rindex("use", decl.span.start, path.span.start)
        scope.diagnostics.error(
            codes.SYNTAX_ERROR,
            "attributes are not allowed on a `use` outside interfaces and worlds",
            Label(Span(path.span.source, start, start + len("use")), "a name for this file only"),
        )
    if path.package is None and path.name.name not in scope.items:
        scope.report_missing(path.name)

"""Makes the pages: one for the site, one for each package, interface and world."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import assert_never

from ...component import types
from ...component.items import (
    Constructor,
    Freestanding,
    Function,
    FunctionItem,
    Interface,
    InterfaceItem,
    InterfaceKey,
    Method,
    Package,
    Resolved,
    Static,
    TypeItem,
    World,
)
from ...component.notation import keyword, parts_of
from ...component.types import Stability, TypeDefinition
from ...dataclass import replace
from ..model.resolve.elaborate import dependency, direct_dependencies
from .code import Spelling, badges, code
from .format import Format
from .graph import draw
from .markdown import render, summary
from .pages import Badge, Docs, Entry, Found, Graph, Group, Link, Page, Pages, Row, Section
from .site import Place, Site, function_anchor, sides, type_anchor, up


def plan_pages(resolved: Resolved, world: World | None, format: Format) -> Pages:
    """The pages of all packages, or of what one world needs."""
    site = Site.of(resolved, world, format)
    title = str(resolved.root.name) if world is None else world.id
    planners = [_PagePlan(site, site.index(), title)]
    pages = [planners[0].index()]
    for package in site.packages():
        plan = _PagePlan(site, site.package(package), title)
        pages.append(plan.package(package))
        planners.append(plan)
    for interface in site.interfaces:
        plan = _PagePlan(site, site.interface(interface), title)
        pages.append(plan.interface(interface))
        planners.append(plan)
    for shown in site.worlds:
        plan = _PagePlan(site, site.world(shown), title)
        pages.append(plan.world(shown))
        planners.append(plan)
    found = sorted({entry for plan in planners for entry in plan.found}, key=lambda f: (f.name, f.where, f.href))
    return Pages(tuple(sorted(pages, key=lambda page: page.path)), tuple(found))


class _PagePlan:
    """Plans the page at a place, and gathers what the search is to find on it."""

    def __init__(self, site: Site, place: Place, title: str) -> None:
        self._site = site
        self._path = place.path
        self._title = title
        self._spelling = Spelling(site, place.path)
        self.found: list[Found] = []

    # Pages ------------------------------------------------------------------------------------------------------------

    def index(self) -> Page:
        packages = [
            Group(
                f"package.{number}",
                str(package.name),
                (self._package_link(package, "overview"), *self._contents(package)),
            )
            for number, package in enumerate(self._site.packages())
        ]
        graph = self._graph(list(self._site.interfaces))
        docs = self._site.resolved.root.docs
        return self._page("reference", self._title, (), None, self._docs(docs), tuple(packages), (), graph)

    def package(self, package: Package) -> Page:
        self._find(str(package.name), "package", "")
        worlds = tuple(self._world_link(world) for world in package.worlds.values() if world in self._site.worlds)
        interfaces = tuple(
            self._interface_link(i, short=True) for i in package.interfaces.values() if i in self._site.interfaces
        )
        graph = self._graph(list(package.interfaces.values()))
        groups = _groups(("worlds", "Worlds", worlds), ("interfaces", "Interfaces", interfaces))
        return self._page(
            "package", str(package.name), self._crumbs(None), None, self._docs(package.docs), groups, (), graph
        )

    def interface(self, interface: Interface) -> Page:
        self._find(str(interface.name), "interface", str(interface.package.name))
        uses = tuple(self._interface_link(i) for i in direct_dependencies(interface) if i in self._site.interfaces)
        users = tuple(self._interface_link(i) for i in self._site.users(interface))
        worlds = tuple(self._world_link(w) for w in self._site.worlds if _has(w, interface))
        groups = _groups(("uses", "Uses", uses), ("used-by", "Used by", users), ("in-worlds", "In worlds", worlds))
        sections = self._sections(interface, "", "")
        crumbs = self._crumbs(interface.package)
        docs = self._docs(interface.docs)
        return self._page("interface", str(interface.id), crumbs, interface.stability, docs, (), sections, None, groups)

    def world(self, world: World) -> Page:
        self._find(world.name, "world", str(world.package.name))
        groups: list[Group] = []
        sections: list[Section] = []
        for verb, title in (("import", "Imports"), ("export", "Exports")):
            links, plain, inline = self._side(world, verb, title)
            groups += _groups((f"{verb}s", f"{title}: interfaces", tuple(links)))
            sections += [*plain, *inline]
        crumbs = self._crumbs(world.package)
        docs = self._docs(world.docs)
        return self._page("world", world.id, crumbs, world.stability, docs, tuple(groups), tuple(sections), None)

    def _side(self, world: World, verb: str, title: str) -> tuple[list[Link], list[Section], list[Section]]:
        """The parts of one side of a world: its interfaces, its own types and functions, and its inline interfaces."""
        links: list[Link] = []
        inline: list[Section] = []
        own_types: list[TypeDefinition] = []
        functions: list[Function] = []
        for side, key, item in sides(world):
            if side != verb:
                continue
            match item:
                case InterfaceItem(interface, docs, stability, external_id):
                    label = "" if isinstance(key, InterfaceKey) else str(key)
                    if interface.name is None:
                        inline += self._inline(interface, verb, label, stability, external_id)
                    elif interface in self._site.interfaces:
                        link = self._interface_link(interface, label=label, docs=docs)
                        gates = self._badges(stability or interface.stability, None, external_id)
                        links.append(replace(link, badges=gates))
                case FunctionItem(function):
                    functions.append(function)
                case TypeItem(definition):
                    if dependency(definition) is None:
                        own_types.append(definition)
                case _:
                    assert_never(item)
        where = world.id
        inside = f"{verb}."
        plain = [
            *_section(f"{verb}-types", f"{title}: types", self._types(own_types, functions, "", where, None)),
            *_section(f"{verb}-functions", f"{title}: functions", self._free(functions, inside, where, None)),
        ]
        return links, plain, inline

    def _inline(
        self, interface: Interface, verb: str, label: str, stability: Stability | None, external_id: str | None
    ) -> Iterator[Section]:
        inside = f"{verb}.{label}."
        anchor = f"{verb}.{label}"
        self._find(label, "interface", self._title, anchor)
        functions = list(interface.functions.values())
        entries = (
            *self._types(interface.types.values(), functions, inside, label, stability),
            *self._free(functions, inside, label, stability),
        )
        title = f"{verb} {label}: interface"
        yield Section(anchor, title, entries, self._docs(interface.docs), self._badges(stability, None, external_id))

    def _page(
        self,
        kind: str,
        title: str,
        crumbs: tuple[Link, ...],
        stability: Stability | None,
        docs: Docs,
        groups: tuple[Group, ...],
        sections: tuple[Section, ...],
        graph: Graph | None,
        relations: tuple[Group, ...] = (),
    ) -> Page:
        return Page(
            path=self._path,
            base=up(self._path),
            kind=kind,
            title=title,
            site=self._title,
            crumbs=crumbs,
            badges=badges(stability),
            docs=docs,
            groups=groups,
            sections=sections,
            relations=relations,
            graph=graph,
        )

    # Links ------------------------------------------------------------------------------------------------------------

    def _crumbs(self, package: Package | None) -> tuple[Link, ...]:
        top = Link("Contents", self._site.index().seen_from(self._path))
        return (top,) if package is None else (top, self._package_link(package, str(package.name)))

    def _contents(self, package: Package) -> Iterator[Link]:
        for world in package.worlds.values():
            if world in self._site.worlds:
                yield self._world_link(world, f"world {world.name}")
        for interface in package.interfaces.values():
            if interface in self._site.interfaces:
                yield self._interface_link(interface, short=True)

    def _package_link(self, package: Package, text: str) -> Link:
        return Link(text, self._site.package(package).seen_from(self._path), self._summary(package.docs))

    def _world_link(self, world: World, text: str = "") -> Link:
        place = self._site.world(world).seen_from(self._path)
        return Link(text or world.id, place, self._summary(world.docs), badges(world.stability))

    def _interface_link(
        self,
        interface: Interface,
        *,
        short: bool = False,
        label: str = "",
        docs: str | None = None,
    ) -> Link:
        text = str(interface.name if short else interface.id)
        if label:
            text = f"{label}: {text}"
        place = self._site.interface(interface).seen_from(self._path)
        return Link(text, place, self._summary(docs or interface.docs), badges(interface.stability))

    def _graph(self, interfaces: list[Interface]) -> Graph | None:
        image = self._path.rpartition("/")[0]
        return draw(self._site, interfaces, self._path, f"{image}/graph.svg" if image else "graph.svg")

    # Types and functions ----------------------------------------------------------------------------------------------

    def _sections(self, interface: Interface, inside: str, where: str) -> tuple[Section, ...]:
        where = where or str(interface.id)
        functions = list(interface.functions.values())
        own = [definition for definition in interface.types.values() if dependency(definition) is None]
        return (
            *_section("types", "Types", self._types(own, functions, inside, where, interface.stability)),
            *_section("functions", "Functions", self._free(functions, inside, where, interface.stability)),
        )

    def _types(
        self,
        definitions: Iterable[TypeDefinition],
        functions: list[Function],
        inside: str,
        where: str,
        around: Stability | None,
    ) -> tuple[Entry, ...]:
        own = (definition for definition in definitions if dependency(definition) is None)
        return tuple(self._type(definition, functions, inside, where, around) for definition in own)

    def _type(
        self,
        definition: TypeDefinition,
        functions: list[Function],
        inside: str,
        where: str,
        around: Stability | None,
    ) -> Entry:
        anchor = type_anchor(definition, inside)
        members: tuple[Entry, ...] = ()
        kind = keyword(definition)
        spelled = self._spelling.alias(definition) if isinstance(definition, types.Alias) else code(())
        if isinstance(definition, types.Resource):
            own = [f for f in functions if not isinstance(f.kind, Freestanding) and f.kind.resource is definition]
            members = tuple(self._function(f, inside, where, definition.stability) for f in own)
        parts = parts_of(definition)
        self._find(definition.name, kind, where, anchor)
        for part in parts:
            self._find(part.name, f"in {kind} {definition.name}", where, f"{anchor}.{part.name}")
        return Entry(
            anchor=anchor,
            kind=kind,
            name=definition.name,
            badges=self._badges(definition.stability, around, definition.external_id),
            code=spelled,
            docs=self._docs(definition.docs),
            rows=tuple(
                Row(f"{anchor}.{part.name}", self._spelling.part(part), self._docs(part.docs)) for part in parts
            ),
            members=members,
        )

    def _free(
        self, functions: Iterable[Function], inside: str, where: str, around: Stability | None
    ) -> tuple[Entry, ...]:
        free = (function for function in functions if isinstance(function.kind, Freestanding))
        return tuple(self._function(function, inside, where, around) for function in free)

    def _function(self, function: Function, inside: str, where: str, around: Stability | None) -> Entry:
        anchor = function_anchor(function, inside)
        name = function.item_name
        match function.kind:
            case Freestanding():
                kind = "func"
            case Method(resource):
                kind, where = "method", f"{where} {resource.name}"
            case Static(resource):
                kind, where = "static", f"{where} {resource.name}"
            case Constructor():
                kind = "constructor"
            case _:
                assert_never(function.kind)
        self._find(name, kind, where, anchor)
        return Entry(
            anchor=anchor,
            kind="async " + kind if function.is_async else kind,
            name=name,
            badges=self._badges(function.stability, around, function.external_id),
            code=self._spelling.function(function),
            docs=self._docs(function.docs),
        )

    # ------------------------------------------------------------------------------------------------------------------

    def _badges(
        self, stability: Stability | None, around: Stability | None, external_id: str | None
    ) -> tuple[Badge, ...]:
        found = badges(stability, around)
        return found if external_id is None else (*found, Badge("external", f"external id: {external_id}"))

    def _docs(self, docs: str | None) -> Docs:
        return render(docs, self._site.format)

    def _summary(self, docs: str | None) -> str:
        return summary(docs, self._site.format)

    def _find(self, name: str, kind: str, where: str, anchor: str = "") -> None:
        self.found.append(Found(name, kind, where, Place(self._path, anchor).seen_from("")))


def _groups(*groups: tuple[str, str, tuple[Link, ...]]) -> tuple[Group, ...]:
    """The groups that are not empty."""
    return tuple(Group(anchor, title, links) for anchor, title, links in groups if links)


def _section(anchor: str, title: str, entries: tuple[Entry, ...]) -> tuple[Section, ...]:
    """A section, unless it is empty."""
    return (Section(anchor, title, entries),) if entries else ()


def _has(world: World, interface: Interface) -> bool:
    items = (*world.imports.values(), *world.exports.values())
    return any(isinstance(item, InterfaceItem) and item.interface is interface for item in items)

"""Which modules a host package has, and under which flat names its interfaces are reached.

Module paths follow WIT names alone, so that adding an interface moves no other: `<ns>/<pkg>_v<version>/<iface>.py`,
below `exports/` for what the component gives. An inline interface lies below its world's name, which no interface of
the package can have. Flat names (module alias, keyword of `instantiate`, attribute of the world class) are short, and
long only for those that would collide.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ....component.items import (
    Freestanding,
    Function,
    FunctionItem,
    Interface,
    InterfaceItem,
    TypeItem,
    World,
    WorldItem,
    WorldKey,
)
from ....component.names import PackageName
from ....component.types import Resource, TypeDefinition
from ....dataclass import dataclass, field
from ...diagnostics import Diagnostics, codes
from .. import naming
from .joint import Joint
from .names import Names, Namespace
from .type_traits import error_definition

Path = tuple[str, ...]
"""A module of the package, without the package's own name: `("wasi", "io_v0_2", "streams")`."""

TYPES: Path = ("_types",)
VARIABLES: Path = ("_variables",)
WORLD: Path = ("_world",)
ABI: Path = ("_abi",)
PLAIN: Path = ("_plain",)
EXPORTS = "exports"
_ATTRIBUTES = ("prepare", "instantiate", "close")
_KEYWORDS = ("limits", "wasi", "http")
"""What the world class and `instantiate` use themselves: an item of that name gets a trailing underscore."""


@dataclass(frozen=True, slots=True)
class Key:
    """One import or export of an interface: its name in Python, the name that the component uses, the world's key."""

    python: str
    wit: str
    item: InterfaceItem
    key: WorldKey


@dataclass(slots=True, eq=False)
class Site:
    """Where an interface lives: its modules, its names, and the keys under which the world has it."""

    interface: Interface
    title: str
    """How docs and messages call it."""
    names: Names
    import_path: Path | None = None
    export_path: Path | None = None
    import_flat: str = ""
    export_flat: str = ""
    imports: list[Key] = field(default_factory=list[Key])
    exports: list[Key] = field(default_factory=list[Key])

    @property
    def resources(self) -> tuple[Resource, ...]:
        """The resources that it defines, in order."""
        return tuple(t for t in self.interface.types.values() if isinstance(t, Resource))

    @property
    def has_class(self) -> bool:
        """Whether there is anything to implement or to call."""
        return bool(self.interface.functions or self.resources)


def canonical_key(keys: list[Key], site: Site) -> Key:
    """The key under which others see the resources of `site`: that of the interface's own name, else the first."""
    return next((key for key in keys if key.wit == site.interface.id), keys[0])


@dataclass(frozen=True, slots=True)
class WorldFunction:
    """A function that the world itself imports or exports, with its name in Python."""

    python: str
    function: Function


@dataclass(frozen=True, slots=True)
class Part:
    """What is one world's own in the package: its classes, and its functions."""

    world: World
    own_class: str
    pre_class: str
    imports_class: str
    """The typed dictionary of the imports; empty where there are none."""
    import_functions: list[WorldFunction]
    export_functions: list[WorldFunction]

    @property
    def classes(self) -> list[str]:
        """The classes that the package offers for this world."""
        return [name for name in (self.own_class, self.pre_class, self.imports_class) if name]

    def imports(self, site: Site) -> list[Key]:
        """The keys under which this world imports an interface."""
        return [key for key in site.imports if key.key in self.world.imports]

    def exports(self, site: Site) -> list[Key]:
        """The keys under which it exports one."""
        return [key for key in site.exports if key.key in self.world.exports]

    def has(self, resource: Resource) -> bool:
        """Whether a resource of the package's worlds themselves is this world's."""
        return any(isinstance(item, TypeItem) and item.type is resource for item in self.world.imports.values())


class Layout:
    """All modules and names of the host package of one world, or of several that share it."""

    def __init__(self, joint: Joint, diagnostics: Diagnostics) -> None:
        self.joint = joint
        self._diagnostics = diagnostics
        self._folders = _package_folders(joint, diagnostics)
        self._errors = _error_definitions(joint)
        self.types = _world_types(joint)
        """The types of the worlds themselves, and those they use, by the names they have there."""
        self.resources = tuple(t for t in self.types.values() if isinstance(t, Resource))
        self.resource_keys: dict[Resource, str] = {}
        """The keyword of `instantiate` for each resource of the world itself."""
        self.sites: dict[Interface, Site] = {}
        functions = [
            (self._world_functions(w.imports, *_KEYWORDS), self._world_functions(w.exports, *_ATTRIBUTES))
            for w in joint.worlds
        ]
        self.names = self._world_names(functions)
        self.parts = [self._part(w, *both) for w, both in zip(joint.worlds, functions, strict=True)]
        """What belongs to each world alone."""
        self._add_sites(joint.imports, exported=False)
        self._add_sites(joint.exports, exported=True)
        self._flat_names(exported=False)
        self._flat_names(exported=True)
        self._check_paths()
        self.variables = Namespace(joint.title, diagnostics)
        """The names of the type variables, without what says how they vary."""
        self._name_variables()

    # What the world holds ---------------------------------------------------------------------------------------------

    @property
    def imported(self) -> list[Site]:
        """The interfaces with a module for what the user implements, in the world's order."""
        return [site for site in self.sites.values() if site.import_path is not None]

    @property
    def exported(self) -> list[Site]:
        """The interfaces with a module for what the component gives, in the world's order."""
        return sorted(
            (site for site in self.sites.values() if site.export_path is not None),
            key=lambda site: self._export_order.index(site.interface),
        )

    @property
    def _export_order(self) -> list[Interface]:
        return [item.interface for item in self.joint.exports.values() if isinstance(item, InterfaceItem)]

    def names_of(self, definition: TypeDefinition) -> Names:
        """The names where `definition` is at home."""
        owner = definition.owner
        return self.sites[owner].names if isinstance(owner, Interface) else self.names

    def home(self, definition: TypeDefinition) -> Path:
        """The module that holds the class of `definition`: the imported side where there is one."""
        owner = definition.owner
        if not isinstance(owner, Interface):
            return TYPES
        site = self.sites[owner]
        path = site.import_path or site.export_path
        assert path is not None
        return path

    def is_generic(self, definition: TypeDefinition) -> bool:
        """Whether a class that holds resources is written for any implementation of them (not so if only exported)."""
        owner = definition.owner
        return not isinstance(owner, Interface) or self.sites[owner].import_path is not None

    def is_exported(self, resource: Resource) -> bool:
        """Whether the component implements `resource`, so that exports speak of its handles."""
        owner = resource.owner
        return isinstance(owner, Interface) and self.sites[owner].export_path is not None

    # Building ---------------------------------------------------------------------------------------------------------

    def _world_functions(self, items: dict[WorldKey, WorldItem], *reserved: str) -> list[WorldFunction]:
        functions: list[WorldFunction] = []
        for item in items.values():
            if isinstance(item, FunctionItem) and isinstance(item.function.kind, Freestanding):
                name = naming.parameter(item.function.name)
                functions.append(WorldFunction(f"{name}_" if name in reserved else name, item.function))
        return functions

    @property
    def resource_functions(self) -> list[Function]:
        """The functions of the worlds' own resources, in order."""
        return [
            item.function
            for item in self.joint.imports.values()
            if isinstance(item, FunctionItem) and not isinstance(item.function.kind, Freestanding)
        ]

    def _world_names(self, functions: list[tuple[list[WorldFunction], list[WorldFunction]]]) -> Names:
        groups: list[list[Function]] = []
        for imports, exports in functions:
            groups += [[f.function for f in imports], [f.function for f in exports]]
        groups[1] += self.resource_functions
        names = Names(
            self.joint.title,
            naming.camel(self.joint.first.name),
            self.types,
            groups,
            self._errors,
            self._diagnostics,
        )
        for twin, kept in self.joint.twins.items():
            names.add_twin(twin, kept)
        return names

    def _part(self, world: World, imports: list[WorldFunction], exports: list[WorldFunction]) -> Part:
        module = self.names.module
        own = self.names.own_class if world is self.joint.first else module.derive(naming.camel(world.name))
        taken = module.derive(f"{own}Imports") if _takes_keywords(world) else ""
        return Part(world, own, module.derive(f"{own}Pre"), taken, imports, exports)

    def _add_sites(self, items: dict[WorldKey, WorldItem], *, exported: bool) -> None:
        for key, item in items.items():
            if not isinstance(item, InterfaceItem):
                continue
            site = self.sites.get(item.interface)
            if site is None:
                site = self.sites[item.interface] = self._site(key, item.interface)
            path = self._path(key, item.interface)
            if exported:
                site.export_path = (EXPORTS, *path)
            else:
                site.import_path = path

    def _site(self, key: WorldKey, interface: Interface) -> Site:
        name = interface.name if interface.name is not None else str(key)
        title = interface.id or f"{self.joint.home(interface).id}, {name}"
        names = Names(
            f"interface `{title}`",
            naming.camel(name),
            interface.types,
            (interface.functions.values(),),
            self._errors,
            self._diagnostics,
        )
        return Site(interface, title, names)

    def _path(self, key: WorldKey, interface: Interface) -> Path:
        if interface.name is None:
            world = self.joint.home(interface)
            package = world.package.name
            tail: Path = (naming.snake(world.name), naming.snake(str(key)))
        else:
            package = interface.package.name
            tail = (naming.snake(interface.name),)
        return (_namespace_folder(package.namespace), self._folders[package], *tail)

    def _flat_names(self, *, exported: bool) -> None:
        """Give every key and module of one side its flat name."""
        items = self.joint.exports if exported else self.joint.imports
        plain = _plain_names(items, _ATTRIBUTES if exported else _KEYWORDS, self._modules())
        flat = self._interface_names(items, plain, exported)
        for interface, name in flat.items():
            if exported:
                self.sites[interface].export_flat = name
            else:
                self.sites[interface].import_flat = name
        self._add_keys(items, plain, flat, exported)

    def _modules(self) -> set[str]:
        """The subpackages of the package: a module offered under such a name would hide one."""
        return {EXPORTS, *(_namespace_folder(site.interface.package.name.namespace) for site in self.sites.values())}

    def _interface_names(
        self, items: dict[WorldKey, WorldItem], plain: dict[str, str], exported: bool
    ) -> dict[Interface, str]:
        """The flat name of each interface's module: a plain key keeps its name, others are short where that is free."""
        taken = {*(_ATTRIBUTES if exported else _KEYWORDS), *self._modules()}
        flat: dict[Interface, str] = {}
        for key, name in plain.items():
            item = items[key]
            if isinstance(item, InterfaceItem) and item.interface.name is None:
                flat[item.interface] = name
            if not isinstance(item, InterfaceItem) or item.interface.name is None:
                taken.add(name)
        sites = [s for s in self.sites.values() if (s.export_path if exported else s.import_path) is not None]
        named = [site for site in sites if site.interface.name is not None]
        counts = Counter(self._short(site) for site in named)
        for site in named:
            short = self._short(site)
            flat[site.interface] = short if counts[short] == 1 and short not in taken else self._long(site)
        return flat

    def _add_keys(
        self, items: dict[WorldKey, WorldItem], plain: dict[str, str], flat: dict[Interface, str], exported: bool
    ) -> None:
        """Note under which keys the world has what, each with its name in Python."""
        scope = Namespace(self.joint.title, self._diagnostics)
        for key, item in items.items():
            match item:
                case InterfaceItem(interface):
                    wit = key if isinstance(key, str) else interface.id or ""
                    entry = Key(plain[key] if isinstance(key, str) else flat[interface], wit, item, key)
                    site = self.sites[interface]
                    (site.exports if exported else site.imports).append(entry)
                    scope.take(entry.python, wit)
                case FunctionItem(function) if isinstance(function.kind, Freestanding):
                    scope.take(plain[function.name], function.name)
                case TypeItem(Resource() as resource) if isinstance(key, str):
                    self.resource_keys[resource] = scope.take(plain[key], key)
                case _:
                    pass

    def _name_variables(self) -> None:
        """Name the type variables after their resources; those that would share a name get a prefix."""
        homes = [(self.names, self.joint.first.name), *((s.names, s.import_flat) for s in self.imported)]
        counts = Counter(names.types[resource] for names, _ in homes for resource in names.factories)
        for names, flat in homes:
            for resource in names.factories:
                prefix = flat if counts[names.types[resource]] > 1 else ""
                names.variables[resource] = self.variable(prefix, names.types[resource])

    def variable(self, prefix: str, name: str) -> str:
        """A new name of a type variable for the class `name`: `BucketT`, `StoreBucketT`."""
        return self.variables.derive(f"{naming.camel(prefix.replace('_', '-'))}{name}T")

    def _short(self, site: Site) -> str:
        package = site.interface.package.name
        interface = naming.parameter(site.interface.name or "")
        own = any(package == world.package.name for world in self.joint.worlds)
        return interface if own else f"{naming.package_word(package.name)}_{interface}"

    def _long(self, site: Site) -> str:
        package = site.interface.package.name
        interface = naming.parameter(site.interface.name or "")
        return f"{_namespace_folder(package.namespace)}_{self._folders[package]}_{interface}"

    def _check_paths(self) -> None:
        seen: dict[Path, str] = {}
        for site in self.sites.values():
            for path in (site.import_path, site.export_path):
                if path is None:
                    continue
                if path in seen:
                    self._diagnostics.error(
                        codes.NAME_CLASH,
                        f"`{seen[path]}` and `{site.title}` are both the module `{'.'.join(path)}` in Python",
                    )
                seen[path] = site.title


def _takes_keywords(world: World) -> bool:
    """Whether the world imports anything that is implemented."""
    for item in world.imports.values():
        match item:
            case InterfaceItem(interface):
                resources = (t for t in interface.types.values() if isinstance(t, Resource))
                if interface.functions or any(resources):
                    return True
            case TypeItem(type):
                if isinstance(type, Resource):
                    return True
            case FunctionItem():
                return True
    return False


def _plain_names(items: dict[WorldKey, WorldItem], reserved: tuple[str, ...], modules: set[str]) -> dict[str, str]:
    """The Python name of each plain key; a name that we use ourselves gets a trailing underscore.

    So does that of an inline interface, which becomes a module, if the package has one of that name (`modules`).
    """
    plain: dict[str, str] = {}
    for key, item in items.items():
        if isinstance(key, str) and not key.startswith("["):
            name = naming.parameter(key)
            inline = isinstance(item, InterfaceItem) and item.interface.name is None
            plain[key] = f"{name}_" if name in reserved or (inline and name in modules) else name
    return plain


def _namespace_folder(namespace: str) -> str:
    spelled = naming.snake(namespace)
    return f"{spelled}_" if spelled == EXPORTS else spelled


def _package_folders(joint: Joint, diagnostics: Diagnostics) -> dict[PackageName, str]:
    """The folder of each package that the worlds speak of; versions are spelled out where they would share one."""
    packages: dict[PackageName, None] = {world.package.name: None for world in joint.worlds}
    for item in (*joint.imports.values(), *joint.exports.values()):
        if isinstance(item, InterfaceItem) and item.interface.name is not None:
            packages[item.interface.package.name] = None
    short = {package: _folder(package) for package in packages}
    folders: dict[PackageName, str] = {}
    for package, folder in short.items():
        sharing = [p for p in packages if short[p] == folder and p.namespace == package.namespace]
        alike = [p for p in sharing if p.name == package.name]
        folders[package] = folder if len(alike) == 1 else _folder(package, full=True)
        if len(alike) > 1 and package == alike[0]:
            listed = ", ".join(f"`{p}`" for p in sorted(alike, key=str))
            diagnostics.warn(
                codes.VERSIONS_SPELLED_OUT,
                f"{joint.title} speak{'s' * (len(joint.worlds) == 1)} of {listed}: their folders take the full version",
            )
    return folders


def _folder(package: PackageName, *, full: bool = False) -> str:
    suffix = naming.version_suffix(package.version, full=full)
    return naming.escape(naming.package_word(package.name) + suffix)


def _world_types(joint: Joint) -> dict[str, TypeDefinition]:
    return {
        key: item.type for key, item in joint.imports.items() if isinstance(item, TypeItem) and isinstance(key, str)
    }


def _functions(items: Iterable[WorldItem]) -> Iterable[Function]:
    for item in items:
        if isinstance(item, InterfaceItem):
            yield from item.interface.functions.values()
        elif isinstance(item, FunctionItem):
            yield item.function


def _error_definitions(joint: Joint) -> tuple[TypeDefinition, ...]:
    """The named types that some function of the worlds has for its errors."""
    found: dict[TypeDefinition, None] = {}
    items = [item for world in joint.worlds for item in (*world.imports.values(), *world.exports.values())]
    for function in _functions(items):
        definition = error_definition(function)
        if definition is not None:
            found[definition] = None
    return tuple(found)

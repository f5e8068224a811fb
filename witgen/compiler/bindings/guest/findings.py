"""What cannot work, said before a component is built.

componentize-py writes its own modules when it builds, so their faults cannot be repaired from here; most show only as a
trap or a traceback late in the build. Each is a warning with its cure. Names that meet in one module are errors, and so
are types whose annotation would grow beyond reading.
"""

from __future__ import annotations

import ast
import sys
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from ....component.items import Constructor, Function, InterfaceItem, Method, Static, World
from ....component.types import (
    Alias,
    Enum,
    FixedList,
    Flags,
    Map,
    Record,
    Resource,
    Tuple,
    Type,
    TypeDefinition,
    Variant,
    parts,
    resolve_alias,
)
from ...diagnostics import Diagnostics, codes
from ...model.resolve.suggestions import did_you_mean, listing
from ..naming import CLASS_ATTRIBUTES, camel, snake
from .annotations import direct_result
from .functions import receiver_of
from .layout import Bound, Home, Layout, Side

_TOOL = "componentize-py 0.25.1"
_LARGEST = 2_000
_DEEPEST = 150
_HELPERS = ("Enum", "Err", "Flag", "Protocol", "Union")


def check_world(layout: Layout, diagnostics: Diagnostics) -> None:
    """Warn of everything in the world that componentize-py cannot build or run, and refuse types that are too large."""
    _check_sizes(layout, diagnostics)
    for message, help in _findings(layout):
        diagnostics.warn(codes.GUEST_LIMITED, message, help=(help,) if help else ())


def check_members(home: Home, names: Sequence[str], layout: Layout, diagnostics: Diagnostics) -> None:
    """Report names that a module would bind twice."""
    module = ".".join((layout.options.world_module, *home.parts))
    for name, count in Counter(names).items():
        if count > 1:
            diagnostics.error(
                codes.NAME_CLASH,
                f"`{module}` would hold {count} items called `{name}`",
                help=("rename an item, or leave the guest out: `--side host`",),
            )


def check_modules(layout: Layout, diagnostics: Diagnostics) -> None:
    """Report interfaces of one side that would share a module."""
    for side, bounds in ((Side.IMPORTS, layout.imports), (Side.EXPORTS, layout.exports)):
        for name, count in Counter(bound.home.module for bound in bounds).items():
            if count > 1:
                bounds_of = [bound for bound in bounds if bound.home.module == name]
                clashing = ", ".join(f"`{bound.label}`" for bound in bounds_of)
                diagnostics.error(
                    codes.NAME_CLASH,
                    f"{clashing} would be one module `{layout.options.world_module}.{side.value}.{name}`",
                    help=(f"choose a name: `--{side.option} '{bounds_of[0].label}=…'`",),
                )


def check_names(layout: Layout, diagnostics: Diagnostics) -> None:
    """Report names that were chosen for interfaces which the world does not have on that side."""
    options = layout.options
    sides = {Side.IMPORTS: (options.import_names, layout.imports), Side.EXPORTS: (options.export_names, layout.exports)}
    for side, (chosen, bounds) in sides.items():
        there = [bound.label for bound in bounds]
        for interface in dict.fromkeys(interface for interface, _ in chosen if interface not in there):
            (other,) = (other for other in Side if other is not side)
            help = did_you_mean(interface, there)
            if any(bound.label == interface for bound in sides[other][1]):
                help = (f"the world {other.verb} it: `--{other.option}`",)
            diagnostics.error(
                codes.UNKNOWN_INTERFACE,
                f"`{interface}` is not an interface that the world `{layout.world.name}` {side.verb}, so the name has no effect",
                notes=(f"it {side.verb} {listing(there) or 'no interface'}",),
                help=help,
            )


def _findings(layout: Layout) -> Iterator[tuple[str, str]]:
    """Messages and cures, each once, in the world's order."""
    found = [*_type_findings(layout), *_copy_findings(layout), *_package_findings(layout), *_docs_findings(layout)]
    for bound in (*layout.imports, *layout.exports):
        found += _bound_findings(bound)
    for side, owner, function in layout.functions():
        found += _function_findings(side, owner, function)
    yield from dict.fromkeys(found)


def _type_findings(layout: Layout) -> Iterator[tuple[str, str]]:
    for type in _all_types(layout):
        match type:
            case Map():
                yield f"{_TOOL} cannot build this world: it does not support `map`", ""
            case FixedList():
                yield f"{_TOOL} cannot build this world: it does not know lists of fixed length", ""
            case Tuple(()):
                yield f"{_TOOL} writes modules that Python cannot read where a tuple is empty", "leave the tuple out"
            case Resource() if isinstance(type.owner, World):
                yield f"{_TOOL} writes no class for `{type.name}`, a resource of the world itself", "declare it in an interface"
            case Resource() | Record() | Variant() | Enum() | Flags() if camel(type.name) in _HELPERS:
                yield f"the name of `{type.name}` hides a helper in the modules that {_TOOL} writes", "rename the type"
            case _:
                pass
        if isinstance(type, Record) and any(snake(field.name) in CLASS_ATTRIBUTES for field in type.fields[:-1]):
            yield (
                f"{_TOOL} writes modules that Python cannot read where a field `mro` is not the last one: `{type.name}`",
                "rename the field",
            )


def _copy_findings(layout: Layout) -> Iterator[tuple[str, str]]:
    """Types that componentize-py would write twice, in an interface that is on one side only."""
    for bound in (*layout.imports, *layout.exports):
        for type in bound.interface.types.values():
            if isinstance(type, Record | Variant) and layout.holders.holds(type) and len(layout.homes(type)) == 1:
                what = f"`{type.name}` of `{bound.label}`"
                yield (
                    f"{_TOOL} cannot build this world: {what} holds a resource that is both imported and exported",
                    f"import and export `{bound.label}` too",
                )


def _package_findings(layout: Layout) -> Iterator[tuple[str, str]]:
    """What stops componentize-py anywhere in a package that it has to read, although this world has nothing of it."""
    in_world = frozenset(_all_types(layout))
    interfaces = [bound.interface for bound in (*layout.imports, *layout.exports)]
    for package in dict.fromkeys([layout.world.package, *(interface.package for interface in interfaces)]):
        for interface in package.interfaces.values():
            functions = interface.functions.values()
            roots = [*interface.types.values(), *(type for f in functions for type in _function_types(f))]
            maps = [type for type in _below(roots) if isinstance(type, Map)]
            if maps and in_world.isdisjoint(maps):
                yield (
                    f"{_TOOL} cannot build this world: it does not support `map`, which `{interface.id}` has",
                    "move that interface to a package that this world does not need",
                )
        for world in package.worlds.values():
            if world is layout.world:
                continue
            for key, item in (*world.imports.items(), *world.exports.items()):
                if isinstance(key, str) and isinstance(item, InterfaceItem) and item.interface.name is not None:
                    yield (
                        f"{_TOOL} cannot read `{key}: …`, which the world `{world.name}` of the package has",
                        f"move the world `{world.name}` to another package",
                    )


def _docs_findings(layout: Layout) -> Iterator[tuple[str, str]]:
    """Docs that would end a Python string or hold an invalid escape sequence: componentize-py copies docs verbatim."""
    documented: list[tuple[str, str | None]] = []
    for bound in (*layout.imports, *layout.exports):
        documented.append((f"`{bound.label}`", bound.interface.docs))
    for type in layout.definitions():
        if not isinstance(type, Alias):
            documented.append((f"`{type.name}`", type.docs))
    for _, owner, function in layout.functions():
        documented.append((f"`{function.name}`" + (f" of `{owner.label}`" if owner else ""), function.docs))
    for what, docs in documented:
        if docs and not _is_text(docs):
            yield (
                f"{_TOOL} writes a module that Python cannot read for the docs of {what}",
                "leave three quotes, `\\u`, `\\x` and `\\N` out of the docs",
            )


def _is_text(docs: str) -> bool:
    if '"""' not in docs and "\\" not in docs:
        return True
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return isinstance(ast.literal_eval(f'"""\n{docs}\n"""'), str)
        except (SyntaxError, ValueError):
            return False


def _bound_findings(bound: Bound) -> Iterator[tuple[str, str]]:
    interface = bound.interface
    if isinstance(bound.key, str) and interface.name is not None:
        yield f"{_TOOL} cannot read `{bound.key}: …`, an interface under a name of the world's own", f"name `{interface.id}` alone"
    if interface.name is None and bound.side is Side.IMPORTS and interface.freestanding():
        yield f"{_TOOL} leaves out the functions of `{bound.key}`, which is imported inline", "declare the interface outside of the world"
    if bound.side is Side.EXPORTS:
        has_class = any(not isinstance(type, Alias) for type in interface.types.values())
        if interface.name is None and interface.freestanding() and not has_class:
            yield (
                f"{_TOOL} writes no Protocol for `{bound.key}`, which is exported inline",
                f"import `{bound.protocol}` under `TYPE_CHECKING` only, or declare the interface outside of the world",
            )
        for resource in (type for type in interface.types.values() if isinstance(type, Resource)):
            functions = interface.functions_of(resource)
            if not functions and not resource.docs:
                yield (
                    f"{_TOOL} writes a module that Python cannot read for `{bound.label}`: its resource `{resource.name}` is empty",
                    "give the resource docs, or import its module under `TYPE_CHECKING` only",
                )
            looked_up = any(isinstance(function.kind, Constructor | Static) for function in functions)
            if looked_up and bound.home.module in sys.stdlib_module_names:
                yield (
                    f"the class `{camel(resource.name)}` is looked up in a module `{bound.home.module}`, which is Python's own",
                    f"`--export-interface-name '{bound.label}=another-name'`, given to witgen and to componentize-py",
                )


def _function_findings(side: Side, bound: Bound | None, function: Function) -> Iterator[tuple[str, str]]:
    where = f"`{function.name}`" + (f" of `{bound.label}`" if bound else "")
    kind = function.kind
    if side is Side.IMPORTS and isinstance(kind, Constructor) and direct_result(function.result) is not None:
        yield f"{where} fails in what {_TOOL} writes: it does not know constructors that return a `result`", "use a static function"
    receiver = receiver_of(function, exported=side is Side.EXPORTS)
    params = function.params[1:] if isinstance(kind, Method) else function.params
    if bound is None and side is Side.IMPORTS and snake(function.name) in ("exports", "imports"):
        yield (
            f"the function `{function.name}` of the world hides the package of that name",
            f"import `wit_world.{function.name}` only by its full name",
        )
    if any(snake(param.name) == receiver for param in params):
        yield f"{where} has a parameter `{receiver}`: Python cannot read what {_TOOL} writes for it", "rename the parameter"
    reserved = ("finalizer", "handle") if side is Side.IMPORTS else ("finalizer",)
    if isinstance(kind, Method | Static) and snake(function.item_name) in reserved:
        yield f"{where} is hidden at run time by an attribute that {_TOOL} sets on resources", "rename the function"


def _all_types(layout: Layout) -> Iterator[Type | Resource]:
    """Every type of the world once, definitions and what they are made of."""
    roots: list[Type | Resource] = list(layout.definitions())
    for _, _, function in layout.functions():
        roots += _function_types(function)
    yield from _below(roots)


def _below(roots: Sequence[Type | Resource]) -> Iterator[Type | Resource]:
    """Each type of `roots`, and what they are made of, once."""
    seen: set[Type | Resource] = set()
    stack = list(reversed(roots))
    while stack:
        type = stack.pop()
        if type not in seen:
            seen.add(type)
            yield type
            stack.extend(reversed(parts(type)))


def _function_types(function: Function) -> list[Type]:
    types = [param.type for param in function.params]
    return types if function.result is None else [*types, function.result]


# Sizes ----------------------------------------------------------------------------------------------------------------


def _check_sizes(layout: Layout, diagnostics: Diagnostics) -> None:
    sizes = _Sizes(layout.definitions())
    for definition in layout.definitions():
        if not isinstance(definition, Alias) and any(sizes.is_beyond_reading(part) for part in parts(definition)):
            _refuse(f"the type `{definition.name}`", diagnostics)
    for _, bound, function in layout.functions():
        if any(sizes.is_beyond_reading(type) for type in _function_types(function)):
            _refuse(f"the function `{function.name}`" + (f" of `{bound.label}`" if bound else ""), diagnostics)


def _refuse(what: str, diagnostics: Diagnostics) -> None:
    diagnostics.error(
        codes.NOT_SUPPORTED,
        f"{what} holds a type that would take more than {_LARGEST} names, or {_DEEPEST} levels, to write in Python",
        help=("make a record of a part that is repeated, instead of a tuple or an alias",),
    )


class _Sizes:
    """How many names, and how many levels, the annotations of types have. Aliases are written out."""

    def __init__(self, definitions: Iterable[TypeDefinition]) -> None:
        self._aliases: dict[Alias, tuple[int, int]] = {}
        for definition in definitions:
            if isinstance(definition, Alias):
                self._of(definition)

    def is_beyond_reading(self, type: Type | Resource) -> bool:
        """Whether the annotation of `type` is larger or deeper than the limits."""
        names, levels = self._of(type)
        return names > _LARGEST or levels > _DEEPEST

    def _of(self, type: Type | Resource) -> tuple[int, int]:
        match type:
            case Alias():
                if type not in self._aliases:
                    self._aliases[type] = self._of(resolve_alias(type))
                return self._aliases[type]
            case Record() | Variant():
                return 1, 1
            case _:
                inner = [self._of(part) for part in parts(type)]
                return 1 + sum(names for names, _ in inner), 1 + max((levels for _, levels in inner), default=0)


__all__ = ["check_members", "check_modules", "check_names", "check_world"]

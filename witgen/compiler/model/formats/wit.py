"""The resolved model as WIT: one text that gives the same model again, every package in it.

The root package has the header, all others are nested in the text. Elaborated worlds say all they import and export, so
nothing is left for `include` or for implied imports. Items are in the order that the model has, which is the order
that reading them again gives. What the model does not hold is left out: ordinary comments, a `use` of no names,
that an inline interface is a copy.

A gate of a foreign world that came in by `include` may name a version that this package has not reached: such a model
has no text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import assert_never

from ....component import types
from ....component.items import (
    Freestanding,
    Function,
    FunctionItem,
    Interface,
    InterfaceItem,
    Package,
    Resolved,
    TypeItem,
    World,
    WorldItem,
    WorldKey,
)
from ....component.notation import (
    Token,
    declared_name,
    keyword,
    part_tokens,
    parts_of,
    signature,
    target_tokens,
    text,
)
from ....component.types import Stability, Stable, TypeDefinition, Unstable
from ...syntax.docs import docs_text
from ...syntax.tokens import KEYWORDS
from ..resolve.elaborate import dependency

_STEP = "  "
# Begins a line that must not be indented; no text can hold it.
_AS_IT_IS = "\0"
# Printable, and yet allowed nowhere in a file.
_DISCOURAGED = "\u0149\u0673\u0f77\u0f79\u17a3\u17a4\u17b4\u17b5"


def print_wit(resolved: Resolved) -> str:
    """All packages as one text, which ends with a newline."""
    root = resolved.root
    lines = _root(root)
    for package in resolved.packages:
        if package is not root:
            lines += ["", *_docs(package.docs), *_braces(f"package {package_text(package)}", _items(package))]
    return _text(lines)


def print_package(package: Package) -> str:
    """One package as a text of its own; it ends with a newline. What it uses of others is not in it."""
    return _text(_root(package))


def package_text(package: Package) -> str:
    """`ns:name@version`, keywords with `%`."""
    name = package.name
    version = "" if name.version is None else f"@{name.version}"
    return f"{name_text(name.namespace)}:{name_text(name.name)}{version}"


def name_text(name: str) -> str:
    """A name as it must be written: keywords with `%`."""
    return f"%{name}" if name in KEYWORDS else name


# Packages -------------------------------------------------------------------------------------------------------------


def _root(package: Package) -> list[str]:
    items = list(_items(package))
    return [*_docs(package.docs), f"package {package_text(package)};", *([""] if items else []), *items]


def _items(package: Package) -> Iterator[str]:
    blocks: list[list[str]] = []
    for interface in package.interfaces.values():
        head = [*_docs(interface.docs), *attribute_texts(interface.stability, None)]
        body = _interface_body(interface, package)
        blocks.append([*head, *_braces(f"interface {name_text(str(interface.name))}", body)])
    for world in package.worlds.values():
        head = [*_docs(world.docs), *attribute_texts(world.stability, None)]
        blocks.append([*head, *_braces(f"world {name_text(world.name)}", _world_body(world))])
    for number, block in enumerate(blocks):
        if number:
            yield ""
        yield from block


def _path(interface: Interface, package: Package) -> str:
    name = name_text(str(interface.name))
    if interface.package is package:
        return name
    home = interface.package
    version = "" if home.name.version is None else f"@{home.name.version}"
    return f"{name_text(home.name.namespace)}:{name_text(home.name.name)}/{name}{version}"


def _interface_body(interface: Interface, package: Package) -> Iterator[str]:
    """Types and functions: each resource with its functions, at the place where these come among all functions."""
    by_resource = _by_resource(interface.functions.values())
    written: set[types.Resource] = set()
    definitions = iter([definition for definition in interface.types.values() if dependency(definition) is None])
    yield from _uses(interface.types.values(), package)
    for function in interface.functions.values():
        if isinstance(function.kind, Freestanding):
            yield from _function(function)
        elif function.kind.resource not in written:
            for definition in definitions:
                yield from _definition(definition, by_resource)
                if isinstance(definition, types.Resource):
                    written.add(definition)
                if definition is function.kind.resource:
                    break
    for definition in definitions:
        yield from _definition(definition, by_resource)


def _by_resource(functions: Iterable[Function]) -> dict[types.Resource, list[Function]]:
    found: dict[types.Resource, list[Function]] = {}
    for function in functions:
        if not isinstance(function.kind, Freestanding):
            found.setdefault(function.kind.resource, []).append(function)
    return found


def _world_body(world: World) -> Iterator[str]:
    functions = [item.function for item in world.imports.values() if isinstance(item, FunctionItem)]
    by_resource = _by_resource(functions)
    yield from _side("import", world.imports, by_resource, world.package)
    yield from _side("export", world.exports, by_resource, world.package)


def _side(
    verb: str,
    items: Mapping[WorldKey, WorldItem],
    by_resource: Mapping[types.Resource, list[Function]],
    package: Package,
) -> Iterator[str]:
    yield from _uses((item.type for item in items.values() if isinstance(item, TypeItem)), package)
    for key, item in items.items():
        match item:
            case InterfaceItem(interface, docs, stability, external_id):
                label = f"{name_text(key)}: " if isinstance(key, str) else ""
                attributes = attribute_texts(stability, external_id)
                if interface.name is None:
                    yield from _docs(interface.docs)
                    yield from attributes
                    yield from _braces(f"{verb} {label}interface", _interface_body(interface, package))
                else:
                    yield from _docs(docs)
                    yield from attributes
                    yield f"{verb} {label}{_path(interface, package)};"
            case FunctionItem(function):
                if isinstance(function.kind, Freestanding):
                    yield from _function(function, f"{verb} ")
            case TypeItem(definition):
                if dependency(definition) is None:
                    yield from _definition(definition, by_resource)
            case _:
                assert_never(item)


# Types ----------------------------------------------------------------------------------------------------------------


def _uses(definitions: Iterable[TypeDefinition], package: Package) -> Iterator[str]:
    """The used names, with one `use` for those that follow one another from one interface."""
    used = [(home, definition) for definition in definitions if (home := dependency(definition)) is not None]
    for (home, stability, external_id), group in groupby(
        used, lambda entry: (entry[0], entry[1].stability, entry[1].external_id)
    ):
        yield from attribute_texts(stability, external_id)
        yield f"use {_path(home, package)}.{{{', '.join(_used(definition) for _, definition in group)}}};"


def _used(definition: TypeDefinition) -> str:
    assert isinstance(definition, types.Alias) and isinstance(definition.target, types.Definition)
    there, here = name_text(definition.target.name), name_text(definition.name)
    return there if there == here else f"{there} as {here}"


def _definition(definition: TypeDefinition, by_resource: Mapping[types.Resource, list[Function]]) -> Iterator[str]:
    yield from _docs(definition.docs)
    yield from attribute_texts(definition.stability, definition.external_id)
    name = name_text(definition.name)
    match definition:
        case types.Alias():
            yield f"type {name} = {_text_of(target_tokens(definition))};"
        case types.Record() | types.Variant() | types.Enum() | types.Flags():
            yield from _braces(f"{keyword(definition)} {name}", _rows(definition))
        case types.Resource():
            functions = by_resource.get(definition)
            if functions is None:
                yield f"resource {name};"
            else:
                yield from _braces(f"resource {name}", (line for f in functions for line in _function(f)))
        case _:
            assert_never(definition)


def _rows(definition: TypeDefinition) -> Iterator[str]:
    for part in parts_of(definition):
        yield from _docs(part.docs)
        yield f"{_text_of(part_tokens(part, name_text))},"


def _text_of(tokens: Iterable[Token]) -> str:
    return text(tokens, name_text)


# Functions ------------------------------------------------------------------------------------------------------------


def _function(function: Function, before: str = "") -> Iterator[str]:
    yield from _docs(function.docs)
    yield from attribute_texts(function.stability, function.external_id)
    spelled = signature(function)
    params = ", ".join(_text_of(part_tokens(param, name_text)) for param in spelled.params)
    declared = f"{before}{declared_name(function, name_text)}{spelled.keywords}"
    yield f"{declared}({params}){_text_of(spelled.result_tokens())};"


# What is before an item -------------------------------------------------------------------------------------------


def attribute_texts(stability: Stability | None, external_id: str | None) -> Iterator[str]:
    """The attributes of an item as WIT has them."""
    if external_id is not None:
        yield f"@external-id({_string(external_id)})"
    match stability:
        case None:
            return
        case Stable(since, deprecated):
            yield f"@since(version = {since})"
        case Unstable(feature, deprecated):
            yield f"@unstable(feature = {name_text(feature)})"
        case _:
            assert_never(stability)
    if deprecated is not None:
        yield f"@deprecated(version = {deprecated})"


def _string(text: str) -> str:
    """A string literal: what is not plain is written by its number."""
    return f'"{"".join(map(_character, text))}"'


def _character(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    return char if char.isprintable() and char not in _DISCOURAGED else f"\\u{{{ord(char):x}}}"


def _docs(docs: str | None) -> Iterator[str]:
    """Comments that give these docs again: line comments, or a block where its later lines are indented."""
    if docs is None:
        return
    lines = docs.split("\n")
    deepest = max(_indent(line) for line in lines)
    for comments in (_with_a_blank(lines), *(_indented_by(" " * count, lines) for count in range(deepest + 1))):
        if docs_text(comments) == docs:
            yield from comments
            return
    first, *rest = f"/**{docs}*/".split("\n")
    yield first
    yield from (_AS_IT_IS + line for line in rest)


def _with_a_blank(lines: list[str]) -> list[str]:
    return [f"/// {line}" if line else "///" for line in lines]


def _indented_by(blanks: str, lines: list[str]) -> list[str]:
    """Comments that lose these blanks when they are read: a line that is indented by other characters keeps those."""
    return [f"///{line if not line or _keeps(blanks, line) else blanks + line}" for line in lines]


def _keeps(blanks: str, line: str) -> bool:
    return _indent(line) >= len(blanks) and not line.startswith(blanks)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t\n\f\r"))


def _text(lines: Iterable[str]) -> str:
    return "\n".join(line.removeprefix(_AS_IT_IS) for line in lines) + "\n"


# Layout ---------------------------------------------------------------------------------------------------------------


def _braces(head: str, body: Iterable[str]) -> Iterator[str]:
    lines = list(_indented(body))
    if not lines:
        yield f"{head} {{}}"
        return
    yield f"{head} {{"
    yield from lines
    yield "}"


def _indented(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield line if line.startswith(_AS_IT_IS) or not line else _STEP + line

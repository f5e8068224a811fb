"""The bytes of a component or an encoded WIT package go in; its types come out as worlds and packages. It may import the
vocabulary beside it and the standard library.

    bytes --syntax--> declarations --evaluate--> imports and exports --build--> worlds and packages of the model

The file is hostile until proven otherwise: whatever is wrong with it is a `BinaryError` with the offset of the byte, and
what it can cost is bounded (`syntax.MOST_STEPS`, `evaluate.MOST_NAMES`, `scope.MOST_LEVELS`, `definitions.MOST_TEXT`). It
is not validated beyond what its types need: core code is skipped by its size.
"""

from __future__ import annotations

from ...dataclass import dataclass
from ..items import Package, World
from ..names import PackageName
from .build import Library
from .docs import PackageDocs, read_docs
from .entities import Closure, ClosureKind, Instance, Named, base
from .errors import BinaryError, Fault
from .evaluate import Evaluation, Externs
from .names import interface_id, is_label

COMPONENT_PACKAGE = PackageName("root", "component")
"""The package of a component's own world, as wasm-tools has it; the world is called `root`."""
COMPONENT_WORLD = "root"


@dataclass(frozen=True, slots=True)
class EncodedItem:
    """An interface or world of an encoded package: its id, and the externs of the component type that describes it."""

    id: str
    externs: Externs
    offset: int
    is_world: bool


@dataclass(frozen=True, slots=True)
class Binary:
    """A file that was read: a component, or (with `items`) an encoded WIT package."""

    package: PackageName
    externs: Externs
    items: tuple[EncodedItem, ...] | None
    docs: PackageDocs | None

    @property
    def is_package(self) -> bool:
        """Whether this is an encoded WIT package."""
        return self.items is not None


def read_binary(data: bytes | memoryview) -> Binary:
    """Read what a file imports and exports.

    Raises:
        BinaryError: it is not a component, or cannot be read.
    """
    evaluation = Evaluation(memoryview(data))
    externs = evaluation.run()
    docs = None if evaluation.docs is None else read_docs(evaluation.docs)
    if not _is_package(externs):
        return Binary(COMPONENT_PACKAGE, externs, None, docs)
    items = tuple(_encoded_item(evaluation, extern.entity) for extern in externs.exports)
    names = [interface_id(item.id, item.offset)[0] for item in items]
    for item, name in zip(items, names, strict=True):
        if name != names[0]:
            raise BinaryError(
                Fault.MALFORMED, f"one encoded package holds two packages, `{names[0]}` and `{name}`", item.offset
            )
    return Binary(names[0], externs, items, docs)


def component_world(binary: Binary) -> World:
    """A component's own world: each import and export has just what the component has there, and no docs.

    Raises:
        BinaryError: this is an encoded WIT package, or WIT cannot say what the component imports or exports.
    """
    if binary.is_package:
        raise BinaryError(Fault.ENCODED_PACKAGE, "this is an encoded WIT package, which has no code", 0)
    library = Library(merge=False)
    return library.world(library.package(COMPONENT_PACKAGE), COMPONENT_WORLD, binary.externs)


class Packages:
    """The packages that several files define and mention, joined by their names."""

    def __init__(self) -> None:
        self._library = Library(merge=True)

    def announce(self, binary: Binary) -> None:
        """Take in the docs of a file. To be called for every file before the first `add`."""
        if binary.docs is not None:
            self._library.docs[binary.docs.package or str(binary.package)] = binary.docs

    def add(self, binary: Binary) -> Package:
        """Take in what a file defines; returns its own package.

        Raises:
            BinaryError: it contradicts itself or another file, or holds what WIT cannot say.
        """
        library = self._library
        package = library.package(binary.package)
        if binary.items is None:
            library.world(package, COMPONENT_WORLD, binary.externs)
            return package
        for item in binary.items:
            if item.is_world:
                _, name = interface_id(item.id, item.offset)
                library.world(package, name, item.externs)
                continue
            for extern in (*item.externs.imports, *item.externs.exports):
                if not isinstance(extern.entity, Instance):
                    raise BinaryError(Fault.MALFORMED, f"`{extern.name.text}` is not an interface", extern.name.offset)
                library.interface(extern.name.text, extern.entity, extern.name.offset)
        return package

    @property
    def all(self) -> tuple[Package, ...]:
        """Every package that was defined or mentioned."""
        return tuple(self._library.packages.values())


def _is_package(externs: Externs) -> bool:
    """An encoded package exports types of components under plain names, and nothing else."""
    return (
        not externs.imports
        and bool(externs.exports)
        and all(_component_type(extern.entity) is not None for extern in externs.exports)
    )


def _component_type(entity: object) -> Closure | None:
    found = base(entity) if isinstance(entity, Named) else None
    return found if isinstance(found, Closure) and found.kind is ClosureKind.COMPONENT_TYPE else None


def _encoded_item(evaluation: Evaluation, entity: object) -> EncodedItem:
    closure = _component_type(entity)
    assert closure is not None and isinstance(entity, Named), "checked before"
    if not is_label(entity.name):
        raise BinaryError(
            Fault.UNSUPPORTED, "this is the first encoding of WIT packages, which is no longer written", entity.offset
        )
    externs = evaluation.look_into(closure)
    if len(externs.exports) != 1:
        raise BinaryError(
            Fault.MALFORMED, f"`{entity.name}` describes {len(externs.exports)} items instead of one", entity.offset
        )
    (item,) = externs.exports
    if isinstance(item.entity, Closure):
        return EncodedItem(item.name.text, evaluation.look_into(item.entity), item.name.offset, True)
    return EncodedItem(item.name.text, externs, item.name.offset, False)


__all__ = [
    "COMPONENT_PACKAGE",
    "COMPONENT_WORLD",
    "Binary",
    "BinaryError",
    "EncodedItem",
    "Fault",
    "Packages",
    "component_world",
    "read_binary",
]

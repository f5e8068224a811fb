"""A world's generated host package, imported from a folder of its own, with a component that fits the world."""

from __future__ import annotations

import importlib.util
import sys
import tempfile
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Protocol, cast

import witgen.runtime as rt
from tests.forwarding.component import forwarding_component
from tests.models import HEADER
from witgen.compiler.bindings.host import plan_host
from witgen.compiler.bindings.host.joint import join
from witgen.compiler.bindings.host.layout import Layout
from witgen.compiler.diagnostics import Diagnostics
from witgen.compiler.emit.render import render_package
from witgen.compiler.input.parsed import load_text
from witgen.compiler.model.resolve.passes import resolve
from witgen.component.items import Function, Interface, World
from witgen.component.types import TypeDefinition, Variant

_numbers = count()


class Prepared(Protocol):
    """The class `…Pre` of a generated package."""

    def instantiate(self, store: rt.Store, /, **imports: object) -> object:
        """An instance."""
        ...


@dataclass(frozen=True, slots=True)
class Package:
    """An imported package, and the model that it was generated from. Names are the planner's: other tests judge them."""

    world: World
    module: ModuleType
    engine: rt.Engine
    layout: Layout

    def prepare(self, text: str) -> Prepared:
        """Prepare component text through the world's class."""
        cls = attribute(self.module, self.layout.names.own_class)
        prepare = cast(Callable[[rt.Engine, rt.Component], Prepared], attribute(cls, "prepare"))
        return prepare(self.engine, rt.Component(self.engine, text))

    def imports(self) -> Iterator[tuple[str, Interface | Function]]:
        """What `instantiate` takes, by keyword: interfaces with functions, and functions."""
        for site in self.layout.imported:
            if site.interface.functions:
                for key in site.imports:
                    yield key.python, site.interface
        for function in self.layout.parts[0].import_functions:
            yield function.python, function.function

    def exports(self) -> Iterator[tuple[str, Interface | Function]]:
        """What an instance has, by attribute."""
        for site in self.layout.exported:
            for key in site.exports:
                yield key.python, site.interface
        for function in self.layout.parts[0].export_functions:
            yield function.python, function.function

    def cls(self, definition: TypeDefinition, case: int | None = None) -> type:
        """The class of a record, enum or flags, or that of a variant's case."""
        names = self.layout.names_of(definition)
        name = names.types[definition]
        if case is not None:
            assert isinstance(definition, Variant)
            name = names.cases[definition][case]
        found: object = self.module
        for part in (*self.layout.home(definition), name):
            found = attribute(found, part)
        assert isinstance(found, type)
        return found


def attribute(thing: object, name: str) -> object:
    """An attribute of something generated, which no checker knows."""
    return cast(object, getattr(thing, name))


@cache
def engine() -> rt.Engine:
    """The engine of all packages."""
    return rt.engine()


@contextmanager
def generated(text: str, world: str = "w") -> Generator[Package]:
    """The host package of a world of the WIT `text`, importable until the end of the block.

    Raises:
        WitError: the text has errors.
    """
    found = Diagnostics()
    resolved = resolve(load_text(text), frozenset(), found).resolved
    model = resolved.root.worlds[world]
    planned = plan_host(model, resolved, HEADER, found)
    found.stop_on_errors()
    with tempfile.TemporaryDirectory() as folder:
        for file in render_package(planned):
            path = Path(folder) / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(file.text, encoding="utf-8")
        name = f"generated_{next(_numbers)}"
        try:
            layout = Layout(join((model,), Diagnostics()), Diagnostics())
            yield Package(model, _import(name, Path(folder) / planned.root), engine(), layout)
        finally:
            for module in [module for module in sys.modules if module.partition(".")[0] == name]:
                del sys.modules[module]


def _import(name: str, folder: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, folder / "__init__.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@contextmanager
def forwarding(
    text: str, world: str = "w", twins: Mapping[str, str] | None = None
) -> Generator[tuple[Package, Prepared]]:
    """A world's package, and its forwarding component prepared through it."""
    with generated(text, world) as package:
        yield package, package.prepare(forwarding_component(package.world, twins))


__all__ = ["Package", "Prepared", "attribute", "engine", "forwarding", "generated"]

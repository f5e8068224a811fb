"""Guest packages of WIT texts, on the path of this process, each under a world module of its own."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, Self, cast

from tests.wit_text import world_of
from witgen.compiler.bindings.guest import GuestOptions, plan_guest
from witgen.compiler.diagnostics import Diagnostics
from witgen.compiler.emit.pymodel import PyHeader
from witgen.compiler.emit.render import render_package
from witgen.component.items import World


class Attributes(Protocol):
    """Something whose attributes are known by name only: exports, modules, objects of a guest's."""

    def __getattr__(self, name: str, /) -> Attributes: ...

    def __setattr__(self, name: str, value: object, /) -> None: ...

    def __call__(self, *args: object, **kwargs: object) -> Attributes: ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *args: object) -> None: ...

    def __eq__(self, other: object, /) -> bool: ...

    def __iter__(self) -> Iterator[Attributes]: ...

    def __await__(self) -> Generator[None, None, Attributes]: ...

    def __getitem__(self, key: object, /) -> Attributes: ...


def write_world(world: World, module: str, folder: Path) -> None:
    """Write the guest package of `world`, as it is before formatting."""
    header = PyHeader("witgen", world.id, "witgen <WIT>")
    package = plan_guest(world, header, Diagnostics(), GuestOptions(world_module=module))
    for file in render_package(package):
        path = folder / file.path.removeprefix("guest/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")


@contextmanager
def on_path(folder: Path, worlds: Mapping[str, World | str], sources: Mapping[str, str]) -> Generator[None]:
    """Generate `worlds` (by module; a text is its own file, the world called as the module) and write `sources`."""
    for module, world in worlds.items():
        write_world(world if isinstance(world, World) else world_of(world, module.replace("_", "-")), module, folder)
    for name, text in sources.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    before = set(sys.modules)
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        for name in set(sys.modules) - before:
            if str(getattr(sys.modules[name], "__file__", "")).startswith(str(folder)):
                del sys.modules[name]


def load(name: str) -> Attributes:
    """A module by name."""
    return cast("Attributes", importlib.import_module(name))

"""Guest packages of WIT texts, for the tests of the guest planner."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from tests.wit_text import world_of
from witgen.compiler.bindings.guest import GuestOptions, plan_guest
from witgen.compiler.diagnostics import Diagnostics
from witgen.compiler.emit.format import format_file
from witgen.compiler.emit.pymodel import PyHeader
from witgen.compiler.emit.render import render_package
from witgen.component.items import World

DEFAULT = GuestOptions()


def plan_text(text: str, name: str, options: GuestOptions = DEFAULT) -> tuple[dict[str, str], Diagnostics]:
    """The files of the guest package for the world `name` of `text`, by path, and what was found."""
    return plan(world_of(text, name), options)


def plan(world: World, options: GuestOptions = DEFAULT, header_world: str = "") -> tuple[dict[str, str], Diagnostics]:
    """The files of the guest package for `world`, by path, and what was found. Headers name `header_world`, if given."""
    diagnostics = Diagnostics()
    header = PyHeader("witgen", header_world or world.id, "witgen <WIT>")
    package = plan_guest(world, header, diagnostics, options)
    files = [_formatted(file) for file in render_package(package)]
    return {file.path.removeprefix("guest/"): file.text for file in files}, diagnostics


# The siblings are the same in most tests, and black takes its time.
_formatted = cache(format_file)


def write(files: dict[str, str], folder: Path) -> Path:
    """Write files below `folder`."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder

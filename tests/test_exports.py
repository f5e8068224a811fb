"""What programs may rely on: the names of the public modules, each list complete, sorted and documented."""

from __future__ import annotations

import ast
import inspect
import re
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import cast

import pytest

from tests.checkout import ROOT

PUBLIC = ("witgen.api", "witgen.runtime", "witgen.runtime.generated", "witgen.testing")


def names(module: ModuleType) -> list[str]:
    """The names that a module offers."""
    return cast("list[str]", module.__all__)


def own_imports(module: ModuleType) -> set[str]:
    """The public names that a module takes from its own package, for checkers as well."""
    assert module.__file__ is not None
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    blocks = [*tree.body, *(part for node in tree.body if isinstance(node, ast.If) for part in node.body)]
    return {
        alias.asname or alias.name
        for node in blocks
        if isinstance(node, ast.ImportFrom) and node.level
        for alias in node.names
    }


def in_order(name: str) -> tuple[int, list[tuple[int, str]]]:
    """The key by which ruff sorts `__all__`: constants first, then classes; `S8` comes before `S16`."""
    parts = [(int(part), "") if part.isdigit() else (-1, part) for part in re.findall(r"\d+|\D+", name)]
    return 0 if name.isupper() else 1 if name[0].isupper() else 2, parts


@pytest.mark.parametrize("name", PUBLIC)
def test_each_name_is_there_once_in_order(name: str) -> None:
    """Constants, classes, functions, each in the order of a person. What a module imports from its own rooms is for others."""
    module = import_module(name)
    offered = names(module)
    assert offered == sorted(set(offered), key=in_order)
    assert all(hasattr(module, each) for each in offered)
    assert {each for each in own_imports(module) if not each.startswith("_")} <= set(offered)


def test_programs_and_generated_packages_have_names_of_their_own() -> None:
    """No name is in both lists of the runtime."""
    user, generated = (set(names(import_module(name))) for name in ("witgen.runtime", "witgen.runtime.generated"))
    assert not user & generated


def test_generated_packages_import_what_is_listed() -> None:
    """From the two modules of the runtime, and nothing else of witgen."""
    offered = {name: set(names(import_module(name))) for name in ("witgen.runtime", "witgen.runtime.generated")}
    taken: set[tuple[str, str]] = set()
    for path in sorted((ROOT / "tests" / "generated").glob("*/host/**/*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        attributes = {
            ("witgen.runtime.generated", node.attr)
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "rt"
        }
        imports = {
            (str(node.module), alias.name)
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and not node.level and str(node.module).startswith("witgen")
            for alias in node.names
        }
        taken |= attributes | (imports - {("witgen.runtime", "generated")})
    assert taken and {(module, name) for module, name in taken if name not in offered.get(module, ())} == set()


@pytest.mark.parametrize("name", PUBLIC)
def test_each_name_is_documented(name: str) -> None:
    """Classes and functions by a docstring of their own; those that come from wasmtime have wasmtime's."""
    module = import_module(name)
    found = {each: getattr(module, each) for each in names(module)}
    bare = [
        each
        for each, item in found.items()
        if (inspect.isclass(item) or inspect.isfunction(item))
        and item.__module__.startswith("witgen")
        and not (item.__doc__ or "").strip()
    ]
    assert bare == []

"""What programs may rely on: the names of the public modules, each list complete, sorted and documented."""

from __future__ import annotations

import ast
import inspect
import re
from enum import Enum
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import cast

import pytest

from tests.checkout import ROOT
from tests.golden import GOLDEN, check

INIT = "__init__"
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


def surface(module: ModuleType) -> str:
    """The names that a module offers, a line each: with the parameters of functions and the members of classes."""
    lines: list[str] = []
    for name in names(module):
        item: object = getattr(module, name)
        lines.append(f"{name}{parameters(item)}")
        if inspect.isclass(item) and item.__module__.startswith("witgen"):
            lines += [f"    {each}{parameters(member)}" for each, member in sorted(members(item).items())]
    return "\n".join([*lines, ""])


def members(cls: type) -> dict[str, object]:
    """The public members of a class and of the classes of witgen that it is made from, and how it is made."""
    own = [base for base in reversed(cls.__mro__) if base.__module__.startswith("witgen")]
    public = {
        name: cast("object", inspect.getattr_static(cls, name))
        for base in own
        for name in [*inspect.get_annotations(base), *base.__dict__]
        if not name.startswith("_") and hasattr(cls, name)
    }
    is_made = not getattr(cls, "_is_protocol", False) and any(INIT in base.__dict__ for base in own)
    made: dict[str, object] = {INIT: getattr(cls, INIT)} if is_made else {}
    return made | public


def parameters(item: object) -> str:
    """The parameters of a function, without their types; empty for all else."""
    function: object = getattr(item, "__func__", item)
    if not inspect.isfunction(function):
        return ""
    found = inspect.signature(function)
    bare = [
        each.replace(annotation=inspect.Parameter.empty, default=default(each)) for each in found.parameters.values()
    ]
    return str(found.replace(parameters=bare, return_annotation=inspect.Signature.empty))


def default(parameter: inspect.Parameter) -> object:
    """The default of a parameter, as far as its text is the same in each run."""
    is_stable = isinstance(parameter.default, int | float | str | tuple | Enum | None)
    return parameter.default if is_stable or parameter.default is inspect.Parameter.empty else ...


@pytest.mark.parametrize("name", PUBLIC)
def test_a_name_that_comes_or_goes_is_seen(name: str) -> None:
    """What semantic versioning promises is a list under review: to add a name, or a parameter, is to bless it."""
    check(GOLDEN / "exports" / f"{name}.txt", surface(import_module(name)))


@pytest.mark.parametrize(("name", "page"), [("witgen.api", "api-commands"), ("witgen.runtime", "api-runtime")])
def test_each_name_is_on_its_page(name: str, page: str) -> None:
    """`automodule` finds what has a docstring of its own; a constant or an alias of types needs a line on the page."""
    module = import_module(name)
    text = (ROOT / "docs" / f"{page}.rst").read_text(encoding="utf-8")
    assert f".. automodule:: {name}\n   :members:\n" in text
    found = {each: getattr(module, each) for each in names(module)}
    plain = {each for each, item in found.items() if not inspect.isclass(item) and not inspect.isfunction(item)}
    assert plain == set(re.findall(rf"^\.\. autodata:: {re.escape(name)}\.(\w+)$", text, re.MULTILINE))

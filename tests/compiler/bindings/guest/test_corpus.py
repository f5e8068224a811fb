"""The whole corpus: the surface of componentize-py, importable everywhere, clean under every checker.

`benchmarks/guest_quality.py` prints the figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.compiler.bindings.guest import quality
from tests.compiler.bindings.guest.corpus import (
    Case,
    Package,
    Theirs,
    find_cases,
    generate,
    lay_out,
    run_componentize_py,
)
from tests.compiler.bindings.guest.test_surface import surface
from witgen.compiler.diagnostics import Severity, codes
from witgen.component.items import Function, FunctionItem, InterfaceItem, TypeItem

INTERPRETERS = quality.interpreters()
GIVES_UP, UNREADABLE, DIFFERS = "gives up", "unreadable", "differs"
EXCEPTIONS = {
    "fixed_lists_both": (GIVES_UP, "lists of fixed length are not implemented"),
    "implements_exported": (GIVES_UP, "its WIT parser is older than `a: interface`"),
    "implements_imported": (GIVES_UP, "its WIT parser is older than `a: interface`"),
    "implements_without": (GIVES_UP, "another world of the package has `a: interface`"),
    "maps_both": (GIVES_UP, "maps are not implemented"),
    "maps_without": (GIVES_UP, "another interface of the package has a map"),
    "names_self_as_parameter": (DIFFERS, "parameters `self` and `cls` twice in one signature: no Python"),
    "names_self_as_parameter_of_exports": (DIFFERS, "parameters `self` and `cls` twice in one signature: no Python"),
    "resources_empty_exported": (UNREADABLE, "a class without a body"),
    "resources_held_on_one_side": (GIVES_UP, "a copy of a type in an interface that is not on both sides"),
    "resources_of_the_world": (DIFFERS, "the class of the world's resource is lost"),
    "types_empty_tuple": (UNREADABLE, "`Tuple[]`"),
    "worlds_docs": (UNREADABLE, "docs with three quotes are copied as they are"),
    "worlds_inline_export": (DIFFERS, "the functions of the Protocol are lost; the component has them"),
    "worlds_inline_export_functions": (DIFFERS, "the Protocol is lost; the component has the functions"),
    "worlds_inline_export_resource": (DIFFERS, "the functions of the Protocol are lost; the component has them"),
    "worlds_inline_import": (DIFFERS, "the functions are lost"),
}
"""Worlds whose surface cannot be compared or differs, and why. Elsewhere no difference is accepted."""
WORKS_ALL_THE_SAME = {"worlds_inline_export", "worlds_inline_export_resource"}
"""Exceptions that need no warning: the application loses nothing but an annotation."""


@pytest.fixture(scope="module")
def cases() -> tuple[Case, ...]:
    """The worlds."""
    return find_cases()


@pytest.fixture(scope="module")
def packages(cases: tuple[Case, ...]) -> tuple[Package, ...]:
    """Their guest packages."""
    return generate(cases)


@pytest.fixture(scope="module")
def ours(packages: tuple[Package, ...], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages beside each other."""
    return lay_out(packages, tmp_path_factory.mktemp("ours"))


@pytest.fixture(scope="module")
def theirs(cases: tuple[Case, ...], tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Theirs]:
    """What componentize-py makes of them."""
    return run_componentize_py(cases, tmp_path_factory.mktemp("theirs"))


def _functions(case: Case) -> list[Function]:
    found: list[Function] = []
    for item in (*case.world.imports.values(), *case.world.exports.values()):
        match item:
            case InterfaceItem():
                found += item.interface.functions.values()
            case FunctionItem():
                found.append(item.function)
            case TypeItem():
                pass
    return found


def test_the_corpus_is_large_and_has_every_feature(cases: tuple[Case, ...]) -> None:
    """Over 60 worlds beside those of WASI, with every kind of function and type."""
    assert sum(not case.module.startswith("wasi_") for case in cases) >= 60
    functions = [function for case in cases for function in _functions(case)]
    assert {type(function.kind).__name__ for function in functions} == {
        *("Constructor", "Freestanding", "Method", "Static"),
    }
    assert {function.is_async for function in functions} == {True, False}
    text = "".join(path.read_text(encoding="utf-8") for path in {case.wit for case in cases if case.wit.is_file()})
    for feature in (
        *("bool", "u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "f32", "f64", "char", "string", "list<"),
        *("option<", "result<", "tuple<", "map<", "record ", "variant ", "enum ", "flags ", "resource ", "type "),
        *("borrow<", "stream<", "future<", "error-context", "@since", "@unstable", "@deprecated", "include ", "use "),
        *("async func", "static func", "static async func", "constructor(", "interface {", "list<u8, 16>", " with {"),
    ):
        assert feature in text, feature


@pytest.mark.slow
def test_surface_is_that_of_componentize_py(cases: tuple[Case, ...], ours: Path, theirs: Mapping[str, Theirs]) -> None:
    """The same modules, names, members and parameters, with `--world-module`; the exceptions are as they are written."""
    found: dict[str, str] = {}
    for case in cases:
        if theirs[case.module].gave_up:
            found[case.module] = GIVES_UP
            continue
        try:
            expected = surface(theirs[case.module].folder / case.module)
        except SyntaxError:
            found[case.module] = UNREADABLE
            continue
        if surface(ours / case.module) != expected:
            found[case.module] = DIFFERS
    assert found == {module: kind for module, (kind, _) in EXCEPTIONS.items()}


def test_exceptions_are_warned_of(packages: tuple[Package, ...]) -> None:
    """A world that componentize-py does not get right gives a warning, and no world of the corpus an error."""
    for package in packages:
        assert all(found.severity is Severity.WARNING for found in package.found), package.case.module
        assert all(found.code is codes.GUEST_LIMITED for found in package.found), package.case.module
    silent = {package.case.module for package in packages if not package.found}
    assert silent & EXCEPTIONS.keys() == WORKS_ALL_THE_SAME


@pytest.mark.slow
@pytest.mark.parametrize("version", INTERPRETERS)
def test_every_module_imports(version: str, ours: Path) -> None:
    """On each CPython that is here, with warnings as errors; `componentize_py_async_support` too."""
    assert quality.imports(ours, INTERPRETERS[version]) == []


@pytest.mark.slow
@pytest.mark.parametrize("checker", quality.CHECKERS)
def test_checkers_have_no_complaint(checker: str, ours: Path) -> None:
    """mypy and pyright, both strict, ruff (default, I, UP) and black, over all worlds with their siblings."""
    assert quality.CHECKERS[checker](ours) == []

"""Validation gives the verdict that the rules give: a drawn interface, a small mutation of it in the component."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hypothesis import given
from hypothesis import strategies as st

from tests.compare.trial import paths_of
from tests.wit_text import world_of
from witgen.compiler.load.binaries import read_file
from witgen.compiler.trial.stub import stub_component
from witgen.component.binary import component_world
from witgen.component.fit import Comparison, compare

_LEAVES = ("u8", "u16", "s32", "u64", "f64", "bool", "char", "string", "point", "token", "borrow<token>")
_WRAPS = ("{}", "option<{}>", "list<{}>", "tuple<{}, u8>", "result<{}, string>", "result<_, {}>", "list<option<{}>>")
_TYPES = tuple(wrap.format(leaf) for wrap in _WRAPS for leaf in _LEAVES)
_RESULTS = tuple(text for text in _TYPES if "borrow" not in text)
_VERSIONS = ("", "0.0.3", "0.2.1", "1.2.3", "1.0.0-rc.1")


@dataclass(frozen=True)
class Function:
    """A function; what it returns holds no borrow."""

    name: str
    params: tuple[tuple[str, str], ...]
    result: str

    def text(self) -> str:
        listed = ", ".join(f"{name}: {type}" for name, type in self.params)
        return f"  {self.name}: func({listed}) -> {self.result};"


@dataclass(frozen=True)
class Drawn:
    """A world that imports or exports one interface, with one record and one resource."""

    verb: str
    version: str
    fields: tuple[tuple[str, str], ...]
    functions: tuple[Function, ...]

    @property
    def id(self) -> str:
        return f"c:d/i@{self.version}" if self.version else "c:d/i"

    def text(self) -> str:
        at = f"@{self.version}" if self.version else ""
        fields = ", ".join(f"{name}: {type}" for name, type in self.fields)
        functions = "\n".join(function.text() for function in self.functions)
        body = f"resource token;\n  record point {{ {fields} }}\n{functions}"
        return (
            f"package a:b;\nworld w {{ {self.verb} {self.id}; }}\npackage c:d{at} {{ interface i {{\n  {body}\n}} }}\n"
        )


@st.composite
def worlds(draw: st.DrawFn) -> Drawn:
    """One to four functions of up to four parameters."""
    functions: list[Function] = []
    for name in ("one", "two", "three", "four")[: draw(st.integers(1, 4))]:
        params = tuple(
            (param, draw(st.sampled_from(_TYPES))) for param in ("a", "b", "c", "d")[: draw(st.integers(0, 4))]
        )
        functions.append(Function(name, params, draw(st.sampled_from(_RESULTS))))
    fields = tuple((field, draw(st.sampled_from(_LEAVES[:8]))) for field in ("x", "y", "z")[: draw(st.integers(1, 3))])
    return Drawn(
        draw(st.sampled_from(("import", "export"))), draw(st.sampled_from(_VERSIONS)), fields, tuple(functions)
    )


def verdict(component: Drawn, world: Drawn) -> Comparison:
    """What is found of the component of one world, against another."""
    stub = read_file("stub.wat", stub_component(world_of(component.text(), "w")).encode())
    return compare(component_world(stub), world_of(world.text(), "w"), strict=True)


def names(found: Comparison) -> list[str]:
    """The paths of all differences."""
    return paths_of(found)


def head(world: Drawn) -> str:
    """How the path of what is in the interface begins."""
    return f"{world.verb} {world.id}"


def with_function(world: Drawn, index: int, function: Function | None) -> Drawn:
    """The world with another function in the place of one, or without it."""
    functions = list(world.functions)
    functions[index : index + 1] = [] if function is None else [function]
    return replace(world, functions=tuple(functions))


@given(worlds(), st.data())
def test_functions(world: Drawn, data: st.DataObject) -> None:
    """Added, dropped, renamed; parameters retyped, renamed, reordered; another result."""
    assert names(verdict(world, world)) == []
    index = data.draw(st.integers(0, len(world.functions) - 1))
    function = world.functions[index]
    path = f"{head(world)}, function `{function.name}`"
    is_import = world.verb == "import"

    dropped = with_function(world, index, None)
    assert names(verdict(dropped, world)) == ([] if is_import else [path])
    assert names(verdict(world, dropped)) == ([path] if is_import else [])
    renamed = with_function(world, index, replace(function, name="other"))
    other = f"{head(world)}, function `other`"
    assert names(verdict(renamed, world)) == [other if is_import else path]

    result = data.draw(st.sampled_from([text for text in _RESULTS if text != function.result]))
    found = names(verdict(with_function(world, index, replace(function, result=result)), world))
    assert found == [f"{path}, result"]
    if not function.params:
        return
    number = data.draw(st.integers(0, len(function.params) - 1))
    name, type = function.params[number]

    def changed(new: tuple[str, str]) -> list[str]:
        params = (*function.params[:number], new, *function.params[number + 1 :])
        return names(verdict(with_function(world, index, replace(function, params=params)), world))

    assert changed(("other", type)) == [path]
    assert changed((name, data.draw(st.sampled_from([text for text in _TYPES if text != type])))) == [
        f"{path}, parameter {number + 1} `{name}`"
    ]
    if len(function.params) > 1:
        swapped = replace(function, params=tuple(reversed(function.params)))
        assert names(verdict(with_function(world, index, swapped), world)) == [path]


@given(worlds(), st.data())
def test_a_record(world: Drawn, data: st.DataObject) -> None:
    """Is reported once, at its own place, however many functions use it."""
    index = data.draw(st.integers(0, len(world.fields) - 1))
    name, type = world.fields[index]
    path = f"{head(world)}, record `point`"
    other = data.draw(st.sampled_from([leaf for leaf in _LEAVES[:8] if leaf != type]))
    for new, expected in (((name, other), f"{path}, field `{name}`"), (("other", type), path)):
        fields = (*world.fields[:index], new, *world.fields[index + 1 :])
        assert names(verdict(replace(world, fields=fields), world)) == [expected]
    assert names(verdict(replace(world, fields=(*world.fields, ("more", "u8"))), world)) == [path]
    if len(world.fields) > 1:
        assert names(verdict(replace(world, fields=tuple(reversed(world.fields))), world)) == [path]


@given(worlds(), st.sampled_from((*_VERSIONS, "0.2.9", "1.9.0", "2.2.3", "0.0.4", "0.3.1")))
def test_a_version(world: Drawn, version: str) -> None:
    """Matches as the linker has it; otherwise the whole interface is missing, and nothing in it is reported again."""
    other = replace(world, version=version)
    alike = [{"0.2.1", "0.2.9"}, {"1.2.3", "1.9.0"}]
    fits = version == world.version or any({version, world.version} <= family for family in alike)
    expected = [] if fits else [head(other if world.verb == "import" else world)]
    assert names(verdict(other, world)) == expected

"""Names over files and packages: what leads where, and what resolving gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.wit_text import findings, places, resolve_path, resolve_text, write_files
from witgen.compiler.diagnostics import WitError
from witgen.component.items import Interface, InterfaceKey
from witgen.component.types import Alias, Own, Record, Resource


def refusal(path: Path) -> list[str]:
    """The findings on a path that is refused."""
    with pytest.raises(WitError) as refused:
        resolve_path(path)
    return places(refused.value)


def alias(interface: Interface, name: str) -> Alias:
    """The alias `name` of an interface."""
    found = interface.types[name]
    assert isinstance(found, Alias)
    return found


def test_uses_refer_to_the_definition_itself() -> None:
    """A chain of uses stays a chain, and ends at the one definition."""
    root = resolve_text(
        "package a:b; interface z { use y.{u as t}; } interface y { use x.{t as u}; } interface x { record t {} }"
    ).resolved.root
    assert list(root.interfaces) == ["x", "y", "z"]
    used = alias(root.interfaces["z"], "t")
    assert used.target is root.interfaces["y"].types["u"]
    assert alias(root.interfaces["y"], "u").target is root.interfaces["x"].types["t"]
    assert isinstance(root.interfaces["x"].types["t"], Record)


def test_definitions_come_before_their_users() -> None:
    """Whatever the order of the text; used names come first."""
    root = resolve_text(
        "package a:b; interface i { record r { a: t } type t = list<u>; use j.{x}; type u = u8; }"
        " interface j { type x = u8; }"
    ).resolved.root
    assert list(root.interfaces["i"].types) == ["x", "u", "t", "r"]


def test_a_name_of_a_resource_means_own() -> None:
    """Through aliases too; an alias of a resource has the definition itself as its target."""
    root = resolve_text(
        "package a:b; interface i { resource r; type a = r; type b = own<r>; f: func(x: r, y: a, z: own<a>, w: b); }"
    ).resolved.root
    types = root.interfaces["i"].types
    resource, a = types["r"], alias(root.interfaces["i"], "a")
    assert isinstance(resource, Resource) and a.target is resource
    assert alias(root.interfaces["i"], "b").target == Own(resource)
    params = [p.type for p in root.interfaces["i"].functions["f"].params]
    assert params == [Own(resource), Own(a), Own(a), types["b"]]


def test_functions_of_a_resource() -> None:
    """Their names, kinds and parameters in a component, at the place of the resource."""
    interface = resolve_text(
        "package a:b; interface i { g: func(); resource r { m: async func(a: u8); constructor(); s: static func(); }"
        " f: func(); }"
    ).resolved.root.interfaces["i"]
    functions = interface.functions
    assert list(functions) == ["g", "[method]r.m", "[constructor]r", "[static]r.s", "f"]
    assert [p.name for p in functions["[method]r.m"].params] == ["self", "a"]
    assert functions["[method]r.m"].is_async
    resource = interface.types["r"]
    assert isinstance(resource, Resource)
    assert functions["[constructor]r"].result == Own(resource)
    assert functions["[static]r.s"].params == ()
    assert interface.functions_of(resource) == [functions[n] for n in ("[method]r.m", "[constructor]r", "[static]r.s")]


def test_top_level_uses_belong_to_their_file(tmp_path: Path) -> None:
    """They shadow items of sibling files, which bare names reach otherwise."""
    write_files(
        tmp_path,
        {
            "a.wit": "package a:b; use c:d/i; use j as k; interface one { use i.{t}; use k.{t as u}; }",
            "b.wit": "interface i { type t = u8; } interface j { type t = u16; } interface two { use i.{t}; }",
            "deps/c.wit": "package c:d; interface i { type t = u32; }",
        },
    )
    resolved = resolve_path(tmp_path).resolved
    own, other = resolved.root.interfaces, resolved.packages[0].interfaces
    assert alias(own["one"], "t").target is other["i"].types["t"]
    assert alias(own["one"], "u").target is own["j"].types["t"]
    assert alias(own["two"], "t").target is own["i"].types["t"]


def test_packages_come_after_those_they_mention(tmp_path: Path) -> None:
    """Versions are packages of their own; nested packages are seen by all."""
    write_files(
        tmp_path,
        {
            "a.wit": "package a:b; interface i { use z:z/i@2.0.0.{t}; } package n:n { interface i { use a:a/i.{t}; } }",
            "deps/1.wit": "package z:z@1.0.0; interface i { use n:n/i.{t}; }",
            "deps/2.wit": "package z:z@2.0.0; interface i { use z:z/i@1.0.0.{t}; }",
            "deps/3.wit": "package a:a; interface i { type t = u8; }",
        },
    )
    resolved = resolve_path(tmp_path).resolved
    assert [str(p.name) for p in resolved.packages] == ["a:a", "n:n", "z:z@1.0.0", "z:z@2.0.0", "a:b"]
    assert resolved.root is resolved.packages[-1]


def test_an_unused_dependency_is_resolved_too(tmp_path: Path) -> None:
    """A mistake in it is a mistake."""
    write_files(tmp_path, {"a.wit": "package a:b;", "deps/c.wit": "package c:d;\nworld w { import e:f/i; }"})
    assert refusal(tmp_path) == [f"unknown-package {tmp_path}/deps/c.wit:2:18"]


def test_a_missing_package_is_told_once() -> None:
    """Not for each of its items, nor for what refers to them."""
    text = "package a:b;\ninterface i { use c:d/x.{t}; use c:d/y.{u}; f: func(a: t, b: borrow<u>); }\nworld w { use i.{t}; }"
    assert findings(text) == ["unknown-package 2:19"]


def test_docs_and_ids_are_kept() -> None:
    """On packages, items, members; the id of a `use` goes to each of its names."""
    root = resolve_text(
        '/// P\npackage a:b;\n/// I\ninterface i {\n/// R\n@external-id("r")\nrecord r {\n/// A\na: u8 }\n}\n'
        'interface j { @external-id("u") use i.{r, r as s}; }'
    ).resolved.root
    record = root.interfaces["i"].types["r"]
    assert isinstance(record, Record)
    assert [root.docs, root.interfaces["i"].docs, record.docs, record.fields[0].docs] == ["P", "I", "R", "A"]
    assert record.external_id == "r"
    assert [t.external_id for t in root.interfaces["j"].types.values()] == ["u", "u"]


def test_spans_of_resolved_items() -> None:
    """Later phases can point at what they complain of."""
    text = "package a:b; interface i { record r { f: u8 } g: func(p: u8); } world w { import l: i; }"
    resolution = resolve_text(text)
    root, spans = resolution.resolved.root, resolution.spans

    def at(span: object) -> str:
        from witgen.compiler.diagnostics import Span

        assert isinstance(span, Span)
        return text[span.start :].split()[0]

    interface = root.interfaces["i"]
    assert at(spans.of(interface)) == "i"
    assert at(spans.of_member(interface.types["r"], "f")) == "f:"
    assert at(spans.of_member(interface.types["r"], "nothing")) == "r"
    assert at(spans.of_member(interface.functions["g"], "p")) == "p:"
    assert at(spans.of(root)) == "a:b;"
    assert at(spans.of_member(root.worlds["w"], "import l")) == "l:"


def test_errors_are_told_together() -> None:
    """The reference's first error comes first, the rest by position."""
    text = (
        "package a:b;\n"
        "world w { import nope; }\n"
        "interface i { f: func(a: neither); enum e {} }\n"
        "interface j { use missing.{t}; }\n"
    )
    assert findings(text) == ["unknown-name 4:19", "unknown-name 2:18", "unknown-name 3:26", "empty-type 3:41"]


def test_own_findings_come_after_the_reference_s() -> None:
    """A field named twice, which the reference accepts, does not hide an error that it reports."""
    text = "package a:b;\ninterface i { record r { a: u8, a: u8 } }\nworld w { import x:y/z; }"
    assert findings(text) == ["unknown-package 3:18", "duplicate-name 2:33"]


def test_long_chains() -> None:
    """No recursion over interfaces, worlds, types or packages, whose chains may be long."""
    count = 1500
    interfaces = "".join(f"interface i{n} {{ use i{n - 1}.{{t}}; }}\n" for n in range(1, count))
    aliases = "".join(f"type t{n} = t{n + 1};\n" for n in range(count))
    packages = "".join(f"package c:p{n} {{ interface i {{ use c:p{n + 1}/i.{{t}}; }} }}\n" for n in range(count))
    worlds = "".join(f"world w{n} {{ include w{n + 1}; }}\n" for n in range(count))
    text = (
        f"package a:b;\ninterface i0 {{ type t = u8; }}\n{interfaces}"
        f"interface aliases {{ {aliases} resource t{count} {{ constructor() -> result<t{count}>; }} f: func(a: t0); }}\n"
        f"{packages} package c:p{count} {{ interface i {{ type t = u8; }} }}\n"
        f"{worlds} world w{count} {{ import i0; }} world w {{ import i{count - 1}; export i{count - 1}; }}\n"
    )
    root = resolve_text(text).resolved.root
    assert len(root.worlds["w0"].imports) == 1
    assert len(root.worlds["w"].imports) == count
    assert [InterfaceKey(root.interfaces[f"i{count - 1}"])] == list(root.worlds["w"].exports)

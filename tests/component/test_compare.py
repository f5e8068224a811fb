"""The comparison where a component is made otherwise than the stub of its world; the validator of components agrees.

Mutations of worlds are in `tests/property/test_mutations.py`, outputs in `tests/cli/test_validate.py`.
"""

from __future__ import annotations

import re

import pytest
from wasmtime import Engine

from tests.compare.judges import Judges, Verdict, engine
from tests.compare.trial import paths_of, read
from tests.wit_text import world_of
from witgen.compiler.trial.stub import stub_component
from witgen.component.fit import Comparison, compare
from witgen.component.words import Description, describe

STORE = """
interface store { resource bucket; resource cursor; open: func() -> bucket; find: func(in: borrow<bucket>) -> cursor; }
interface audit { use store.{bucket as pail}; log: func(b: borrow<pail>); }
"""
MODULE = """
(core module $m (memory (export "memory") 1)
  (func (export "realloc") (param i32 i32 i32 i32) (result i32) unreachable)
  (func (export "none") unreachable)
  (func (export "get") (result i32) unreachable)
  (func (export "take") (param i32) unreachable)
  (func (export "turn") (param i32) (result i32) unreachable))
(core instance $core (instantiate $m))
"""


@pytest.fixture(scope="module")
def judge() -> Engine:
    """What components are compiled on."""
    return engine()


def found(component: str, text: str, name: str = "w") -> Comparison:
    """What is found of a component's text against a world's."""
    return compare(read(component), world_of(f"package a:b@1.0.0;\n{text}", name), strict=True)


def paths(component: str, text: str, name: str = "w") -> list[str]:
    """The paths of what is found."""
    return paths_of(found(component, text, name))


def only(comparison: Comparison) -> Description:
    """The one difference that was found, in words."""
    (difference,) = comparison.differences
    return describe(difference)


def stub(text: str, name: str = "w") -> str:
    """The stub of the world in a text."""
    return stub_component(world_of(f"package a:b@1.0.0;\n{text}", name))


def verdict(judge: Engine, component: str, text: str) -> Verdict:
    """What the validator says."""
    return Judges(judge, component).validator(world_of(f"package a:b@1.0.0;\n{text}", "w"))[0]


# Resources ------------------------------------------------------------------------------------------------------------


def store_instance(name: str, bucket: str, cursor: str, import_bucket: str = "(sub resource)") -> str:
    """A nested component that exports `store` with resources that it is given, and an instance of it."""
    return f"""
(component $make
  (import "bucket" (type $b (sub resource))) (import "cursor" (type $c (sub resource)))
  {MODULE}
  (export $bucket "bucket" (type $b)) (export $cursor "cursor" (type $c))
  (func $open (result (own $bucket)) (canon lift (core func $core "get")))
  (func $find (param "in" (borrow $bucket)) (result (own $cursor)) (canon lift (core func $core "turn")))
  (export "open" (func $open)) (export "find" (func $find)))
(instance $store (instantiate $make (with "bucket" (type {bucket})) (with "cursor" (type {cursor}))))
(export "{name}" (instance $store))"""


def test_two_resources_that_are_one_in_the_component(judge: Engine) -> None:
    """Whoever asks for two takes one: it cannot tell."""
    component = f"(component (type $r (resource (rep i32))) {store_instance('a:b/store@1.0.0', '$r', '$r')})"
    text = STORE + "world w { export store; }"
    assert paths(component, text) == []
    assert verdict(judge, component, text) is Verdict.FITS


def test_a_resource_that_is_defined_by_another_export(judge: Engine) -> None:
    """And exported again where the world asks for it."""
    first = store_instance("x:y/first", "$r", "$s").replace("$make", "$one").replace("$store", "$first")
    component = f"""(component (type $r (resource (rep i32))) (type $s (resource (rep i32)))
      {first}
      (alias export $first "bucket" (type $bucket)) (alias export $first "cursor" (type $cursor))
      {store_instance("a:b/store@1.0.0", "$bucket", "$cursor")})"""
    text = STORE + "world w { export store; }"
    assert paths(component, text) == []
    assert found(component, text).unasked == ["x:y/first"]
    assert verdict(judge, component, text) is Verdict.FITS


def test_an_exported_resource_may_be_an_imported_one(judge: Engine) -> None:
    """What is asked for is some resource."""
    component = f"""(component
      (import "a:b/store@1.0.0" (instance $in (export "bucket" (type (sub resource)))))
      (alias export $in "bucket" (type $bucket)) (type $s (resource (rep i32)))
      {store_instance("a:b/store@1.0.0", "$bucket", "$s")})"""
    text = STORE + "world w { import store; export store; }"
    assert paths(component, text) == []
    assert verdict(judge, component, text) is Verdict.FITS


def test_an_imported_alias_is_the_resource_that_it_is_offered_as(judge: Engine) -> None:
    """A component may take an alias for a resource of its own, but not two resources for one."""
    one = STORE + "world w { import store; import audit; }"
    own = STORE.replace("use store.{bucket as pail};", "resource pail;") + "world w { import store; import audit; }"
    assert paths(stub(own), one) == []
    assert verdict(judge, stub(own), one) is Verdict.FITS
    difference = only(found(stub(one), own))
    assert (difference.path, difference.message) == ("import a:b/audit@1.0.0, type `pail`", "is a different resource")
    assert verdict(judge, stub(one), own) is Verdict.REFUSED
    assert Judges(judge, stub(one)).linker(world_of("package a:b@1.0.0;" + own, "w"))[0] is Verdict.REFUSED


def test_an_exported_alias_is_the_resource_that_it_stands_for(judge: Engine) -> None:
    """A resource of the component's own is not."""
    one = STORE + "world w { export store; export audit; }"
    own = STORE.replace("use store.{bucket as pail};", "resource pail;") + "world w { export store; export audit; }"
    assert paths(stub(one), own) == []
    assert verdict(judge, stub(one), own) is Verdict.FITS
    difference = only(found(stub(own), one))
    assert (difference.path, difference.message) == ("export a:b/audit@1.0.0, type `pail`", "is a different resource")
    assert (difference.expected, difference.found) == ("bucket", "pail")
    assert verdict(judge, stub(own), one) is Verdict.REFUSED


def test_imported_and_exported_resources_of_one_name(judge: Engine) -> None:
    """Are not the same; the hint says which is which."""
    component = f"""(component
      (import "a:b/store@1.0.0" (instance $in (export "bucket" (type (sub resource)))))
      (alias export $in "bucket" (type $bucket)) (type $r (resource (rep i32))) (type $s (resource (rep i32)))
      {store_instance("a:b/store@1.0.0", "$r", "$s")}
      (component $audits
        (import "bucket" (type $b (sub resource)))
        {MODULE}
        (export $pail "pail" (type $b))
        (func $log (param "b" (borrow $pail)) (canon lift (core func $core "take")))
        (export "log" (func $log)))
      (instance $audit (instantiate $audits (with "bucket" (type $bucket)))) (export "a:b/audit@1.0.0" (instance $audit)))"""
    text = STORE + "world w { import store; export store; export audit; }"
    difference = only(found(component, text))
    assert (difference.path, difference.message) == ("export a:b/audit@1.0.0, type `pail`", "is a different resource")
    where = "expected `bucket` of export `a:b/store@1.0.0`, found the one of import `a:b/store@1.0.0`"
    assert difference.hints == (where,)
    assert verdict(judge, component, text) is Verdict.REFUSED
    passed = "world w { import store; use store.{bucket}; export f: func(b: bucket); export store; export audit; }"
    assert paths(stub(STORE + passed), STORE + passed) == []


def test_a_function_of_the_world_mentions_the_imported_resource(judge: Engine) -> None:
    """Although the interface is exported, too."""
    text = STORE + "world w { use store.{bucket}; export f: func(b: bucket) -> bucket; export store; export audit; }"
    assert paths(stub(text), text) == []
    assert verdict(judge, stub(text), text) is Verdict.FITS


def test_resources_that_are_not_in_the_world_are_not_passed_over() -> None:
    """Even if wasmtime supplies their interface."""
    text = """package a:b; interface i { resource r; } WORLD
    package wasi:io@0.2.0 { interface poll { resource pollable; } }"""
    world = "world w { import i; use i.{r}; export f: func(x: borrow<r>); }"
    other = (
        "world w { import wasi:io/poll@0.2.0; use wasi:io/poll@0.2.0.{pollable}; export f: func(x: borrow<pollable>); }"
    )
    component = read(stub_component(world_of(text.replace("WORLD", other), "w")))
    comparison = compare(component, world_of(text.replace("WORLD", world), "w"))
    assert comparison.supplied == ["wasi:io/poll@0.2.0"]
    assert paths_of(comparison) == ["export f, parameter 1 `x`"]


def test_a_resource_that_wasmtime_supplies_is_not_one_that_the_world_offers(judge: Engine) -> None:
    """Where the component takes the one for the other, the linker refuses it, too."""
    packages = "package wasi:io@0.2.0 { interface poll { resource pollable; } }"
    own = "interface i { resource pollable; f: func(p: borrow<pollable>); } world w { import i; }"
    used = own.replace("resource pollable;", "use wasi:io/poll@0.2.0.{pollable};")
    component = stub_component(world_of(f"package a:b; {used} {packages}", "w"))
    comparison = compare(read(component), world_of(f"package a:b; {own}", "w"))
    assert comparison.supplied == ["wasi:io/poll@0.2.0"]
    assert paths_of(comparison) == ["import a:b/i, type `pollable`"]
    offered = world_of(f"package a:b; {own.replace('import i', 'import wasi:io/poll@0.2.0; import i')} {packages}", "w")
    assert Judges(judge, component).linker(offered)[0] is Verdict.REFUSED


# Value types ----------------------------------------------------------------------------------------------------------

TYPES = """
interface types { record point { x: u8 } type id = u64; }
interface i { use types.{point, id}; f: func(p: point, i: id) -> list<id>; }
world w { import types; export i; }
"""
ANEW = f"""(component
  (import "a:b/types@1.0.0" (instance (type $t u64) (export "id" (type (eq $t)))))
  (component $make
    (type $point' (record (field "x" FIELD)))
    {MODULE}
    (export $point "point" (type $point'))
    (func $f (param "p" $point) (param "i" u64) (result (list ID))
      (canon lift (core func $core "FUNC") (memory (core memory $core "memory")) (realloc (core func $core "realloc"))))
    (export "f" (func $f)))
  (instance $i (instantiate $make)) (export "a:b/i@1.0.0" (instance $i)))""".replace(
    '(func (export "none")', '(func (export "f") (param i32 i64) (result i32) unreachable) (func (export "none")'
).replace("FUNC", "f")


def test_types_may_be_defined_anew_and_without_their_names() -> None:
    """Only what they are made of counts, and a difference is told where it is."""
    assert paths(ANEW.replace("FIELD", "u8").replace("ID", "u64"), TYPES) == []
    assert paths(ANEW.replace("FIELD", "u16").replace("ID", "u64"), TYPES) == [
        "export a:b/i@1.0.0, record `point`, field `x`"
    ]
    assert paths(ANEW.replace("FIELD", "u8").replace("ID", "s64"), TYPES) == [
        "export a:b/i@1.0.0, function `f`, result"
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("list<u8, 4>", "list<u8, 5>"),
        ("list<u8, 4>", "list<u8>"),
        ("long", "short"),
        ("wide", "narrow"),
        ("many", "few"),
        ("all", "some"),
        ("tuple<u8, u8>", "tuple<u8>"),
        ("map<u8, u16>", "map<u16, u8>"),
        ("result<u8>", "result<_, u8>"),
        ("stream<u8>", "stream"),
        ("future", "stream"),
        ("option<r>", "option<s>"),
        ("r", "borrow<r>"),
    ],
)
def test_two_types_of_one_interface(one: str, other: str) -> None:
    """That are alike but for one thing are told from each other, wherever they are used."""
    types = """record long { x: u8, y: u8 } record short { x: u8 } variant wide { a, b } variant narrow { a }
    enum many { a, b } enum few { a } flags all { a, b } flags some { a } resource r; resource s;"""
    text = f"interface i {{ {types} f: func(x: T); g: func(x: option<T>, y: T); }} world w {{ VERB i; }}"
    for verb in ("import", "export"):
        first, second = (text.replace("VERB", verb).replace("T", type) for type in (one, other))
        wanted = [
            f"{verb} a:b/i@1.0.0, function `{place}`"
            for place in ("f`, parameter 1 `x", "g`, parameter 1 `x", "g`, parameter 2 `y")
        ]
        assert paths(stub(first), second) == paths(stub(second), first) == wanted


def test_the_same_name_in_two_interfaces() -> None:
    """Which one is meant is said in a hint."""
    text = """interface one { record p { x: u8 } resource r; } interface two { record p { x: u16 } resource r; }
    interface user { use one.{p, r}; f: func(p: p); g: func(r: r); } world w { import one; import two; import user; }"""
    differences = map(describe, found(stub(text.replace("use one.", "use two.")), text).differences)
    assert [(d.path, d.message, d.expected, d.found, d.hints) for d in differences] == [
        (
            "import a:b/user@1.0.0, type `p`",
            "is a different type",
            "record { x: u8 }",
            "record { x: u16 }",
            (),
        ),
        (
            "import a:b/user@1.0.0, type `r`",
            "is a different resource",
            "resource",
            "resource",
            ("expected `r` of import `a:b/one@1.0.0`, found the one of import `a:b/two@1.0.0`",),
        ),
    ]


def test_a_long_row_of_types_is_no_recursion() -> None:
    """Thousands of records each in the next, none of which has the name that the world knows."""
    rows = [f"record r{n} {{ x: {'u8' if n == 0 else f'r{n - 1}'} }}" for n in range(2000)]
    text = f"interface i {{ {' '.join(rows)} f: func(r: r1999); }} world w {{ import i; }}"
    assert paths(stub(re.sub(r"\br(\d+)", r"t\1x", text.replace("{ x: u8 }", "{ x: u16 }"))), text) == [
        "import a:b/i@1.0.0, record `r0`, field `x`"
    ]


# Names ----------------------------------------------------------------------------------------------------------------


def test_several_versions() -> None:
    """The very version is found before another, the latest before earlier ones, and each that is imported is compared."""
    text = "world w { IMPORTS }\n" + "\n".join(
        f"package c:d@{version} {{ interface i {{ resource r; {functions} }} }}"
        for version, functions in (
            ("1.0.0", "f: func();"),
            ("1.1.0", "f: func(); g: func(x: u8);"),
            ("1.2.0", "f: func(); g: func(x: u16); h: func(r: r);"),
        )
    )

    def world(*versions: str) -> str:
        return text.replace("IMPORTS", " ".join(f"import c:d/i@{version};" for version in versions))

    assert paths(stub(world("1.0.0", "1.1.0")), world("1.0.0", "1.1.0")) == []
    assert paths(stub(world("1.1.0")), world("1.2.0", "1.0.0")) == ["import c:d/i@1.2.0, function `g`, parameter 1 `x`"]
    assert paths(stub(world("1.1.0")), world("1.0.0", "1.2.0")) == ["import c:d/i@1.2.0, function `g`, parameter 1 `x`"]
    assert paths(stub(world("1.0.0", "1.2.0")), world("1.2.0")) == []
    assert paths(stub(world("1.1.0", "1.2.0")), world("1.2.0")) == ["import c:d/i@1.2.0, function `g`, parameter 1 `x`"]
    exports = {version: world(version).replace("import ", "export ") for version in ("1.0.0", "1.2.0")}
    both = world("1.0.0", "1.2.0").replace("import ", "export ")
    assert found(stub(both), exports["1.0.0"]).unasked == ["c:d/i@1.2.0"]
    assert paths(stub(exports["1.0.0"]), both)[0] == "export c:d/i@1.2.0, function `g`"


def test_the_same_difference_in_two_versions_is_told_once() -> None:
    """The path is that of the one interface which the world has."""
    text = "world w { IMPORTS } " + " ".join(
        f"package c:d@{version} {{ interface i {{ f: func(x: {type}); }} }}"
        for version, type in (("1.0.0", "u8"), ("1.1.0", "u8"), ("1.2.0", "u16"))
    )
    component = stub(text.replace("IMPORTS", "import c:d/i@1.0.0; import c:d/i@1.1.0;"))
    assert paths(component, text.replace("IMPORTS", "import c:d/i@1.2.0;")) == [
        "import c:d/i@1.2.0, function `f`, parameter 1 `x`"
    ]


def test_what_is_missing_is_told_once() -> None:
    """Not again by those that take a resource from it."""
    exported = STORE + "world w { export store; export audit; }"
    renamed = exported.replace("store", "stores")
    assert paths(stub(renamed), exported) == ["export a:b/store@1.0.0"]
    imported = exported.replace("export", "import")
    assert paths(stub(imported.replace("store", "stores")), imported) == ["import a:b/stores@1.0.0"]
    one = STORE.replace("bucket", "pot") + "world w { VERB store; VERB audit; }"
    other = STORE + "world w { VERB store; VERB audit; }"
    for verb, name in (("import", "pot"), ("export", "bucket")):
        assert paths(stub(one.replace("VERB", verb)), other.replace("VERB", verb)) == [
            f"{verb} a:b/store@1.0.0, type `{name}`"
        ]


def test_something_else_under_the_name() -> None:
    """A function where an interface is asked for, and the other way round."""
    one, other = "NAME: func();", "NAME: interface { f: func(); }"
    for verb in ("import", "export"):
        first, second = (f"world w {{ {verb} {text.replace('NAME', 'x')} }}" for text in (one, other))
        kinds = {"interface": "an interface", "func()": "a function"}
        for component, world, words in (
            (first, second, ("interface", "func()")),
            (second, first, ("func()", "interface")),
        ):
            difference = only(found(stub(component), world))
            assert (difference.path, difference.message) == (
                f"{verb} x",
                f"expected {kinds[words[0]]}, found {kinds[words[1]]}",
            )
            assert (difference.expected, difference.found) == words


def test_labels(judge: Engine) -> None:
    """A label must stand for the same interface; one that stands for none only has to have what is used."""
    text = """interface kv { resource h; get: func(h: borrow<h>) -> string; } interface other { resource h; more: func(); }
    world w { VERB one: WHICH; }"""
    for verb in ("import", "export"):
        kv, other, inline = (
            text.replace("VERB", verb).replace("WHICH;", which)
            for which in ("kv;", "other;", "interface { resource h; get: func(h: borrow<h>) -> string; }")
        )
        difference = only(found(stub(other), kv))
        assert (difference.path, difference.message) == (f"{verb} one", "implements a different interface")
        assert paths(stub(inline), kv) == paths(stub(kv), inline) == []
        assert verdict(judge, stub(inline), kv) is Verdict.FITS

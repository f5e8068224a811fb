"""Names that mean something in Python, in every position: the package imports, links, and carries values.

What the names become is judged by the planner's own tests; here they must not get in each other's way at run time.
"""

from __future__ import annotations

import keyword

import pytest

from tests.forwarding.package import attribute, forwarding, generated
from tests.property.test_round_trips import carry
from tests.property.wit import AWKWARD, Drawn
from witgen.compiler.diagnostics import WitError

GENERATED = (
    *(
        "abi",
        "abstractmethod",
        "any",
        "api",
        "builtins",
        "cast",
        "classmethod",
        "component",
        "component-source",
        "enum",
    ),
    *("deprecated", "engine", "exit", "export-func", "exports", "future-reader", "handle", "host", "http", "imports"),
    *("instance", "limits", "link", "mapping", "names-link", "never", "optional", "overload", "prepare", "prepared"),
    *("property", "sequence", "staticmethod", "store", "test", "trap", "trips", "type-checking", "types", "union", "w"),
    *("w-pre", "wasi", "wasi-config", "witgen", "world", "world-link", "close", "instantiate", "new", "init", "call"),
)
NAMES = sorted({*AWKWARD, *GENERATED})
HEAD = "package test:trips@1.2.3;\n"
DECLARATIONS = {
    "record": "record %{0} {{ %{0}: u8, %other-{0}: option<string> }}",
    "variant": "variant %{0} {{ %{0}(string), %other-{0} }}",
    "enum": "enum %{0} {{ %{0}, %other-{0} }}",
    "flags": "flags %{0} {{ %{0}, %other-{0} }}",
    "alias": "type %{0} = list<option<u8>>;",
}
USERS = "".join(f"  user{at}: func(a: %{name}) -> result<list<%{name}>, %{name}>;\n" for at, name in enumerate(NAMES))


def both(text: str) -> str:
    """Each function of the lines, imported and exported."""
    lines = [line.strip() for line in text.splitlines()]
    return "".join(f"  import {line}\n  export {line}\n" for line in lines)


@pytest.mark.parametrize("kind", DECLARATIONS)
def test_types_of_an_interface(kind: str) -> None:
    """Types with such names, in functions of their own interface."""
    types = "".join(f"  {DECLARATIONS[kind].format(name)}\n" for name in NAMES)
    carry(Drawn(f"{HEAD}interface i {{\n{types}{USERS}}}\nworld w {{ import i; export i; }}", ()), 1)


@pytest.mark.parametrize("kind", DECLARATIONS)
def test_types_that_are_used(kind: str) -> None:
    """Types with such names, in functions of interfaces that use them."""
    types = "".join(f"  {DECLARATIONS[kind].format(name)}\n" for name in NAMES)
    use = f"use i.{{{', '.join(f'%{name}' for name in NAMES)}}};\n"
    interfaces = f"interface i {{\n{types}}}\ninterface h {{ {use}{USERS}}}\ninterface a {{ {use}{USERS}}}\n"
    twins = (("test:trips/a@1.2.3", "test:trips/h@1.2.3"),)
    carry(Drawn(f"{HEAD}{interfaces}world w {{ import h; export a; }}", twins), 1)


@pytest.mark.parametrize("kind", DECLARATIONS)
def test_types_of_the_world(kind: str) -> None:
    """Types with such names, in functions of their own world."""
    types = "".join(f"  {DECLARATIONS[kind].format(name)}\n" for name in NAMES)
    carry(Drawn(f"{HEAD}world w {{\n{types}{both(USERS)}}}", ()), 1)


def test_functions_and_parameters() -> None:
    """Functions with such names, with parameters of the same name."""
    functions = "".join(f"  %{name}: func(%{name}: u8, %other-{name}: string) -> string;\n" for name in NAMES)
    carry(Drawn(f"{HEAD}interface i {{\n{functions}}}\nworld w {{ import i; export i; }}", ()), 1)
    carry(Drawn(f"{HEAD}world w {{\n{both(functions)}}}", ()), 1)


def test_interfaces() -> None:
    """Interfaces with such names, each with a type of its own name."""
    interfaces = "".join(
        f"interface %{name} {{ record %{name} {{ x: u8 }} f: func(a: %{name}) -> result<%{name}, %{name}>; }}\n"
        for name in NAMES
        if name != "w"  # a world and an interface cannot share a name
    )
    items = "".join(f"  import %{name};\n  export %{name};\n" for name in NAMES if name != "w")
    carry(Drawn(f"{HEAD}{interfaces}world w {{\n{items}}}", ()), 1)


def test_inline_interfaces() -> None:
    """Interfaces with such names that are written in the world."""
    items = both("".join(f"%{name}: interface {{ use i.{{r}}; f: func(a: r) -> r; }}\n" for name in NAMES))
    carry(Drawn(f"{HEAD}interface i {{ record r {{ x: u8 }} }}\nworld w {{\n{items}}}", ()), 1)


def test_labels() -> None:
    """Labels with such names, for one interface."""
    items = both("".join(f"%{name}: i;\n" for name in NAMES))
    carry(Drawn(f"{HEAD}interface i {{ record r {{ x: u8 }} f: func(a: r) -> r; }}\nworld w {{\n{items}}}", ()), 1)


@pytest.mark.parametrize("name", sorted({*GENERATED, *map(str.lower, keyword.kwlist)}))
def test_worlds(name: str) -> None:
    """A world with such a name."""
    with forwarding(f"{HEAD}world %{name} {{ import f: func(a: u8) -> u8; export f: func(a: u8) -> u8; }}", name):
        pass


def test_namespaces_and_packages() -> None:
    """Namespaces and packages with such names."""
    names = [name for name in NAMES if "-" not in name]
    packages = "".join(
        f"package %{name}:%{other} {{ interface i {{ f: func(a: u8) -> u8; }} }}\n"
        for name, other in zip(names, reversed(names), strict=True)
        if name != "test"
    )
    items = "".join(
        f"  import %{name}:%{other}/i;\n  export %{name}:%{other}/i;\n"
        for name, other in zip(names, reversed(names), strict=True)
        if name != "test"
    )
    carry(Drawn(f"{HEAD}world w {{\n{items}}}\n{packages}", ()), 1)


def test_names_that_differ_in_case() -> None:
    """Wherever a component may have both: in two scopes. In one scope it may not, which is a finding of its own."""
    net = """
      record url { HTTP: string, ID-7: u16 }
      variant URL-fault { HTTP(url), http-2, other(URL-kind) }
      enum URL-kind { A-b, B-a }
      GET: func(url: string, URL-2: url) -> result<url, URL-fault>;
      get-2: func(HTTP: list<URL-kind>, http-2: URL-fault) -> URL-kind;
    """
    use = "use net.{url as URL-r, URL-kind as HTTP};"
    gets = f"{use} get: func(HTTP-1: URL-r, http-2: HTTP) -> HTTP; url: func(URL: URL-r) -> option<URL-r>;"
    text = f"""{HEAD}interface net {{ {net} }} interface gets {{ {gets} }} interface GET-all {{ get: func(a: u8) -> u8; }}
    world w {{ {both("net; gets; GET-all;".replace("; ", ";" + chr(10)))}
      import go: func(a: u8) -> u8; export go: func(a: u8) -> u8; import STOP: func(); export STOP: func(); }}"""
    carry(Drawn(text, ()), 10)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("record r { a: u8, A: u8 }", "duplicate-name"),
        ("flags f { a, A }", "duplicate-name"),
        ("enum e { a-b, A-b }", "duplicate-name"),
        ("variant v { a, A(u8) }", "duplicate-name"),
        ("f: func(a: u8, A: u8);", "duplicate-name"),
        ("record ab { x: u8 } record AB { x: u8 }", "name-clash"),
        ("f: func(); F: func();", "name-clash"),
        ("resource r { m: func(); M: func(); }", "name-clash"),
    ],
)
def test_names_of_one_scope_differ_in_more_than_case(text: str, code: str) -> None:
    """No component can have both, so nothing is generated."""
    with pytest.raises(WitError) as caught, generated(f"{HEAD}interface i {{ {text} }} world w {{ import i; }}"):
        pass
    assert {found.code.slug for found in caught.value.diagnostics} == {code}


def test_a_module_hides_no_other() -> None:
    """An inline interface that is called like a folder of the package gives way to it."""
    text = f"""{HEAD}interface i {{ f: func(); }}
    world w {{ import exports: interface {{ f: func(); }} import test: interface {{ f: func(); }} import i; export i; }}"""
    with generated(text) as package:
        assert attribute(attribute(package.module, "exports"), "i")
        assert attribute(attribute(package.module, "test"), "trips_v1")
        assert {keyword for keyword, _ in package.imports()} == {"exports_", "test_", "i"}

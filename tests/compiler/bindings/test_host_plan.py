"""The host planner: what the package of a world holds, from layout to signatures."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.golden import GOLDEN, check_tree
from tests.models import HEADER
from tests.read_python import ReadClass, ReadFunction, read_module
from witgen.compiler.bindings.host import plan_host
from witgen.compiler.bindings.host.names import Namespace
from witgen.compiler.diagnostics import Diagnostics, Severity
from witgen.compiler.emit.format import format_files
from witgen.compiler.emit.pymodel import (
    PyAssign,
    PyEnum,
    PyFunction,
    PyItem,
    PyModule,
    PyPackage,
    PyParam,
    PyText,
)
from witgen.compiler.emit.render import render_package
from witgen.compiler.input.parsed import load_text
from witgen.compiler.model.resolve.passes import resolve
from witgen.component.linker_names import NATIVE, NATIVE_HTTP, is_native, is_native_http

CORNERS = GOLDEN / "host" / "corners.wit"
ROOT = GOLDEN.parent.parent


def plan(text: str, world: str = "w", *, found: Diagnostics | None = None) -> PyPackage:
    """The host package of a world of the WIT `text`; nothing may be reported unless `found` collects it."""
    diagnostics = Diagnostics() if found is None else found
    resolved = resolve(load_text(text), frozenset(), Diagnostics()).resolved
    package = plan_host(resolved.root.worlds[world], resolved, HEADER, diagnostics)
    assert found is not None or not diagnostics.found, diagnostics.found
    return package


def module(package: PyPackage, path: str) -> PyModule:
    """The module at `path`, as it is printed."""
    return read_module(package, path)


def item(module: PyModule, name: str) -> PyItem:
    """The class, enum or assignment called `name`."""
    found = [i for i in module.items if isinstance(i, PyItem)]
    (wanted,) = (i for i in found if (i.target if isinstance(i, PyAssign | PyText) else i.name) == name)
    return wanted


def cls(module: PyModule, name: str) -> ReadClass:
    """The class called `name`."""
    found = item(module, name)
    assert isinstance(found, ReadClass)
    return found


def method(cls: ReadClass, name: str) -> ReadFunction:
    """The method called `name`."""
    (found,) = (m for m in cls.methods if m.name == name)
    return found


def keywords(package: PyPackage) -> dict[str, str]:
    """What `instantiate` takes for the imports of the world `w`: names and annotations."""
    return {field.name: field.annotation for field in cls(module(package, "_world.py"), "WImports").fields}


def signature(function: PyFunction) -> str:
    """A signature in one line."""
    params = ", ".join(
        p.name + (f": {p.annotation}" if p.annotation else "") + (f" = {p.default}" if p.default else "")
        for p in function.params
    )
    return f"({params}) -> {function.result}"


def imports(module: PyModule) -> set[str]:
    """The import lines of a module, one per name."""
    return {
        f"{line.module}: {name.name}" + (f" as {name.alias}" if name.alias else "")
        for block in module.imports
        for line in block.imports
        for name in line.names
    }


# Layout ---------------------------------------------------------------------------------------------------------------

VERSIONS = """
package acme:app@1.2.3;
interface host { f: func(); }
interface handler { f: func(); }
world w {
  import host;
  import other:lib/host@0.2.1;
  import other:lib/more@0.2.1;
  import plain:pkg/more;
  import beta:pkg/more@2.0.0-rc.1;
  import inner: interface { f: func(); }
  import tick: func();
  export handler;
  export lib: interface { f: func(); }
}
package other:lib@0.2.1 { interface host { f: func(); } interface more { f: func(); } }
package plain:pkg { interface more { f: func(); } }
package beta:pkg@2.0.0-rc.1 { interface more { f: func(); } }
"""


def test_module_paths_follow_wit_names() -> None:
    """Versions are canonical, a pre-release is spelled out, inline interfaces lie below the world's name."""
    paths = {module.path for module in plan(VERSIONS).modules if not module.path.endswith("__init__.py")}
    assert paths == {
        "_abi.py",
        "_plain.py",
        "_world.py",
        "acme/app_v1/host.py",
        "acme/app_v1/w/inner.py",
        "beta/pkg_v2_0_0_rc_1/more.py",
        "other/lib_v0_2/host.py",
        "other/lib_v0_2/more.py",
        "plain/pkg/more.py",
        "exports/acme/app_v1/handler.py",
        "exports/acme/app_v1/w/lib.py",
        "exports/handler.py",
        "exports/lib.py",
    }


def test_every_folder_is_a_package() -> None:
    """Each folder of a module has an `__init__`, and the package says that it is typed."""
    package = plan(VERSIONS)
    paths = {module.path for module in package.modules}
    folders = {str(parent) for path in paths for parent in Path(path).parents if str(parent) != "."}
    assert {f"{folder}/__init__.py" for folder in folders} | {"__init__.py"} <= paths
    assert [support.path for support in package.support] == ["py.typed"]


def test_flat_names_are_short_unless_they_collide() -> None:
    """The world's own interfaces go by their name, foreign ones by package too, colliding ones by everything."""
    package = plan(VERSIONS)
    assert set(module(package, "__init__.py").exported) >= {
        "host",
        "lib_host",
        "lib_more",
        "plain_pkg_more",
        "beta_pkg_v2_0_0_rc_1_more",
        "inner",
        "exports",
    }
    assert module(package, "exports/__init__.py").exported == ("handler", "lib")
    assert list(keywords(package)) == [
        "host",
        "lib_host",
        "lib_more",
        "plain_pkg_more",
        "beta_pkg_v2_0_0_rc_1_more",
        "inner",
        "tick",
    ]


def test_versions_that_share_a_folder_are_spelled_out() -> None:
    """Two versions of one canonical form take the full version, and that is announced."""
    found = Diagnostics()
    package = plan(
        "package a:b; world w { import c:d/i@0.2.0; import c:d/i@0.2.8; }"
        "package c:d@0.2.0 { interface i { f: func(); } } package c:d@0.2.8 { interface i { f: func(); } }",
        found=found,
    )
    assert [(d.code.slug, d.severity) for d in found.found] == [("versions-spelled-out", Severity.WARNING)]
    paths = {module.path for module in package.modules}
    assert {"c/d_v0_2_0/i.py", "c/d_v0_2_8/i.py"} <= paths
    assert {"c_d_v0_2_0_i", "c_d_v0_2_8_i"} <= set(module(package, "__init__.py").exported)


def test_planning_is_deterministic() -> None:
    """The same input gives the same plan."""
    text = CORNERS.read_text(encoding="utf-8")
    assert plan(text, "corners") == plan(text, "corners")


# Names ----------------------------------------------------------------------------------------------------------------


def test_wit_names_that_meet_are_reported() -> None:
    """Two packages whose folders are one in Python: an error, not a loss."""
    found = Diagnostics()
    plan(
        "package a:b; world w { import c:d-v1/i; import c:d/i@1.0.0; }"
        " package c:d-v1 { interface i { f: func(); } } package c:d@1.0.0 { interface i { f: func(); } }",
        found=found,
    )
    assert found.found[0].code.slug == "name-clash"
    assert "`c:d-v1/i` and `c:d/i@1.0.0` are both the module `c.d_v1.i` in Python" in [d.message for d in found.found]


def test_a_namespace_reports_what_meets_and_derives_what_is_free() -> None:
    """Names taken twice are reported by both their WIT names; derived ones take underscores until they are free."""
    found = Diagnostics()
    names = Namespace("interface `a:b/i`", found)
    assert [names.take("a_b", "a-b"), names.take("A", "a"), names.derive("A"), names.derive("A")] == [
        "a_b",
        "A",
        "A_",
        "A__",
    ]
    assert not found.found
    names.take("a_b", "A-b")
    assert [d.message for d in found.found] == ["interface `a:b/i`: `a-b` and `A-b` are both `a_b` in Python"]


def test_names_that_wit_did_not_give_make_way() -> None:
    """A WIT type keeps its name; interface class, factory and error class take an underscore, a variable an alias."""
    package = plan(
        "package a:b; interface bucket { resource bucket { constructor(); } record bucket-factory { a: u8 }"
        " record bucket-t { a: u8 } enum fault { a } record fault-err { a: u8 }"
        " f: func(b: bucket, t: bucket-factory, u: bucket-t) -> result<fault-err, fault>; } world w { import bucket; }"
    )
    exported = module(package, "a/b/bucket.py").exported
    assert set(exported) == {
        "Bucket",
        "BucketFactory",
        "BucketFactory_",
        "BucketLike",
        "BucketT",
        "Bucket_",
        "Fault",
        "FaultErr",
        "FaultErr_",
    }
    assert cls(module(package, "a/b/bucket.py"), "Bucket_").bases == ("Protocol[_variables_BucketT]",)


def test_builtins_hidden_by_a_method_are_qualified() -> None:
    """A method `list` hides the builtin in its class, so annotations there say `builtins.list`; elsewhere they do not."""
    package = plan(
        "package a:b; interface i { %list: func() -> list<u8>; f: func(a: list<s32>); } world w { import i; export i; }"
    )
    imported = cls(module(package, "a/b/i.py"), "I")
    assert signature(method(imported, "f")) == "(self, a: builtins.list[int], /) -> None"
    other = plan("package a:b; interface i { f: func(a: list<s32>); } world w { import i; }")
    assert signature(method(cls(module(other, "a/b/i.py"), "I"), "f")) == "(self, a: list[int], /) -> None"


def test_helpers_hidden_by_a_type_are_aliased() -> None:
    """A WIT type `protocol` keeps its name, and `typing.Protocol` comes in under another."""
    package = plan("package a:b; interface i { record protocol { a: u8 } f: func(p: protocol); } world w { import i; }")
    found = module(package, "a/b/i.py")
    assert "typing: Protocol as _Protocol" in imports(found)
    assert cls(found, "I").bases == ("_Protocol",)
    assert signature(method(cls(found, "I"), "f")) == "(self, p: Protocol, /) -> None"


def test_own_words_of_the_world_class_stay_free() -> None:
    """Items named as our own keywords and methods get a trailing underscore; positional names give way."""
    package = plan(
        "package a:b; world w { import limits: func(); import store: func(); import self: func(); export close: func(); }"
    )
    world = cls(module(package, "_world.py"), "W")
    names = [p.name for p in method(world, "instantiate").params]
    assert names == ["store_", "component", "/", "*", "limits", "wasi", "http", "**imports"]
    assert list(keywords(package)) == ["limits_", "store", "self_"]
    assert method(world, "close_").body == ("_bound(self, W.close_, self._link.close)()",)


def test_methods_make_way_for_their_functions() -> None:
    """Whose objects serve one instance: not of handles, nor where the method does more, or may not be named."""
    package = plan(
        "package a:b@1.0.0; interface i { resource r { constructor(); m: func(); s: static func(bound: u8) -> u8; }"
        " @since(version = 1.0.0) @deprecated(version = 1.0.0) old: func(); f: func(); } world w { export i; }"
    )
    exports = module(package, "exports/a/b_v1/i.py")
    assert method(cls(exports, "I"), "f").body == ("_bound(self, I.f, self._link.f)()",)
    assert method(cls(exports, "I"), "old").body == ("self._link.old()",)
    assert method(cls(exports, "RFactory"), "s").body == ("return _bound(self, RFactory.s, self._link.R_s)(bound)",)
    assert method(cls(exports, "RFactory"), "__call__").body == ("return self._link.R()",)
    assert method(cls(exports, "R"), "m").body == ("self._link.R_m(self)",)


# Types and signatures -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wit", "given", "taken"),
    [
        ("u8", "int", "int"),
        ("f32", "float", "float"),
        ("char", "str", "str"),
        ("list<u8>", "bytes", "bytes | bytearray | memoryview"),
        ("list<s8>", "bytes", "bytes | bytearray | memoryview"),
        ("list<string>", "list[str]", "Sequence[str]"),
        ("list<list<u8>>", "list[bytes]", "Sequence[bytes | bytearray | memoryview]"),
        ("list<u8, 4>", "list[int]", "Sequence[int]"),
        ("map<string, list<u32>>", "dict[str, list[int]]", "Mapping[str, Sequence[int]]"),
        ("option<u8>", "int | None", "int | None"),
        ("option<option<u8>>", "Some[int | None] | None", "Some[int | None] | None"),
        ("tuple<>", "tuple[()]", "tuple[()]"),
        ("tuple<u8, list<u8>>", "tuple[int, bytes]", "tuple[int, bytes | bytearray | memoryview]"),
        ("option<result<_, list<u16>>>", "Ok[None] | Err[list[int]] | None", "Ok[None] | Err[Sequence[int]] | None"),
        ("option<result>", "Ok[None] | Err[None] | None", "Ok[None] | Err[None] | None"),
        ("stream<u8>", "ByteStreamReader", "IntoByteStream"),
        ("stream<list<u32>>", "StreamReader[list[int]]", "IntoStream[Sequence[int]]"),
        ("future", "FutureReader[None]", "IntoFuture[None]"),
        ("error-context", "ErrorContext", "ErrorContext"),
    ],
)
def test_what_is_taken_is_wider_than_what_is_given(wit: str, given: str, taken: str) -> None:
    """The component's results and the arguments of imports are exact, the other way round anything fit is taken."""
    package = plan(f"package a:b; interface i {{ f: func(a: {wit}) -> {wit}; }} world w {{ import i; export i; }}")
    imported = method(cls(module(package, "a/b/i.py"), "I"), "f")
    exported = method(cls(module(package, "exports/a/b/i.py"), "I"), "f")
    assert signature(imported) == f"(self, a: {given}, /) -> {taken}"
    assert signature(exported) == f"(self, a: {taken}) -> {given}"


def test_an_alias_is_named_where_both_directions_agree() -> None:
    """`duration` says more than `int`; a list of bytes is spelled by what is taken."""
    package = plan(
        "package a:b; interface i { type duration = u64; type blob = list<u8>; f: func(d: duration, b: blob); }"
        "world w { import i; export i; }"
    )
    assert item(module(package, "a/b/i.py"), "Duration") == PyAssign("Duration", "int")
    assert signature(method(cls(module(package, "a/b/i.py"), "I"), "f")) == "(self, d: Duration, b: Blob, /) -> None"
    exported = method(cls(module(package, "exports/a/b/i.py"), "I"), "f")
    assert signature(exported) == "(self, d: Duration, b: bytes | bytearray | memoryview) -> None"


def test_value_types_become_classes() -> None:
    """Records and cases are dataclasses, a variant their union, enums and flags enums with shouty members."""
    package = plan(
        "package a:b; interface i { record point { x: f64 } variant v { a, none(point) } enum e { low-one } flags f { r-w }"
        " g: func(v: v, e: e, f: f); } world w { import i; }"
    )
    found = module(package, "a/b/i.py")
    assert cls(found, "Point").decorators == ("dataclass",)
    assert item(found, "V") == PyAssign("V", "V_A | V_None_")
    assert [f.annotation for f in cls(found, "V_None_").fields] == ["Point"]
    low, flags = item(found, "E"), item(found, "F")
    assert isinstance(low, PyEnum)
    assert isinstance(flags, PyEnum)
    assert (low.base, low.members[0].name, flags.base, flags.members[0].value) == (
        "enum.Enum",
        "LOW_ONE",
        "enum.Flag",
        "enum.auto()",
    )


def test_a_field_that_every_class_has_gets_no_default() -> None:
    """A bare `mro` would take `type.mro` for its default, and the fields after it could not be without one."""
    record = "record r { mro: u8, field: u8 }"
    found = module(plan(f"package a:b; interface i {{ {record} f: func() -> r; }} world w {{ import i; }}"), "a/b/i.py")
    assert [(f.name, f.default) for f in cls(found, "R").fields] == [("mro", "_field()"), ("field", "")]
    assert "dataclasses: field as _field" in imports(found)


def test_exported_types_have_a_path_without_a_version() -> None:
    """`exports.hooks` has what the interface's own module has; with two versions of a package, both are named."""
    package = plan("package a:b@1.2.0; interface hooks { record order {} f: func(); } world w { export hooks; }")
    short, full = module(package, "exports/hooks.py"), module(package, "exports/a/b_v1/hooks.py")
    assert short.exported == full.exported == ("Hooks", "Order")
    (block,) = short.imports
    assert [line.module for line in block.imports] == [".a.b_v1.hooks"]


def test_docs_name_things_as_python_does() -> None:
    """Names in backticks: parameters before functions and types of the same interface; other words stay."""
    package = plan(
        "package a:b; interface i { record error-code {} "
        "/// Needs `if-revision` and `%from`, not `other-thing` or if-revision; see `put-all` and `error-code`.\n"
        "get: func(if-revision: u8, %from: u8); put-all: func(); } world w { export i; import i; }"
    )
    docs = "Needs `if_revision` and `from_`, not `other-thing` or if-revision; see `put_all` and `ErrorCode`."
    assert method(cls(module(package, "exports/a/b/i.py"), "I"), "get").docstring == docs
    assert method(cls(module(package, "a/b/i.py"), "I"), "get").docstring == docs


NAMES_IN_DOCS = """
package a:b;
/// Has `my-thing`.
interface i {
  /// Made by `my-thing.make-one`, has `get`; `no-thing.get` and `i.get` are not known.
  resource my-thing { make-one: static func() -> my-thing; get: func(); }
  /// `first-one` is only here, `both` in both; `ro-or-rw`, `red-ish`, `a-field`.
  variant v { /// As `red-ish`.
    first-one, both }
  variant w { both }
  enum e { red-ish /// After `red-ish`.
    , none-of-it }
  flags g { ro-or-rw }
  record r { /// Not `none`, but `true`; see `my-thing`.
    a-field: bool }
  /// `my-thing`, unless it is the parameter `get`.
  f: func(get: u8) -> my-thing;
}
world x { import i; export i; }
"""


@pytest.mark.parametrize("path", ["a/b/i.py", "exports/a/b/i.py"])
def test_docs_of_all_items_name_things_as_python_does(path: str) -> None:
    """Types, methods by their resource, cases, members and fields; not what has several meanings or is elsewhere."""
    package = plan(NAMES_IN_DOCS, "x")
    found, imported = module(package, path), module(package, "a/b/i.py")
    assert cls(found, "I").docstring.startswith("Has `MyThing`.")
    thing = "Made by `MyThing.make_one`, has `get`; `no-thing.get` and `i.get` are not known."
    assert cls(found, "MyThing").docstring.startswith(thing)
    assert method(cls(found, "I"), "f").docstring == "`MyThing`, unless it is the parameter `get`."
    union, record = item(imported, "V"), cls(imported, "R")
    assert union.docstring == "`V_FirstOne` is only here, `both` in both; `G.RO_OR_RW`, `E.RED_ISH`, `a_field`."
    assert record.fields[0].docstring == "Not `None`, but `True`; see `MyThing`."


def test_the_class_says_what_its_interface_does() -> None:
    """An interface's documentation is on the class that users subclass, or on the module if it has no class."""
    package = plan(
        "package a:b; /// Keeps things.\ninterface i { f: func(); } /// Only types.\ninterface t { type x = u8; }"
        " world w { export i; import i; import t; }"
    )
    imported, exported = module(package, "a/b/i.py"), module(package, "exports/a/b/i.py")
    assert cls(imported, "I").docstring == "Keeps things.\n\nImplement `I` and pass it as `i=`."
    assert cls(exported, "I").docstring.startswith("Keeps things.\n")
    assert "Keeps" not in imported.docstring + exported.docstring
    assert module(package, "a/b/t.py").docstring.endswith("\n\nOnly types.")


def test_errors_of_a_named_type_have_a_class() -> None:
    """Exports raise `FaultErr`, through `use` and aliases; errors without a name raise `Err`."""
    package = plan(
        "package a:b; interface t { variant fault { a } type oops = fault; }"
        " interface i { use t.{oops}; f: func() -> result<u8, oops>; g: func() -> result<_, string>; }"
        " world w { export i; }"
    )
    assert cls(module(package, "a/b/t.py"), "FaultErr").bases == ("Err[Fault]",)
    exported = cls(module(package, "exports/a/b/i.py"), "I")
    assert signature(method(exported, "f")) == "(self) -> int"
    assert method(exported, "f").docstring == "\nRaises:\n    FaultErr: With a `value` of type `Oops`."
    assert method(exported, "g").docstring == "\nRaises:\n    Err: With a `value` of type `str`."
    link = cls(module(package, "_abi.py"), "ILink")
    assert [f.annotation for f in link.fields] == ["rt.ExportFunc[[], int]", "rt.ExportFunc[[], None]"]
    assert "rt.Result(rt.U8, T_FAULT, _i_t.FaultErr)" in link.fields[0].default


def test_a_deprecation_is_shown_by_checkers() -> None:
    """`@deprecated` becomes a decorator, and stays in the docs."""
    package = plan(
        "package a:b@3.0.0; interface i { /// Old.\n @since(version = 1.0.0) @deprecated(version = 2.0.0) f: func(); }"
        " world w { import i; }"
    )
    found = method(cls(module(package, "a/b_v3/i.py"), "I"), "f")
    assert found.decorators == ('deprecated("Deprecated since 2.0.0.")', "abstractmethod")
    assert found.docstring == "Old.\n\nSince 1.0.0. Deprecated since 2.0.0."


def test_blocking_twins_give_way_to_names_of_wit() -> None:
    """A function, or an exported interface, of that name keeps it."""
    package = plan(
        "package a:b; interface i { f: async func(); f-blocking: func(); } interface g-blocking { h: func(); }"
        " world w { export i; export g: async func(); export g-blocking; }"
    )
    names = [m.name for m in cls(module(package, "exports/a/b/i.py"), "I").methods]
    assert names == ["__init__", "f", "f_blocking_", "f_blocking"]
    assert [m.name for m in cls(module(package, "_world.py"), "W").methods][-2:] == ["g", "g_blocking_"]


def test_async_functions_are_typed() -> None:
    """Both sides are `async def`, a function of the world an awaitable."""
    package = plan(
        "package a:b; interface i { f: async func() -> u8; } world w { import i; export i; import g: async func() -> u8; }"
    )
    assert method(cls(module(package, "a/b/i.py"), "I"), "f").is_async
    exported = method(cls(module(package, "exports/a/b/i.py"), "I"), "f")
    assert (exported.is_async, exported.body) == (True, ("return await self._link.f()",))
    twin = method(cls(module(package, "exports/a/b/i.py"), "I"), "f_blocking")
    assert (twin.is_async, twin.result, twin.body) == (
        False,
        "int",
        ("return _bound(self, I.f_blocking, self._link.f_blocking)()",),
    )
    assert keywords(package)["g"] == "Callable[[], Awaitable[int]]"


# Resources ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("functions", "base"),
    [
        ("f: func(r: r);", "Protocol[RT_contra]"),
        ("f: func() -> r;", "Protocol[RT_co]"),
        ("f: func(r: r) -> r;", "Protocol[RT]"),
        ("f: func(r: option<tuple<r>>);", "Protocol[RT_contra]"),
        ("f: func(r: list<r>);", "Protocol[RT]"),
        ("f: func() -> list<r>;", "Protocol[RT_co]"),
        ("f: func() -> map<u8, r>;", "Protocol[RT_co]"),
        ("record h { r: list<r> } f: func() -> h;", "Protocol[RT_co]"),
        ("record h { r: list<r> } f: func(h: h);", "Protocol[RT_contra]"),
        ("f: func() -> result<u8, r>;", "Protocol[RT_co]"),
        ("f: func();", "Protocol[RT_co]"),
    ],
)
def test_variance_is_exact(functions: str, base: str) -> None:
    """What a parameter, a result, a list and a record make of a type variable."""
    package = plan(f"package a:b; interface i {{ resource r; {functions} }} world w {{ import i; }}")
    assert cls(module(package, "a/b/i.py"), "I").bases == (base,)


STORAGE = """
package a:b;
interface storage {
  resource bucket {
    constructor(name: string);
    merge: func(other: borrow<bucket>) -> bucket;
    open: static func(held: holder) -> result<bucket, trouble>;
  }
  resource cursor { seek: func(to: borrow<bucket>); }
  record holder { bucket: bucket, cursors: list<cursor> }
  variant trouble { plain, held(holder) }
  take: func(bucket: bucket, cursor: cursor);
}
interface audit { use storage.{bucket}; look: func(b: borrow<bucket>); }
world w { import storage; import audit; export run: func(b: own-of) -> own-of; use storage.{bucket as own-of}; }
world both { import storage; export storage; export audit; }
"""


def test_imported_resources_are_protocols() -> None:
    """Methods in a Protocol, constructor and statics in a factory, the interface generic over the user's classes."""
    package = plan(STORAGE)
    found = module(package, "a/b/storage.py")
    bucket = cls(found, "Bucket")
    assert bucket.bases == ("Protocol",)
    assert signature(method(bucket, "merge")) == "(self, other: Self, /) -> Self"
    factory = cls(found, "BucketFactory")
    assert factory.bases == ("Protocol[BucketT, CursorT_contra]",)
    assert signature(method(factory, "__call__")) == "(self, name: str, /) -> BucketT"
    assert signature(method(factory, "open")) == "(self, held: Holder[BucketT, CursorT_contra], /) -> BucketT"
    assert cls(found, "Cursor").bases == ("Protocol[BucketT_contra]",)
    storage = cls(found, "Storage")
    assert storage.bases == ("Protocol[BucketT, CursorT]",)
    assert [(f.name, f.annotation) for f in storage.fields] == [("Bucket", "BucketFactory[BucketT, CursorT]")]
    like = cls(found, "StorageLike")
    assert like.bases == ("Protocol[BucketT, CursorT_contra]",)
    assert not like.fields
    assert [(m.name, m.decorators, m.result) for m in like.methods[:1]] == [
        ("Bucket", ("property", "abstractmethod"), "BucketFactory[BucketT, CursorT_contra]")
    ]
    assert [m.name for m in like.methods[1:]] == [m.name for m in storage.methods]
    assert cls(found, "Holder").bases == ("Generic[BucketT_co, CursorT_co]",)
    assert item(found, "Trouble") == PyAssign("Trouble", "Trouble_Plain | Trouble_Held[BucketT_co, CursorT_co]")
    variables = module(package, "_variables.py")
    assert item(variables, "CursorT") == PyAssign("CursorT", 'TypeVar("CursorT", bound="AnyCursor")')
    assert item(variables, "AnyCursor") == PyAssign("AnyCursor", "Cursor[Never]")


def test_one_class_of_the_user_runs_through_instantiate() -> None:
    """Interfaces that share a resource are tied by its type variable."""
    package = plan(STORAGE)
    found = keywords(package)
    assert found["storage"] == "StorageLike[BucketT, CursorT]"
    assert found["audit"] == "Audit[BucketT]"
    world = module(package, "_world.py")
    assert cls(world, "WImports").bases == ("TypedDict", "Generic[BucketT, CursorT]")
    for taker in (
        method(cls(world, "W"), "instantiate"),
        *(method(cls(world, "WPre"), name) for name in ("instantiate", "bind")),
    ):
        assert taker.params[-1] == PyParam("**imports", "Unpack[WImports[BucketT, CursorT]]")


def test_exports_speak_of_imported_resources_by_their_protocol() -> None:
    """An export that takes the user's object is annotated with the plain Protocol."""
    world = cls(module(plan(STORAGE), "_world.py"), "W")
    assert signature(method(world, "run")) == "(self, b: Bucket) -> Bucket"


def test_exported_resources_are_handles_with_factories() -> None:
    """An interface that is both implements the imported side by name, and shares its value types."""
    found = module(plan(STORAGE, "both"), "exports/a/b/storage.py")
    assert cls(found, "Bucket").bases == ("Handle", "_imported.Bucket")
    assert [m.name for m in cls(found, "Bucket").methods] == ["merge", "close"]
    assert cls(found, "BucketFactory").bases == ('_imported.BucketFactory[Bucket, "Cursor"]',)
    assert cls(found, "Cursor").bases == ("Handle", "_imported.Cursor[Bucket]")
    assert cls(found, "Storage").bases == ("_imported.Storage[Bucket, Cursor]",)
    assert method(cls(found, "Storage"), "__init__").body == ("self._link = link", "self.Bucket = BucketFactory(link)")
    assert item(found, "Holder") == PyAssign("Holder", "_imported.Holder[Bucket, Cursor]")
    assert cls(found, "TroubleErr").bases == ("Err[Trouble]",)
    assert {"Trouble_Plain", "Trouble_Held"} <= set(found.exported)


def test_close_of_the_component_is_kept() -> None:
    """A WIT method `close` is the component's, so ours is left out."""
    package = plan("package a:b; interface i { resource r { close: func() -> u8; } } world w { export i; }")
    (close,) = (m for m in cls(module(package, "exports/a/b/i.py"), "R").methods if m.name == "close")
    assert close.body == ("return self._link.R_close(self)",)


def test_variables_of_two_modules_differ_in_name() -> None:
    """pyright takes two type variables of one name in one signature for the same, wherever they are defined."""
    package = plan(
        "package a:b; interface i { resource r; f: func() -> r; } interface j { resource r; resource s; f: func(s: s) -> r; }"
        " interface k { use i.{r}; use j.{r as q}; f: func(r: r) -> q; } world w { import i; import j; import k; }"
    )
    assert cls(module(package, "a/b/i.py"), "I").bases == ("Protocol[IRT_co]",)
    assert cls(module(package, "a/b/j.py"), "J").bases == ("Protocol[JRT_co, ST_contra]",)
    assert cls(module(package, "a/b/k.py"), "K").bases == ("Protocol[IRT_contra, JRT_co]",)


@pytest.mark.parametrize("world", ["wasmtime", "witgen", "types"])
def test_a_package_hides_no_module_that_it_needs(world: str) -> None:
    """Its folder may be on `sys.path`."""
    assert plan(f"package a:b; world {world} {{ export f: func(); }}", world).root == f"host/{world}_"


def test_resources_that_mention_each_other_end_somewhere() -> None:
    """A cycle of resources has no finite most general form: `object` stands for what is cut."""
    package = plan(
        "package a:b; interface i { resource x { y: func() -> y; } resource y { x: func() -> x; } f: func() -> x; }"
        " interface e { use i.{x}; f: func() -> x; } world w { import i; export e; }"
    )
    found = module(package, "_variables.py")
    assert item(found, "YT_co") == PyAssign("YT_co", 'TypeVar("YT_co", covariant=True)')
    exported = cls(module(package, "exports/a/b/e.py"), "E")
    assert signature(method(exported, "f")) == "(self) -> X[object]"


def test_each_key_of_an_interface_has_its_own_resources() -> None:
    """Two labels of one interface: one module, two keywords, two classes of the user's, two descriptions."""
    package = plan(
        "package a:b; interface i { resource r { constructor(); } } world w { import one: i; import two: i; export x: i; }"
    )
    found = keywords(package)
    assert (found["one"], found["two"]) == ("ILike[RT]", "ILike[TwoRT]")
    abi = module(package, "_abi.py")
    assert item(abi, "ONE_R") == PyAssign("ONE_R", 'rt.ImportedResource("one", "r", "i.R")')
    assert item(abi, "TWO_R") == PyAssign("TWO_R", 'rt.ImportedResource("two", "r", "i.R")')
    assert item(abi, "X_X_R") == PyAssign("X_X_R", 'rt.ExportedResource("x", "r", _x_i.R, lambda: XLink)')


def test_resources_of_the_world_are_given_as_classes() -> None:
    """A resource with a constructor is given as its factory, one without as a type."""
    package = plan(
        "package a:b; world w { resource r { constructor(); m: func(); s: static func() -> r; } resource q { m: func(); } }"
    )
    found = keywords(package)
    assert (found["r"], found["q"]) == ("RFactory[RT]", "type[QT]")
    entry = item(module(package, "_abi.py"), "_IMPORT_R")
    assert isinstance(entry, PyAssign)
    for text in ('"[constructor]r", ""', '"[method]r.m", ".m"', '"[static]r.s", "s"'):
        assert text in entry.value


# Native interfaces ----------------------------------------------------------------------------------------------------


def test_wasmtime_supplies_versions_that_are_compatible_with_0_2_0() -> None:
    """And no others; HTTP is apart, because it gives a component the network."""
    for version, supplied in (("@0.2.0", True), ("@0.2.8", True), ("@0.3.0", False), ("@0.2.0-rc", False), ("", False)):
        assert {is_native(name + version) for name in NATIVE} == {supplied}
        assert {is_native_http(name + version) for name in NATIVE_HTTP} == {supplied}
        assert not any(is_native(name + version) for name in (*NATIVE_HTTP, "wasi:clocks/timezone"))
        assert not any(is_native_http(name + version) for name in NATIVE)


def test_native_interfaces_are_optional() -> None:
    """What wasmtime can supply may be left out, or be None."""
    package = plan(
        "package a:b; interface i { f: func(); } world w { import wasi:io/poll@0.2.8; import i; }"
        " package wasi:io@0.2.8 { interface poll { resource pollable; poll: func(in: list<borrow<pollable>>); } }"
    )
    assert keywords(package) == {"io_poll": "NotRequired[Poll[PollableT] | None]", "i": "I"}
    entry = item(module(package, "_abi.py"), "_IMPORT_IO_POLL")
    assert isinstance(entry, PyAssign)
    assert entry.value.endswith("(IO_POLL_POLLABLE,), native=True)")


# Depth ----------------------------------------------------------------------------------------------------------------


def test_long_chains_of_aliases_are_no_recursion() -> None:
    """Three thousand aliases, each a list of the one before, are planned; deep ones go by their names."""
    chain = " ".join(f"type t{n} = list<t{n - 1}>;" for n in range(1, 3000))
    package = plan(
        f"package a:b; interface i {{ type t0 = u32; {chain} f: func(a: t2999) -> t2999; }} world w {{ export i; }}"
    )
    exported = method(cls(module(package, "exports/a/b/i.py"), "I"), "f")
    assert signature(exported) == "(self, a: T2999) -> T2999"


def test_deep_types_take_no_time() -> None:
    """As deep as WIT allows; the descriptions lie a few calls deep, since checkers' effort doubles with each."""
    deep = "list<" * 99 + "u32" + ">" * 99
    package = plan(f"package a:b; interface i {{ f: func(a: {deep}) -> {deep}; }} world w {{ import i; export i; }}")
    for found in module(package, "_abi.py").items:
        if isinstance(found, PyAssign):
            assert ")" * 15 not in found.value


def test_resources_too_deep_to_spell_are_refused() -> None:
    """An annotation that Python could not read is reported instead."""
    found = Diagnostics()
    chain = " ".join(f"type t{n} = list<t{n - 1}>;" for n in range(1, 300))
    plan(
        f"package a:b; interface i {{ resource r; type t0 = r; {chain} f: func(a: t299); }} world w {{ import i; }}",
        found=found,
    )
    assert [d.code.slug for d in found.found] == ["not-supported"]


# The whole ------------------------------------------------------------------------------------------------------------


@pytest.fixture(name="corners", scope="module")
def _corners(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the generated package of `corners.wit`, a world of unkind names and shapes."""
    root = tmp_path_factory.mktemp("corners")
    for path, text in _corner_texts().items():
        file = root / "corners" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return root


def _corner_texts() -> dict[str, str]:
    package = plan(CORNERS.read_text(encoding="utf-8"), "corners")
    return {file.path.removeprefix("host/corners/"): file.text for file in format_files(render_package(package))}


def test_the_corners_package_is_the_golden_one() -> None:
    """Every text of it is as reviewed."""
    check_tree(GOLDEN / "host" / "corners", _corner_texts())


def test_the_corners_package_imports(corners: Path) -> None:
    """All modules import, warnings being errors."""
    modules = sorted(".".join(p.relative_to(corners).with_suffix("").parts) for p in corners.rglob("*.py"))
    program = "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name.removesuffix('.__init__'))"
    _run(corners, "-W", "error", "-c", program, *modules)


@pytest.mark.slow
def test_the_corners_package_type_checks(corners: Path) -> None:
    """mypy in strict mode has no complaint; ruff neither (pyright is run over the packages of `tests/generated`)."""
    _run(corners, "-m", "mypy", "--strict", "--cache-dir=/dev/null", "--config-file=", "corners")
    _run(corners, "-m", "ruff", "check", "--isolated", "--no-cache", "--extend-select=I,UP", "corners")


def _run(folder: Path, *command: str) -> None:
    environment = {
        **os.environ,
        "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}",
        "MYPYPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(
        [sys.executable, *command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr

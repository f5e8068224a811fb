"""From texts to AST nodes: what each rule builds, where docs and attributes go, spans, limits."""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, is_dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.checkout import ROOT
from witgen.compiler.data_files import read_text
from witgen.compiler.diagnostics import Diagnostics, Source, Span
from witgen.compiler.diagnostics.human import render
from witgen.compiler.syntax import ast
from witgen.compiler.syntax.build import Builder
from witgen.compiler.syntax.parser import parse_source
from witgen.compiler.syntax.tokens import ATTRIBUTE_FIELDS, ATTRIBUTE_NAMES, KEYWORDS, PUNCTUATION

WIT = ROOT / "wit"

EVERYTHING = """\
/// the package
package a:b@1.0.0-rc.1+build;

// of the top-level use, dropped
use c:d/e@1.0.0-rc.1 as f;
use g;

/// the interface
@since(version = 1.0.0)
interface i {
    use f.{t, u as %type,};
    use c:d/e@1.0.0-rc.1.{v};
    use g.{};
    /// alias
    type a = list<u8>;
    /// record
    record r {
        /// x
        x: option<tuple<u8, s64,>>,
        y: map<string, result<_, char>>, // of z
        z: list<f32, 4>
    }
    record empty {}
    flags f { /* read */ read, write, }
    variant n { none, some(future<stream<bool>>), }
    enum e { one, %enum }
    /// opaque
    resource o;
    resource p {
        /// make
        constructor(a: own<o>,) -> result<p>;
        /// m
        @unstable(feature = x) @deprecated(version = 1.0.0)
        m: func(b: borrow<o>);
        s: static async func() -> stream;
    }
    /// now
    @external-id("\\41")
    now: async func(a: u32, b: error-context) -> result<u64, future>;
}

world w {
    /// import
    import i;
    import c:d/e@1.0.0;
    import label: i;
    export other: c:d/e;
    import run: func() -> result;
    export inline: interface {
        type t = u8;
    }
    use i.{a};
    include v;
    include c:d/w with { a as b, c as d, }
    type t = a;
}

/// nested
package n:o {
    interface i {}
}
"""


def parse(text: str) -> ast.FileDecl:
    """The AST of a text without errors."""
    diagnostics = Diagnostics()
    file = parse_source(Source("test.wit", text), diagnostics)
    assert diagnostics.found == []
    return file


def refuse(text: str) -> tuple[str, int, int]:
    """The code, line and column of the first error in `text`."""
    diagnostics = Diagnostics()
    parse_source(Source("test.wit", text), diagnostics)
    first = diagnostics.found[0]
    span = first.labels[0].span
    return (first.code.slug, *span.source.position(span.start))


def interface_items(body: str) -> tuple[ast.InterfaceItemDecl, ...]:
    """The items of an interface with this body."""
    (item,) = parse(f"interface i {{ {body} }}").items
    assert isinstance(item, ast.InterfaceDecl)
    return item.items


def nodes(node: object) -> Iterator[object]:
    """All nodes of an AST, `node` first."""
    if isinstance(node, tuple):
        for element in typing.cast("tuple[object, ...]", node):
            yield from nodes(element)
    elif is_dataclass(node) and not isinstance(node, (type, Source, Span)):
        yield node
        for field in fields(node):
            yield from nodes(getattr(node, field.name))


def text_of(span: Span) -> str:
    """What the span covers."""
    return span.source.text[span.start : span.end]


def show(type: ast.TypeExpr | None) -> str:
    """A type in WIT, without blanks or `%`."""
    match type:
        case None:
            return "_"
        case ast.PrimitiveExpr():
            return type.name
        case ast.NameExpr():
            return type.name.name
        case ast.ListExpr():
            return f"list<{show(type.element)}>"
        case ast.FixedListExpr():
            return f"list<{show(type.element)},{type.size}>"
        case ast.MapExpr():
            return f"map<{show(type.key)},{show(type.value)}>"
        case ast.OptionExpr():
            return f"option<{show(type.element)}>"
        case ast.ResultExpr():
            if type.err is None:
                return "result" if type.ok is None else f"result<{show(type.ok)}>"
            return f"result<{show(type.ok)},{show(type.err)}>"
        case ast.TupleExpr():
            return f"tuple<{','.join(map(show, type.elements))}>"
        case ast.FutureExpr():
            return "future" if type.element is None else f"future<{show(type.element)}>"
        case ast.StreamExpr():
            return "stream" if type.element is None else f"stream<{show(type.element)}>"
        case ast.OwnExpr():
            return f"own<{type.resource.name}>"
        case ast.BorrowExpr():
            return f"borrow<{type.resource.name}>"


def fits(value: object, hint: object) -> bool:
    """Whether `value` is of the type that a node's field declares."""
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        return any(fits(value, option) for option in typing.get_args(hint))
    if origin is tuple:
        element = typing.get_args(hint)[0]
        return isinstance(value, tuple) and all(
            fits(item, element) for item in typing.cast("tuple[object, ...]", value)
        )
    assert isinstance(hint, type), hint
    return isinstance(value, hint)


def test_each_rule_of_the_grammar_has_its_method() -> None:
    """Every rule has an action, and every action a rule."""
    grammar = re.sub(r"//.*", "", read_text("grammar", "wit.lark"))
    aliases = set(re.findall(r"-> *([a-z_]+)", grammar))
    rules = set(re.findall(r"^([a-z]\w*):", grammar, re.MULTILINE))
    aliased = {"use_path", "list", "tuple", "map", "option", "future", "stream", "result", "id"}
    expected = (rules - aliased) | aliases
    methods = {name for name in dir(Builder) if not name.startswith("_")} - {"begin", "common", "late"}
    assert methods == expected


@pytest.mark.parametrize("text", [EVERYTHING, *(path.read_text("utf-8") for path in sorted(WIT.rglob("*.wit")))])
def test_nodes_hold_what_they_declare(text: str) -> None:
    """Every field of every node has its declared type, every identifier its own text, every span its node's text."""
    file = parse(text)
    hints = {kind: typing.get_type_hints(kind) for kind in {type(node) for node in nodes(file)}}
    for node in nodes(file):
        for name, hint in hints[type(node)].items():
            assert fits(getattr(node, name), hint), (node, name)
        if isinstance(node, ast.Ident):
            assert text_of(node.span).removeprefix("%") == node.name
        elif isinstance(node, ast.VersionExpr):
            assert text_of(node.span) == node.text
        elif isinstance(node, ast.InterfaceDecl | ast.WorldDecl | ast.RecordDecl | ast.NestedPackageDecl):
            assert text_of(node.span)[-1] == "}"
        elif isinstance(node, ast.FuncDecl | ast.MethodDecl | ast.UseDecl | ast.AliasDecl | ast.TopUseDecl):
            assert text_of(node.span)[-1] == ";"


def test_everything_is_of_use() -> None:
    """The sample has a node of every kind, so that the test above sees each."""
    kinds = {type(node) for node in nodes(parse(EVERYTHING))}
    declared = {value for name, value in vars(ast).items() if name.endswith(("Decl", "Expr")) and is_dataclass(value)}
    assert declared <= kinds


def test_package_header() -> None:
    """Its name, version and docs, and where each stands."""
    header = parse("\ufeff// one\n/// two\npackage %type:b @ 1.0.0-rc.1 ;").header
    assert header is not None
    assert (header.name.namespace.name, header.name.name.name) == ("type", "b")
    assert header.name.version is not None and header.name.version.text == "1.0.0-rc.1"
    assert header.docs == "one\ntwo"
    assert header.docs_span is not None and text_of(header.docs_span) == "// one"
    assert text_of(header.name.span) == "%type:b @ 1.0.0-rc.1"
    assert text_of(header.span) == "package %type:b @ 1.0.0-rc.1 ;"


def test_a_file_need_not_have_a_header() -> None:
    """Comments then belong to the first item; an empty file is a file."""
    file = parse("// c\ninterface i {}")
    assert file.header is None
    assert isinstance(file.items[0], ast.InterfaceDecl) and file.items[0].docs == "c"
    assert parse("").items == () and parse("// c").items == ()


def test_nested_packages() -> None:
    """The first item may be a package with a body: that is no header."""
    file = parse("/// n\npackage c:d@1.0.0 { interface i {} world w {} }\npackage e:f {}")
    assert file.header is None
    first, second = file.items
    assert isinstance(first, ast.NestedPackageDecl) and isinstance(second, ast.NestedPackageDecl)
    assert (first.docs, second.docs) == ("n", None)
    assert len(first.items) == 2


def test_packages_inside_nested_packages_are_refused_and_left_out() -> None:
    """The error is at the inner name; the rest is kept."""
    diagnostics = Diagnostics()
    text = "package a:b { package c:d {} interface i {} }"
    file = parse_source(Source("test.wit", text), diagnostics)
    assert refuse(text) == ("misplaced-package", 1, 23)
    (package,) = file.items
    assert isinstance(package, ast.NestedPackageDecl)
    assert [type(item) for item in package.items] == [ast.InterfaceDecl]


@pytest.mark.parametrize(
    ("path", "parts"),
    [("i", (None, None, "i")), ("a:b/i", ("a:b", None, "i")), ("a:b/i@1.0.0-x", ("a:b", "1.0.0-x", "i"))],
)
def test_paths(path: str, parts: tuple[str | None, str | None, str]) -> None:
    """A path is a name, or a package, a name, and the version of the package behind it."""
    (use,) = interface_items(f"use {path}.{{t}};")
    assert isinstance(use, ast.UseDecl)
    package = use.path.package
    assert text_of(use.path.span) == path
    assert (
        None if package is None else text_of(package.span),
        None if package is None or package.version is None else package.version.text,
        use.path.name.name,
    ) == parts


def test_externs() -> None:
    """`a:b` is a label and a path; only `id:id/` begins a full path."""
    world = parse(
        "world w { import i; import a:b; import a: x:y/z@1.0.0; import x:y/z; export f: func(); export g: async func();"
        " import n: interface { use i.{t}; } }"
    ).items[0]
    assert isinstance(world, ast.WorldDecl)
    seen: list[tuple[object, ...]] = []
    for item in world.items:
        assert isinstance(item, ast.ImportDecl | ast.ExportDecl)
        match item.extern:
            case ast.ExternPath(label, path):
                seen.append((label and label.name, text_of(path.span)))
            case ast.ExternFunc(label, func):
                seen.append((label.name, func.is_async))
            case ast.ExternInline(label, items):
                seen.append((label.name, len(items)))
    assert seen == [
        (None, "i"),
        ("a", "b"),
        ("a", "x:y/z@1.0.0"),
        (None, "x:y/z"),
        ("f", False),
        ("g", True),
        ("n", 1),
    ]


def test_functions() -> None:
    """Parameters, result and `async`; the span is that of the type alone."""
    (func,) = interface_items("f: async func(a: u8, %use: list<r>,) -> string;")
    assert isinstance(func, ast.FuncDecl)
    assert [(param.name.name, show(param.type)) for param in func.func.params] == [("a", "u8"), ("use", "list<r>")]
    assert show(func.func.result) == "string"
    assert text_of(func.func.span) == "async func(a: u8, %use: list<r>,) -> string"


def test_resources() -> None:
    """Constructor, method and static, told apart by words and not by names."""
    opaque, full = interface_items(
        "resource o; resource r { constructor(a: u8) -> result<r>; %constructor: func(); new: static async func(); }"
    )
    assert isinstance(opaque, ast.ResourceDecl) and isinstance(full, ast.ResourceDecl)
    assert opaque.members == ()
    constructor, method, static = full.members
    assert isinstance(constructor, ast.ConstructorDecl)
    assert text_of(constructor.keyword) == "constructor"
    assert show(constructor.func.result) == "result<r>"
    assert isinstance(method, ast.MethodDecl) and method.name.name == "constructor"
    assert isinstance(static, ast.StaticDecl) and static.func.is_async


def test_docs_and_attributes_of_items() -> None:
    """Docs are the comments before the attributes; those between attributes or behind them are lost."""
    (func,) = interface_items(
        '// docs\n@since(version = 1.0.0) // lost\n@external-id("x") /* lost */ f: func(); // dropped\n'
    )
    assert isinstance(func, ast.FuncDecl)
    assert func.docs == "docs"
    assert func.attributes.since is not None and func.attributes.since.version.text == "1.0.0"
    assert text_of(func.attributes.since.span) == "since"
    assert func.attributes.external_id is not None and func.attributes.external_id.text == "x"
    assert text_of(func.span).startswith("@since")


def test_docs_behind_a_separator_belong_to_the_next() -> None:
    """Even on the same line; behind the last one they are dropped."""
    (record,) = interface_items("record r { a: u8, // of b\n b: u8, // dropped\n }")
    assert isinstance(record, ast.RecordDecl)
    assert [field.docs for field in record.fields] == [None, "of b"]
    variant, enum, flags = interface_items(
        "variant v { /** x */ a, /** y */ b(u8) } enum e { //z\na } flags f { //\na }"
    )
    assert isinstance(variant, ast.VariantDecl) and isinstance(enum, ast.EnumDecl) and isinstance(flags, ast.FlagsDecl)
    assert [case.docs for case in (*variant.cases, *enum.cases, *flags.flags)] == ["x", "y", "z", ""]


def test_attributes_of_a_top_level_use_are_kept() -> None:
    """The reference parser takes them."""
    (use,) = parse("@unstable(feature = %type) use a:b/c;").items
    assert isinstance(use, ast.TopUseDecl)
    assert use.attributes.unstable is not None and use.attributes.unstable.feature.name == "type"


def test_conflicting_attributes_wait_for_syntax_errors() -> None:
    """They are reported behind syntax errors, all of them, in order; the first is kept."""
    bad = "@since(version = 1.0.0) @since(version = 2.0.0) interface i { @deprecated(version = 1.0.0) f: func(); }"
    diagnostics = Diagnostics()
    file = parse_source(Source("test.wit", bad), diagnostics)
    assert [text_of(diagnostic.labels[0].span) for diagnostic in diagnostics.found] == ["since", "deprecated"]
    assert isinstance(file.items[0], ast.InterfaceDecl)
    since = file.items[0].attributes.since
    assert since is not None and since.version.text == "1.0.0"
    assert refuse(f"{bad} ;")[0] == "syntax-error"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("interface", (1, 10)),
        ("interface i {\n", (2, 1)),
        ("interface i {", (1, 14)),
        ("/* é */ interface i { 日本: func(); }", (1, 24)),
        ("interface i {\r\n\t\tf: ;\r\n}", (2, 6)),
        ("interface a_b c", (1, 11)),
        ("package a:b@01.0.0 x", (1, 13)),
        ("interface i { type t = list<u8, 4294967296 x", (1, 33)),
        ("world w { import a:; }", (1, 20)),
        ("world w { import a: func() }", (1, 28)),
    ],
)
def test_places_of_syntax_errors(text: str, place: tuple[int, int]) -> None:
    """Lines and columns from 1, columns in UTF-8 bytes; the first thing wrong, not what is noticed first."""
    assert refuse(text)[1:] == place


@pytest.mark.slow
def test_deep_types_do_not_recurse() -> None:
    """99 levels around a primitive parse, a hundred are refused where the last begins, as are 100,000."""

    def alias(levels: int) -> str:
        return f"interface i {{ type t = {'list<' * levels}u8{'>' * levels}; }}"

    assert interface_items(alias(99)[14:-2])
    for levels in (100, 100_000):
        assert refuse(alias(levels)) == ("nesting-too-deep", 1, 524)


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    [
        "{",
        "}",
        "(",
        ")",
        "<",
        ">",
        "list<",
        "package a:b {",
        "interface i {",
        "/*",
        "@",
        "@since(",
        "%",
        "-",
        ".",
        '"',
        "1.",
        "use a.{",
        "record r {",
        "a:",
        "tuple<u8,",
        "// c\n",
        "\n",
        ";",
        "a-",
        "func(",
        "a: func(b:",
    ],
)
def test_hostile_repetition_gives_an_answer(piece: str) -> None:
    """Whatever is repeated, unless it is no token, there is a diagnostic, in little time."""
    diagnostics = Diagnostics()
    parse_source(Source("test.wit", piece * 30_000), diagnostics)
    assert bool(diagnostics.found) == (piece not in ("\n", "// c\n"))


def test_texts_are_parsed_in_threads() -> None:
    """Parsing at the same time does not mix texts up."""

    def name(number: int) -> str:
        item = parse(f"/// {number}\ninterface i{number} {{ {'f: func();' * number} }}").items[0]
        assert isinstance(item, ast.InterfaceDecl) and item.docs == str(number)
        return f"{item.name.name} {len(item.items)}"

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(name, range(40))) == [f"i{number} {number}" for number in range(40)]


LEAVES = st.sampled_from(
    [
        "u8",
        "u16",
        "u32",
        "u64",
        "s8",
        "s16",
        "s32",
        "s64",
        "f32",
        "f64",
        "char",
        "bool",
        "string",
        "error-context",
        "result",
        "future",
        "stream",
        "tuple<>",
        "own<r>",
        "borrow<r>",
        "name",
        "a-b-1",
        "XML",
    ]
)
TYPES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds("{}<{}>".format, st.sampled_from(["list", "option", "future", "stream", "result"]), inner),
        st.builds("{}<{},{}>".format, st.sampled_from(["result", "map", "tuple"]), inner, inner),
        st.builds("result<_,{}>".format, inner),
        st.builds("list<{},{}>".format, inner, st.integers(0, 2**32 - 1)),
    ),
    max_leaves=8,
)
BLANKS = st.sampled_from([" ", "\n", "\t", "\r\n", "/**/", "/* < */", "// ;\n"])


@given(TYPES, st.data())
def test_types_print_back(text: str, data: st.DataObject) -> None:
    """What is read is what was written, whatever blanks and comments stand between."""
    spaced = re.sub(r"[<>,]", lambda sign: data.draw(BLANKS) + sign[0] + data.draw(BLANKS), text)
    (alias,) = interface_items(f"type t ={spaced};")
    assert isinstance(alias, ast.AliasDecl)
    assert show(alias.type) == text
    assert text_of(alias.type.span).strip() == text_of(alias.type.span)


def check_any(text: str) -> None:
    """The rule for any input: an AST, or a diagnostic whose places are in the text and which can be shown."""
    diagnostics = Diagnostics()
    parse_source(Source("test.wit", text), diagnostics)
    for diagnostic in diagnostics.found:
        assert diagnostic.labels
        for label in diagnostic.labels:
            assert 0 <= label.span.start <= label.span.end <= len(text)
    render(diagnostics.found, color=False).encode("utf-8")


@given(st.text())
def test_any_text_is_answered(text: str) -> None:
    """No text raises anything."""
    check_any(text)


@given(st.binary())
def test_any_bytes_are_answered(data: bytes) -> None:
    """Nor do bytes that someone decoded carelessly."""
    check_any(data.decode("utf-8", "surrogateescape"))


PIECES = (*KEYWORDS, *PUNCTUATION, *ATTRIBUTE_NAMES, *ATTRIBUTE_FIELDS, "a", "b-1", "%type", "a_b", "1", "01", '"x"')
MORE_PIECES = (
    "// c\n",
    "/* c */",
    "\r\n",
    "1.0.0",
    "package a:b;",
    "interface i {",
    "world w {",
    "@since(version = 1.0.0)",
)


@given(st.lists(st.sampled_from(PIECES + MORE_PIECES), max_size=40))
def test_any_tokens_are_answered(pieces: list[str]) -> None:
    """No order of tokens raises anything."""
    check_any(" ".join(pieces))


@given(st.integers(0, len(EVERYTHING)), st.integers(0, 40), st.lists(st.sampled_from(PIECES + MORE_PIECES), max_size=2))
def test_any_edit_is_answered(at: int, length: int, pieces: list[str]) -> None:
    """Nor does cutting something out of a good text, or putting something in."""
    check_any(EVERYTHING[:at] + " ".join(pieces) + EVERYTHING[at + length :])


@given(st.integers(0, len(EVERYTHING)))
def test_any_beginning_of_a_text_is_answered(length: int) -> None:
    """A text that is cut off says that it ends too early, unless it ends well."""
    check_any(EVERYTHING[:length])

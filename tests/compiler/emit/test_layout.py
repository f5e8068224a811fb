"""What `layout` prints is the same program, and black, which somebody else wrote, leaves it as it is."""

from __future__ import annotations

import ast
from pathlib import Path

import black
import pytest
from black.mode import Mode
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.checkout import ROOT
from witgen.compiler.emit.layout import LINE_LENGTH, lay_out

GENERATED = sorted(
    path for path in (ROOT / "tests" / "generated").rglob("*.py") if "@generated" in path.read_text()[:99]
)

# `$` is replaced by a name just long enough to bring the line to the width under test, `?` by a short name.
FORMS = {
    "import of several": "from .one import $, other",
    "import of one": "from .one import $",
    "import with an alias": "from .one import $ as other",
    "import that cannot break": "import one.$",
    "function": "def f(self, $: int) -> None: ...",
    "function with docs": 'def f(self, $: int) -> None:\n    """Docs."""',
    "async function": "async def f(self, $: int, /) -> None: ...",
    "star and default": "def f(self, /, *, $: int = 3) -> None: ...",
    "result": "def f() -> $: ...",
    "result that is a pair": "def f() -> tuple[$, other]: ...",
    "result that is a list": "def f() -> list[$]: ...",
    "result that is a union": "def f() -> $ | None: ...",
    "long result after parameters": "def f(self, a: ?, b: ?) -> tuple[$, other]: ...",
    "long list after parameters": "def f(self, a: ?) -> list[$]: ...",
    "long union after parameters": "def f(self, a: ?) -> $ | None: ...",
    "union as a parameter": "def f(self, a: $ | None, b: int | str = 3) -> None: ...",
    "long union as a parameter": "def f(self, a: $ | ? | ? | None = None) -> None: ...",
    "subscript as a parameter": "def f(self, a: dict[$, list[?]]) -> None: ...",
    "callable as a parameter": "def f(self, a: Callable[[$, ?], dict[?, tuple[?, ?]]]) -> None: ...",
    "class": "class A($): ...",
    "class with bases": "class A($, Generic[T]):\n    pass",
    "class with a generic base": "class A(Base[$, other]):\n    pass",
    "decorator": '@deprecated("$")\ndef f() -> None: ...',
    "assignment of a call": 'x = call($, 3, key="value")',
    "assignment of a call of one": "x = call($)",
    "assignment of text": 'x = "$"',
    "assignment of a name": "x = module.$",
    "assignment of a union": "X = $ | None",
    "assignment of a long union": "X = $[int, str] | ?[?, ?, ?] | None",
    "assignment of a subscript": "X = module.Type[$, other]",
    "assignment of a tuple": 'x = ("$", "other")',
    "assignment of a tuple of one": 'x = (call("$", other),)',
    "assignment of a list": "x = [$, other]",
    "assignment of a dict": 'x = {"$": 1, "other": [2]}',
    "nested calls": 'x = call("name", (("a", inner($, ?)), ("b", ?)), inner(one), flag=True)',
    "nested call of one": "x = call(inner($, ?, ?))",
    "annotation": "x: $",
    "annotation of a subscript": "x: dict[$, other]",
    "annotation of a union": "x: $ | None",
    "annotation of a long union": "x: ? | $ | None",
    "annotation and value": "x: Type[$] = call(other, last)",
    "annotation and empty call": "x: dict[$, other] = field()",
    "long annotation and value": "x: rt.Func[[$, ?], dict[?, ?]] = rt.Func($, ?, ?)",
    "union and value": "x: $ | ? = call(one, two)",
    "union and default": "x: $ | None = None",
    "return of a call": "def f() -> None:\n    return self.$(one, two)",
    "return of a call of one": "def f() -> None:\n    return self.$(one)",
    "return of an awaited call": "async def f() -> None:\n    return await self.$(one, two)",
    "call": "def f() -> None:\n    self.$(one, two)",
    "raise": 'def f() -> None:\n    raise NotImplementedError("$")',
    "all in a class": "class A:\n    def f(self, $: int) -> list[$]: ...",
    "assignment to a subscript": "x[$] = call(one, two)",
    "assignment to an attribute": "def f() -> None:\n    self.$ = call(one, two)",
}
"""Every form of statement that templates and planners print."""


def by_black(text: str) -> str:
    """What black, on its defaults, makes of a text."""
    return black.format_str(text, mode=Mode())


def widened(form: str, width: int) -> str:
    """A form whose longest line is `width` columns; less, where a `$` in two places does not come out even."""
    text = form.replace("?", "a_name_of_some_length")
    longest = max(text.split("\n"), key=lambda line: (line.count("$"), len(line)))
    each = (width - len(longest.replace("$", ""))) // max(1, longest.count("$"))
    return text.replace("$", "n" * max(1, each)) + "\n"


@pytest.mark.parametrize("width", [*range(86, 91), 97, 130, 180])
@pytest.mark.parametrize("name", FORMS)
def test_black_changes_nothing(name: str, width: int) -> None:
    """Each form around the limit and far beyond it: the same program, no longer than it must be, and stable."""
    text = widened(FORMS[name], width)
    printed = lay_out(text)
    if printed is None:
        assert width > LINE_LENGTH + 2, "a form that witgen prints is to be known to the printer"
        return
    assert ast.dump(ast.parse(printed)) == ast.dump(ast.parse(text))
    assert by_black(f"{printed}\n") in (printed, f"{printed}\n")


@pytest.mark.slow
@pytest.mark.parametrize("path", GENERATED, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_golden_packages(path: Path) -> None:
    """Whole generated files."""
    text = path.read_text(encoding="utf-8")
    assert by_black(text) == text


_NAMES = st.integers(1, 30).map(lambda length: "n" * length)
_TYPES = st.recursive(
    _NAMES,
    lambda inner: st.one_of(
        st.builds("{}[{}]".format, _NAMES, inner),
        st.builds("{}[{}, {}]".format, _NAMES, inner, inner),
        st.builds("Callable[[{}, {}], {}]".format, inner, inner, inner),
        st.builds("{} | None".format, inner),
    ),
    max_leaves=12,
)
_VALUES = st.recursive(
    st.one_of(_NAMES, _NAMES.map('"{}"'.format)),
    lambda inner: st.one_of(
        st.builds("{}({})".format, _NAMES, inner),
        st.builds("{}({}, {}, key={})".format, _NAMES, inner, inner, inner),
        st.builds("({}, {})".format, inner, inner),
        st.builds("({},)".format, inner),
    ),
    max_leaves=12,
)
_PARAMS = st.lists(st.builds("{}: {}".format, _NAMES, _TYPES), max_size=4).map(", ".join)
_STATEMENTS = st.one_of(
    st.builds("def {}({}) -> {}: ...".format, _NAMES, _PARAMS, _TYPES),
    st.builds("{}: {}".format, _NAMES, _TYPES),
    st.builds("{} = {}".format, _NAMES, _TYPES),
    st.builds("{} = {}".format, _NAMES, _VALUES),
    st.builds("{}: {} = {}".format, _NAMES, _TYPES, _VALUES),
    st.builds("class {}({}, {}): ...".format, _NAMES, _TYPES, _TYPES),
)


@settings(max_examples=100, deadline=None)
@given(_STATEMENTS)
def test_drawn_statements(text: str) -> None:
    """Statements of any nesting, as far as the printer knows them."""
    text = text.replace("(n: ", "(self: ")
    printed = lay_out(f"{text}\n")
    if printed is not None:
        assert ast.dump(ast.parse(printed)) == ast.dump(ast.parse(text))
        assert by_black(printed) == printed


@pytest.mark.parametrize(
    "text",
    [
        "x = [" + "a" * 50 + " for a in " + "b" * 50 + "]",
        "x = " + "a" * 50 + " + " + "b" * 50,
        "x = f(" + "a" * 50 + " if c else " + "b" * 50 + ")",
        "x = f(lambda a, b: " + "a" * 50 + ", " + "b" * 50 + ")",
        "x = f('" + "a" * 50 + "', " + "b" * 50 + ")",
        "x = f(" + "a" * 50 + ", " + "b" * 50 + ")  # comment",
    ],
)
def test_other_statements_are_left_to_black(text: str) -> None:
    """What brackets alone do not say how to lay out."""
    assert lay_out(f"{text}\n") is None


def test_long_strings_and_comments_stay() -> None:
    """Only code is laid out."""
    text = '# {0}\n"""{0}\n\n{0}(a, b)\n"""\nx = """\\\n{0}(a, b)\n"""\n'.format("word " * 30)
    assert lay_out(text) == text

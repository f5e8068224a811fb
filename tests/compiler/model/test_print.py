"""Models printed as WIT: what the text looks like. That it gives the same model is a law (`tests/property`)."""

from __future__ import annotations

import pytest

from tests.wit_text import resolve_text
from witgen.compiler.model.formats.wit import print_wit

TEXT = """\
/// A package.
package %use:%from@1.0.0-rc.1;

/// First line.
///
///   indented
@since(version = 1.0.0-rc.1)
@deprecated(version = 2.0.0)
interface types {
  %list: func();
  resource %record {
    constructor(a: list<u8, 4>);
    %constructor: async func(b: %record) -> borrowed;
    s: static func() -> result<_, string>;
  }
  @external-id("a\\"\\\\\\u{7}é\\u{149}")
  @unstable(feature = %type)
  type borrowed = option<own<%record>>;
}

interface user {
  use types.{%record, borrowed as %enum};
  variant v {
    a(%enum),
    /// The other.
    %world,
  }
  flags none {}
}

world w {
  @since(version = 1.0.0-rc.1)
  import types;
  import label: user;
  export f: func(a: tuple<>, b: map<char, future>);
  export inline: interface {
    use types.{%record};
    f: func(r: borrow<%record>);
  }
}

package d:e {
  interface i {}
}
"""


def test_printed_text() -> None:
    """Every construct once: keywords with `%`, uses joined, resources with their functions, docs, gates, strings."""
    expected = TEXT.replace("option<own<%record>>", "option<%record>")
    assert print_wit(resolve_text(TEXT, "all").resolved) == expected
    assert print_wit(resolve_text(expected, "all").resolved) == expected


@pytest.mark.parametrize(
    "comments",
    [
        "///",
        "///\tx",
        "/// / x",
        "/**\n     a\n     b */",
        "// */",
        "/** a\n\n b */ // c",
        "/***/",
        "/** ** */",
        "///  x\n///\n///\ty",
        "///   x\n///\t\ty",
        "///  x\n///\t y\n///",
    ],
)
def test_docs_are_printed_so_that_they_are_read_again(comments: str) -> None:
    """Comments of all kinds, unusual ones too."""
    model = resolve_text(f"package a:b;\n{comments}\ninterface i {{\n{comments}\nf: func(); }}").resolved
    interface = model.root.interfaces["i"]
    assert interface.docs is not None and interface.functions["f"].docs == interface.docs
    again = resolve_text(print_wit(model)).resolved.root.interfaces["i"]
    assert (again.docs, again.functions["f"].docs) == (interface.docs, interface.docs)

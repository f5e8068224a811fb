"""The tree of `witgen inspect`."""

from __future__ import annotations

from tests.wit_text import resolve_text
from witgen.compiler.model.formats.tree import render_tree

TEXT = (
    "package a:b@1.0.0; interface i { @since(version = 1.0.0) type t = result<_, u8>; }"
    " interface j { resource r { constructor(); @unstable(feature = x) m: func(a: u8); } use i.{t}; }"
    " world w { import j; export f: func(); } world v {}"
)


def test_one_world() -> None:
    """With the interfaces it imports and exports, and nothing else."""
    resolved = resolve_text(TEXT, "all").resolved
    assert render_tree(resolved, resolved.root.worlds["w"]).splitlines() == [
        "world a:b/w@1.0.0",
        "  imports",
        "    a:b/i@1.0.0",
        "    a:b/j@1.0.0",
        "  exports",
        "    f: func()",
        "",
        "interface a:b/i@1.0.0",
        "  type t = result<_, u8>  [since 1.0.0]",
        "",
        "interface a:b/j@1.0.0",
        "  use a:b/i@1.0.0.{t}",
        "  resource r",
        "    constructor()",
        "    m: func(a: u8)  [unstable x]",
    ]


def test_a_long_line_is_wrapped() -> None:
    """One member per line past a hundred columns; otherwise one line for all."""
    cases = ", ".join(f"case-number-{n}" for n in range(9))
    tree = render_tree(resolve_text(f"package a:b; interface i {{ enum e {{ {cases} }} }}").resolved)
    assert "    enum e {\n      case-number-0,\n" in tree
    assert max(map(len, tree.splitlines())) <= 100


def test_docs_show_their_first_line() -> None:
    """Leading blank lines are skipped."""
    tree = render_tree(resolve_text("package a:b;\n///\n/// First.\n/// Second.\ninterface i {}").resolved)
    assert "  /// First.\n  interface i\n" in tree and "Second" not in tree

"""The world that `--world` names."""

from __future__ import annotations

import pytest

from tests.wit_text import resolve_text
from witgen.compiler.diagnostics import Diagnostics, WitError
from witgen.compiler.model.resolve.select import select_world

TEXT = (
    "package a:b@1.0.0; world one {} world %type {}"
    " package c:d@1.0.0 { world w {} } package c:d@2.0.0-rc.1+x { world w {} world only {} }"
    " package e:f { world w {} } package e:f@1.0.0 { world w {} }"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one", "a:b/one@1.0.0"),
        ("%type", "a:b/type@1.0.0"),
        ("type", "a:b/type@1.0.0"),
        ("a:b/one", "a:b/one@1.0.0"),
        ("%a:%b/%one@1.0.0", "a:b/one@1.0.0"),
        ("c:d/w@2.0.0-rc.1+x", "c:d/w@2.0.0-rc.1+x"),
        ("c:d/only", "c:d/only@2.0.0-rc.1+x"),
        ("e:f/w", "e:f/w"),
        ("e:f/w@1.0.0", "e:f/w@1.0.0"),
    ],
)
def test_names_of_worlds(text: str, expected: str) -> None:
    """Bare in the root package, in full anywhere; a version may be left out where that is clear."""
    assert select_world(resolve_text(TEXT).resolved, text, Diagnostics()).id == expected


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        (None, "ambiguous-world", "`one`, `type`"),
        ("on", "unknown-world", "did you mean `one`?"),
        ("w", "unknown-world", "of that name there is `c:d/w@1.0.0`"),
        ("c:d/w", "ambiguous-world", "`c:d/w@1.0.0`, `c:d/w@2.0.0-rc.1+x`"),
        ("c:d/w@3.0.0", "unknown-world", "that package has `c:d/w@1.0.0`"),
        ("c:d/w@nonsense", "unknown-world", "that package has `c:d/w@1.0.0`"),
        ("x:y/z", "unknown-world", "the worlds are `a:b/one@1.0.0`"),
        ("a:b/one@1.0.1", "unknown-world", "did you mean `a:b/one@1.0.0`?"),
        ("", "unknown-world", "has no world ``"),
        ("a:b", "unknown-world", "its worlds are `one`, `type`"),
    ],
)
def test_what_cannot_be_selected(text: str | None, code: str, said: str) -> None:
    """One finding that lists what there is."""
    diagnostics = Diagnostics()
    with pytest.raises(WitError) as refused:
        select_world(resolve_text(TEXT).resolved, text, diagnostics)
    (finding,) = refused.value.diagnostics
    assert finding.code.slug == code
    assert said in "\n".join((finding.message, *finding.notes, *finding.help))


def test_without_a_name() -> None:
    """The only world of the root package; a package without worlds says so."""
    assert select_world(resolve_text("package a:b; world w {}").resolved, None, Diagnostics()).name == "w"
    with pytest.raises(WitError, match="has no world"):
        select_world(resolve_text("package a:b; package c:d { world w {} }").resolved, None, Diagnostics())


GATED = "package a:b; @unstable(feature = beta) world w {} @unstable(feature = gamma) world v {} package c:d@1.0.0 { @unstable(feature = beta) world w {} world there {} }"  # fmt: skip


@pytest.mark.parametrize(
    ("text", "world", "feature"),
    [("w", "a:b/w", "beta"), ("a:b/w", "a:b/w", "beta"), ("%v", "a:b/v", "gamma"), (None, "a:b/w", "beta"),
     ("c:d/w", "c:d/w@1.0.0", "beta"), ("c:d/w@1.0.0", "c:d/w@1.0.0", "beta")],
)  # fmt: skip
def test_a_world_behind_a_gate(text: str | None, world: str, feature: str) -> None:
    """It is there with its feature, and the error says which, however it is named."""
    diagnostics = Diagnostics()
    with pytest.raises(WitError):
        select_world(resolve_text(GATED).resolved, text, diagnostics)
    first = diagnostics.found[0]
    assert first.message == (
        f"world `{world}` is left out: it is behind `@unstable(feature = {feature})`, and the feature is off"
    )
    assert first.help == (f"enable it with `--features {feature}`",)
    if text is not None:
        assert (
            select_world(resolve_text(GATED, features=frozenset({feature})).resolved, text, Diagnostics()).id == world
        )

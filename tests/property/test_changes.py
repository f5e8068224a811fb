"""What `witgen diff` says and what `witgen.component.fit` finds are one thing; drawn packages, and a text that differs a little."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Sequence

from hypothesis import assume, event, given
from hypothesis import strategies as st

from tests.property.strategies import resolved
from tests.wit_text import resolve_text
from witgen.compiler.changes import Change, Kind, Party, diff_packages, diff_worlds
from witgen.compiler.changes.component import component_of
from witgen.compiler.changes.hints import CalledNow
from witgen.compiler.diagnostics import WitError
from witgen.compiler.load.binaries import read_file
from witgen.compiler.report.changes import old_and_new
from witgen.compiler.trial.stub import stub_component
from witgen.component.binary import component_world
from witgen.component.fit import compare
from witgen.component.fit.steps import DEFINITIONS, Step, StepKind
from witgen.component.items import Package, World

_TEXTS = resolved().map(lambda drawn: drawn.text)
_SEEDS = st.integers(0, 2**32)
_ATTEMPTS = 10
_PRIMITIVES = ("u8", "u32", "s64", "bool", "string", "char")
_VERSIONS = ("", "@0.0.3", "@0.2.1", "@0.2.9", "@1.2.3", "@1.4.0", "@2.0.0", "@1.0.0-rc.1")
_OTHER = {Party.HOSTS: Party.GUESTS, Party.GUESTS: Party.HOSTS}
_BACK = {Kind.ADDED: Kind.REMOVED, Kind.REMOVED: Kind.ADDED}


def damaged(text: str, source: random.Random) -> str:
    """The text with a line left out, moved or written with another word, or with other versions."""
    lines = text.split("\n")
    at = source.randrange(len(lines))
    match source.choice(("drop", "drop", "move", "word", "word", "name", "verb", "type", "version", "more")):
        case "drop":
            del lines[at]
        case "move":
            lines[at : at + 2] = reversed(lines[at : at + 2])
        case "word":
            lines[at] = re.sub(r"[a-z]+(?=:|\()", "zz", lines[at], count=1)
        case "name":
            names = re.findall(r"^  (?:record|variant|enum|flags|type) ([a-z]+)\b", text, re.MULTILINE)
            if names:
                return re.sub(rf"(?<![\w%-]){source.choice(names)}(?![\w-])", "zz", text)
        case "verb":
            lines[at] = (
                lines[at].replace("import", "export")
                if source.random() < 0.5
                else lines[at].replace("export", "import")
            )
        case "type":
            lines[at] = re.sub("|".join(_PRIMITIVES), source.choice(_PRIMITIVES), lines[at], count=1)
        case "version":
            found = re.findall(r"@\d+\.\d+\.\d+[-.+\w]*", text)
            if found:
                return text.replace(source.choice(found), source.choice(_VERSIONS))
        case _:
            opened = [number for number, line in enumerate(lines) if re.match("(interface|world) .*{$", line)]
            if opened:
                at = source.choice(opened)
                verb = source.choice(("import ", "export ")) if lines[at].startswith("world") else ""
                lines.insert(at + 1, f"  {verb}qq: func(a: u8) -> u8;")
    return "\n".join(lines)


def other_version(text: str, source: random.Random) -> Package:
    """A package whose text differs by one to three changes; texts that are no WIT any more are passed over."""
    package = None
    for _ in range(source.randint(1, 3)):
        for _ in range(_ATTEMPTS):
            changed = damaged(text, source)
            try:
                package = resolve_text(changed, "all").resolved.root
            except WitError:
                continue
            text = changed
            break
    assume(package is not None)
    assert package is not None
    return package


def broken(changes: Iterable[Change]) -> set[Party]:
    """Whom any of the changes breaks."""
    return {party for change in changes for party in change.breaks}


def facts(changes: Sequence[Change], back: bool = False) -> list[tuple[object, ...]]:
    """Places, kinds, whom it breaks and both texts; `back` tells it the other way round."""
    found: list[tuple[object, ...]] = []
    for change in changes:
        place, kind, breaks, texts = change.place, change.kind, change.breaks, old_and_new(change)
        if kind is Kind.RENAMED:
            place = place[:-1]  # a renamed type has its old name there
        for hint in change.hints:
            if isinstance(hint, CalledNow):  # so has a definition that has a different body as well
                names = " or ".join(sorted((hint.old, hint.new)))
                place = tuple(
                    Step(step.kind, names) if step.kind in DEFINITIONS and step.name == hint.old else step
                    for step in place
                )
        if len(place) == 1 and place[0].kind in (StepKind.INTERFACE, StepKind.WORLD) and kind in _BACK:
            breaks = frozenset[Party]()  # what a package no longer has breaks both, what it has now, none
        if back:
            kind, breaks, texts = _BACK.get(kind, kind), frozenset(_OTHER[party] for party in breaks), texts[::-1]
        found.append((place, kind.value, sorted(party.value for party in breaks), *(text or "" for text in texts)))
    return sorted(found, key=repr)


def read(text: str) -> Package:
    """The package that was drawn; worlds that cannot be completed are drawn again."""
    try:
        return resolve_text(text, "all").resolved.root
    except WitError:
        assume(False)
        raise


def built(world: World) -> World:
    """The world of a component that was built for one: of its stub."""
    return component_world(read_file("stub.wat", stub_component(world).encode()))


@given(_TEXTS, _SEEDS)
def test_worlds(text: str, seed: int) -> None:
    """Guests break exactly if a component of the old world does not fit the new one, hosts the other way round."""
    old = read(text)
    new = other_version(text, random.Random(seed))
    for name in old.worlds.keys() & new.worlds.keys():
        left, right = old.worlds[name], new.worlds[name]
        changes = diff_worlds(left, right)
        expected = {
            party
            for party, one, other in ((Party.GUESTS, left, right), (Party.HOSTS, right, left))
            if compare(built(one), other, strict=True).differences
        }
        event(f"breaks {sorted(party.value for party in expected)}")
        assert broken(changes) == expected, changes
        assert diff_worlds(left, left) == []
        assert facts(diff_worlds(right, left), back=True) == facts(changes)


@given(_TEXTS, _SEEDS)
def test_packages(text: str, seed: int) -> None:
    """What does not fit in any world is broken in the package, too, and told the same way from both sides."""
    old = read(text)
    new = other_version(text, random.Random(seed))
    changes = diff_packages(old, new)
    told = broken(changes)
    for name in old.worlds.keys() & new.worlds.keys():
        left, right = old.worlds[name], new.worlds[name]
        assert not compare(component_of(left), right, strict=True).differences or Party.GUESTS in told
        assert not compare(component_of(right), left, strict=True).differences or Party.HOSTS in told
    event(f"breaks {sorted(party.value for party in told)}")
    assert diff_packages(old, old) == []
    assert facts(diff_packages(new, old), back=True) == facts(changes)

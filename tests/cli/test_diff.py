"""`witgen diff`: what it prints and its exit status, for each kind of change; mixed inputs; versions."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import cast

import pytest

from tests import golden
from tests.cases import read_group
from tests.checkout import ROOT
from tests.wit_text import world_of
from witgen import api
from witgen.cli import main
from witgen.compiler.changes import Bump, Kind, Party, Versions
from witgen.compiler.changes.hints import CalledNow
from witgen.compiler.changes.versions import next_version
from witgen.compiler.report.changes import change_sentence
from witgen.compiler.trial.stub import stub_component
from witgen.component.semver import Version
from witgen.component.words import path_text

ENCODED = golden.GOLDEN / "encoded"
CASES = read_group("diff")
OLD = (golden.GOLDEN / "diff" / "old.wit").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder to work in, with the old package."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "old.wit").write_text(OLD)
    return tmp_path


@pytest.mark.parametrize("name", CASES)
def test_golden_cases(name: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is printed, and the exit status: that of the side that is asked for."""
    case = CASES[name]
    case.put(folder)
    case.check(capsys)
    assert case.breaks is not None
    main(["diff", "old.wit", "new.wit"])
    lines = capsys.readouterr().out.splitlines()
    for side in ("host", "guest"):
        assert main(["diff", "old.wit", "new.wit", "--for", side]) == (1 if f"{side}s" in case.breaks else 0)
        assert set(lines) <= set(capsys.readouterr().out.splitlines())
    assert main(["diff", "new.wit", "new.wit"]) == 0
    assert capsys.readouterr().out == "no changes from `new.wit` to `new.wit`\n"


# One world, and what is no WIT text -----------------------------------------------------------------------------------


def component(text: str, world: str = "app") -> str:
    """A component of a world, as text."""
    return stub_component(world_of(text, world))


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.stubs])
def test_components_and_worlds(name: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A world against a world, a component against a component, and one of each kind: the same breaks."""
    CASES[name].put(folder)
    main(["diff", "old.wit", "new.wit", "--world", "app", "--json"])
    worlds = breaking(capsys.readouterr().out)
    for old, new in (("old.wat", "new.wat"), ("old.wit", "new.wat"), ("old.wat", "new.wit")):
        words = ["diff", old, new, *([] if old == "old.wat" and new == "new.wat" else ["--world", "app"])]
        assert main([*words, "--json"]) == (1 if worlds else 0)
        # What is in no import or export is not in a component, nor is the package's own version.
        assert breaking(capsys.readouterr().out) == worlds, (old, new)


def breaking(document: str) -> list[tuple[list[str], list[str]]]:
    """The places of what breaks, and whom."""
    found = cast("dict[str, list[dict[str, list[str]]]]", json.loads(document))
    return [(change["place"], change["breaks"]) for change in found["changes"] if change["breaks"]]


@pytest.mark.parametrize("path", sorted(ENCODED.glob("*.wasm")), ids=lambda path: path.stem)
def test_encoded_packages(path: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Are packages: what they are as text, they are as binaries."""
    assert main(["inspect", str(path), "--wit"]) == 0
    (folder / "same.wit").write_text(capsys.readouterr().out)
    assert main(["diff", str(path), "same.wit", "--all-features"]) == 0
    assert capsys.readouterr().out == f"no changes from `{path}` to `same.wit`\n"


def test_an_encoded_package_has_no_lines(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What was removed from it has no position, what was added in the text has one."""
    shutil.copy(ENCODED / "maps.wasm", folder / "old.wasm")
    main(["inspect", "old.wasm", "--wit"])
    text = capsys.readouterr().out
    (folder / "new.wit").write_text(
        re.sub(r"^  (\w[\w-]*): func", r"  \1-too: func", text, count=1, flags=re.MULTILINE)
    )
    assert main(["diff", "old.wasm", "new.wit", "--error-format", "github"]) == 1
    removed, added, *_ = capsys.readouterr().out.splitlines()
    assert added.startswith("::error file=new.wit,line=") and " was added%0A" in added
    assert (
        removed.startswith("::error title=witgen%3A api-change::old.wasm: interface ") and " was removed%0A" in removed
    )


def test_two_components_have_their_own_worlds(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And no others."""
    (folder / "old.wat").write_text(component(OLD))
    for world, status in (("root", 0), ("root:component/root", 0), ("app", 1)):
        assert main(["diff", "old.wat", "old.wat", "--world", world]) == status
    assert "error[unknown-world]: a component has the world `root`, and no world `app`" in capsys.readouterr().err


# How it is told -------------------------------------------------------------------------------------------------------


def test_formats_of_diagnostics(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One finding for each change, errors and warnings, with the lines."""
    CASES["several"].put(folder)
    assert main(["diff", "old.wit", "new.wit", "--error-format", "sarif"]) == 1
    log = cast("dict[str, list[dict[str, list[dict[str, object]]]]]", json.loads(capsys.readouterr().out))
    results = log["runs"][0]["results"]
    assert main(["diff", "old.wit", "new.wit", "--error-format", "json"]) == 1
    document = cast("dict[str, list[dict[str, object]]]", json.loads(capsys.readouterr().out))
    assert len(document["diagnostics"]) == len(results)
    places = {
        str(found["message"]): (found["severity"], found["file"], found["line"]) for found in document["diagnostics"]
    }
    assert places["interface `demo:app/log`, function `flush` was removed"] == ("error", "old.wit", 13)
    assert places["interface `demo:app/log`, function `size` was added"] == ("error", "new.wit", 12)
    assert places["interface `demo:app/types`, record `point`, field `y` has a different type"] == (
        "error",
        "new.wit",
        4,
    )
    assert places["interface `demo:app/types` has different docs"] == ("warning", "new.wit", 3)
    assert places["package `demo:app` has a different version"] == ("warning", "new.wit", 1)
    assert places["world `app`, export `start` was added"] == ("error", "new.wit", 31)


def test_roles_are_those_in_worlds(folder: Path) -> None:
    """An interface that is only exported is no import because one that is in no world needs it."""
    text = """package a:b;
    interface shapes { record point { x: u8 } area: func() -> u32; }
    interface spare { use shapes.{point}; f: func(p: point); }
    world w { export shapes; }
    """
    (folder / "old.wit").write_text(text)
    (folder / "new.wit").write_text(text.replace("area:", "size: func(); area:"))
    (change,) = api.diff("old.wit", "new.wit").changes
    assert (path_text(change.place), change.breaks) == (
        "interface a:b/shapes, function `size`",
        frozenset({Party.GUESTS}),
    )


def told(old: str, new: str) -> list[tuple[str, set[Party], Bump]]:
    """The changes between two texts that break something: the path, whom, and the version it asks for."""
    Path("old.wit").write_text(f"package a:b@1.0.0;\n{old}")
    Path("new.wit").write_text(f"package a:b@1.0.0;\n{new}")
    changes = api.diff("old.wit", "new.wit").changes
    return [(change_sentence(change), set(change.breaks), change.bump) for change in changes if change.breaks]


def test_worlds_of_one_side_give_no_roles() -> None:
    """Nothing was built for a world that is new, and that one is gone says all there is to say of it."""
    old, new = "interface i { f: func(); } ", "interface i { f: func(); g: func(); } "
    imports, exports = "world a { import i; } ", "world b { export i; } "
    added = ("interface `a:b/i`, function `g` was added", {Party.HOSTS}, Bump.MINOR)
    assert told(old + imports, new + imports + exports) == [added]
    assert told(old + imports, new + "world a { import i; export i; }") == [
        added,
        ("world `a`, export `a:b/i` was added", {Party.GUESTS}, Bump.MAJOR),
    ]
    assert told(old + imports + exports, new + imports) == [
        added,
        ("world `b` was removed", {Party.HOSTS, Party.GUESTS}, Bump.MAJOR),
    ]
    # What is in a new world only is what it is there.
    assert told(old, new + imports) == [added]


BODIES = [
    ("record", "x: u8", "x: u8, y: u8", "record `p` has different fields"),
    ("record", "x: u8", "x: u16", "record `p`, field `x` has a different type"),
    ("variant", "x(u8)", "x(u16)", "variant `p`, case `x` has a different payload"),
    ("enum", "x", "x, y", "enum `p` has different cases"),
    ("flags", "x", "x, y", "flags `p` has different flags"),
]


@pytest.mark.parametrize(("word", "old", "new", "said"), BODIES, ids=[said for *_, said in BODIES])
@pytest.mark.parametrize("verb", ["import", "export"])
def test_another_name_and_another_body_are_one_change(word: str, old: str, new: str, said: str, verb: str) -> None:
    """Which breaks both; between components, too, which have no types that nothing uses."""
    text = "interface i { %s { %s } f: func(a: p) -> list<p>; }\nworld w { " + verb + " i; }"
    before, after = text % (f"{word} p", old), (text % (f"{word} q", new)).replace("<p>", "<q>").replace("a: p", "a: q")
    one = (f"interface `a:b/i`, {said}", {Party.HOSTS, Party.GUESTS}, Bump.MAJOR)
    assert told(before, after) == [one]
    (change,) = api.diff("old.wit", "new.wit").changes
    assert change.hints == (CalledNow("p", "q"),)
    for side in ("old", "new"):
        Path(f"{side}.wat").write_text(component(Path(f"{side}.wit").read_text(), "w"))
    assert api.diff("old.wat", "new.wat").changes == (change,)


def test_a_function_that_takes_another_type() -> None:
    """Is told itself, whether the type is new, goes, or both sides have the two."""
    text = "interface i { %s f: func(a: %s); g: func(a: %s); }\nworld w { import i; }"
    p, q = "record p { x: u8 }", "record q { x: u16 }"
    one = (
        "interface `a:b/i`, function `f`, parameter 1 `a` has a different type",
        {Party.HOSTS, Party.GUESTS},
        Bump.MAJOR,
    )
    assert told(text % (p, "p", "p"), text % (p + q, "q", "p")) == [one]
    assert told(text % (p + q, "p", "q"), text % (q, "q", "q")) == [one]
    assert told(text % (p + q, "p", "p"), text % (p + q, "q", "p")) == [one]


def test_warnings_about_the_input(capsys: pytest.CaptureFixture[str]) -> None:
    """Beside the result, or in the one log; those of a file that is both, once."""
    assert main(["diff", "old.wit", "old.wit", "--features", "none"]) == 0
    shown = capsys.readouterr()
    assert shown.out == "no changes from `old.wit` to `old.wit`\n" and shown.err.count("warning[unknown-feature]") == 1
    assert main(["diff", "old.wit", "old.wit", "--features", "none", "--error-format", "json"]) == 0
    shown = capsys.readouterr()
    assert shown.err == "" and shown.out.count('"unknown-feature"') == 1


def test_a_feature_that_one_side_knows(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Is no mistake; one that none knows is told once, with what the new side has."""
    (folder / "new.wit").write_text(OLD.replace("  flush:", "  @unstable(feature = more)\n  size: func();\n  flush:"))
    for old, new in (("old.wit", "new.wit"), ("new.wit", "old.wit")):
        assert main(["diff", old, new, "--features", "more"]) == 1
        shown = capsys.readouterr()
        assert shown.err == "" and "function `size` was" in shown.out
    assert main(["diff", "old.wit", "new.wit", "--features", "mroe"]) == 0
    shown = capsys.readouterr()
    assert shown.err.count("warning") == 1 and "did you mean `more`?" in shown.err


def test_a_type_that_is_renamed_where_it_is_used() -> None:
    """Is renamed in each interface that uses it, and neither removed nor added."""
    text = "interface t { record p { x: u8 } } interface u { use t.{p}; f: func(a: p); }"
    assert told(text, text.replace("record p", "record q").replace("{p}", "{q}").replace("a: p", "a: q")) == []
    changes = api.diff("old.wit", "new.wit").changes
    said = "type `p` is now called `q`"
    assert list(map(change_sentence, changes)) == [f"interface `a:b/{name}`, {said}" for name in "tu"]


@pytest.mark.slow
def test_many_changes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Thousands of them are told, each once."""
    functions = [f"  call{number}: func(a: u8);" for number in range(3000)]
    text = "package a:b;\ninterface i {\n%s\n}\n"
    (folder / "old.wit").write_text(text % "\n".join(functions))
    (folder / "new.wit").write_text((text % "\n".join(functions)).replace("u8", "u16"))
    assert main(["diff", "old.wit", "new.wit"]) == 1
    out = capsys.readouterr().out
    assert out.count("has a different type") == 3000 and "\n3000 changes from" in out


# Versions -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "major", "minor", "patch"),
    [
        ("1.2.3", "2.0.0", "1.3.0", "1.2.4"),
        ("1.2.3+build.7", "2.0.0", "1.3.0", "1.2.4"),
        ("0.2.8", "0.3.0", "0.2.9", "0.2.9"),
        ("0.0.4", "0.0.5", "0.0.5", "0.0.5"),
    ],
)
def test_the_version_that_a_change_asks_for(version: str, major: str, minor: str, patch: str) -> None:
    """As the linker takes versions: the first number that is not zero tells what does not link."""
    asked = [str(next_version(parsed(version), bump)) for bump in (Bump.MAJOR, Bump.MINOR, Bump.PATCH)]
    assert asked == [major, minor, patch]
    assert next_version(parsed(version), Bump.NONE) == parsed(version)


@pytest.mark.parametrize(
    ("old", "new", "bump", "enough", "said"),
    [
        ("1.2.3", "1.2.3", Bump.NONE, True, Bump.NONE),
        ("1.2.3", "1.2.3", Bump.PATCH, False, Bump.NONE),
        ("1.2.3", "1.2.4", Bump.PATCH, True, Bump.PATCH),
        ("1.2.3", "1.2.4", Bump.MINOR, False, Bump.PATCH),
        ("1.2.3", "1.3.0", Bump.MINOR, True, Bump.MINOR),
        ("1.2.3", "1.9.9", Bump.MAJOR, False, Bump.MINOR),
        ("1.2.3", "2.0.0", Bump.MAJOR, True, Bump.MAJOR),
        ("1.2.3", "2.0.0-rc.1", Bump.MAJOR, True, Bump.MAJOR),
        ("1.2.3", "1.2.2", Bump.NONE, False, None),
        ("0.2.8", "0.2.9", Bump.MAJOR, False, Bump.PATCH),
        ("0.2.8", "0.3.0", Bump.MAJOR, True, Bump.MAJOR),
        ("0.0.4", "0.0.5", Bump.MAJOR, True, Bump.MAJOR),
        ("1.0.0-rc.1", "1.0.0-rc.1", Bump.MINOR, False, None),
        ("1.0.0-rc.1", "1.0.0-rc.2", Bump.MAJOR, True, None),
        ("1.0.0-rc.1", "1.0.0", Bump.MAJOR, True, None),
        ("", "1.0.0", Bump.MAJOR, None, None),
        ("1.0.0", "", Bump.MAJOR, None, None),
    ],
)
def test_whether_a_version_is_enough(old: str, new: str, bump: Bump, enough: bool | None, said: Bump | None) -> None:
    """Against what the changes ask for."""
    versions = Versions(Version.parse(old), Version.parse(new), bump)
    assert (versions.is_enough, versions.said) == (enough, said)


def parsed(text: str) -> Version:
    """A version that is one."""
    version = Version.parse(text)
    assert version is not None
    return version


def test_two_patch_versions_of_a_package(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Which toolchains bring together: they link, so what differs in one has one place on both sides."""
    one = "package c:d@0.2.8 { interface i { f: func(a: u8); } interface j { g: func(); } }\n"
    text = "package a:b;\nworld w { import c:d/i@V; export c:d/j@0.2.8; }\n"
    (folder / "old.wit").write_text(text.replace("V", "0.2.8") + one)
    two = one.replace("u8", "u16")
    (folder / "new.wit").write_text(text.replace("V", "0.2.9") + two + two.replace("0.2.8", "0.2.9"))
    assert main(["diff", "old.wit", "new.wit", "--world", "w", "--json"]) == 1
    assert breaking(capsys.readouterr().out) == [
        (["interface c:d/i", "function `f`", "parameter 1 `a`"], ["hosts", "guests"])
    ]


# Inputs that are at fault ---------------------------------------------------------------------------------------------


def test_what_is_wrong_with_both_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In one run; what is wrong with the same file, once."""
    (folder / "bad.wit").write_text("package a:b;\ninterface i { f: func(a: nothing); }\n")
    (folder / "bad.wasm").write_bytes(b"\0asm\x01\0\0\0")
    assert main(["diff", "bad.wit", "bad.wasm"]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert [line[: line.index("]")] for line in shown.err.splitlines() if line.startswith("error")] == [
        "error[unknown-name",
        "error[not-a-component",
    ]
    for words, codes in (
        (["bad.wit", "bad.wit"], ["unknown-name"]),
        (["no.wit", "none.wit"], ["no-such-path", "no-such-path"]),
        (["old.wit", "no.wit"], ["no-such-path"]),
        (["old.wit", "old.wit", "--world", "none"], ["unknown-world"]),
    ):
        assert main(["diff", *words]) == 1
        assert re.findall(r"^error\[([\w-]+)", capsys.readouterr().err, re.MULTILINE) == codes, words


def test_a_component_and_several_worlds(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It must be said which."""
    (folder / "app.wat").write_text(component(OLD))
    assert main(["diff", "app.wat", "old.wit"]) == 1
    assert "choose one, such as `--world app`" in capsys.readouterr().err


def test_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    """One input, a side that is none."""
    assert main(["diff", "old.wit"]) == 2
    assert main(["diff", "old.wit", "old.wit", "--for", "me"]) == 2
    capsys.readouterr()
    assert main(["diff", "--help"]) == 0
    assert "git worktree" in capsys.readouterr().out


# The project's own WIT ------------------------------------------------------------------------------------------------


def test_wasi(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A changed copy of WASI's HTTP with all its dependencies."""
    shutil.copytree(ROOT / "wit", folder / "wit")
    assert main(["diff", str(ROOT / "wit"), "wit"]) == 0
    assert capsys.readouterr().out.startswith("no changes from ")
    for name, before, after in (
        ("types.wit", "  variant scheme {\n    HTTP,\n", "  variant scheme {\n    HTTP,\n    H2,\n"),
        ("proxy.wit", "  import wasi:cli/stdin@0.2.8;\n", "  import wasi:cli/environment@0.2.8;\n"),
        ("handler.wit", "response-out: response-outparam);", "response-out: response-outparam) -> result;"),
    ):
        text = (folder / "wit" / name).read_text()
        assert before in text
        (folder / "wit" / name).write_text(text.replace(before, after))
    for path in (folder / "wit" / "deps").rglob("*.wit"):
        text = path.read_text()
        path.write_text(text.replace("  check-write: func", "  check-writes: func"))
    assert main(["diff", str(ROOT / "wit"), "wit"]) == 1
    golden.check(golden.GOLDEN / "diff-wasi.txt", capsys.readouterr().out.replace(str(ROOT / "wit"), "ROOT/wit"))


def test_from_python(folder: Path) -> None:
    """The same for tool builders."""
    CASES["field-retyped"].put(folder)
    found = api.diff("old.wit", "new.wit", side=api.Side.HOST)
    assert found.breaks and [path_text(change.place) for change in found.changes] == [
        "interface demo:app/types, record `point`, field `y`"
    ]


def test_the_guide(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What `docs/diff.md` shows is what happens."""
    text = (ROOT / "docs" / "diff.md").read_text()
    files = cast("list[tuple[str, str]]", re.findall(r"^```wit (\S+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))
    for name, body in files:
        (folder / name).write_text(body)
    (shown,) = re.findall(r"^```console\n\$ witgen (.*?)^```$", text, re.MULTILINE | re.DOTALL)
    command, _, output = str(shown).partition("\n")
    assert main(command.split()) == 1
    assert capsys.readouterr().out == output
    assert main([*command.split(), "--json"]) == 1
    document = cast("dict[str, object]", json.loads(capsys.readouterr().out))
    fields = {name for row in re.findall(r"^\| (`.*?) \|", text, re.MULTILINE) for name in re.findall("`(\\w+)`", row)}
    assert set(document) <= fields


def test_all_kinds_are_in_the_guide() -> None:
    """Of changes, and all fields of one."""
    text = (ROOT / "docs" / "diff.md").read_text()
    assert all(f"`{kind.value}`" in text for kind in Kind)
    document = json.loads((golden.GOLDEN / "diff" / "several" / "app.json").read_text(encoding="utf-8"))
    change = cast("list[dict[str, object]]", document["changes"])[0]
    assert all(f"`{field}`" in text for field in change)

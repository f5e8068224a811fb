"""The options of the guest package: on the command line, in the API, in headers and stamps."""

from __future__ import annotations

from pathlib import Path

import pytest

from witgen import api
from witgen.api import GuestOptions, Request, Side
from witgen.cli import main
from witgen.compiler.bindings.guest_options import kebab, read_names

WIT = """
package demo:app@1.0.0;

interface random {
  resource source { constructor(seed: u64); next: func() -> u64; }
}
interface clock { now: func() -> u64; }
world app { import clock; import plain: interface { type t = u8; record r { t: t } } export random; export clock; }
"""
RANDOM = "demo:app/random@1.0.0"
CLOCK = "demo:app/clock@1.0.0"


@pytest.fixture
def wit(tmp_path: Path) -> str:
    """The path of the WIT."""
    path = tmp_path / "app.wit"
    path.write_text(WIT, encoding="utf-8")
    return str(path)


def modules(out: Path) -> set[str]:
    """The modules of interfaces below a guest folder."""
    paths = {path.relative_to(out / "guest") for path in (out / "guest").rglob("*.py")}
    return {path.as_posix() for path in paths if "imports" in path.parts or "exports" in path.parts}


@pytest.mark.parametrize(
    ("written", "spelled"),
    [
        ("fooBar", "foo-bar"),
        ("foo-Bar", "foo-bar"),
        ("HTTPServer", "http-server"),
        ("v2Beta", "v2-beta"),
        ("a1B2", "a1-b2"),
        ("foo_bar", "foo-bar"),
        ("fooBAR-baz", "foo-bar-baz"),
        ("FOO", "foo"),
        ("aB-Cd", "a-b-cd"),
        ("sdk.bind", "sdk-bind"),
    ],
)
def test_names_are_split_as_componentize_py_splits_them(written: str, spelled: str) -> None:
    """Humps, dashes, underscores and dots part words."""
    assert kebab(written) == spelled


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--world-module", "my-api"], "`my-api` cannot be the name of a Python module"),
        (["--world-module", "a..b"], "`a..b` cannot be the name of a Python module"),
        (["--world-module", "class"], "`class` cannot be the name of a Python module"),
        (["--world-module", "poll_loop"], "`poll_loop` is a module beside the world's"),
        (["--import-interface-name", CLOCK], "is not of the form `ns:pkg/interface@1.0.0=name`"),
        (["--export-interface-name", f"{CLOCK}="], "an interface gets a name of letters, digits and dashes"),
        (["--export-interface-name", f"{CLOCK}=../x"], "an interface gets a name of letters, digits and dashes"),
        (["--guest-layout", "other"], "Invalid value for '--guest-layout'"),
        (["--side", "host", "--full-names"], "--full-names applies to the guest package"),
    ],
)
def test_wrong_values_are_wrong_usage(
    wit: str, options: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, and nothing is written."""
    assert main([wit, "--out", str(tmp_path / "out"), *options]) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_names_move_modules_and_classes(wit: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A name for each side; an inline interface has a plain one; the warning that asked for the name is gone."""
    options = ["--import-interface-name", f"{CLOCK}=wallClock", "--export-interface-name", f"{RANDOM}=dice"]
    options += ["--import-interface-name", "plain=fancy"]
    assert main([wit, "--side", "guest", "--out", str(tmp_path / "out"), *options]) == 0
    assert capsys.readouterr().err == ""
    found = modules(tmp_path / "out")
    assert {"wit_world/imports/wall_clock.py", "wit_world/imports/fancy.py", "wit_world/exports/dice.py"} <= found
    protocols = (tmp_path / "out" / "guest" / "wit_world" / "exports" / "__init__.py").read_text(encoding="utf-8")
    assert "class Clock(Protocol):" in protocols
    assert main([wit, "--side", "guest", "--out", str(tmp_path / "plain")]) == 0
    assert f"--export-interface-name '{RANDOM}=another-name'" in capsys.readouterr().err


def test_the_header_says_how_to_run_again(wit: str, tmp_path: Path) -> None:
    """The guest's options stand in its own files only, sorted and quoted for a shell."""
    guest = GuestOptions("api", True, read_names([f"{CLOCK}=b"]), read_names([f"{RANDOM}=x", f"{RANDOM}=dice"]))
    api.generate(Request(wit, out=tmp_path / "out", guest=guest))
    command = (
        "witgen <WIT> --world demo:app/app@1.0.0 --world-module api --full-names"
        f" --import-interface-name {CLOCK}=b --export-interface-name {RANDOM}=dice\n"
    )
    texts = [p.read_text(encoding="utf-8") for p in (tmp_path / "out" / "guest").rglob("*.py")]
    assert texts
    assert all(command in text for text in texts)
    for path in (tmp_path / "out" / "host" / "app").rglob("*.py"):
        assert "witgen <WIT> --world demo:app/app@1.0.0\n" in path.read_text(encoding="utf-8")


def test_other_options_are_another_output(wit: str, tmp_path: Path) -> None:
    """An up-to-date run is one with the same options; `--check` sees the difference; the host does not change."""
    plain = Request(wit, out=tmp_path)
    full = Request(wit, out=tmp_path, guest=GuestOptions(full_names=True))
    api.generate(plain)
    host = (tmp_path / "host" / "app" / "__init__.py").read_bytes()
    assert api.generate(plain).written is None
    assert api.check(full).differences
    written = api.generate(full).written
    assert written is not None
    assert "wit_world/exports/demo_app_random_1_0_0.py" in modules(tmp_path)
    assert "wit_world/exports/random.py" not in modules(tmp_path)
    assert (tmp_path / "host" / "app" / "__init__.py").read_bytes() == host
    assert api.generate(full).written is None
    assert Request(wit, side=Side.HOST, guest=full.guest).options() == Request(wit, side=Side.HOST).options()


def test_a_dotted_world_module_is_a_folder_in_a_folder(wit: str, tmp_path: Path) -> None:
    """`a.b` is `a/b/`; what lies beside it in `a/` is not touched and not judged."""
    options = GuestOptions(world_module="sdk.bind")
    (tmp_path / "guest" / "sdk").mkdir(parents=True)
    helper = tmp_path / "guest" / "sdk" / "helpers.py"
    helper.write_text("mine = 1\n", encoding="utf-8")
    done = api.generate(Request(wit, out=tmp_path, side=Side.GUEST, guest=options))
    assert "guest/sdk/bind/exports/random.py" in done.files
    assert api.generate(Request(wit, out=tmp_path, side=Side.GUEST, guest=options)).written is None
    assert helper.read_text(encoding="utf-8") == "mine = 1\n"
    assert "class SdkBind(Protocol):" in (tmp_path / "guest/sdk/bind/__init__.py").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("option", "interface", "help"),
    [
        ("--export-interface-name", "demo:app/random", f"did you mean `{RANDOM}`?"),
        ("--import-interface-name", RANDOM, "the world exports it: `--export-interface-name`"),
        ("--import-interface-name", "plan", "did you mean `plain`?"),
    ],
)
def test_a_name_for_no_interface_is_an_error(
    wit: str, option: str, interface: str, help: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 1, with the interface that may have been meant."""
    assert main([wit, "--out", str(tmp_path / "out"), option, f"{interface}=name"]) == 1
    error = capsys.readouterr().err
    assert f"error[unknown-interface]: `{interface}` is not an interface that the world `app` " in error
    assert f"= help: {help}" in error
    assert not (tmp_path / "out").exists()


def test_names_that_meet_are_an_error(wit: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """componentize-py would write one module over the other."""
    assert main([wit, "--out", str(tmp_path / "out"), "--export-interface-name", f"{CLOCK}=random"]) == 1
    error = capsys.readouterr().err
    assert f"`{RANDOM}`, `{CLOCK}` would be one module `wit_world.exports.random`" in error
    assert f"= help: choose a name: `--export-interface-name '{RANDOM}=…'`" in error

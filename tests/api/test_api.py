"""The passes as tool builders call them: data in, data out, `WitError` for input at fault."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from witgen import api
from witgen.api import Request, Side
from witgen.api.generate import plan, render
from witgen.compiler.diagnostics import WitError
from witgen.compiler.emit.files import owner

WIT = """\
package acme:demo@1.0.0;

interface log {
  /// Writes a line.
  say: func(words: string);
  @unstable(feature = louder)
  shout: func(words: string);
}

world app {
  import log;
  export run: func() -> u32;
}

world other {
  import log;
}
"""


@pytest.fixture
def wit(tmp_path: Path) -> str:
    """A file with the package `acme:demo`."""
    place = tmp_path / "demo.wit"
    place.write_text(WIT, encoding="utf-8")
    return str(place)


def found_packages(folder: Path) -> set[str]:
    """What setuptools takes into a wheel; in a process of its own, since it has no types."""
    program = "import sys, setuptools; print(*setuptools.find_packages(sys.argv[1]))"
    done = subprocess.run([sys.executable, "-c", program, folder], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_passes_can_be_run_one_by_one(wit: str) -> None:
    """Load, resolve, select, plan and render give the files that `generate` writes."""
    found = api.load_and_resolve(wit)
    worlds = api.select(found.resolved, ("app", "app"), found.diagnostics)
    assert len(worlds) == 1, "a world named twice is one world"
    request = Request(wit, ("app",))
    outputs = render(plan(found.resolved, worlds, request, found.diagnostics))
    host, guest = outputs
    assert host.folders == ("host/app",)
    assert "guest/wit_world" in guest.folders
    assert all(folder.startswith("guest/") for folder in guest.folders)
    assert all(owner(file.text.encode()) == "acme:demo/app@1.0.0" for output in outputs for file in output.files)


def test_generate_returns_what_it_did(wit: str, tmp_path: Path) -> None:
    """Numbers and paths; a second time there is nothing to do."""
    request = Request(wit, ("app",), tmp_path / "out", Side.HOST)
    done = api.generate(request)
    assert done.world == "acme:demo/app@1.0.0"
    assert done.written is not None
    assert done.written.created == len(done.files) > 0
    assert all((tmp_path / "out" / path).is_file() for path in done.files)
    assert api.generate(request).written is None
    assert api.check(request).differences == ()


def test_every_owned_file_has_the_header(wit: str, tmp_path: Path) -> None:
    """`py.typed` too; the header names neither machine nor output folder nor input path."""
    done = api.generate(Request(wit, ("app",), tmp_path / "out"))
    for path in done.files:
        text = (tmp_path / "out" / path).read_text(encoding="utf-8")
        if path in ("__init__.py", "host/__init__.py"):
            assert owner(text.encode()) == "witgen", "all worlds share it"
            continue
        assert owner(text.encode()) == "acme:demo/app@1.0.0"
        assert "witgen <WIT> --world acme:demo/app@1.0.0\n" in text
        assert str(tmp_path) not in text
    assert any(path.endswith("/py.typed") for path in done.files)


def test_an_edited_docs_line_rewrites_the_files_that_show_it(wit: str, tmp_path: Path) -> None:
    """Headers and the worlds that are kept as data hold no hash of the input, so the other files stay as they are."""
    request = Request(wit, ("app",), tmp_path / "out")
    first = api.generate(request)
    before = {path: (request.out / path).read_bytes() for path in first.files}
    assert any(path.endswith("/_plain.py") for path in first.files)
    Path(wit).write_text(WIT.replace("Writes a line.", "Writes one line."), encoding="utf-8")
    second = api.generate(request)
    changed = {path for path in second.files if (request.out / path).read_bytes() != before.get(path)}
    assert changed == {"host/app/acme/demo_v1/log.py", "guest/wit_world/imports/log.py"}
    assert second.written is not None
    assert (second.written.created, second.written.updated) == (0, 2)


def test_the_folders_above_a_host_package_are_packages(wit: str, tmp_path: Path) -> None:
    """`find_packages()` finds the generated code, of every world; all worlds write the same files."""
    out = tmp_path / "bindings"
    api.generate(Request(wit, ("app",), out))
    first = (out / "host/__init__.py").read_bytes()
    done = api.generate(Request(wit, ("other",), out, Side.HOST))
    assert done.written is not None
    assert not done.written.updated
    assert (out / "host/__init__.py").read_bytes() == first
    found = found_packages(tmp_path)
    assert {"bindings", "bindings.host", "bindings.host.app", "bindings.host.other.acme.demo_v1"} <= found
    assert not any("guest" in name for name in found)
    assert api.check(Request(wit, ("app",), out)).differences == ()
    (out / "__init__.py").unlink()
    assert len(api.check(Request(wit, ("app",), out)).differences) == 1


def test_a_folder_that_has_more_than_bindings_does_not_become_a_package(wit: str, tmp_path: Path) -> None:
    """A host package adds no `__init__` to `src`, a guest package does not either, and a file that the user wrote stays."""
    src = tmp_path / "src"
    src.mkdir()
    (src / "app.py").touch()
    api.generate(Request(wit, ("app",), src, Side.HOST))
    assert not (src / "__init__.py").exists()
    assert (src / "host/__init__.py").is_file()
    api.generate(Request(wit, ("app",), tmp_path / "guests", Side.GUEST))
    assert sorted(path.name for path in (tmp_path / "guests").iterdir()) == [".witgen", "guest"]
    mine = tmp_path / "mine/host/__init__.py"
    mine.parent.mkdir(parents=True)
    mine.write_text("MINE = 1\n", encoding="utf-8")
    request = Request(wit, ("app",), tmp_path / "mine", Side.HOST)
    api.generate(request)
    assert mine.read_text(encoding="utf-8") == "MINE = 1\n"
    assert api.check(request).differences == ()


def test_features_are_in_the_command(wit: str, tmp_path: Path) -> None:
    """The command to run again keeps them, sorted, and the item they keep is there."""
    api.generate(Request(wit, ("app",), tmp_path, features=("zeal", "louder")))
    texts = [path.read_text(encoding="utf-8") for path in (tmp_path / "host/app").rglob("*.py")]
    assert all("witgen <WIT> --world acme:demo/app@1.0.0 --features louder,zeal\n" in text for text in texts)
    assert any("def shout(" in text for text in texts)


def test_warnings_are_repeated_by_an_up_to_date_run(wit: str, tmp_path: Path) -> None:
    """An unknown feature warns, on the full run as data, afterwards as it was rendered."""
    request = Request(wit, ("app",), tmp_path / "out", features=("nonsense",))
    done = api.generate(request)
    assert [warning.severity.value for warning in done.warnings] == ["warning"]
    again = api.generate(request)
    assert again.written is None
    assert again.warnings == ()
    assert again.repeated["human"].startswith("warning[")
    assert done.warnings[0].message in again.repeated["human"]


def test_worlds_share_a_folder(wit: str, tmp_path: Path) -> None:
    """Host packages of two worlds stand beside each other; the guest's place can hold only one."""
    api.generate(Request(wit, ("app",), tmp_path / "out"))
    api.generate(Request(wit, ("other",), tmp_path / "out", Side.HOST))
    assert api.check(Request(wit, ("app",), tmp_path / "out")).differences == ()
    with pytest.raises(WitError, match=r"a different world, `acme:demo/app@1\.0\.0`"):
        api.generate(Request(wit, ("other",), tmp_path / "out"))
    assert api.check(Request(wit, ("app",), tmp_path / "out")).differences == ()
    api.generate(Request(wit, ("other",), tmp_path / "out"), force=True)
    assert api.check(Request(wit, ("app",), tmp_path / "out")).differences != ()


def test_a_guest_package_alone_cannot_be_verified(wit: str, tmp_path: Path) -> None:
    """The caller's mistake is named before anything is written."""
    request = Request(wit, ("app",), tmp_path / "out", Side.GUEST)
    for run in (api.generate, api.check):
        with pytest.raises(ValueError, match="verify=True links the host package"):
            run(request, verify=True)
    assert not (tmp_path / "out").exists()


def test_errors_carry_diagnostics(wit: str) -> None:
    """Bad input is `WitError`, at whichever pass."""
    with pytest.raises(WitError):
        api.load_and_resolve(f"{wit}-nowhere")
    found = api.load_and_resolve(wit)
    with pytest.raises(WitError):
        api.select(found.resolved, (), found.diagnostics)
    worlds = api.select(found.resolved, ("app", "other"), found.diagnostics)
    with pytest.raises(WitError, match="a guest package is for one world, and 2 are asked for"):
        plan(found.resolved, worlds, Request(wit, ("app", "other")), found.diagnostics)

"""The command line: what it prints where, and the exit code of every ending."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.checkout import ROOT
from witgen import __version__, api
from witgen.cli import main
from witgen.cli.commands import COMMANDS, RESERVED
from witgen.cli.status import INTERRUPTION

WIT = """\
package acme:demo@1.0.0;

interface log {
  say: func(words: string);
}

world app {
  import log;
  export run: func() -> u32;
}
"""
HEAVY = (
    "lark",
    "black",
    "jinja2",
    "wasmtime",
    "click",
    "witgen.compiler.syntax",
    "witgen.compiler.bindings.guest.",
    "witgen.compiler.bindings.host",
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, with the package `acme:demo` in `wit/`."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "wit").mkdir()
    (tmp_path / "wit/demo.wit").write_text(WIT, encoding="utf-8")
    return tmp_path


def process(*words: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """`python -m witgen` as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "witgen", *words],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        check=False,
    )


def snapshot(out: Path) -> dict[str, tuple[str, int]]:
    """Text and time of all files below `out` but witgen's own notes."""
    files = (path for path in out.rglob("*") if path.is_file() and ".witgen" not in path.parts)
    return {str(path.relative_to(out)): (path.read_text(encoding="utf-8"), path.stat().st_mtime_ns) for path in files}


# Generation -----------------------------------------------------------------------------------------------------------


def test_generation_says_what_was_written_where(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A few readable lines on standard output; nothing on standard error."""
    assert main(["wit"]) == 0
    said = capsys.readouterr()
    lines = said.out.splitlines()
    host, guest = (
        sum(path.is_file() for path in (folder / "bindings" / side).rglob("*")) for side in ("host", "guest")
    )
    assert lines == [
        "world acme:demo/app@1.0.0",
        f"  host   bindings/host/app  {host} files",
        f"  guest  bindings/guest  {guest} files",
        f"  {host + guest + 1} new",
        "not verified (--verify links the host package on wasmtime)",
    ]
    assert said.err == ""


def test_the_second_run_changes_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It says so, and no file is touched; nor does --check find anything, with caches lying about."""
    assert main(["wit", "--world", "app"]) == 0
    before = snapshot(folder / "bindings")
    (folder / "bindings/host/app/__pycache__").mkdir()
    (folder / "bindings/host/app/__pycache__/x.cpython-311.pyc").write_bytes(b"")
    (folder / "bindings/guest/.mypy_cache").mkdir()
    capsys.readouterr()
    assert main(["wit", "--world", "app"]) == 0
    assert main(["wit", "--world", "app", "--check"]) == 0
    line = f"up to date: acme:demo/app@1.0.0 in bindings ({len(before)} files)"
    assert capsys.readouterr().out.splitlines() == [line, line]
    (folder / "bindings/host/app/__pycache__/x.cpython-311.pyc").unlink()
    assert snapshot(folder / "bindings") == before


def test_an_up_to_date_run_loads_nothing_heavy(folder: Path) -> None:
    """Neither the parser nor black nor Jinja nor wasmtime, on generation and on --check."""
    assert main(["wit"]) == 0
    for words in (["wit"], ["wit", "--check"]):
        program = (
            f"import sys; from witgen.cli import main; status = main({words}); print(*sys.modules); sys.exit(status)"
        )
        run = subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            check=True,
        )
        assert run.stdout.startswith("up to date")
        assert [name for name in run.stdout.split() if name.startswith(HEAVY)] == []


def test_without_stamps_the_bytes_are_the_same(folder: Path) -> None:
    """A full run over up-to-date output touches nothing either; another place and hash seed give the same bytes."""
    assert main(["wit"]) == 0
    before = snapshot(folder / "bindings")
    for stamp in (folder / "bindings/.witgen").glob("stamp-*.json"):
        stamp.write_text("damaged")
    assert main(["wit"]) == 0
    assert snapshot(folder / "bindings") == before
    (folder / "wit").rename(folder / "moved")
    assert process("moved", "--out", "other", cwd=folder, PYTHONHASHSEED="1").returncode == 0
    others = snapshot(folder / "other")
    assert {name: text for name, (text, _) in others.items()} == {name: text for name, (text, _) in before.items()}


@pytest.mark.parametrize("change", ["edit", "remove", "add", "input", "dependency"])
def test_any_change_means_a_full_run(folder: Path, capsys: pytest.CaptureFixture[str], change: str) -> None:
    """Edited, removed and stale output is repaired; changed input is read again, whether it shows or not."""
    assert main(["wit"]) == 0
    before = snapshot(folder / "bindings")
    stamps = {path.read_bytes() for path in (folder / "bindings/.witgen").glob("stamp-*.json")}
    place = folder / "bindings/host/app/__init__.py"
    text = place.read_text(encoding="utf-8")
    match change:
        case "edit":
            place.write_text(f"{text}\nedited = True\n", encoding="utf-8")
        case "remove":
            place.unlink()
        case "add":
            place.with_name("old.py").write_text(text, encoding="utf-8")
        case "input":
            (folder / "wit/demo.wit").write_text(WIT.replace("u32", "string"), encoding="utf-8")
        case _:
            (folder / "wit/deps/other").mkdir(parents=True)
            (folder / "wit/deps/other/a.wit").write_text("package acme:other;\n", encoding="utf-8")
    capsys.readouterr()
    assert main(["wit", "--check"]) == (0 if change == "dependency" else 1)
    assert main(["wit"]) == 0
    if change == "dependency":
        assert stamps != {path.read_bytes() for path in (folder / "bindings/.witgen").glob("stamp-*.json")}
    else:
        assert not capsys.readouterr().out.startswith("up to date")
    if change in ("edit", "remove", "add"):
        assert {k: v[0] for k, v in snapshot(folder / "bindings").items()} == {k: v[0] for k, v in before.items()}
    assert main(["wit", "--check"]) == 0


def test_one_side_and_another_folder(folder: Path) -> None:
    """--side writes one package only, --out elsewhere; both may share a folder."""
    assert main(["wit", "--side", "host", "--out", "deep/out"]) == 0
    assert [path.name for path in sorted((folder / "deep/out").iterdir())] == [".witgen", "__init__.py", "host"]
    assert main(["wit", "--side", "guest", "--out", "deep/out"]) == 0
    assert main(["wit", "--check", "--out", "deep/out"]) == 0


def test_verification_is_remembered(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--verify says on which wasmtime; an up-to-date run knows that, and verifies if it was never done."""
    assert main(["wit"]) == 0
    assert main(["wit", "--verify"]) == 0
    assert "verified: the host package links with the world's stub component" in capsys.readouterr().out
    assert main(["wit", "--verify"]) == 0
    assert "verified before, on wasmtime" in capsys.readouterr().out
    assert main(["wit", "--verify", "--check"]) == 0


@pytest.mark.slow
def test_a_world_that_wasmtime_cannot_take_is_not_called_verified(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The warning says why; the next run tries again."""
    (folder / "wit/demo.wit").write_text("package a:b; world w { export f: func(x: list<u8, 4>); }", encoding="utf-8")
    for _ in range(2):
        assert main(["wit", "--verify"]) == 0
        said = capsys.readouterr()
        assert "not verified: wasmtime-py cannot carry all of this world" in said.out
        assert "warning[verify-limited]" in said.err
    assert main(["wit", "--check", "--verify"]) == 0
    assert "verified on" not in capsys.readouterr().out


def test_foreign_files_block(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """They are named on standard error and kept; --force overwrites them."""
    place = folder / "bindings/host/app/__init__.py"
    place.parent.mkdir(parents=True)
    place.write_text("mine = 1\n")
    assert main(["wit"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("error[output-blocked]: 1 file in the way was not written by witgen\n")
    assert "bindings/host/app/__init__.py" in said.err
    assert list(snapshot(folder / "bindings")) == ["host/app/__init__.py"]
    assert main(["wit", "--force"]) == 0
    assert "mine" not in place.read_text()


def test_a_file_of_ones_own_is_left_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is mentioned by every run, and --check lists it."""
    assert main(["wit"]) == 0
    (folder / "bindings/host/app/mine.py").write_text("mine = 1\n")
    capsys.readouterr()
    for _ in range(2):
        assert main(["wit"]) == 0
        assert capsys.readouterr().err.startswith("warning[output-extra]")
    assert main(["wit", "--check"]) == 1
    assert capsys.readouterr().out == "extra: bindings/host/app/mine.py\n"


def test_check_prints_a_diff_and_writes_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Differences are findings: standard output, exit code 1."""
    assert main(["wit", "--check"]) == 1
    assert "missing: bindings/host/app/__init__.py\n" in capsys.readouterr().out
    assert not (folder / "bindings").exists()
    assert main(["wit"]) == 0
    place = folder / "bindings/host/app/__init__.py"
    place.write_text(place.read_text(encoding="utf-8") + "\nedited = True\n", encoding="utf-8")
    before = snapshot(folder / "bindings")
    capsys.readouterr()
    assert main(["wit", "--check"]) == 1
    said = capsys.readouterr()
    assert "--- bindings/host/app/__init__.py\n" in said.out
    assert "\n-edited = True\n" in said.out
    assert said.err == ""
    assert snapshot(folder / "bindings") == before


@pytest.mark.parametrize("out", ["file", "file/below"])
def test_an_output_folder_that_cannot_be_one(folder: Path, capsys: pytest.CaptureFixture[str], out: str) -> None:
    """A file, or below one: a diagnostic that says so."""
    (folder / "file").write_text("x")
    assert main(["wit", "--out", out]) == 1
    assert capsys.readouterr().err.startswith("error[output-failed]: cannot write the output, `file")
    assert (folder / "file").read_text() == "x"


def test_an_output_folder_that_cannot_be_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The system's reason is given, and nothing is left behind."""
    assert main(["wit", "--out", "/proc/self/witgen"]) == 1
    assert capsys.readouterr().err.startswith("error[output-failed]: cannot write the output, `/proc/self/witgen`: ")
    assert main(["wit", "--out", "wit/demo.wit", "--check"]) == 1
    assert "cannot read the output, `wit/demo.wit`" in capsys.readouterr().err


# Usage ----------------------------------------------------------------------------------------------------------------


def test_bare_witgen_prints_help(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Help that teaches with examples, and the exit code of wrong usage."""
    assert main([]) == 2
    bare = capsys.readouterr().out
    assert main(["--help"]) == 0
    assert capsys.readouterr().out == bare
    assert "witgen wit/ --world proxy --verify" in bare
    assert all(name in bare for name in (*COMMANDS, *RESERVED))
    assert all(f"\n    {name} " in bare for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_has_examples(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each on a line of its own."""
    assert main([name, "--help"]) == 0
    assert capsys.readouterr().out.count(f"\n    witgen {name} ") >= 1


@pytest.mark.parametrize(
    "words",
    [
        ["wit", "--nonsense"],
        ["wit", "--out", ""],
        ["wit", "wit"],
        ["wit", "--side", "neither"],
        ["wit", "--world"],
        ["--world", "app"],
        ["wit", "--features", "a", "--all-features"],
        ["wit", "--side", "guest", "--verify"],
        ["inspect"],
        ["inspect", "wit", "--out", "x"],
        *([name] for name in RESERVED),
    ],
)
def test_wrong_usage_is_2(folder: Path, capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    """Unknown options, arity, values and commands that are not there yet; one line says what is wrong."""
    assert main(words) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert sum(line.startswith("error: ") for line in said.err.splitlines()) == 1


def test_reserved_commands_say_so(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A command of a later version is not taken for a folder; `./serve` is."""
    (folder / "wit").rename(folder / "serve")
    assert main(["serve"]) == 2
    assert f"`witgen serve` is not available in this version ({__version__})" in capsys.readouterr().err
    assert main(["./serve", "--side", "host"]) == 0


@pytest.mark.parametrize(("words", "status"), [(["inspct"], 1), (["inspct", "wit"], 2), (["./inspct"], 1)])
def test_a_near_command_gets_a_suggestion(
    folder: Path, capsys: pytest.CaptureFixture[str], words: list[str], status: int
) -> None:
    """A first word that is no path but nearly a command is a missing path, or too many arguments; both with a hint."""
    assert main(words) == status
    assert "did you mean the command `inspect`?" in capsys.readouterr().err


def test_a_missing_path_is_1(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Input at fault, without a suggestion where none is near."""
    assert main(["nowhere-at-all"]) == 1
    said = capsys.readouterr()
    assert said.err.startswith("error[no-such-path]")
    assert "did you mean" not in said.err
    assert said.out == ""


def test_several_worlds_make_one_host_package(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Named after the WIT package; the guest side has one world per package, and says what to do."""
    (folder / "wit/other.wit").write_text("world other { import note: func(n: u32); }", encoding="utf-8")
    assert main(["wit", "--world", "app", "--world", "other"]) == 1
    assert "error[not-supported]: a guest package is for one world, and 2 are asked for" in capsys.readouterr().err
    command = ["wit", "--world", "app", "--world", "other", "--side", "host"]
    assert main(command) == 0
    assert "host   bindings/host/demo" in capsys.readouterr().out
    init = Path("bindings/host/demo/__init__.py").read_text("utf-8")
    assert "--world acme:demo/app@1.0.0 --world acme:demo/other@1.0.0" in init
    assert main([*command, "--check"]) == 0
    assert main(["wit", "--world", "app", "--side", "host"]) == 0, "which has a folder of its own"


def test_bad_wit_is_1_and_writes_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A syntax error and an unknown world are diagnostics; no folder is made."""
    assert main(["wit", "--world", "ap"]) == 1
    assert capsys.readouterr().err.startswith("error[unknown-world]")
    (folder / "wit/demo.wit").write_text("package acme:demo; world {", encoding="utf-8")
    assert main(["wit"]) == 1
    assert capsys.readouterr().err.startswith("error[syntax-error]")
    assert not (folder / "bindings").exists()


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    """--version prints it."""
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"witgen {__version__}\n"


# inspect --------------------------------------------------------------------------------------------------------------


def test_inspect_prints_tree_and_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The readable tree by default, the JSON document on request; nothing is written."""
    assert main(["inspect", "wit"]) == 0
    assert "acme:demo@1.0.0" in capsys.readouterr().out
    assert main(["inspect", "wit", "--world", "app"]) == 0
    assert "log" in capsys.readouterr().out
    assert main(["inspect", "wit", "--world", "nope"]) == 1
    run = process("inspect", "wit", "--json", cwd=folder)
    assert run.stdout.startswith("{")
    assert run.stdout.endswith("}\n")
    assert sorted(path.name for path in folder.iterdir()) == ["wit"]


# Endings --------------------------------------------------------------------------------------------------------------


def test_our_own_mistakes_are_70(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plea to report instead of a traceback; the traceback on request."""

    def broken(*args: object, **kwargs: object) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(api, "generate", broken)
    assert main(["wit"]) == 70
    said = capsys.readouterr().err
    assert said.startswith("internal error: ZeroDivisionError: oh\n")
    assert "Please report it" in said
    assert "Traceback" not in said
    monkeypatch.setenv("WITGEN_TRACEBACK", "1")
    assert main(["wit"]) == 70
    assert capsys.readouterr().err.startswith("Traceback")


def test_an_interrupt_is_130(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """One line, no traceback."""

    def interrupted(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(api, "generate", interrupted)
    assert main(["wit"]) == 130
    assert capsys.readouterr().err == "interrupted; no file was left incomplete\n"


def test_an_interrupt_that_python_wraps(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Up to 3.11, what `__set_name__` raises while a module is imported comes as a `RuntimeError`."""

    class Interrupted:
        def __set_name__(self, owner: type, name: str) -> None:
            raise KeyboardInterrupt

    def interrupted(*args: object, **kwargs: object) -> None:
        type("Made", (), {"member": Interrupted()})

    monkeypatch.setattr(api, "generate", interrupted)
    assert main(["wit"]) == 130
    assert capsys.readouterr().err == f"{INTERRUPTION}\n"


def test_an_interrupt_while_witgen_is_imported(tmp_path: Path) -> None:
    """Importing takes most of a short run: Ctrl-C comes then as often as not."""
    program = """
import sys
class Interrupted:
    def find_spec(self, name, path=None, target=None):
        if name == "witgen.compiler.diagnostics":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupted())
from witgen.cli import main
sys.exit(main(["wit"]))
"""
    environment = {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "interrupted; no file was left incomplete\n")


@pytest.mark.parametrize("delay", [0.1, 0.3, 0.5])
def test_a_process_that_is_interrupted_leaves_whole_files(folder: Path, delay: float) -> None:
    """Whenever Ctrl-C comes: whatever is there is complete, and the next run completes the rest."""
    assert main(["wit", "--out", "expected"]) == 0
    expected = {name: text for name, (text, _) in snapshot(folder / "expected").items()}
    run = subprocess.Popen(
        [sys.executable, "-m", "witgen", "wit"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    time.sleep(delay)
    run.send_signal(signal.SIGINT)
    run.communicate()
    for name, (text, _) in snapshot(folder / "bindings").items():
        assert text == expected[name]
    assert main(["wit"]) == 0
    assert {name: text for name, (text, _) in snapshot(folder / "bindings").items()} == expected


@pytest.mark.slow
def test_a_reader_that_leaves_is_no_error(folder: Path) -> None:
    """`witgen inspect … | head -1`, and a standard output that is closed."""
    functions = "".join(f"  fn{n}: func();\n" for n in range(5000))
    (folder / "wit/big.wit").write_text(f"interface big {{\n{functions}}}\n", encoding="utf-8")
    command = f"'{sys.executable}' -m witgen inspect wit"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for line in (f"{command} | head -1", f"{command} --json | head -1", f"{command} >&-"):
        run = subprocess.run(
            ["bash", "-o", "pipefail", "-c", line],
            capture_output=True,
            text=True,
            cwd=folder,
            env=environment,
            check=False,
        )
        assert run.stderr == ""
        assert run.returncode == 0


def test_output_that_is_lost_is_told(folder: Path) -> None:
    """A full disk behind standard output: a line on standard error, and not the exit code of success."""
    command = f"'{sys.executable}' -m witgen inspect wit > /dev/full"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, cwd=folder, env=environment, check=False
    )
    assert run.stderr == "error: cannot print the result: No space left on device\n"
    assert run.returncode == 1


def test_any_encoding_of_the_terminal_will_do(folder: Path) -> None:
    """Characters that standard output lacks are spelled out; JSON stays UTF-8."""
    (folder / "wit/demo.wit").write_text(WIT.replace("interface log", "/// Wörter\ninterface log"), encoding="utf-8")
    (folder / "wörter").mkdir()
    run = process("inspect", "wörter", cwd=folder, PYTHONIOENCODING="ascii", LC_ALL="C")
    assert run.returncode == 1
    assert run.stderr.startswith("error[no-wit-files]")
    assert "Traceback" not in run.stderr
    run = process("inspect", "wit", "--json", cwd=folder, PYTHONIOENCODING="ascii")
    assert run.returncode == 0
    assert "Wörter" in run.stdout or "W\\u00f6rter" in run.stdout


def test_color_is_for_terminals(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Diagnostics are coloured on a terminal only, and not where NO_COLOR is set."""
    import pty

    def on_terminal(**environment: str) -> bytes:
        ours, theirs = pty.openpty()
        run = subprocess.Popen(
            [sys.executable, "-m", "witgen", "nowhere"],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
            stderr=theirs,
        )
        run.wait()
        os.close(theirs)
        said = os.read(ours, 10_000)
        os.close(ours)
        return said

    monkeypatch.delenv("NO_COLOR", raising=False)
    assert b"\x1b[" in on_terminal()
    assert b"\x1b[" not in on_terminal(NO_COLOR="1")
    assert "\x1b[" not in process("nowhere", cwd=folder).stderr

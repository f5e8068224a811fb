"""What is read of the files that a user names, and what is refused before it can hang or take all memory."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.cases import read_group
from tests.compiler.trial.trials import ask_here
from tests.wit_text import world_of
from witgen.cli import main
from witgen.compiler.input import files as reading
from witgen.compiler.input.files import read_whole
from witgen.compiler.load.binaries import assembled
from witgen.compiler.trial import component as trial
from witgen.compiler.trial.stub import stub_component

SMALL = """package a:b;
interface i { record r { a: u8 } resource s { get: func() -> r; } }
world w { import i; export f: async func(x: list<r>); export g: func(y: own<s>); use i.{r, s}; }
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder to work in, with a world and its component."""
    monkeypatch.chdir(tmp_path)
    read_group("validate")["same"].put(tmp_path)
    return tmp_path


def refused(capsys: pytest.CaptureFixture[str], component: str, wit: str = "app.wit", *options: str) -> str:
    """The error for a component or WIT that is refused."""
    assert main(["validate", component, wit, *options]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    return shown.err


def test_files(folder: Path) -> None:
    """Whole, whatever is in them."""
    for data in (b"", b"\0asm", bytes(range(256)) * 10_000):
        (folder / "file").write_bytes(data)
        assert read_whole("file") == data
    assert read_whole("/proc/self/status").startswith(b"Name:")  # which has no size


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null", "/dev/full"])
@pytest.mark.parametrize("options", [(), ("--wasmtime",)])
def test_devices(device: str, options: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    """Are refused, as the component and as WIT."""
    said = f"error[unreadable-file]: cannot read `{device}`: it is a device, not a file\n"
    assert refused(capsys, device, "app.wit", *options) == said
    assert refused(capsys, "app.wat", device, *options) == said


def test_folders_and_files_that_are_too_large(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Are not read; a file without content takes no room however large it is."""
    advice = " = help: COMPONENT is one file, `.wasm` or `.wat`, and comes before the WIT\n"
    assert refused(capsys, ".") == f"error[unreadable-file]: cannot read `.`: Is a directory\n{advice}"
    with open("large.wasm", "wb") as file:
        file.truncate(1 << 40)
    said = "error[unreadable-file]: cannot read `large.wasm`: it is larger than 512 MiB\n"
    assert refused(capsys, "large.wasm") == said
    assert refused(capsys, "app.wat", "large.wasm") == said
    monkeypatch.setattr(reading, "MOST_BYTES", 1 << 20)
    with pytest.raises(OSError, match="larger than 1 MiB"):
        read_whole(write_pipe(folder, b"\0" * ((1 << 20) + 1)))


def write_pipe(folder: Path, data: bytes, wait: float = 0.0) -> str:
    """A pipe that another thread writes to, and closes."""
    path = folder / "pipe"
    os.mkfifo(path)

    def write() -> None:
        try:
            with open(path, "wb") as file:
                time.sleep(wait)
                file.write(data)
        except BrokenPipeError:
            pass  # enough was read

    threading.Thread(target=write).start()
    return str(path)


@pytest.mark.parametrize("wait", [0.0, 0.2])
def test_pipes(wait: float, folder: Path) -> None:
    """Are read to their end; a writer may take its time."""
    data = os.urandom(300_000)
    assert read_whole(write_pipe(folder, data, wait)) == data


def test_a_writer_that_comes_at_the_last_moment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the look whether there is something to read and the reading: nothing that it wrote is lost."""
    ends: list[int] = []

    class Poll:
        def register(self, descriptor: int, events: int) -> None:
            ends.append(os.open(folder / "pipe", os.O_WRONLY))

        def poll(self, wait: float) -> list[int]:
            os.write(ends[0], b"package a:b;")
            os.close(ends[0])
            return []

    os.mkfifo(folder / "pipe")
    monkeypatch.setattr(select, "poll", Poll)
    assert read_whole(str(folder / "pipe")) == b"package a:b;"


def test_systems_that_have_neither_o_nonblock_nor_poll(folder: Path) -> None:
    """Windows: files are read all the same."""
    program = """
import os, select, sys
del os.O_NONBLOCK, os.O_CLOEXEC, os.set_blocking, select.poll
from witgen.cli import main
sys.exit(main(["validate", "app.wat", "app.wit"]))
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_pipes_without_a_writer(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Are given up."""
    monkeypatch.setattr(reading, "_PATIENCE", 0.1)
    os.mkfifo(folder / "silent.wasm")
    said = "error[unreadable-file]: cannot read `silent.wasm`: it is a pipe that nothing writes to\n"
    assert refused(capsys, "silent.wasm") == said
    assert refused(capsys, "app.wat", "silent.wasm") == said


def test_a_file_that_may_not_be_read(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's own words are passed on."""

    def refuse(path: str, flags: int) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    assert refused(capsys, "app.wat") == "error[unreadable-file]: cannot read `app.wat`: Permission denied\n"


@pytest.mark.slow
def test_components_that_are_cut_off(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """At every byte: a diagnostic; between two sections a smaller component, of which wasmtime says the same."""
    monkeypatch.setattr(trial, "ask", ask_here)
    whole = assembled("a.wat", stub_component(world_of(SMALL, "w")).encode())
    (folder / "w.wit").write_text(SMALL)
    read = 0
    for size in range(len(whole)):
        (folder / "part.wasm").write_bytes(whole[:size])
        status = main(["validate", "part.wasm", "w.wit", "--wasmtime"])
        shown = capsys.readouterr()
        if shown.out:
            assert status == (1 if "does not fit" in shown.out else 0)
            assert ("also refuses it" in shown.out) is bool(status), shown.out
            assert shown.err == ""
            read += 1
        else:
            assert status == 1
            assert shown.err.startswith(("error[malformed-component]", "error[not-a-component]")), shown.err
    assert 10 < read < 30

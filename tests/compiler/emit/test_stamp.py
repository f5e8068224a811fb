"""An up-to-date run is recognised by hashes alone, and by nothing less."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from witgen.compiler.emit import stamp as stamp_module
from witgen.compiler.emit.stamp import (
    Stamp,
    file_states,
    hash_bytes,
    hash_inputs,
    installed_wasmtime,
    read_stamp,
    still_holds,
    write_stamp,
)

OPTIONS = ("app", "both")


def made(out: Path) -> Stamp:
    """A stamp for two files that are there."""
    (out / "host/app").mkdir(parents=True)
    files: dict[str, str] = {}
    for name in ("host/app/a.py", "host/app/b.py"):
        (out / name).write_text(name)
        files[name] = hash_bytes(name.encode())
    return Stamp("hash", "", "a:b/app", ("host/app",), files, {}, "")


def test_a_stamp_comes_back(tmp_path: Path) -> None:
    """What was kept for some options is found for these, and for no others."""
    stamp = made(tmp_path)
    write_stamp(tmp_path, OPTIONS, stamp)
    assert read_stamp(tmp_path, OPTIONS) == stamp
    assert read_stamp(tmp_path, ("app", "host")) is None
    assert still_holds(stamp, tmp_path, "hash", "wit")


@pytest.mark.parametrize("spoil", ["edit", "remove", "add", "link"])
def test_any_change_of_the_output_is_noticed(tmp_path: Path, spoil: str) -> None:
    """Edited, missing and additional files and links need a full run."""
    stamp = made(tmp_path)
    place = tmp_path / "host/app/a.py"
    match spoil:
        case "edit":
            place.write_text("edited")
        case "remove":
            place.unlink()
        case "add":
            place.with_name("mine.py").write_text("")
        case _:
            place.rename(tmp_path / "x")
            place.symlink_to(tmp_path / "x")
    assert not still_holds(stamp, tmp_path, "hash", "wit")


def test_caches_do_not_count(tmp_path: Path) -> None:
    """Compiled modules and dot-folders leave a run up to date."""
    stamp = made(tmp_path)
    (tmp_path / "host/app/__pycache__").mkdir()
    (tmp_path / "host/app/__pycache__/a.cpython-311.pyc").write_text("")
    assert still_holds(stamp, tmp_path, "hash", "wit")


def test_other_inputs_need_a_full_run(tmp_path: Path) -> None:
    """So does another spelling of the input's path, if the warnings mention it."""
    stamp = made(tmp_path)
    assert not still_holds(stamp, tmp_path, "other", "wit")
    warned = Stamp("hash", "wit", stamp.world, stamp.folders, stamp.files, {"human": "warning: …"}, "")
    assert still_holds(warned, tmp_path, "hash", "wit")
    assert not still_holds(warned, tmp_path, "hash", "./wit")


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", "{}", '{"format": 1}', "[" * 100_000, "\x00", '{"format": 1, "files": [], "folders": {}}'],
)
def test_damaged_stamps_are_no_stamps(tmp_path: Path, text: str) -> None:
    """Anything unreadable is as good as nothing."""
    write_stamp(tmp_path, OPTIONS, made(tmp_path))
    (place,) = (tmp_path / ".witgen").glob("stamp-*.json")
    place.write_text(text)
    assert read_stamp(tmp_path, OPTIONS) is None


@pytest.mark.parametrize("part", ["inputs", "wit", "world", "warnings", "verified", "folders", "files", "format"])
@pytest.mark.parametrize("value", [None, 7, [1], {"a": 1}])
def test_every_part_of_a_stamp_is_checked(tmp_path: Path, part: str, value: object) -> None:
    """A part of another type makes the whole stamp worthless."""
    write_stamp(tmp_path, OPTIONS, made(tmp_path))
    (place,) = (tmp_path / ".witgen").glob("stamp-*.json")
    data = json.loads(place.read_text())
    place.write_text(json.dumps({**data, part: value}))
    assert read_stamp(tmp_path, OPTIONS) is None


def test_an_unwritable_folder_is_no_error(tmp_path: Path) -> None:
    """A stamp that cannot be kept only means a full run later."""
    (tmp_path / ".witgen").write_text("a file")
    write_stamp(tmp_path, OPTIONS, Stamp("", "", "", (), {}, {}, ""))


def test_the_hash_covers_every_part_and_the_tool(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts cannot run into each other, and another witgen or formatter gives another hash."""
    assert hash_inputs(["a", "bc"]) != hash_inputs(["ab", "c"])
    assert hash_inputs(["a"]) == hash_inputs(["a"])
    before = hash_inputs(["a"])
    monkeypatch.setattr(stamp_module, "__version__", "9.9.9")
    assert hash_inputs(["a"]) != before


def test_the_tools_own_files_count(tmp_path: Path) -> None:
    """Code, grammar and templates below a folder are known by name, size and time; caches are not looked at."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "__pycache__").mkdir()
    for name in ("a.py", "sub/b.j2", "sub/c.lark", "d.txt", "__pycache__/e.py"):
        (tmp_path / name).write_text("x")
        os.utime(tmp_path / name, ns=(1, 1))
    assert sorted(file_states(str(tmp_path), "tool")) == [
        b"tool/a.py 1 1",
        b"tool/sub/b.j2 1 1",
        b"tool/sub/c.lark 1 1",
    ]
    assert list(file_states(str(tmp_path / "nowhere"), "tool")) == []


def test_wasmtimes_version_is_seen_without_importing_it() -> None:
    """The version found is the one of the distribution."""
    from importlib.metadata import version

    assert installed_wasmtime() == version("wasmtime")

"""Which files belong to a package, in which order, and what is said of those that cannot be read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.wit_text import places, resolve_path, write_files
from witgen.compiler.diagnostics import Diagnostics, WitError
from witgen.compiler.input import inputs
from witgen.compiler.input.inputs import Inputs, find_inputs


def find(path: Path | str) -> Inputs:
    """What there is at a path."""
    return find_inputs(str(path), Diagnostics())


def refusal(path: Path | str) -> list[str]:
    """The findings on a path that is refused."""
    with pytest.raises(WitError) as refused:
        resolve_path(path)
    return places(refused.value)


def test_a_file_is_the_whole_package(tmp_path: Path) -> None:
    """Neither its siblings nor `deps/` beside it are read."""
    write_files(tmp_path, {"a.wit": "package a:b;", "z.wit": "broken", "deps/c.wit": "broken"})
    assert [str(p.name) for p in resolve_path(tmp_path / "a.wit").resolved.packages] == ["a:b"]


def test_a_directory_with_deps(tmp_path: Path) -> None:
    """Folders below are not searched; `deps/` holds folders and files, other files are ignored."""
    write_files(
        tmp_path,
        {
            "b.wit": "interface two {}",
            "a.wit": "package a:b; interface one {}",
            "notes.txt": "broken",
            "inner/c.wit": "broken",
            "folder.wit/d.wit": "broken",
            "deps/y.wit": "package d:y;",
            "deps/x/1.wit": "package d:x;",
            "deps/x/deps/2.wit": "broken",
            "deps/README": "broken",
        },
    )
    found = find(tmp_path)
    assert [os.path.relpath(s.path, tmp_path) for s in found.sources] == [
        "a.wit",
        "b.wit",
        "deps/x/1.wit",
        "deps/y.wit",
    ]
    resolved = resolve_path(tmp_path).resolved
    assert list(resolved.root.interfaces) == ["one", "two"]
    assert [str(p.name) for p in resolved.packages] == ["a:b", "d:x", "d:y"]


def test_paths_are_as_the_user_wrote_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is found below a path begins with it."""
    write_files(tmp_path, {"wit/a.wit": "package a:b;", "wit/deps/c.wit": "package c:d;"})
    monkeypatch.chdir(tmp_path)
    assert [s.path for s in find("wit").sources] == ["wit/a.wit", "wit/deps/c.wit"]
    assert [s.path for s in find("./wit/").sources] == ["./wit/a.wit", "./wit/deps/c.wit"]


def test_the_order_of_listing_does_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are sorted by name, whatever the system's order."""
    write_files(tmp_path, {f"{name}.wit": "package a:b;" for name in "cab"})
    expected = [s.path for s in find(tmp_path).sources]
    real = os.listdir

    def listdir(folder: str) -> list[str]:
        return sorted(real(folder), reverse=True)

    monkeypatch.setattr(os, "listdir", listdir)
    assert [s.path for s in find(tmp_path).sources] == expected
    assert [Path(path).name for path in expected] == ["a.wit", "b.wit", "c.wit"]


def test_links_are_followed(tmp_path: Path) -> None:
    """A link to a file or a folder counts as what it leads to; one to nothing is unreadable."""
    write_files(tmp_path, {"else/where.txt": "package a:b;", "else/dep/d.wit": "package c:d;", "wit/deps/.keep": ""})
    (tmp_path / "wit/a.wit").symlink_to(tmp_path / "else/where.txt")
    (tmp_path / "wit/deps/d").symlink_to(tmp_path / "else/dep")
    assert [str(p.name) for p in resolve_path(tmp_path / "wit").resolved.packages] == ["a:b", "c:d"]
    (tmp_path / "wit/b.wit").symlink_to(tmp_path / "nowhere")
    assert refusal(tmp_path / "wit") == ["unreadable-file"]


@pytest.mark.parametrize("path", ["nowhere", "nowhere/", "a.wit/b.wit", "", "nul\0byte", "x" * 300])
def test_a_path_to_nothing(tmp_path: Path, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One clear finding, not a traceback."""
    write_files(tmp_path, {"a.wit": "package a:b;"})
    monkeypatch.chdir(tmp_path)
    assert refusal(path) == ["no-such-path"]


def test_a_directory_without_wit(tmp_path: Path) -> None:
    """Of the package itself, or of a dependency."""
    assert refusal(tmp_path) == ["no-wit-files"]
    write_files(tmp_path, {"a.wit": "package a:b;"})
    (tmp_path / "deps/c").mkdir(parents=True)
    assert refusal(tmp_path) == ["no-wit-files"]


def test_text_that_is_not_utf_8(tmp_path: Path) -> None:
    """The finding points at the first byte that is wrong."""
    (tmp_path / "a.wit").write_bytes(b"package a:b;\n// \xc3\xa9 \xff\n")
    assert refusal(tmp_path / "a.wit") == [f"unreadable-file {tmp_path}/a.wit:2:7"]


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the system says is passed on."""
    write_files(tmp_path, {"a.wit": "package a:b;"})

    def refuse(path: str) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(inputs, "read_whole", refuse)
    assert refusal(tmp_path / "a.wit") == ["unreadable-file"]


@pytest.mark.parametrize("name", ["a.wasm", "a.wat", "a.wit"])
def test_binaries_are_left_to_be_decoded(tmp_path: Path, name: str) -> None:
    """A binary says so by its name or its first bytes."""
    (tmp_path / name).write_bytes(b"\0asm\x0d\0\x01\0")
    found = find(tmp_path / name)
    assert found.has_binaries
    assert [(file.source, file.data) for file in found.root.files] == [(None, b"\0asm\x0d\0\x01\0")]


def test_first_the_main_package_then_its_dependencies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name missing in the main package is reported before a syntax error in `deps/`, though paths sort otherwise."""
    write_files(
        tmp_path,
        {
            "m.wit": "package a:b;\ninterface i { use nope.{t}; }\n",
            "deps/a.wit": "package c:d;\ninterface {}\n",
        },
    )
    monkeypatch.chdir(tmp_path)
    assert refusal(".") == ["unknown-name ./m.wit:2:19", "syntax-error ./deps/a.wit:2:11"]


def test_a_byte_order_mark_is_skipped(tmp_path: Path) -> None:
    """At the very start only."""
    write_files(tmp_path, {"a.wit": "\ufeffpackage a:b;\n"})
    assert str(resolve_path(tmp_path).resolved.root.name) == "a:b"

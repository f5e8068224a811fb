"""Files that are replaced at once: what is left of each when something goes wrong, and with which permissions."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from witgen.atomic import replace_file, replace_files
from witgen.text import reason_of


def test_a_file_is_made_and_replaced_with_nothing_left_beside_it(tmp_path: Path) -> None:
    place = tmp_path / "a.bin"
    for data in (b"one", b"two"):
        replace_file(place, data[:1], data[1:], prefix=".draft-", suffix=".part")
        assert (place.read_bytes(), os.listdir(tmp_path)) == (data, ["a.bin"])


def test_a_path_without_a_folder_is_in_the_current_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    replace_file("a.bin", b"here", prefix=".draft-")
    assert os.listdir(tmp_path) == ["a.bin"]


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
@pytest.mark.parametrize(("mode", "kept"), [(None, 0o640), (0o600, 0o600), (0o444, 0o444), (0o666, 0o666)])
def test_permissions_are_those_asked_for_or_those_of_a_new_file(tmp_path: Path, mode: int | None, kept: int) -> None:
    place = tmp_path / "a.bin"
    before = os.umask(0o027)
    try:
        replace_file(place, b"", prefix=".draft-", mode=mode)
    finally:
        os.umask(before)
    assert stat.S_IMODE(place.stat().st_mode) == kept


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_a_draft_with_its_own_permissions_is_never_readable_to_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    change = os.chmod

    def look(path: str, mode: int) -> None:
        seen.append(stat.S_IMODE(os.stat(path).st_mode))
        change(path, mode)

    monkeypatch.setattr(os, "chmod", look)
    before = os.umask(0)
    try:
        replace_file(tmp_path / "a.bin", b"", prefix=".draft-", mode=0o644)
    finally:
        os.umask(before)
    assert seen == [0o600]


@pytest.mark.parametrize("broken", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("step", ["open", "chmod", "replace"])
def test_whatever_stops_it_leaves_the_old_file_and_no_draft(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, broken: BaseException
) -> None:
    place = tmp_path / "a.bin"
    place.write_bytes(b"old")

    def fail(*arguments: object) -> None:
        raise broken

    with monkeypatch.context() as patch:
        patch.setattr(os, step, fail)
        with pytest.raises(type(broken)):
            replace_file(place, b"new", prefix=".draft-", mode=0o600)
    assert (place.read_bytes(), os.listdir(tmp_path)) == (b"old", ["a.bin"])


def test_no_file_is_touched_before_the_drafts_of_all_are_there(tmp_path: Path) -> None:
    stage = tmp_path / "stage"
    stage.mkdir()
    places = [tmp_path / "out" / f"{number}.txt" for number in range(3)]

    def files() -> Iterator[tuple[Path, list[bytes]]]:
        for number, place in enumerate(places):
            assert not place.parent.exists()
            assert len(os.listdir(stage)) == number
            yield place, [b"text"]

    replace_files(files(), str(stage / "draft-"))
    assert [place.read_bytes() for place in places] == [b"text"] * 3
    assert not os.listdir(stage)


def test_the_third_draft_that_fails_takes_the_first_two_with_it(tmp_path: Path) -> None:
    def files() -> Iterator[tuple[Path, list[bytes]]]:
        yield tmp_path / "a", [b"a"]
        yield tmp_path / "b", [b"b"]
        raise OSError(5, "Input/output error")

    with pytest.raises(OSError, match="Input/output error"):
        replace_files(files(), str(tmp_path / "draft-"))
    assert not os.listdir(tmp_path)


def test_two_drafts_never_have_one_name(tmp_path: Path) -> None:
    replace_files(((tmp_path / str(number), [b"%d" % number]) for number in range(50)), str(tmp_path / "draft-"))
    assert {path.read_text() for path in tmp_path.iterdir()} == {str(number) for number in range(50)}


@pytest.mark.parametrize(
    ("problem", "reason"),
    [
        (OSError(2, "No such file or directory", "a.wit"), "No such file or directory"),
        (OSError("it is a device"), "it is a device"),
        (OSError(), "OSError"),
        (ValueError("embedded null byte"), "embedded null byte"),
        (ValueError(), "ValueError"),
    ],
)
def test_reasons_of_the_system(problem: OSError | ValueError, reason: str) -> None:
    assert reason_of(problem) == reason

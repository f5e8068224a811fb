"""The quick way reads a command line as click does, or leaves it to click."""

from __future__ import annotations

import gc
import random
from pathlib import Path

import pytest

from witgen import api
from witgen.api import Request, Side
from witgen.cli import main, quick
from witgen.cli.dispatch import run as dispatch
from witgen.cli.generate_options import Line

WORDS = (
    *("wit", "wit/", "./docs", "docs", "inspect", "a.wit", "-", "--", "", "nosuch"),
    *(
        "--world",
        "--world=app",
        "--world=b",
        "--out",
        "--out=x",
        "--side",
        "--side=host",
        "--side=guest",
        "--side=",
        "--features",
    ),
    *("--features=a,b", "--features= a ,", "--all-features", "--check", "--verify", "--force", "--check=1"),
    *("--world-module", "--world-module=m", "--full-names", "--guest-layout=wit-world", "--guest-layout=x"),
    *(
        "--import-interface-name=a=b",
        "--export-interface-name",
        "--wor",
        "--help",
        "-h",
        "--version",
        "app",
        "host",
        "both",
        "a,b",
        "--world=",
        "--out=",
        "-x",
        "--features=-a",
    ),
)


def by_click(words: list[str], monkeypatch: pytest.MonkeyPatch) -> Line | None:
    """What click makes of a command line that reaches generation; None for one that does not."""
    reached: list[Line] = []

    def generate(request: Request, *, force: bool, verify: bool) -> api.Generated:
        reached.append(Line(request, False, verify, force))
        return api.Generated("", (), None)

    def check(request: Request, *, verify: bool) -> api.Checked:
        reached.append(Line(request, True, verify, False))
        return api.Checked("", (), ())

    with monkeypatch.context() as patch:
        patch.setattr(api, "generate", generate)
        patch.setattr(api, "check", check)
        dispatch(words)
    return reached[0] if reached else None


@pytest.mark.parametrize("seed", range(4))
def test_every_line_that_is_read_is_read_as_click_reads_it(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawn lines: the quick way gives up, or agrees with click in every part."""
    rng = random.Random(seed)
    agreed = 0
    for _ in range(500):
        words = ["wit"] if rng.random() < 0.6 else []
        words += rng.choices(WORDS, k=rng.randrange(5))
        rng.shuffle(words)
        line = quick.read(words)
        if line is None:
            continue
        theirs = by_click(words, monkeypatch)
        assert theirs is not None, words
        assert (line.request, line.check, line.verify) == (theirs.request, theirs.check, theirs.verify), words
        assert line.check or line.force == theirs.force, words
        agreed += 1
    assert agreed > 50


def test_the_plain_lines_are_read() -> None:
    """The main job's lines do not fall through to click."""
    assert quick.read(["wit/", "--world", "proxy", "--verify"]) == Line(Request("wit/", ("proxy",)), False, True, False)
    assert quick.read(["--check", "--side=host", "--out", "x", "wit"]) == Line(
        Request("wit", (), Path("x"), Side.HOST), True, False, False
    )
    assert quick.read(["wit", "--world", "a", "--side", "both", "--world", "b", "--side", "host"]) == Line(
        Request("wit", ("a", "b"), side=Side.HOST), False, False, False
    )
    assert quick.read(["wit", "--features", "a,b"]) == Line(Request("wit", features=("a", "b")), False, False, False)


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["docs"],
        ["inspect", "wit"],
        ["wit", "wit"],
        ["wit", "--side", "neither"],
        ["wit", "--out"],
        ["wit", "--verify", "--side", "guest"],
        ["wit", "--all-features", "--features", "a"],
        ["wit", "--help"],
    ],
)
def test_what_is_not_plain_is_left_to_click(words: list[str]) -> None:
    """Errors, help and other commands are not for the quick way."""
    assert quick.read(words) is None


def test_a_caller_keeps_its_garbage_collection(capsys: pytest.CaptureFixture[str]) -> None:
    """A run sets collections apart for itself only, however it ends."""
    before = gc.get_threshold()
    assert main(["there-is-no-such-path.wit"]) != 0
    assert main(["--help"]) == 0
    assert gc.get_threshold() == before
    assert capsys.readouterr().err

"""What a generation or check says when it is done. Imports no click: see `quick`."""

from __future__ import annotations

from pathlib import Path

from ..api import Checked, Generated, Request, Side
from ..compiler.diagnostics import codes
from ..text import counted
from . import terminal


def say_generated(done: Generated, request: Request) -> None:
    """What was written where, and whether it was verified; or that nothing was to be done."""
    terminal.warnings(done.warnings, done.repeated)
    written = done.written
    if written is None:
        _say_up_to_date(done.world, done.files, request)
        if done.wasmtime:
            terminal.say(f"verified before, on wasmtime {done.wasmtime}")
        return
    terminal.say(f"world {done.world}")
    for line in _packages(done.files, request.out):
        terminal.say(line)
    counts = {"new": written.created, "changed": written.updated, "unchanged": written.unchanged}
    counts["removed"] = len(written.removed)
    terminal.say(f"  {', '.join(f'{count} {word}' for word, count in counts.items() if count)}")
    if done.wasmtime:
        terminal.say(f"verified: the host package links with the world's stub component on wasmtime {done.wasmtime}")
    elif any(warning.code is codes.VERIFY_LIMITED for warning in done.warnings):
        terminal.say("not verified: wasmtime-py cannot carry all of this world, see the warning")
    elif request.side is not Side.GUEST:
        terminal.say("not verified (--verify links the host package on wasmtime)")


def say_checked(done: Checked, request: Request) -> None:
    """The differences, or that there are none."""
    terminal.warnings(done.warnings, done.repeated)
    if done.differences:
        terminal.say("\n".join(done.differences))
        return
    _say_up_to_date(done.world, done.files, request)
    if done.wasmtime:
        terminal.say(f"verified on wasmtime {done.wasmtime}")


def _say_up_to_date(world: str, files: tuple[str, ...], request: Request) -> None:
    terminal.say(f"up to date: {world} in {request.out} ({counted(len(files), 'file')})")


def _packages(files: tuple[str, ...], out: Path) -> list[str]:
    """A line per package: for the host its own folder, for the guest the folder to build from."""
    lines: list[str] = []
    for side, depth in ((Side.HOST, 2), (Side.GUEST, 1)):
        of_side = [path for path in files if path.startswith(f"{side.value}/")]
        if of_side:
            folder = out.joinpath(*of_side[-1].split("/")[:depth])
            lines.append(f"  {side.value:5}  {folder}  {counted(len(of_side), 'file')}")
    return lines

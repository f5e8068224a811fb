"""`witgen compile`: components into a cache ahead of time, within limits, in a process of its own; and pruning."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from wasmtime import wat2wasm

import witgen.runtime as rt
from tests import golden
from witgen import api
from witgen.cli import main
from witgen.cli.units import shown_size
from witgen.runtime import generated as abi
from witgen.runtime._compiled.cache import PRIVATE, Cache, CacheError

TEXT = """(component
  (core module $m (func (export "f") (result i32) i32.const %d))
  (core instance $i (instantiate $m))
  (func (export "f") (result u32) (canon lift (core func $i "f"))))"""
WORLD = abi.WorldType("test:cache/cache", "0.1.0", functions=("f",))


def bomb(size: int) -> bytes:
    """A small component that takes long to compile, and much memory: one function with many live values and exits."""
    step = "(local.set {0} (i64.add (local.get {1}) (local.get {2}))) (br_if $b (i64.eqz (local.get {3})))"
    steps = "".join(step.format(*(3 + i * n % 4990 for n in (1, 7, 13, 31))) for i in range(size))
    function = f"(func (local{' i64' * 5000}) (block $b (loop $l {steps} (br $l))))"
    return bytes(wat2wasm(f"(component (core module {function}))"))


def put(folder: Path, name: str = "app.wasm", answer: int = 7) -> str:
    """A good component in a file."""
    path = folder / name
    path.write_bytes(bytes(wat2wasm(TEXT % answer)))
    return str(path)


def files(cache: Path) -> list[Path]:
    """What is in the cache."""
    return sorted((cache / PRIVATE).iterdir())


@pytest.mark.slow
def test_programs_take_the_code_from_the_cache(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """For the engine that was said, and for no other; a second run has nothing to do."""
    path, cache = put(tmp_path), tmp_path / "cache"
    (tmp_path / "app.wat").write_text(TEXT % 8)
    assert main(["compile", path, str(tmp_path / "app.wat"), "--cache", str(cache), "--fuel"]) == 0
    assert main(["compile", path, "--cache", str(cache), "--fuel"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"{path}: compiled in ")
    assert lines[2] == f"{path}: in the cache already"
    fuel = rt.engine(fuel=True)
    for source in (path, tmp_path / "app.wat"):
        pre = abi.Prepared(fuel, source, WORLD, cache, cached_only=True)
        pre.instantiate(rt.Store(fuel), {}, rt.Limits(fuel=1000))
    with pytest.raises(rt.NotCachedError, match=f"witgen compile {path} --cache"):
        abi.Prepared(rt.engine(), path, WORLD, cache, cached_only=True)


ENGINES: dict[str, Callable[[], rt.Engine]] = {
    "--component-async": lambda: rt.engine(component_async=True),
    "--epoch-interruption": lambda: rt.engine(epoch_interruption=True),
    "--fuel": lambda: rt.engine(fuel=True),
    "--stack-size 65536": lambda: rt.engine(stack_size=64 * 1024),
    "--signals-based-traps": lambda: rt.engine(signals_based_traps=True),
    "--fuel --epoch-interruption --component-async": lambda: rt.engine(
        fuel=True, epoch_interruption=True, component_async=True
    ),
}


@pytest.mark.parametrize(("words", "engine"), ENGINES.items(), ids=ENGINES)
def test_every_setting_of_an_engine(words: str, engine: Callable[[], rt.Engine], tmp_path: Path) -> None:
    """Code for an engine that is made with the same keywords."""
    path = put(tmp_path)
    assert main(["compile", path, "--cache", str(tmp_path / "cache"), *words.split()]) == 0
    abi.Prepared(engine(), path, WORLD, tmp_path / "cache", cached_only=True)


@pytest.mark.slow
def test_a_compile_bomb_ends_at_its_limits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In time and in memory; the next component is compiled all the same, and nothing half-written stays."""
    hostile, good, cache = tmp_path / "bomb.wasm", put(tmp_path), tmp_path / "cache"
    hostile.write_bytes(bomb(5000))
    words = ["compile", str(hostile), good, "--cache", str(cache)]
    assert main([*words, "--seconds", "2"]) == 1
    assert main([*words, "--memory", "300M"]) == 1
    said = capsys.readouterr()
    assert said.out.splitlines()[1] == f"{good}: in the cache already"
    assert [line for line in said.err.splitlines() if line.startswith("error")] == [
        f"error[compile-limit]: `{hostile}`: compiling takes more than 2 seconds",
        f"error[compile-limit]: `{hostile}`: compiling takes more than 314,572,800 bytes of memory",
    ]
    assert [path.suffix for path in files(cache)] == [".component"]


def test_the_error_of_a_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What it looks like."""
    put(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert main(["compile", "app.wasm", "--cache", "cache", "--memory", "1M"]) == 1
    golden.check(golden.GOLDEN / "explained" / "compile-limit.txt", capsys.readouterr().err)


def test_pruning_makes_no_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A misspelled name stays a name."""
    assert main(["compile", "--cache", str(tmp_path / "nothing"), "--prune", "--max-age", "30d"]) == 0
    assert capsys.readouterr().out == "removed 0 files (0 bytes); 0 files (0 bytes) left\n"
    assert list(tmp_path.iterdir()) == []


def test_what_is_at_fault_does_not_stop_the_rest(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each with the advice that the other commands give."""
    good = put(tmp_path)
    (tmp_path / "module.wat").write_text("(module)")
    (tmp_path / "bad.wasm").write_bytes(Path(good).read_bytes()[:-4])
    names = [str(tmp_path / name) for name in ("nothing.wasm", "module.wat", "bad.wasm", "app.wasm")]
    assert main(["compile", *names, "--cache", str(tmp_path / "cache")]) == 1
    said = capsys.readouterr()
    assert said.out.startswith(f"{good}: compiled")
    for words in (
        "error[no-such-path]",
        "error[not-a-component]",
        "wasm-tools component new",
        "error[wasmtime-refuses]",
    ):
        assert words in said.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "name a component, or use --prune"),
        (["a.wasm", "--prune"], "--prune needs --max-age or --max-size"),
        (["a.wasm", "--max-age", "3d"], "--max-age and --max-size go with --prune only"),
        (["a.wasm", "--seconds", "soon"], "'soon' is not a span of time"),
        (["a.wasm", "--seconds", "0"], "Isolation(seconds): 0.0 is not a limit"),
        (["a.wasm", "--memory", "1X"], "'1X' is not a size"),
        (["APP", "--stack-size", "1"], "engine(stack_size): expected 16384 to 2097152, got 1"),
    ],
)
def test_wrong_usage(words: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit status 2, and what is wrong."""
    path = put(tmp_path)
    assert main(["compile", "--cache", str(tmp_path / "c"), *(path if w == "APP" else w for w in words)]) == 2
    assert message in capsys.readouterr().err


def test_a_cache_that_cannot_be_used_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where nothing but the cache is of use, it is not a warning."""
    (tmp_path / "file").touch()
    assert main(["compile", put(tmp_path), "--cache", str(tmp_path / "file")]) == 1
    assert "error[output-failed]: the cache" in capsys.readouterr().err


@pytest.mark.slow
def test_pruning(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By age, then by size, what was not used for longest first; leftovers of processes that were killed go too."""
    cache = tmp_path / "cache"
    paths = [put(tmp_path, f"{n}.wasm", n) for n in range(4)]
    assert main(["compile", *paths, "--cache", str(cache)]) == 0
    now = time.time()
    stored = {n: _stored(cache, Path(path)) for n, path in enumerate(paths)}
    for n, age in enumerate((90, 50, 40, 30)):
        os.utime(stored[n], (now - age * 86_400, now - age * 86_400))
    stale, fresh = (cache / PRIVATE / f".{name}.part" for name in ("stale", "fresh"))
    for path, age in ((stale, 7200), (fresh, 5)):
        path.touch()
        os.utime(path, (now - age, now - age))
    abi.Prepared(rt.engine(), paths[1], WORLD, cache, cached_only=True)  # which is a use of it
    size = stored[3].stat().st_size
    capsys.readouterr()
    words = ["compile", "--cache", str(cache), "--prune", "--max-age", "60d", "--max-size", str(2 * size + 10)]
    assert main(words) == 0
    assert set(files(cache)) == {stored[1], stored[3], fresh}
    said = f"removed 2 files ({shown_size(2 * size)}); 2 files ({shown_size(2 * size)}) left\n"
    assert capsys.readouterr().out == said
    assert api.prune_cache(cache, max_age=0.0).left == 0


def _stored(cache: Path, path: Path) -> Path:
    return Cache(cache)._path(rt.engine(), path.read_bytes())  # pyright: ignore[reportPrivateUsage]


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["interrupted", "killed"])
def test_an_interrupted_run_leaves_nothing(number: int, tmp_path: Path) -> None:
    """Neither a file nor the process that compiles."""
    hostile, cache = tmp_path / "bomb.wasm", tmp_path / "cache"
    hostile.write_bytes(bomb(5000))
    program = """
import subprocess, sys
class Telling(subprocess.Popen):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        print(self.pid, flush=True)
subprocess.Popen = Telling
from witgen.cli import main
sys.exit(main(sys.argv[1:]))
"""
    words = [sys.executable, "-c", program, "compile", str(hostile), "--cache", str(cache), "--seconds", "60"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        child = int(running.stdout.readline())
        time.sleep(2)
        running.send_signal(number)
        running.wait(20)
        assert running.stderr is not None
        said = running.stderr.read()
    assert said.startswith("interrupted") == (number == signal.SIGINT)
    assert running.returncode == (130 if number == signal.SIGINT else -9)
    for _ in range(100):
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            break
        time.sleep(0.1)
    else:
        pytest.fail("the process that compiles goes on")
    assert files(cache) == []


@pytest.mark.slow
def test_runs_may_fill_a_cache_together(tmp_path: Path) -> None:
    """Processes that compile the same file at the same time, while another one prunes: all succeed."""
    path, cache = put(tmp_path), tmp_path / "cache"
    words = [sys.executable, "-m", "witgen", "compile", path, "--cache", str(cache)]
    runs = [subprocess.Popen(words, stdout=subprocess.DEVNULL) for _ in range(4)]
    while any(run.poll() is None for run in runs):
        rt.prune_cache(cache, max_size=0)
        time.sleep(0.05)
    assert [run.returncode for run in runs] == [0] * 4
    assert all(found.suffix == ".component" for found in files(cache))


@pytest.mark.skipif(os.name != "posix", reason="pipes and links of POSIX")
def test_what_is_no_plain_file_is_not_read(tmp_path: Path) -> None:
    """A pipe that nobody writes to does not hang, and a link is not followed."""
    path, cache = put(tmp_path), tmp_path / "cache"
    assert main(["compile", path, "--cache", str(cache)]) == 0
    (stored,) = files(cache)
    kept = tmp_path / "kept"
    stored.rename(kept)
    stored.symlink_to(kept)
    with pytest.raises(rt.NotCachedError):
        abi.Prepared(rt.engine(), path, WORLD, cache, cached_only=True)
    stored.unlink()
    os.mkfifo(stored)
    with pytest.raises(rt.NotCachedError):
        abi.Prepared(rt.engine(), path, WORLD, cache, cached_only=True)


def test_sizes_are_shown_in_units() -> None:
    """As people read them."""
    sizes = (0, 1, 1023, 1024, 1536, 20_000, 1 << 20, (1 << 30) - 1, 5 << 40, 5 << 60)
    assert [shown_size(size) for size in sizes] == [
        "0 bytes", "1 bytes", "1023 bytes", "1.0 KiB", "1.5 KiB", "20 KiB", "1.0 MiB", "1024 MiB", "5.0 TiB", "5242880 TiB",
    ]  # fmt: skip


def test_a_cache_is_asked_before_the_process_starts(tmp_path: Path) -> None:
    """What cannot be written in the end is said at once."""
    (tmp_path / "file").touch()
    with pytest.raises(CacheError):
        Cache(tmp_path / "file").check()
    with pytest.raises(rt.EngineError, match="cannot be used"):
        rt.compile_ahead(b"", tmp_path / "file")

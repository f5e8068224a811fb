"""Why it stopped: the first line of a trap is its kind and cause, and what the component wrote last is with it."""

from __future__ import annotations

import copy
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import cast

import pytest
import wasmtime

import witgen.runtime as rt
from tests.runtime import plugin
from witgen.runtime import generated as abi
from witgen.runtime._layer import VARIABLE
from witgen.runtime._stores.stderr import Tail

WORLD = abi.WorldType("t:t/t", "0.1.0", functions=("speak", "fail", "leave", "divide"))
TEXT = """(component
  (import "wasi:io/error@0.2.0" (instance $error (export "error" (type (sub resource)))))
  (alias export $error "error" (type $error))
  (import "wasi:io/streams@0.2.0" (instance $streams
    (export "output-stream" (type $out (sub resource)))
    (alias outer 1 $error (type $e)) (export "error" (type $e2 (eq $e)))
    (type $failure (variant (case "last-operation-failed" (own $e2)) (case "closed")))
    (export "stream-error" (type $stream-error (eq $failure)))
    (export "[method]output-stream.blocking-write-and-flush"
      (func (param "self" (borrow $out)) (param "contents" (list u8)) (result (result (error $stream-error)))))))
  (alias export $streams "output-stream" (type $out))
  (import "wasi:cli/stderr@0.2.0" (instance $stderr
    (alias outer 1 $out (type $o)) (export "output-stream" (type $o2 (eq $o)))
    (export "get-stderr" (func (result (own $o2))))))
  (import "wasi:cli/exit@0.2.0" (instance $exit (export "exit" (func (param "status" (result))))))
  (core module $libc (memory (export "memory") 1) (data (i32.const 100) "%s")
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 40000)))
  (core instance $libc (instantiate $libc))
  (core func $get (canon lower (func $stderr "get-stderr")))
  (core func $write (canon lower (func $streams "[method]output-stream.blocking-write-and-flush")
    (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))))
  (core func $leave (canon lower (func $exit "exit")))
  (core module $code
    (import "i" "get" (func $get (result i32)))
    (import "i" "write" (func $write (param i32 i32 i32 i32)))
    (import "i" "leave" (func $leave (param i32)))
    (func $speak (call $write (call $get) (i32.const 100) (i32.const %d) (i32.const 50000)))
    (func (export "speak") (call $speak))
    (func (export "fail") (call $speak) unreachable)
    (func (export "leave") (call $speak) (call $leave (i32.const 1)))
    (func (export "divide") (call $speak) (drop (i32.div_u (i32.const 1) (i32.const 0)))))
  (core instance $code (instantiate $code (with "i" (instance
    (export "get" (func $get)) (export "write" (func $write)) (export "leave" (func $leave))))))
  (func (export "speak") (canon lift (core func $code "speak")))
  (func (export "fail") (canon lift (core func $code "fail")))
  (func (export "leave") (canon lift (core func $code "leave")))
  (func (export "divide") (canon lift (core func $code "divide"))))"""
TRACEBACK = "Traceback:\n  in f\nValueError: boom\n"


def start(said: str = TRACEBACK, wasi: wasmtime.WasiConfig | None = None) -> abi.Instance:
    """A component that writes `said` to its standard error before it ends in one way or other."""
    data = said.encode()
    text = TEXT % ("".join(f"\\{byte:02x}" for byte in data), len(data))
    engine = plugin.engine()
    return abi.Prepared(engine, rt.Component(engine, text), WORLD).instantiate(rt.Store(engine), {}, None, wasi)


def trap(instance: abi.Instance, name: str) -> rt.Trap:
    """The trap that a function ends in."""
    with pytest.raises(rt.Trap) as caught:
        instance.bind(abi.ExportFunc[[], None]("", name))()
    return caught.value


def test_the_first_line_is_kind_and_cause() -> None:
    """Then wasmtime's words, then the component's."""
    lines = str(trap(start(), "fail")).splitlines()
    assert lines[0] == "unreachable: wasm `unreachable` instruction executed: ValueError: boom"
    assert "error while executing at wasm backtrace:" in lines[1]
    assert lines[-4:] == [
        "the component's last words on standard error:",
        "    Traceback:",
        "      in f",
        "    ValueError: boom",
    ]
    division = trap(start(), "divide")
    assert str(division).splitlines()[0] == "integer-divide-by-zero: integer divide by zero"
    assert division.stderr == TRACEBACK.strip()


def test_out_of_memory_and_an_exception_are_told_apart() -> None:
    """Both give up; the cause is what the component said."""
    found = trap(start("\nmemory allocation of 65536 bytes failed\n"), "fail")
    assert found.kind == "unreachable"
    assert str(found).splitlines()[0].endswith("executed: memory allocation of 65536 bytes failed")


def test_an_exit_has_the_words_too() -> None:
    """Where the code is not success."""
    with pytest.raises(rt.Exit) as caught:
        start().bind(abi.ExportFunc[[], None]("", "leave"))()
    assert caught.value.stderr == TRACEBACK.strip()
    assert str(caught.value).splitlines()[0] == "the component exited with code 1"
    assert str(caught.value).endswith("    ValueError: boom")


def test_what_was_said_in_earlier_calls_is_kept() -> None:
    """The end of it all, as long as the store lives; and the store says what it was spent by."""
    instance = start("one\n")
    instance.bind(abi.ExportFunc[[], None]("", "speak"))()
    assert trap(instance, "fail").stderr == "one\none"
    with pytest.raises(rt.StoreSpentError, match="Trap: unreachable: wasm `unreachable`") as caught:
        instance.bind(abi.ExportFunc[[], None]("", "speak"))
    assert cast("rt.Trap", caught.value.__cause__).stderr == "one\none"


def test_with_a_configuration_that_grants_something_else() -> None:
    """What is not granted is kept, whatever else is."""
    wasi = rt.WasiConfig()
    wasi.env = [("A", "B")]
    assert trap(start(wasi=wasi), "fail").stderr == TRACEBACK.strip()


def test_a_granted_standard_error_is_not_kept(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A file, a function, or this process's: whoever was granted it has it, all of it."""
    seen: list[bytes] = []
    to_file, to_function, to_process, of_wasmtime = (
        rt.WasiConfig(),
        rt.WasiConfig(),
        rt.WasiConfig(),
        wasmtime.WasiConfig(),
    )
    to_file.stderr_file = str(tmp_path / "said")
    to_function.stderr_custom = seen.append
    to_process.inherit_stderr()
    for wasi in (to_file, to_function, to_process, of_wasmtime):
        found = trap(start(wasi=wasi), "fail")
        assert found.stderr == ""
        assert str(found).splitlines()[0] == "unreachable: wasm `unreachable` instruction executed"
    assert (tmp_path / "said").read_text() == TRACEBACK
    assert b"".join(seen).decode() == TRACEBACK
    assert TRACEBACK in capfd.readouterr().err


def test_what_a_function_for_output_raises_comes_out() -> None:
    """As from every other callback, where the component then fails."""

    def full(data: bytes) -> None:
        raise OSError(28, "no room")

    wasi = rt.WasiConfig()
    wasi.stderr_custom = full
    with pytest.raises(OSError, match="no room"):
        start(wasi=wasi).bind(abi.ExportFunc[[], None]("", "fail"))()


def test_what_it_raises_comes_out_where_the_component_goes_on() -> None:
    """A component that takes no notice of the failure: the call is over, and the next one can be made."""
    answers: list[BaseException | None] = [OSError(28, "no room"), None, KeyboardInterrupt("now")]

    def answering(data: bytes) -> None:
        answer = answers.pop(0)
        if answer is not None:
            raise answer

    wasi = rt.WasiConfig()
    wasi.stderr_custom = answering
    speak = start(wasi=wasi).bind(abi.ExportFunc[[], None]("", "speak"))
    with pytest.raises(OSError, match="no room"):
        speak()
    speak()
    with pytest.raises(KeyboardInterrupt, match="now"):
        speak()
    assert answers == []


@pytest.mark.parametrize("layer", ["fast", "public"])
def test_what_an_output_function_returns_is_checked(layer: str) -> None:
    """In a process of its own: wasmtime aborts for a number of bytes that there are not."""
    program = """
import errno
from tests.runtime.test_last_words import *
def said(result):
    seen = []
    wasi = rt.WasiConfig()
    wasi.stderr_custom = lambda data: (seen.append(data), result(data))[1]
    speak = start(wasi=wasi).bind(abi.ExportFunc[[], None]("", "speak"))
    try:
        speak()
    except (TypeError, ValueError) as error:
        print(f"{type(error).__name__}: {error}")
    else:
        print(len(seen))
for result in (36, 10**30, -2**40, -4096, "x", 1.5, True, bytearray()):
    said(lambda data: result)
for result in (None, 35, -errno.ENOSPC):
    said(lambda data: result)
said(lambda data: 1)
said(lambda data: len("[guest] " + data.decode()))
for name in ("stdout_custom", "stderr_custom"):
    try:
        setattr(rt.WasiConfig(), name, 3)
    except TypeError as error:
        print(error)
# Of what one byte was taken, wasmtime writes the rest in a thread of its own, which cannot call Python once that has ended.
sys.stdout.flush()
os._exit(0)
"""
    ran = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, VARIABLE: layer},
    )
    advice = "but was given 35 bytes: return None when all were taken"
    what = "TypeError: WasiConfig.stderr_custom: expected None or the number of bytes that were taken, got"
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.splitlines() == [
        *(
            f"ValueError: WasiConfig.stderr_custom: the function returned {n}, {advice}"
            for n in (36, 10**30, -(2**40), -4096)
        ),
        *(f"{what} {kind}" for kind in ("str", "float", "bool", "bytearray")),
        *("1", "1", "1", "35"),
        f"ValueError: WasiConfig.stderr_custom: the function returned 43, {advice}",
        "WasiConfig.stdout_custom: expected a function that takes bytes, got int",
        "WasiConfig.stderr_custom: expected a function that takes bytes, got int",
    ]


def test_copies_and_pickles() -> None:
    """All of it."""
    for made in (rt.Trap("memory", "a\nwasm trap: b", "c"), rt.Exit(3, "c")):
        for again in (copy.copy(made), pickle.loads(pickle.dumps(made))):  # made here
            assert (str(again), vars(again)) == (str(made), vars(made))


def test_the_tail_is_bounded() -> None:
    """In bytes and lines, cut anywhere; what a terminal would obey is replaced."""
    tail = Tail()
    for _ in range(10_000):
        tail.write(("x" * 100 + "\n").encode())
    tail.write(b"y" * (1 << 20))
    assert 8000 < len(tail.text()) <= 8192
    tail = Tail()
    tail.write("".join(f"{n}\n" for n in range(100)).encode())
    assert tail.text().splitlines() == [str(n) for n in range(80, 100)]
    tail = Tail()
    tail.write(b"\x1b[31m\xff\xc3")
    tail.write(b"\xa9 \x00")
    assert tail.text() == "\ufffd[31m\ufffd\N{LATIN SMALL LETTER E WITH ACUTE} \ufffd"

"""Values that a hostile guest gives: each check on them, by what it answers. Without a check, the test of it fails."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, Flag

import pytest

import witgen.runtime as rt
from tests.core.guests import (
    Host,
    at_32,
    exporting,
    function,
    importing,
    realloc,
    result_of,
    start,
    words,
    world_with,
)
from witgen.runtime import generated as abi

PAGE = 65536
FAR = 2**32 - 8
OUT = "pointer and length are out of bounds of the memory"
LONG = "a list or string is longer than 268,435,455 bytes"


class Colour(Enum):
    RED = 0
    BLUE = 1


class Caps(Flag):
    READ = 1
    WRITE = 2


@dataclass
class Left:
    value: object


@dataclass
class Right:
    pass


EITHER = abi.Variant("either", (("left", Left, abi.U8), ("right", Right, None)))
ENUM = abi.Enum(Colour, ("red", "blue"))
FLAGS = abi.Flags(Caps, ("read", "write"))


def trapped(text: str, ty: abi.Type) -> rt.Trap:
    """The trap that `f` of a component ends in, upon which its instance is spent, and its store is not."""
    instance = start(text)
    call = function(instance, ty)
    with pytest.raises(rt.Trap) as caught:
        call()
    with pytest.raises(rt.StoreSpentError, match="the instance is spent"):
        call()
    return caught.value


@pytest.mark.parametrize(
    ("pointer", "length", "message"),
    [
        (PAGE - 1, 2, OUT),
        (PAGE, 1, OUT),
        (PAGE + 1, 0, OUT),
        (FAR, 16, OUT),
        (0, 2**28, OUT),
        (0, 2**32 - 1, OUT),
    ],
)
def test_strings_and_bytes_stay_within_the_memory(pointer: int, length: int, message: str) -> None:
    """A read beyond the end would be of memory that is not the guest's; a slice is cut short silently."""
    for signature, ty in (("string", abi.STRING), ("(list u8)", abi.List(abi.U8))):
        text = exporting(f"(result {signature})", "(result i32)", words(pointer, length))
        expected = LONG if ty != abi.STRING and length >= 2**28 else message
        assert expected in str(trapped(text, ty))


def test_strings_up_to_the_last_byte() -> None:
    """The bounds themselves are within."""
    data = f'(data (i32.const {PAGE - 3}) "end")'
    assert result_of(exporting("(result string)", "(result i32)", words(PAGE - 3, 3), data=data), abi.STRING) == "end"
    assert result_of(exporting("(result string)", "(result i32)", words(PAGE, 0)), abi.STRING) == ""


@pytest.mark.parametrize(
    ("pointer", "length", "message"),
    [
        (PAGE - 4, 2, OUT),
        (FAR, 4, OUT),
        (2, 1, "unaligned pointer"),
        (0, 2**26, LONG),
        (0, 2**32 - 1, LONG),
    ],
)
def test_lists_stay_within_the_memory_and_are_aligned(pointer: int, length: int, message: str) -> None:
    """For columns of numbers, and for lists that are read one element at a time."""
    for signature, ty in (("u32", abi.U32), ("(tuple u32)", abi.Tuple((abi.U32,)))):
        text = exporting(f"(result (list {signature}))", "(result i32)", words(pointer, length))
        assert message in str(trapped(text, abi.List(ty)))


@pytest.mark.parametrize(
    ("pointer", "message"), [(PAGE - 4, OUT), (FAR, OUT), (2, "unaligned pointer"), (2**32 - 4, OUT)]
)
def test_the_pointer_to_a_result(pointer: int, message: str) -> None:
    """It is the guest's, as any other."""
    text = exporting("(result string)", "(result i32)", f"(i32.const {pointer})")
    assert message in str(trapped(text, abi.STRING))


@pytest.mark.parametrize(
    ("signature", "ty", "case"),
    [
        ("(option u8)", abi.Option(abi.U8), 2),
        ("(result u8 (error u8))", abi.Result(abi.U8, abi.U8), 2),
        ('(variant (case "left" u8) (case "right"))', EITHER, 2),
        ('(enum "red" "blue")', ENUM, 2),
    ],
)
def test_discriminants(signature: str, ty: abi.Type, case: int) -> None:
    """Flat, and in memory."""
    named = f"(type $t' {signature}) (export $t \"t\" (type $t'))"
    for result, described in (("$t", ty), ("(tuple $t $t)", abi.Tuple((ty, ty)))):
        is_flat = result == "$t" and isinstance(ty, abi.Enum)
        body = f"(i32.const {case})" if is_flat else words(case * 0x01010101)
        text = exporting(f"(result {result})", "(result i32)", body).replace("(component", f"(component {named}", 1)
        assert "unexpected discriminant" in str(trapped(text, described))


@pytest.mark.parametrize("char", [0xD800, 0xDFFF, 0x110000, 2**32 - 1])
def test_chars(char: int) -> None:
    """A `str` with a surrogate in it could be passed on to where none may be."""
    assert "invalid `char`" in str(trapped(exporting("(result char)", "(result i32)", f"(i32.const {char})"), abi.CHAR))
    data = at_32(char.to_bytes(4, "little"))
    text = exporting("(result (list char))", "(result i32)", words(32, 1), data=data)
    assert "invalid `char`" in str(trapped(text, abi.List(abi.CHAR)))


def test_junk_above_small_values_is_ignored() -> None:
    """As the specification has it: an `i32` holds more than a bool, a small integer or a set of flags."""
    named = '(type $t\' (flags "read" "write")) (export $t "t" (type $t\'))'
    for signature, ty, value in (
        ("bool", abi.BOOL, True),
        ("u8", abi.U8, 0xFD),
        ("s16", abi.S16, -3),
        ("$t", FLAGS, Caps.READ),
    ):
        text = exporting(f"(result {signature})", "(result i32)", "(i32.const 0xfffffffd)")
        found = result_of(text.replace("(component", f"(component {named}", 1), ty)
        assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("encoding", "data"),
    [
        ("utf8", b"\xff"),
        ("utf8", b"\xed\xa0\x80"),
        ("utf8", b"\xc0\x80"),
        ("utf16", b"\x00\xd8"),
        ("utf16", b"\x00\xdc\x00\xd8"),
        ("latin1+utf16", b"\x00\xd8"),
    ],
)
def test_strings_that_are_not_encoded_as_said(encoding: str, data: bytes) -> None:
    """A trap that says so, and not an error of Python's codecs."""
    units = len(data) if encoding == "utf8" else len(data) // 2
    length = units | (2**31 if encoding == "latin1+utf16" else 0)
    stored = at_32(data)
    text = exporting("(result string)", "(result i32)", words(32, length), f"string-encoding={encoding}", data=stored)
    assert "invalid string encoding" in str(trapped(text, abi.STRING))


@pytest.mark.parametrize(
    ("encoding", "pointer", "length", "message"),
    [
        ("utf16", 33, 1, "unaligned pointer"),
        ("utf16", PAGE - 2, 2, OUT),
        ("utf16", 0, 2**31, OUT),
        ("latin1+utf16", 33, 1, "unaligned pointer"),
        ("latin1+utf16", PAGE - 2, 3, OUT),
        ("latin1+utf16", PAGE - 2, 2**31 + 2, OUT),
    ],
)
def test_strings_of_other_encodings(encoding: str, pointer: int, length: int, message: str) -> None:
    """Have the same bounds, and need to be aligned."""
    text = exporting("(result string)", "(result i32)", words(pointer, length), f"string-encoding={encoding}")
    assert message in str(trapped(text, abi.STRING))


@pytest.mark.parametrize("encoding", ["utf8", "utf16", "latin1+utf16"])
def test_a_small_memory_cannot_fill_that_of_the_host(encoding: str) -> None:
    """One page that says the same string over and over: what crosses in a call is counted."""
    entries = 0x1F80  # nearly a page of pointers and lengths; all that is in memory is ASCII
    length = 0x6060 if encoding != "utf16" else 0x3030  # whose bytes are letters
    fill = f"""(local $n i32) (loop $next
      (i32.store offset=64 (i32.shl (local.get $n) (i32.const 3)) (i32.const 0))
      (i32.store offset=68 (i32.shl (local.get $n) (i32.const 3)) (i32.const {length}))
      (br_if $next (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const {entries - 1}))))
      {words(64, entries - 1)}"""
    text = exporting("(result (list string))", "(result i32)", fill, f"string-encoding={encoding}")
    assert trapped(text, abi.List(abi.STRING)).kind == "limit"


def test_a_list_of_small_elements_cannot_either() -> None:
    """64 MiB of bools would be half a gigabyte here, and of tuples four times that."""
    for signature, ty in (("bool", abi.BOOL), ("(tuple u8)", abi.Tuple((abi.U8,)))):
        grow = "(drop (memory.grow (i32.const 1023)))"
        text = exporting(f"(result (list {signature}))", "(result i32)", grow + words(0, 2**26 - 64))
        assert trapped(text, abi.List(ty)).kind == "limit"


# ---- what an import is given, and where its result goes --------------------------------------------------------------


@pytest.mark.parametrize(
    ("pointer", "length", "message"), [(PAGE, 1, OUT), (FAR, 16, OUT), (2, 1, "unaligned pointer")]
)
def test_arguments_of_an_import(pointer: int, length: int, message: str) -> None:
    """Nothing of it reaches the implementation."""
    body = f"(call $g (i32.const {pointer}) (i32.const {length})) (i32.const 0)"
    host = Host()
    world = world_with((abi.List(abi.U32),), None)
    text = importing('(param "p0" (list u32))', "(param i32 i32)", body)
    with pytest.raises(rt.Trap, match=message):
        function(start(text, world, {"host": host}), abi.U32)()
    assert host.seen == []


@pytest.mark.parametrize(("pointer", "message"), [(PAGE - 64, OUT), (FAR, OUT), (4, "unaligned pointer")])
def test_arguments_of_an_import_that_are_in_memory(pointer: int, message: str) -> None:
    """More than sixteen, to which there is a pointer."""
    params = "".join(f'(param "p{n}" u64)' for n in range(17))
    host = Host()
    world = world_with((abi.U64,) * 17, None)
    text = importing(params, "(param i32)", f"(call $g (i32.const {pointer})) (i32.const 0)")
    with pytest.raises(rt.Trap, match=message):
        function(start(text, world, {"host": host}), abi.U32)()
    assert host.seen == []


@pytest.mark.parametrize(("pointer", "message"), [(PAGE - 4, OUT), (FAR, OUT), (2, "unaligned pointer")])
def test_where_the_result_of_an_import_goes(pointer: int, message: str) -> None:
    """A write beyond the end would be to memory that is not the guest's."""
    for answer, signature, ty in (
        ((1, 2), "(tuple u32 u32)", abi.Tuple((abi.U32, abi.U32))),
        (7, "(result u32 (error u32))", abi.Result(abi.U32, abi.U32)),
    ):
        text = importing(f"(result {signature})", "(param i32)", f"(call $g (i32.const {pointer})) (i32.const 0)")
        with pytest.raises(rt.Trap, match=message):
            function(start(text, world_with((), ty), {"host": Host(answer)}), abi.U32)()


# ---- realloc -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pointer", "message"),
    [(PAGE, "beyond end of memory"), (FAR, "beyond end of memory"), (2, "result not aligned")],
)
def test_what_realloc_returns(pointer: int, message: str) -> None:
    """For arguments, for what a caller spills, and for what an implementation returns."""
    wrong = realloc(f"(i32.const {pointer})")
    numbers = exporting('(param "p" (list u32))', "(param i32 i32)", "", allocate=wrong)
    strings = exporting('(param "p" (list string))', "(param i32 i32)", "", allocate=wrong)
    many = "".join(f'(param "p{n}" u64)' for n in range(17))
    spilled = exporting(many, "(param i32)", "", allocate=wrong)
    for text, ty, values in (
        (numbers, (abi.List(abi.U32),), ([1, 2],)),
        (strings, (abi.List(abi.STRING),), (["a"],)),
        (spilled, (abi.U64,) * 17, (1,) * 17),
    ):
        instance = start(text)
        with pytest.raises(rt.Trap, match=f"realloc return: {message}"):
            function(instance, None, *ty)(*values)
        with pytest.raises(rt.StoreSpentError):
            function(instance, None, *ty)(*values)
    body = "(call $g (i32.const 64)) (i32.const 0)"
    text = importing("(result (list u32))", "(param i32)", body, allocate=wrong)
    with pytest.raises(rt.Trap, match=f"realloc return: {message}"):
        function(start(text, world_with((), abi.List(abi.U32)), {"host": Host([1, 2])}), abi.U32)()


def test_a_realloc_that_traps() -> None:
    """Comes out as the trap that it is, and not as what may be wrong with the arguments."""
    text = exporting('(param "p" string)', "(param i32 i32)", "", allocate=realloc("unreachable"))
    instance = start(text)
    with pytest.raises(rt.Trap) as caught:
        function(instance, None, abi.STRING)("a")
    assert caught.value.kind == "unreachable"
    with pytest.raises(rt.StoreSpentError):
        function(instance, None, abi.STRING)("a")


def test_what_is_too_long_is_refused_before_wasm_is_asked() -> None:
    """2**28 bytes: their length would still fit, but the specification has them trap."""
    instance = start(exporting('(param "p" (list u8))', "(param i32 i32)", ""))
    call = function(instance, None, abi.List(abi.U8))
    with pytest.raises(ValueError, match="longer than 268,435,455 bytes"):
        call(bytes(2**28))
    call(b"short")


def test_a_memory_that_grows_in_realloc() -> None:
    """What was known of its size is read again; what is written afterwards arrives."""
    grow = realloc("(i32.shl (memory.grow (i32.const 1)) (i32.const 16))")
    text = exporting(
        '(param "a" string) (param "b" (list u32)) (result u32)',
        "(param i32 i32 i32 i32) (result i32)",
        "(i32.add (i32.load8_u (local.get 0)) (i32.load offset=4 (local.get 2)))",
        allocate=grow,
    )
    call = function(start(text), abi.U32, abi.STRING, abi.List(abi.U32))
    for n in range(20):
        assert call("A", [0, n]) == 65 + n


def test_a_string_for_an_import_that_is_not_utf8() -> None:
    """A trap that says so, and not an error of Python's codecs; the implementation sees nothing."""
    host = Host()
    text = importing(
        '(param "p0" string)',
        "(param i32 i32)",
        "(call $g (i32.const 32) (i32.const 1)) (i32.const 0)",
        data=at_32(b"\xff"),
    )
    with pytest.raises(rt.Trap, match="invalid string encoding"):
        function(start(text, world_with((abi.STRING,), None), {"host": host}), abi.U32)()
    assert host.seen == []

"""The reader of components and encoded packages: worlds come back as they were; whatever else is in a file is refused."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from wasmtime import wat2wasm

from tests.checkout import ROOT
from tests.compiler.bindings.guest.corpus import CORPUS, find_cases
from tests.compiler.syntax.spelled import spelled
from tests.golden import GOLDEN
from witgen.api import load_and_resolve
from witgen.compiler.model.formats.wit import print_wit
from witgen.compiler.trial.stub import stub_component
from witgen.component.binary import BinaryError, Fault, component_world, read_binary
from witgen.component.items import Resolved, World

ENCODED = sorted((GOLDEN / "encoded").glob("*.wasm"))
HEAD = b"\0asm\x0d\0\x01\0"


THROUGH = """
(component
  (import "a:b/types" (instance $types
    (type $r (record (field "x" u8)))
    (export "pair" (type (eq $r)))
    (export "token" (type (sub resource)))))
  (alias export $types "pair" (type $pair))
  (alias export $types "token" (type $token))
  (type $own (own $token))
  (type $f (func (param "p" $pair) (param "t" $own)))
  (import "f" (func $f (type $f)))
  (component $shim
    (type $r (record (field "x" u8)))
    (import "import-type-pair" (type $pair (eq $r)))
    (import "import-type-token" (type $token (sub resource)))
    (type $imported-own (own $token))
    (type $imported-f (func (param "p" $pair) (param "t" $imported-own)))
    (import "import-func-f" (func $f (type $imported-f)))
    (export $p "pair" (type $pair))
    (export $t "token" (type $token))
    (type $own (own $t))
    (type $g (func (param "p" $p) (param "t" $own)))
    (export "f" (func $f) (func (type $g))))
  (instance $i (instantiate $shim
    (with "import-type-pair" (type $pair))
    (with "import-type-token" (type $token))
    (with "import-func-f" (func $f))))
  (export "a:b/user" (instance $i)))
"""


def assemble(text: str) -> bytes:
    """Component text in the binary format."""
    return bytes(wat2wasm(text))


def world_of(text: str) -> World:
    """The world of a component that is given as text."""
    return component_world(read_binary(assemble(text)))


def own_lines(resolved: Resolved) -> Counter[str]:
    """The lines of the root package's text, in no order."""
    return Counter(print_wit(Resolved((resolved.root,), resolved.root)).splitlines())


def refusal(data: bytes) -> str:
    """What is said of bytes that cannot be read: the fault, the message, the offset."""
    with pytest.raises(BinaryError) as refused:
        component_world(read_binary(data))
    error = refused.value
    return f"{error.fault.name} {error.offset}: {error.message}"


def test_stubs_read_back_to_their_worlds() -> None:
    """Every world of the corpus."""
    cases = find_cases()
    assert len(cases) > 100
    for case in cases:
        assert spelled(world_of(stub_component(case.world))) == spelled(case.world), case.module


@pytest.mark.parametrize("path", ENCODED, ids=lambda path: path.stem)
def test_encoded_packages_are_what_their_text_is(path: Path) -> None:
    """With docs and gates; only the order of functions among types is not kept by the encoding.

    What it has of other packages is what it needs of them.
    """
    text = CORPUS / f"{path.stem}.wit" if path.stem != "wasi-http" else ROOT / "wit"
    written = load_and_resolve(str(text), all_features=True).resolved
    encoded = load_and_resolve(str(path)).resolved
    lost, added = own_lines(written) - own_lines(encoded), own_lines(encoded) - own_lines(written)
    assert not lost and not added


# What a component may look like ---------------------------------------------------------------------------------------


def test_types_pass_through_an_instantiated_component() -> None:
    """As toolchains wrap what they export: what comes out is what went in, resources too."""
    world = world_of(THROUGH)
    lines = spelled(world)
    assert "export a:b/user: type pair a:b/types#pair None" in lines
    assert "export a:b/user: type token a:b/types#token None" in lines
    assert "export a:b/user: f Freestanding (p: a:b/user#pair, t: own<a:b/user#token>) None" in lines


def test_imports_have_just_what_the_component_takes() -> None:
    """One interface imported in part and exported in whole: two views of it for a component, one in WIT."""
    text = """(component
      (import "a:b/i" (instance (export "f" (func))))
      (component $c (core module $m (func (export "g"))) (core instance $k (instantiate $m))
        (func $g (canon lift (core func $k "g"))) (export "g" (func $g)))
      (instance $i (instantiate $c))
      (export "a:b/i" (instance $i)))"""
    assert spelled(world_of(text)) == [
        "export a:b/i: g Freestanding () None",
        "export a:b/i: interface a:b/i None",
        "import a:b/i: f Freestanding () None",
        "import a:b/i: interface a:b/i None",
    ]


def test_a_use_that_only_the_binary_format_leaves_out_is_added() -> None:
    """A function of the world that mentions an interface's type."""
    world = world_of("""(component
      (import "a:b/types" (instance $types (type $e (enum "a")) (export "e" (type (eq $e)))))
      (alias export $types "e" (type $e))
      (import "f" (func (param "e" $e))))""")
    assert "import e: type a:b/types#e None" in spelled(world)
    assert "import f: Freestanding (e: world#e) None" in spelled(world)


# What is refused ------------------------------------------------------------------------------------------------------


def section(number: int, *parts: bytes) -> bytes:
    """A section with its size, below 128 bytes."""
    body = b"".join(parts)
    return bytes([number, len(body)]) + body


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "NOT_A_COMPONENT 0: the file is empty"),
        (b"package a:b;", "NOT_A_COMPONENT 0: not a WebAssembly file: it does not start with `\\0asm`"),
        (b"\0asm", "MALFORMED 4: ends within its first eight bytes"),
        (b"\0asm\x01\0\0\0", "CORE_MODULE 4: this is a core module, not a component"),
        (b"\0asm\x0e\0\x01\0", "UNSUPPORTED 4: unknown version of the component format: 0e 00 01 00"),
        (HEAD + b"\x07", "MALFORMED 9: ends too early"),
        (HEAD + b"\x01\x05\0", "MALFORMED 9: a section of 5 bytes is cut off: 1 are left"),
        (HEAD + b"\x01\xff\xff\xff\xff\x0f", "MALFORMED 9: a section of 4,294,967,295 bytes is cut off: 0 are left"),
        (HEAD + b"\x01\xff\xff\xff\xff\x1f", "MALFORMED 9: a number of 32 bits is too large"),
        (HEAD + b"\x01\x80\x80\x80\x80\x80\0", "MALFORMED 9: a number of 32 bits takes too many bytes"),
        (HEAD + section(0x20), "UNSUPPORTED 8: unknown section 0x20"),
        (HEAD + section(7, b"\xff\xff\x03"), "MALFORMED 10: 65,535 types do not fit into the 0 bytes that are left"),
        (HEAD + section(7, b"\x01\x50"), "UNSUPPORTED 11: unknown type 0x50"),
        (HEAD + section(7, b"\x01\x70\x09"), "MALFORMED 11: there is no type 9: there are 0 so far"),
        (HEAD + section(7, b"\x01\x70\x00"), "MALFORMED 11: there is no type 0: there are 0 so far"),
        (HEAD + section(7, b"\x01\x70\x40"), "UNSUPPORTED 12: unknown type 0x40"),
        (HEAD + section(7, b"\x01\x7f\x00"), "MALFORMED 12: a section holds more than its types"),
        (HEAD + section(7, b"\x01\x6d\x01\x01\xff"), "MALFORMED 14: a name is not encoded in UTF-8"),
        (HEAD + section(7, b"\x01\x42\x01\x00\x5f"), "UNSUPPORTED 14: core types other than those of functions and modules are not read"),
        (HEAD + section(7, b"\x01\x42\x01\x00\x50\x01\x01\x50\x00"), "UNSUPPORTED 17: core types other than those of functions and modules are not read"),
        (HEAD + section(7, b"\x01\x42\x01\x00\x50\x01\x04"), "UNSUPPORTED 16: unknown declaration 0x04"),
        (HEAD + section(7, b"\x01\x42\x01\x00\x60\xff\x7f"), "MALFORMED 15: 16,383 parameters do not fit into the 0 bytes that are left"),
        (HEAD + section(7, b"\x02\x7f\x69\x00"), "MALFORMED 12: `own` needs a resource"),
        (HEAD + section(8, b"\x01\x50"), "UNSUPPORTED 11: unknown canonical definition 0x50"),
        (HEAD + section(6, b"\x01\x03\x02\x05\x00"), "MALFORMED 11: an alias leads further out than the outermost component"),
        (HEAD + section(10, b"\x01\x00\x03a_b\x01\x00"), "MALFORMED 16: there is no type 0: there are 0 so far"),
        (
            HEAD + section(7, b"\x01\x40\x00\x01\x00") + section(10, b"\x01\x00\x03a_b\x01\x00"),
            "MALFORMED 18: `a_b` is not a name in kebab-case",
        ),
        (HEAD + section(10, b"\x01\x00\x01m\x00\x11\x00"), "UNSUPPORTED 11: `m` is a component or core module, which a world cannot have there in WIT"),
    ],
)  # fmt: skip
def test_bytes_that_are_refused(data: bytes, expected: str) -> None:
    """Each with the fault and the byte."""
    assert refusal(data) == expected


def test_every_truncation_is_refused() -> None:
    """Nothing but a `BinaryError`, or a component that ends between two sections."""
    data = ENCODED[0].read_bytes()
    for end in range(len(data)):
        try:
            read_binary(data[:end])
        except BinaryError as error:
            assert 0 <= error.offset <= end


def nested(depth: int, kind: int = 0x42) -> bytes:
    """A type with as many levels of instance or component types in it."""
    return (bytes([kind]) + b"\x01\x01") * depth + b"\x42\x00"


def long_section(number: int, body: bytes) -> bytes:
    """A section of any size."""
    size, rest = bytearray(), len(body)
    while rest >= 0x80:
        size.append(rest & 0x7F | 0x80)
        rest >>= 7
    return bytes([number, *size, rest]) + body


def test_deep_nesting_is_refused() -> None:
    """Of component types, of values, of components."""
    assert refusal(HEAD + long_section(7, b"\x01" + nested(100_000))).startswith("TOO_LARGE")
    lists = b"".join(b"\x70" + (bytes([i]) if i < 64 else bytes([i & 0x7F | 0x80, i >> 7])) for i in range(200))
    assert refusal(HEAD + long_section(7, b"\xc9\x01\x7f" + lists)).startswith("TOO_LARGE")
    component = HEAD
    for _ in range(100):
        component = HEAD + long_section(4, component) + section(5, b"\x01\x00\x00\x00")
    assert refusal(component).startswith("TOO_LARGE")


@pytest.mark.slow
def test_small_files_with_huge_types_are_refused() -> None:
    """Doubling at each step: values within values, instances within instances, components that run others twice."""
    pairs = b"".join(bytes([0x6F, 2, i, i]) for i in range(60))
    assert refusal(HEAD + long_section(7, b"\x3d\x7f" + pairs)).startswith("TOO_LARGE")
    doubled = b"\x42\x00"
    for i in range(40):
        exported = b"".join(b"\x04\x00\x01" + name + b"\x05\x00" for name in (b"a", b"b"))
        doubled += b"\x42\x03\x02\x03\x02\x01" + bytes([i]) + exported
    imported = section(10, b"\x01\x00\x01i\x05\x28")
    assert refusal(HEAD + long_section(7, b"\x29" + doubled) + imported).startswith("TOO_LARGE")
    component = HEAD
    for _ in range(40):
        component = HEAD + long_section(4, component) + section(5, b"\x02\x00\x00\x00\x00\x00\x00")
    assert refusal(component).startswith("TOO_LARGE")


@pytest.mark.parametrize(
    ("docs", "expected"),
    [
        (b"\x02{}", Fault.UNSUPPORTED),
        (b"", Fault.UNSUPPORTED),
        (b"\x01{", Fault.MALFORMED),
        (b"\x01" + b"[" * 200_000, Fault.MALFORMED),
        (b"\x01" + b"9" * 10_000, Fault.MALFORMED),
        (b"\x01[]", None),
        (b'\x01{"docs": 1, "worlds": [], "interfaces": {"x": {"docs": "\\ud800", "stability": "new"}}}', None),
    ],
)
def test_the_section_with_docs(docs: bytes, expected: Fault | None) -> None:
    """Must be JSON of a version that is known; what is in it may be nonsense."""
    data = HEAD + long_section(0, b"\x0cpackage-docs" + docs)
    if expected is None:
        assert read_binary(data).docs is not None
        return
    with pytest.raises(BinaryError) as refused:
        read_binary(data)
    assert refused.value.fault is expected

"""Turns binaries among the input into WIT text: components and encoded packages, binary or as component text.

    files with bytes --assemble--> binaries --witgen.component.binary--> packages of the model --print--> files with WIT text

The text then goes the same way as what users write, so a package is the same model however it came. A component becomes
the package `root:component` with the world `root`, as wasm-tools has it.

Why not straight from the binary to the resolved model? Written WIT and binaries mix: a dependency may be either, each may
use types of the other, gates (`--features`) apply to both, and what a binary only mentions of a package gives way to that
package where it is in the input. All of this is the work of `resolve`, which reads ASTs. A second entrance would do it
again for models. What the detour costs is printing and parsing: 10 ms for `wasi:http/proxy`, 23 ms for a componentize-py
component of 18 MB, out of some 500 ms of `witgen inspect`. `validate` does not take it: a component's own world is read
from the binary (`component_world`).
"""

from __future__ import annotations

from collections.abc import Iterator

from ...component.binary import Binary, BinaryError, Fault, Packages, read_binary
from ...component.binary.file_kinds import is_text
from ...component.items import Package, Resolved
from ...dataclass import replace
from ..diagnostics import Code, Diagnostic, Source, codes
from ..input.inputs import InputFile, InputGroup, Inputs, Origin
from ..model.formats.wit import print_wit

_MAGIC = b"\0asm"
_CODES = {
    Fault.NOT_A_COMPONENT: codes.NOT_A_COMPONENT,
    Fault.CORE_MODULE: codes.NOT_A_COMPONENT,
    Fault.ENCODED_PACKAGE: codes.NOT_A_COMPONENT,
    Fault.MALFORMED: codes.MALFORMED_COMPONENT,
    Fault.UNSUPPORTED: codes.UNSUPPORTED_COMPONENT,
    Fault.TOO_LARGE: codes.COMPONENT_TOO_LARGE,
}


class Refused(Exception):
    """A file that cannot be decoded, with the finding that says why."""

    def __init__(self, finding: Diagnostic) -> None:
        super().__init__(finding.message)
        self.finding = finding


def decode_inputs(inputs: Inputs) -> Inputs:
    """The input with text in the place of every binary; what is wrong with one is among its file's findings."""
    packages = Packages()
    read: dict[str, Binary | Diagnostic] = {}
    groups = (inputs.root, *inputs.dependencies)
    for file in (file for group in groups for file in group.files if file.data is not None):
        assert file.data is not None
        try:
            read[file.path] = binary = read_file(file.path, file.data)
            packages.announce(binary)
        except Refused as refused:
            read[file.path] = refused.finding
    defined: dict[str, Package] = {}
    for path, binary_or_finding in read.items():
        if isinstance(binary_or_finding, Binary):
            try:
                defined[path] = packages.add(binary_or_finding)
            except BinaryError as error:
                read[path] = finding_of(path, error)
    first = next(iter(read))
    root, *dependencies = (_decoded(group, read, defined) for group in groups)
    return Inputs(root, (*dependencies, *_mentioned(packages, defined, first)))


def read_file(path: str, data: bytes) -> Binary:
    """Read one binary; component text is assembled first.

    Raises:
        Refused: it cannot be.
    """
    try:
        return read_binary(assembled(path, data))
    except BinaryError as error:
        raise Refused(finding_of(path, error)) from None


def finding_of(path: str, error: BinaryError) -> Diagnostic:
    """What is wrong with a binary, as a finding; the code says whose fault it is."""
    code: Code = _CODES[error.fault]
    return Diagnostic(code, f"cannot read `{path}`: {error.message}, at byte {error.offset:#x}", help=(error.advice,))


def assembled(path: str, data: bytes) -> bytes:
    """The binary format, of a file that has it or component text.

    Raises:
        Refused: the text is none.
    """
    if data.startswith(_MAGIC) or not (path.endswith(".wat") or is_text(data)):
        return data
    from wasmtime import WasmtimeError, wat2wasm

    try:
        return bytes(wat2wasm(data.decode("utf-8")))
    except UnicodeDecodeError:
        raise Refused(Diagnostic(codes.UNREADABLE_FILE, f"`{path}` is not encoded in UTF-8")) from None
    except WasmtimeError as error:
        said = str(error).strip()
        raise Refused(
            Diagnostic(codes.INVALID_COMPONENT_TEXT, f"`{path}` is not a valid component in text format", notes=(said,))
        ) from None


def _decoded(group: InputGroup, read: dict[str, Binary | Diagnostic], defined: dict[str, Package]) -> InputGroup:
    if all(file.data is None for file in group.files):
        return group
    files = tuple(_decoded_file(file, read, defined) for file in group.files)
    return replace(group, files=files, origin=Origin.DECODED)


def _decoded_file(file: InputFile, read: dict[str, Binary | Diagnostic], defined: dict[str, Package]) -> InputFile:
    if file.data is None:
        return file
    found = read[file.path]
    if isinstance(found, Diagnostic):
        return InputFile(file.path, None, (found,))
    return InputFile(file.path, _text(file.path, defined[file.path]))


def _mentioned(packages: Packages, defined: dict[str, Package], path: str) -> Iterator[InputGroup]:
    """The packages that no binary defines: what is known of them."""
    for package in packages.all:
        if package not in defined.values():
            yield InputGroup(path, (InputFile(path, _text(path, package)),), origin=Origin.MENTIONED)


def _text(path: str, package: Package) -> Source:
    return Source(path, print_wit(Resolved((package,), package)))


__all__ = ["Refused", "assembled", "decode_inputs", "finding_of", "read_file"]

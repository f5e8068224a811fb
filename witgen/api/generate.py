"""The passes in order, for tool builders: load, resolve, select a world, plan, render, format, write.

    wit/ --decode binaries, load--> AST --resolve--> packages --select--> world --plan--> Python model --render, format--> text --write--> disk

Each phase reports what it finds to `Diagnostics`; between phases, errors stop the run by raising `WitError`, the only
exception for input that is at fault. Anything else that is raised is a bug in witgen.

A run that has nothing to do finds that out from hashes (`emit.stamp`) and must not pay for what it does not use, so the
rooms are imported by the functions that need them.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from .. import __version__
from ..compiler.bindings.guest_options import DEFAULT as DEFAULT_GUEST
from ..compiler.bindings.guest_options import GuestOptions
from ..compiler.diagnostics import Diagnostic, Diagnostics, codes, in_order
from ..compiler.load.resolution import resolve_inputs, select
from ..dataclass import dataclass, field

if TYPE_CHECKING:
    from ..compiler.emit.files import Output
    from ..compiler.emit.pymodel import PyHeader, PyPackage
    from ..compiler.emit.stamp import Stamp
    from ..compiler.emit.write import Written
    from ..compiler.input.inputs import Inputs
    from ..component.items import Resolved, World


DEFAULT_OUT = "bindings"


class Side(Enum):
    """For whom packages are generated."""

    HOST = "host"
    GUEST = "guest"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Request:
    """What to generate, and where."""

    wit: str
    """A file (WIT text or a binary) or a directory with its `deps/`, as the user wrote it."""
    worlds: tuple[str, ...] = ()
    """Names or ids of worlds, as `--world` has them; if there are none, the only world of the root package."""
    out: Path = Path(DEFAULT_OUT)
    side: Side = Side.BOTH
    features: tuple[str, ...] = ()
    all_features: bool = False
    guest: GuestOptions = DEFAULT_GUEST

    def options(self) -> tuple[str, ...]:
        """The options that change the output, as text."""
        features = ("all features",) if self.all_features else tuple(sorted(set(self.features)))
        guest = () if self.side is Side.HOST else self.guest.words()
        return (self.side.value, f"{len(self.worlds)} worlds", *self.worlds, *features, *guest)


@dataclass(frozen=True, slots=True)
class Generated:
    """What `generate` did."""

    world: str
    """The id of the world."""
    files: tuple[str, ...]
    """Every file of the output, below the output folder, sorted."""
    written: Written | None
    """What was written; None if the output was up to date, so that nothing was read but hashes."""
    warnings: tuple[Diagnostic, ...] = ()
    repeated: Mapping[str, str] = field(default_factory=dict[str, str])
    """The warnings of an earlier run that was found to be up to date, rendered in each format."""
    wasmtime: str = ""
    """The version that the host package was verified on; empty if it was not."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What `check` found: `differences` holds lines of text, none if the output is as it should be."""

    world: str
    files: tuple[str, ...]
    differences: tuple[str, ...]
    warnings: tuple[Diagnostic, ...] = ()
    repeated: Mapping[str, str] = field(default_factory=dict[str, str])
    wasmtime: str = ""


# The passes -----------------------------------------------------------------------------------------------------------


def plan(
    resolved: Resolved, worlds: tuple[World, ...], request: Request, diagnostics: Diagnostics
) -> tuple[PyPackage, ...]:
    """The Python model of each package to write.

    Raises:
        WitError: the worlds hold what cannot be bound.
    """
    from ..compiler.bindings.guest import plan_guest
    from ..compiler.bindings.host import plan_host

    packages: list[PyPackage] = []
    if request.side is not Side.HOST and len(worlds) > 1:
        diagnostics.error(
            codes.NOT_SUPPORTED,
            f"a guest package is for one world, and {len(worlds)} are asked for",
            help=("`--side host` makes one host package for all of them; run witgen once per world for the guests",),
        )
        diagnostics.stop_on_errors()
    if request.side is not Side.GUEST:
        packages.append(plan_host(worlds, resolved, _header(worlds, request), diagnostics))
    if request.side is not Side.HOST:
        header = _header(worlds, request, request.guest.command())
        packages.append(plan_guest(next(iter(worlds)), header, diagnostics, request.guest))
    diagnostics.stop_on_errors()
    return tuple(packages)


def render(packages: tuple[PyPackage, ...]) -> tuple[Output, ...]:
    """The formatted text of every file of each package, with the folders that are the package's own."""
    from ..compiler.emit.files import Output
    from ..compiler.emit.format import format_files
    from ..compiler.emit.render import render_package

    outputs: list[Output] = []
    for package in packages:
        files = format_files(render_package(package))
        outputs.append(Output(package.header.world, files, _own_folders(package)))
    return tuple(outputs)


def up_to_date(request: Request, *, verify: bool = False) -> Generated | None:
    """What `generate` returns if there is nothing to do, found out from hashes alone; None if there is something.

    Args:
        request: what `generate` would be asked.
        verify: whether the host package must have been verified, with the wasmtime that is installed now.

    Raises:
        WitError: the input cannot be found.
    """
    stamp = _start(request).valid_stamp(verify)
    return None if stamp is None else _as_before(stamp, verify)


def generate(request: Request, *, force: bool = False, verify: bool = False) -> Generated:
    """Bring the output folder up to date.

    Args:
        request: what to generate, and where.
        force: overwrite files that witgen did not write, and the output of another world under the same name.
        verify: link the host package with a stub component of the world on wasmtime.

    Returns:
        The files of the output, and what was written; nothing was, if the output was up to date.

    Raises:
        WitError: the input or the output folder is at fault, or the host package does not link.
        ValueError: `verify` is asked for without a host package.
    """
    _refuse_verify(request, verify)
    from ..compiler.emit.stamp import write_stamp
    from ..compiler.emit.survey import survey
    from ..compiler.emit.write import judge, output_failures, write

    run = _start(request)
    if (stamp := run.valid_stamp(verify)) is not None:
        return _as_before(stamp, verify)
    worlds, packages, outputs = run.outputs()
    with output_failures("write", request.out, run.diagnostics):
        found = survey(request.out, outputs)
        judge(request.out, found, run.diagnostics, force=force)
        run.diagnostics.stop_on_errors()
        written = write(request.out, found)
    wasmtime = _verify(worlds, packages, request, run.diagnostics) if verify else ""
    if not found.extra:
        write_stamp(request.out, request.options(), run.stamp(worlds, outputs, wasmtime))
    return Generated(_ids(worlds), _paths(outputs), written, in_order(run.diagnostics.found), {}, wasmtime)


def check(request: Request, *, verify: bool = False) -> Checked:
    """Compare the output folder with what `generate` would write, and write nothing.

    Args:
        request: what `generate` would be asked.
        verify: if there is no difference, link the host package as `generate` does.

    Returns:
        The differences, as lines of text: lists of files, then unified diffs.

    Raises:
        WitError: the input is at fault, the output folder cannot be read, or the host package does not link.
        ValueError: `verify` is asked for without a host package.
    """
    _refuse_verify(request, verify)
    from ..compiler.emit.check import report
    from ..compiler.emit.survey import survey
    from ..compiler.emit.write import output_failures

    run = _start(request)
    if (stamp := run.valid_stamp(verify)) is not None:
        before = _as_before(stamp, verify)
        return Checked(before.world, before.files, (), (), before.repeated, before.wasmtime)
    worlds, packages, outputs = run.outputs()
    with output_failures("read", request.out, run.diagnostics):
        differences = tuple(report(request.out, survey(request.out, outputs)))
    wasmtime = _verify(worlds, packages, request, run.diagnostics) if verify and not differences else ""
    return Checked(_ids(worlds), _paths(outputs), differences, in_order(run.diagnostics.found), {}, wasmtime)


# One run --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Run:
    """A request with its input, read but not parsed."""

    request: Request
    inputs: Inputs
    inputs_hash: str
    diagnostics: Diagnostics

    def valid_stamp(self, verify: bool) -> Stamp | None:
        """The stamp of an earlier run, if there is nothing left to do (nothing to verify either, if asked to)."""
        from ..compiler.emit.stamp import installed_wasmtime, read_stamp, still_holds

        stamp = read_stamp(self.request.out, self.request.options())
        if stamp is None or not still_holds(stamp, self.request.out, self.inputs_hash, self.request.wit):
            return None
        return None if verify and (not stamp.verified or stamp.verified != installed_wasmtime()) else stamp

    def outputs(self) -> tuple[tuple[World, ...], tuple[PyPackage, ...], tuple[Output, ...]]:
        """All passes up to formatted text, and the files that make the folders above a host package packages."""
        from ..compiler.emit.parents import parents
        from ..compiler.emit.write import output_failures

        request, diagnostics = self.request, self.diagnostics
        resolved = resolve_inputs(self.inputs, request.features, request.all_features, diagnostics).resolved
        worlds = select(resolved, request.worlds, diagnostics)
        packages = plan(resolved, worlds, request, diagnostics)
        outputs = render(packages)
        if request.side is not Side.GUEST:
            with output_failures("read", request.out, diagnostics):
                outputs = (*outputs, parents(request.out, f"witgen {__version__}"))
        return worlds, packages, outputs

    def stamp(self, worlds: tuple[World, ...], outputs: tuple[Output, ...], wasmtime: str) -> Stamp:
        """What a later run needs to know of this one."""
        from ..compiler.diagnostics.formats import FORMATS
        from ..compiler.diagnostics.formats import render as render_diagnostics
        from ..compiler.emit.stamp import Stamp, hash_bytes

        found = in_order(self.diagnostics.found)
        warnings = {format: render_diagnostics(found, format) for format in FORMATS} if found else {}
        return Stamp(
            inputs=self.inputs_hash,
            wit=self.request.wit if warnings else "",
            world=_ids(worlds),
            folders=tuple(folder for output in outputs for folder in output.folders),
            files={file.path: hash_bytes(file.text.encode("utf-8")) for output in outputs for file in output.files},
            warnings=warnings,
            verified=wasmtime,
        )


def _as_before(stamp: Stamp, verify: bool) -> Generated:
    """What to say of a run that had nothing to do."""
    return Generated(stamp.world, tuple(stamp.files), None, (), stamp.warnings, stamp.verified if verify else "")


def _start(request: Request) -> _Run:
    from ..compiler.emit.stamp import hash_bytes, hash_inputs
    from ..compiler.input.inputs import find_inputs

    diagnostics = Diagnostics()
    inputs = find_inputs(request.wit, diagnostics)
    parts = list(request.options())
    for group in (inputs.root, *inputs.dependencies):
        # Where the input lies does not matter, its inner paths do.
        parts += ["package", group.path.removeprefix(inputs.root.path)]
        for file in group.files:
            parts += [file.path.removeprefix(group.path), "" if file.source is None else file.source.text]
            parts += [] if file.data is None else [hash_bytes(file.data)]
    return _Run(request, inputs, hash_inputs(parts), diagnostics)


def _ids(worlds: tuple[World, ...]) -> str:
    """The worlds as headers and messages have them."""
    return ",".join(world.id for world in worlds)


def _header(worlds: tuple[World, ...], request: Request, options: str = "") -> PyHeader:
    """The header of every file of a package: the worlds, and the command with the package's own `options`.

    The output folder and the side are not in it.
    """
    from ..compiler.emit.pymodel import PyHeader

    if request.all_features:
        options = f" --all-features{options}"
    elif request.features:
        options = f" --features {','.join(sorted(set(request.features)))}{options}"
    return PyHeader(
        tool=f"witgen {__version__}",
        world=_ids(worlds),
        command=f"witgen <WIT> {' '.join(f'--world {world.id}' for world in worlds)}{options}",
    )


def _own_folders(package: PyPackage) -> tuple[str, ...]:
    """The folders that no other world's package shares: a host package's root, and what a guest package has in its."""
    if package.root != Side.GUEST.value:
        return (package.root,)
    folders = (support.path.rpartition("/") for support in package.support)
    return tuple(sorted(f"{package.root}/{folder}" for folder, _, name in folders if folder and name == "py.typed"))


def _paths(outputs: tuple[Output, ...]) -> tuple[str, ...]:
    return tuple(sorted(file.path for output in outputs for file in output.files))


def _refuse_verify(request: Request, verify: bool) -> None:
    if verify and request.side is Side.GUEST:
        raise ValueError("verify=True links the host package, and side=Side.GUEST asks for none")


def _verify(
    worlds: tuple[World, ...], packages: tuple[PyPackage, ...], request: Request, diagnostics: Diagnostics
) -> str:
    """Link the host package; returns the version of wasmtime, "" if it cannot even take a component of some world.

    What wasmtime cannot carry is a warning.

    Raises:
        WitError: the package does not link.
    """
    from ..compiler.emit.stamp import installed_wasmtime
    from ..compiler.trial import STEPS, WorldClass, verify
    from ..compiler.trial.stub import needs_async, stub_component

    (package,) = (package for package in packages if package.classes)
    folder = request.out / package.root
    verified = True
    for world in worlds:
        tried = WorldClass(world.id, package.classes[world.id])
        found = verify(folder, stub_component(world), tried, is_async=needs_async(world))
        of_world = "" if len(worlds) == 1 else f"world {world.id}: "
        for limit in found.limits:
            first, *more = _message_lines(limit.message)
            diagnostics.warn(codes.VERIFY_LIMITED, f"{of_world}{STEPS[limit.step]}: {first}", notes=tuple(more))
        for problem in found.problems:
            first, *more = _message_lines(problem.message)
            diagnostics.error(codes.VERIFY_FAILED, f"{of_world}{STEPS[problem.step]}: {first}", notes=tuple(more))
        verified = verified and bool(not found.limits or found.imports or found.exports)
    diagnostics.stop_on_errors()
    return installed_wasmtime() if verified else ""


def _message_lines(message: str) -> list[str]:
    """The lines of a message of wasmtime's that say something; at least one."""
    return [line.strip() for line in message.splitlines() if line.strip()] or [""]

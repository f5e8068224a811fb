"""`witgen compile COMPONENT… --cache DIR`: fill a cache of compiled code ahead of time, and prune it."""

from __future__ import annotations

import click

from ..compiler.diagnostics import in_order
from ..text import counted
from . import terminal
from .options import error_format_option
from .status import FAULT, OK
from .units import Size, Span, shown_size

_EXAMPLES = """\b
Examples:
  witgen compile app.wasm --cache /var/cache/app         for `prepare(…, cache="/var/cache/app")`
  witgen compile plugins/*.wasm --cache cache --fuel     for engines made with engine(fuel=True)
  witgen compile upload.wasm --cache cache --seconds 30 --memory 512M
  witgen compile --cache cache --prune --max-age 30d --max-size 2G"""


@click.command("compile", epilog=_EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("components", metavar="COMPONENT…", nargs=-1)
@click.option("--cache", metavar="DIR", required=True, help="The folder for compiled code; created if missing.")
@click.option("--seconds", type=Span(), metavar="N", help="Stop compiling a component after this long: `30s`, `2m`.")
@click.option(
    "--memory", type=Size(), metavar="SIZE", help="Stop compiling a component that takes more memory: `512M`, `2G`."
)
@click.option("--component-async", is_flag=True, help="For engines made with `component_async=True`.")
@click.option("--epoch-interruption", is_flag=True, help="For engines made with `epoch_interruption=True`.")
@click.option("--fuel", is_flag=True, help="For engines made with `fuel=True`.")
@click.option("--stack-size", type=Size(), metavar="SIZE", help="For engines made with this `stack_size`.")
@click.option("--signals-based-traps", is_flag=True, help="For engines made with `signals_based_traps=True`.")
@click.option("--prune", is_flag=True, help="Afterwards remove old code, as --max-age and --max-size say.")
@click.option(
    "--max-age",
    type=Span(),
    metavar="SPAN",
    help="With --prune: remove code that was not used for this long, such as `30d`.",
)
@click.option(
    "--max-size",
    type=Size(),
    metavar="SIZE",
    help="With --prune: remove what was not used for longest until the rest fits, such as `2G`.",
)
@error_format_option
def compile(
    components: tuple[str, ...],
    cache: str,
    seconds: float | None,
    memory: int | None,
    component_async: bool,
    epoch_interruption: bool,
    fuel: bool,
    stack_size: int | None,
    signals_based_traps: bool,
    prune: bool,
    max_age: float | None,
    max_size: int | None,
) -> int:
    """Compile components into a cache, from which programs load the code.

    Each COMPONENT, a `.wasm` or `.wat` file, is compiled in a process of its own, for engines that a program makes with
    the same options. Nothing of it runs. A component whose code is in the cache already is skipped.
    """
    from .. import api

    if prune != (max_age is not None or max_size is not None):
        said = "--prune needs --max-age or --max-size" if prune else "--max-age and --max-size go with --prune only"
        raise click.UsageError(said, click.get_current_context())
    if not components and not prune:
        raise click.UsageError("name a component, or use --prune", click.get_current_context())
    try:
        found = api.compile_components(
            components,
            cache,
            component_async=component_async,
            epoch_interruption=epoch_interruption,
            fuel=fuel,
            stack_size=stack_size,
            signals_based_traps=signals_based_traps,
            seconds=seconds,
            memory=memory,
            progress=_progress,
        )
    except ValueError as error:
        raise click.UsageError(str(error), click.get_current_context()) from None
    finally:
        terminal.progress("")
    for done in found:
        if done.problem is None:
            took = "in the cache already" if done.was_cached else f"compiled in {done.seconds:.1f} s"
            terminal.say(f"{done.path}: {took}")
    problems = [done.problem for done in found if done.problem is not None]
    if prune:
        left = api.prune_cache(cache, max_age=max_age, max_size=max_size)
        terminal.say(
            f"removed {counted(left.removed, 'file')} ({shown_size(left.removed_bytes)});"
            f" {counted(left.left, 'file')} ({shown_size(left.left_bytes)}) left"
        )
    terminal.warnings(in_order(problems))
    return FAULT if problems else OK


def _progress(path: str, seconds: float, memory: int) -> None:
    terminal.progress(f"compiling {path}: {seconds:.0f} s, {shown_size(memory)}")

"""Components into a cache of compiled code, each compiled in a process of its own; and what to remove from one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from ..compiler.diagnostics import Diagnostic, WitError, codes
from ..dataclass import dataclass

if TYPE_CHECKING:
    from ..runtime import CompiledAhead, Pruned


@dataclass(frozen=True, slots=True)
class Compilation:
    """What came of one component: `path` as the caller wrote it, seconds of time, and what was wrong, if anything."""

    path: str
    seconds: float = 0.0
    was_cached: bool = False
    problem: Diagnostic | None = None


Progress = Callable[[str, float, int], None]
"""Is called with a path, the seconds that passed and the bytes of memory in use."""


def compile_components(
    components: Iterable[str],
    cache: str | os.PathLike[str],
    *,
    component_async: bool = False,
    epoch_interruption: bool = False,
    fuel: bool = False,
    stack_size: int | None = None,
    signals_based_traps: bool = False,
    seconds: float | None = None,
    memory: int | None = None,
    progress: Progress | None = None,
) -> tuple[Compilation, ...]:
    """Compile components into a cache, from which `prepare(…, cache=…)` loads the code.

    Args:
        components: the paths of files, binary or text.
        cache: a folder, which is created if missing.
        component_async: as for `witgen.runtime.engine`, like the next four keywords: code is for engines that
            are made with the same.
        seconds: what compiling one component may take; None for no limit.
        memory: bytes that the process may use that compiles one component; None for no limit.
        progress: is called a few times a second.

    Returns:
        One `Compilation` for each component: a component that is at fault does not stop the rest.

    Raises:
        WitError: the cache cannot be used, or no process can be started.
        ValueError: a limit or the size of the stack is none.
    """
    from ..runtime import Isolation, compile_ahead

    ahead = partial(
        compile_ahead,
        cache=cache,
        component_async=component_async,
        epoch_interruption=epoch_interruption,
        fuel=fuel,
        stack_size=stack_size,
        signals_based_traps=signals_based_traps,
        limits=Isolation(seconds=seconds, memory=memory),
    )
    return tuple(_compile(path, ahead, progress) for path in components)


def _compile(path: str, ahead: Callable[..., CompiledAhead], progress: Progress | None) -> Compilation:
    from wasmtime import WasmtimeError

    from ..compiler.report.validation import check_kind, read_bytes
    from ..runtime import CompileLimitError, EngineError

    def tell(seconds: float, memory: int) -> None:
        if progress is not None:
            progress(path, seconds, memory)

    try:
        data = read_bytes(path)
        check_kind(path, data)
        done = ahead(data, progress=tell)
    except WitError as error:
        return Compilation(path, problem=error.diagnostics[0])
    except CompileLimitError as error:
        help = ("a larger limit: `--seconds`, `--memory`",)
        return Compilation(path, problem=Diagnostic(codes.COMPILE_LIMIT, f"`{path}`: {error}", help=help))
    except EngineError as error:
        raise WitError((Diagnostic(codes.OUTPUT_FAILED, str(error)),)) from None
    except WasmtimeError as error:
        message = f"`{path}`: wasmtime does not compile it: {str(error).strip()}"
        return Compilation(path, problem=Diagnostic(codes.WASMTIME_REFUSES, message))
    return Compilation(path, done.seconds, done.was_cached)


def prune_cache(cache: str | os.PathLike[str], *, max_age: float | None = None, max_size: int | None = None) -> Pruned:
    """Remove code from a cache: what was not used for longest goes first.

    Args:
        cache: the folder.
        max_age: seconds since the last use; what is older goes.
        max_size: bytes; what is beyond goes.

    Raises:
        WitError: the cache cannot be used.
    """
    from .. import runtime

    try:
        return runtime.prune_cache(cache, max_age=max_age, max_size=max_size)
    except runtime.EngineError as error:
        raise WitError((Diagnostic(codes.OUTPUT_FAILED, str(error)),)) from None

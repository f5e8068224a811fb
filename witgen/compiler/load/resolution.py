"""From a path to resolved packages and a world: what every command begins with.

The rooms are imported by the functions that need them, since a run that has nothing to do must not pay for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...dataclass import dataclass
from ..diagnostics import Diagnostics

if TYPE_CHECKING:
    from ...component.items import Resolved, World
    from ..input.inputs import Inputs
    from ..model.resolve.passes import Resolution as Model
    from .positions import Positions


@dataclass(frozen=True, slots=True)
class Resolution:
    """Resolved packages, and what was found on the way (warnings: with errors there is no resolution).

    `positions` says where the items were written.
    """

    resolved: Resolved
    diagnostics: Diagnostics
    positions: Positions


def load_and_resolve(wit: str, *, features: tuple[str, ...] = (), all_features: bool = False) -> Resolution:
    """Read, parse and resolve WIT.

    Args:
        wit: the path of a file (WIT text, a component or an encoded package), or of a directory with its `deps/`.
        features: names of features, whose items behind `@unstable` are kept.
        all_features: keep every item behind `@unstable`.

    Returns:
        The resolved packages, with the warnings that were found.

    Raises:
        WitError: the input is at fault.
    """
    from ..input.inputs import find_inputs

    diagnostics = Diagnostics()
    return resolution_of(find_inputs(wit, diagnostics), features, all_features, diagnostics)


def resolution_of(
    inputs: Inputs, features: tuple[str, ...], all_features: bool, diagnostics: Diagnostics
) -> Resolution:
    """Resolve what was found, and keep where it was written.

    Raises:
        WitError: the input is at fault.
    """
    from .positions import positions_of

    found = resolve_inputs(inputs, features, all_features, diagnostics)
    return Resolution(found.resolved, diagnostics, positions_of(inputs, found.spans))


def resolve_inputs(inputs: Inputs, features: tuple[str, ...], all_features: bool, diagnostics: Diagnostics) -> Model:
    """Decode, parse and resolve what was found.

    Raises:
        WitError: the input is at fault.
    """
    from ..input.parsed import parse_inputs
    from ..model.resolve.gates import ALL_FEATURES
    from ..model.resolve.passes import resolve

    if inputs.has_binaries:
        from .binaries import decode_inputs

        inputs = decode_inputs(inputs)
    found = resolve(parse_inputs(inputs), ALL_FEATURES if all_features else frozenset(features), diagnostics)
    diagnostics.stop_on_errors()
    return found


def select(resolved: Resolved, worlds: tuple[str, ...], diagnostics: Diagnostics) -> tuple[World, ...]:
    """The worlds that `--world` names, each once; without a name, the only one of the root package.

    Args:
        resolved: the packages, as `load_and_resolve` gives them.
        worlds: a name in the root package, or `ns:pkg/name[@version]` in any package that is loaded, for each world.
        diagnostics: receives the error before it is raised.

    Raises:
        WitError: there is no such world, or more than one that it could be.
    """
    from ..model.resolve.select import select_world

    return tuple(dict.fromkeys(select_world(resolved, name, diagnostics) for name in worlds or (None,)))


__all__ = ["Resolution", "load_and_resolve", "resolution_of", "resolve_inputs", "select"]

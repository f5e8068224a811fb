"""Does a component fit a world?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..compiler.diagnostics import WitError
from ..compiler.load.resolution import load_and_resolve, select
from ..dataclass import replace

if TYPE_CHECKING:
    from ..compiler.report.validation import Validation


def validate(
    component: str,
    wit: str,
    world: str | None = None,
    *,
    strict: bool = False,
    wasmtime: bool = False,
    features: tuple[str, ...] = (),
    all_features: bool = False,
) -> Validation:
    """Compare the component in a file with a world; nothing is compiled unless `wasmtime` is to be asked as well.

    Args:
        component: the path of the component, as a binary or in text format.
        wit: the path of the WIT, or of a component whose world is taken: what `load_and_resolve` takes.
        world: a world as `--world` has it; None for the only one of the root package.
        strict: whether imports that wasmtime itself supplies must be in the world as well.
        wasmtime: whether wasmtime is to compile and link the component, in a process of its own.
        features: names of features, whose items behind `@unstable` are kept.
        all_features: keep every item behind `@unstable`.

    Returns:
        The differences, if any, with what the trial on wasmtime found.

    Raises:
        WitError: one of the inputs is at fault. That the component does not fit is not an error.
    """
    from ..compiler.load.positions import place_labels
    from ..compiler.report.validation import read_bytes, read_world, suggest_worlds, validate_world

    data = read_bytes(component)
    found = read_world(component, data)
    resolution = load_and_resolve(wit, features=features, all_features=all_features)
    try:
        (chosen,) = select(resolution.resolved, () if world is None else (world,), resolution.diagnostics)
    except WitError as error:
        if world is not None:
            raise
        raise suggest_worlds(error, found, resolution.resolved.root.worlds.values(), strict) from None
    validation = validate_world(component, found, chosen, strict, resolution.diagnostics)
    places = (difference.place for difference in validation.comparison.differences)
    validation = replace(validation, labels=place_labels(resolution.positions, chosen, places))
    if not wasmtime:
        return validation
    from ..compiler.trial.host_package import try_on_wasmtime

    return replace(validation, trial=try_on_wasmtime(data, chosen, resolution.resolved, fits=validation.fits))

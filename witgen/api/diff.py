"""What changed between two versions of an API, and whom does it break?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .generate import Side

if TYPE_CHECKING:
    from ..compiler.report.diff import Diff


def diff(
    old: str,
    new: str,
    world: str | None = None,
    *,
    side: Side = Side.BOTH,
    features: tuple[str, ...] = (),
    all_features: bool = False,
) -> Diff:
    """Compare two versions of an API: packages, worlds or components, each loaded by itself.

    Args:
        old: the path of the old version: what `load_and_resolve` takes.
        new: that of the new version.
        world: a world as `--world` has it, of both sides; a component has its own. None: if neither side is a component,
            the whole root packages; or else the only world of the other side.
        side: whose breaking counts.
        features: names of features, whose items behind `@unstable` are kept.
        all_features: keep every item behind `@unstable`.

    Returns:
        The changes, whom each breaks, and the versions that they ask for.

    Raises:
        WitError: one of the inputs is at fault, or both. That something breaks is not an error.
    """
    from ..compiler.changes import Party
    from ..compiler.report.diff import diff_sides, read_sides

    left, right = read_sides(old, new, world, features, all_features)
    asked = {Side.HOST: {Party.HOSTS}, Side.GUEST: {Party.GUESTS}, Side.BOTH: set(Party)}[side]
    return diff_sides(left, right, frozenset(asked))

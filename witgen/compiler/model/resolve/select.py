"""Finds the world that `--world` names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ....component.items import Package, Resolved, World
from ....component.names import Version
from ...diagnostics import Diagnostics, WitError, codes, in_order
from .suggestions import did_you_mean, listing

_FULL = re.compile(r"(?P<namespace>[^:/@]+):(?P<package>[^:/@]+)/(?P<world>[^:/@]+)(?:@(?P<version>.+))?")


def select_world(resolved: Resolved, text: str | None, diagnostics: Diagnostics) -> World:
    """The world that `text` names.

    Args:
        resolved: all packages.
        text: a name in the root package, or `ns:pkg/name[@version]` in any; each part may begin with `%`. None stands
            for the only world of the root package.
        diagnostics: receives what is wrong.

    Raises:
        WitError: there is no such world, or more than one that it could be; the worlds are listed.
    """
    if text is None:
        found = _only_world(resolved, diagnostics)
    elif (full := _FULL.fullmatch(text)) is not None:
        found = _full_name(resolved, text, full, diagnostics)
    else:
        found = _bare_name(resolved, text, diagnostics)
    if found is None:
        raise WitError(in_order(diagnostics.found))
    return found


def _only_world(resolved: Resolved, diagnostics: Diagnostics) -> World | None:
    root = resolved.root
    worlds = list(root.worlds.values())
    if len(worlds) == 1:
        return worlds[0]
    if worlds:
        diagnostics.error(
            codes.AMBIGUOUS_WORLD,
            f"package `{root.name}` has {len(worlds)} worlds: {listing(root.worlds)}",
            help=(f"choose one, such as `--world {worlds[0].name}`",),
        )
    elif not _report_left_out(resolved, [root.name.item(name) for name in _names(resolved, root)], diagnostics):
        others = [world.id for package in resolved.packages for world in package.worlds.values()]
        diagnostics.error(
            codes.UNKNOWN_WORLD,
            f"package `{root.name}` has no world",
            help=(f"packages that it uses have {listing(others)}: choose with `--world`",) if others else (),
        )
    return None


def _bare_name(resolved: Resolved, text: str, diagnostics: Diagnostics) -> World | None:
    root = resolved.root
    name = text.removeprefix("%")
    if name in root.worlds:
        return root.worlds[name]
    if _report_left_out(resolved, [root.name.item(name)], diagnostics):
        return None
    elsewhere = [world.id for package in resolved.packages for world in package.worlds.values() if world.name == name]
    diagnostics.error(
        codes.UNKNOWN_WORLD,
        f"package `{root.name}` has no world `{text}`",
        notes=(f"its worlds are {listing(root.worlds)}" if root.worlds else "it has no world at all",),
        help=(f"of that name there is {listing(elsewhere)}",) if elsewhere else did_you_mean(name, root.worlds),
    )
    return None


def _full_name(resolved: Resolved, text: str, full: re.Match[str], diagnostics: Diagnostics) -> World | None:
    namespace, package, name = (full[part].removeprefix("%") for part in ("namespace", "package", "world"))
    packages = [p for p in resolved.packages if (p.name.namespace, p.name.name) == (namespace, package)]
    version = None if full["version"] is None else Version.parse(full["version"])
    exact = [
        p for p in packages if p.name.version == version and (version is not None) == (full["version"] is not None)
    ]
    candidates = exact if exact or full["version"] is not None else packages
    worlds = [p.worlds[name] for p in candidates if name in p.worlds]
    if len(worlds) == 1:
        return worlds[0]
    if worlds:
        diagnostics.error(
            codes.AMBIGUOUS_WORLD,
            f"`{text}` is in {len(worlds)} versions of the package: {listing(world.id for world in worlds)}",
            help=(f"give the version, such as `--world {worlds[-1].id}`",),
        )
        return None
    if _report_left_out(resolved, [p.name.item(name) for p in candidates], diagnostics):
        return None
    every = [world.id for p in resolved.packages for world in p.worlds.values()]
    own = [world.id for p in packages for world in p.worlds.values()]
    if own:
        note = f"that package has {listing(own)}"
    else:
        note = f"the worlds are {listing(every)}" if every else "none of the packages has a world"
    diagnostics.error(codes.UNKNOWN_WORLD, f"there is no world `{text}`", notes=(note,), help=did_you_mean(text, every))
    return None


def _report_left_out(resolved: Resolved, worlds: Sequence[str], diagnostics: Diagnostics) -> bool:
    """Report those of `worlds` that a gate removed; whether there are any."""
    found = {world: resolved.left_out[world] for world in worlds if world in resolved.left_out}
    for world, feature in found.items():
        diagnostics.error(
            codes.UNKNOWN_WORLD,
            f"world `{world}` is left out: it is behind `@unstable(feature = {feature})`, and the feature is off",
            help=(f"enable it with `--features {feature}`",),
        )
    return bool(found)


def _names(resolved: Resolved, package: Package) -> list[str]:
    """The names of the worlds of `package` that a gate removed."""
    return [
        name
        for world in resolved.left_out
        if package.name.item(name := world.partition("/")[2].partition("@")[0]) == world
    ]

"""Takes one elaborated world into another: `include path with { … }` (WIT: worlds, "Union of Worlds with include").

Interfaces under their own id merge. Everything under a plain name is copied, so that the new world owns it: types,
inline interfaces (which remember their origin), functions with the copies in their signatures. A named interface under a
label stays what it is.
"""

from __future__ import annotations

from ....component.items import InterfaceItem, InterfaceKey, World, WorldItem, WorldKey
from ....component.types import Stability, Stable
from ....dataclass import replace
from ...diagnostics import Label, codes
from ...syntax import ast
from .copying import Copier
from .models import Models
from .suggestions import did_you_mean


def include_world(models: Models, world: World, included: World, decl: ast.IncludeDecl) -> None:
    """Add what `included` imports and exports to `world`; report clashes, and renames of nothing, at the path."""
    renames = {used.name.name: used.alias.name for used in reversed(decl.renames) if used.alias is not None}
    plain = {_stem(key) for key in (*included.imports, *included.exports) if isinstance(key, str)}
    for used in decl.renames:
        if used.name.name not in plain:
            models.diagnostics.error(
                codes.UNKNOWN_RENAME,
                f"world `{included.name}` has no import or export with the plain name `{used.name.name}`",
                Label(decl.path.name.span),
                Label(used.name.span, "nothing to rename"),
                notes=("an interface under its own id cannot be renamed",),
                help=did_you_mean(used.name.name, plain),
            )
            return
    copier = Copier(included, world, models.spans)
    for verb, source, side in (
        ("import", included.imports, world.imports),
        ("export", included.exports, world.exports),
    ):
        for key, item in source.items():
            if isinstance(key, str):
                name = _rename(key, renames)
                if name in side:
                    models.diagnostics.error(
                        codes.INCLUDE_CONFLICT,
                        f"`{world.name}` already has the {verb} `{name}`, and `{included.name}` brings a second one",
                        Label(decl.path.name.span, f"{verb}s `{name}` too"),
                        *_earlier(models, world, f"{verb} {name}"),
                        help=(f"give it a different name: `include … with {{ {_stem(key)} as other-name }}`",),
                    )
                    return
                side[name] = copier.copy_item(item, name)
                models.spans.put_member(world, f"{verb} {name}", decl.path.name.span)
            elif not _merge_interface(side, key, item, world.package is not included.package):
                models.diagnostics.error(
                    codes.STABILITY_MISMATCH,
                    f"the {verb} of `{key.interface.id}` has different gates in `{world.name}` and `{included.name}`",
                    Label(decl.path.name.span),
                )
                return


def _earlier(models: Models, world: World, name: str) -> tuple[Label, ...]:
    span = models.spans.of_member(world, name)
    return () if span is None else (Label(span, "it comes from here already"),)


def _stem(key: str) -> str:
    """The plain name that a key is renamed by: of a resource's function, the resource's."""
    return key.partition("]")[2].partition(".")[0] if key.startswith("[") else key


def _rename(key: str, renames: dict[str, str]) -> str:
    stem = _stem(key)
    if stem not in renames:
        return key
    if not key.startswith("["):
        return renames[stem]
    kind, _, rest = key.partition("]")
    return f"{kind}]{renames[stem]}{rest[len(stem) :]}"


def _merge_interface(side: dict[WorldKey, WorldItem], key: InterfaceKey, item: WorldItem, is_foreign: bool) -> bool:
    """Add an interface under its own id. Returns False if both sides have a stability attribute and they differ."""
    assert isinstance(item, InterfaceItem)
    present = side.get(key, item)
    assert isinstance(present, InterfaceItem)
    merged: Stability | None = present.stability
    if is_foreign and isinstance(item.stability, Stable):
        merged = None
    elif present.stability is None:
        merged = item.stability
    elif item.stability is not None and item.stability != present.stability:
        return False
    side[key] = present if merged == present.stability else replace(present, stability=merged)
    return True

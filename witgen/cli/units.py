"""Sizes and spans of time, as users write them on the command line."""

from __future__ import annotations

import re

import click

_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]*)")
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_BYTES = {"": 1, "b": 1, **{f"{unit}{end}": 1 << shift for unit, shift in (("k", 10), ("m", 20), ("g", 30), ("t", 40)) for end in ("", "b", "ib")}}  # fmt: skip


class Span(click.ParamType[float]):
    """A span of time, in seconds: `90`, `90s`, `12h`, `30d`."""

    name = "span"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The seconds of `value`."""
        found = _amount(value, _SECONDS)
        if found is None:
            self.fail(f"{value!r} is not a span of time: `90s`, `15m`, `12h` or `30d`", param, ctx)
        return found


class Size(click.ParamType[int]):
    """A number of bytes: `1000`, `512M`, `2G`; a `K` is 1024."""

    name = "size"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The bytes of `value`."""
        found = _amount(value, _BYTES)
        if found is None:
            self.fail(f"{value!r} is not a size: `64K`, `512M` or `2G`", param, ctx)
        return int(found)


def _amount(value: object, units: dict[str, int]) -> float | None:
    """`value` in the smallest unit; None where it is not an amount of these units."""
    found = _AMOUNT.fullmatch(str(value).strip().lower())
    if found is None or found[2] not in units:
        return None
    return float(found[1]) * units[found[2]]


def shown_size(size: int) -> str:
    """A number of bytes in a unit that people read: `34 KiB`, `1.2 GiB`."""
    units = ("bytes", "KiB", "MiB", "GiB", "TiB")
    step = min(max(size.bit_length() - 1, 0) // 10, len(units) - 1)
    amount = size / (1 << 10 * step)
    return f"{amount:.1f} {units[step]}" if step and amount < 10 else f"{amount:.0f} {units[step]}"


__all__ = ["Size", "Span", "shown_size"]

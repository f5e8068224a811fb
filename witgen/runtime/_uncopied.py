"""What cannot be copied or pickled: objects that hold a native pointer, which a copy would free a second time."""

from __future__ import annotations

from typing import NoReturn, SupportsIndex


class Uncopied:
    """Base of such objects: `copy.copy`, `copy.deepcopy` and `pickle` raise a TypeError."""

    __slots__ = ()

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise refusal(self)


def refusal(value: object) -> TypeError:
    """The error for an attempt to copy or pickle `value`."""
    name = type(value).__name__
    article = "an" if name[:1] in "AEIOUaeiou" else "a"
    return TypeError(f"{article} {name} cannot be copied or pickled: it holds native memory, which is freed once")

"""The store that users make: wasmtime's own, without the two mistakes that crash the process."""

from __future__ import annotations

from typing import NoReturn, SupportsIndex

import wasmtime

from ._errors import ResourceInUseError
from ._store import is_running


class Store(wasmtime.Store):
    """A store of wasmtime's that cannot be closed while a call runs in it, nor copied."""

    def close(self) -> None:
        """Free all that lives in the store. Raises: ResourceInUseError while a call runs in it."""
        if is_running(self):
            raise ResourceInUseError("the store cannot be closed while a call runs in it")
        super().close()

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError("a store cannot be copied or pickled")

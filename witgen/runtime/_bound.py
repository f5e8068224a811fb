"""A component with its imports: ready to be instantiated again and again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from wasmtime import WasiConfig

from ._stores.guarded import Store
from ._stores.limits import Limits

W_co = TypeVar("W_co", covariant=True)


class Bound(Generic[W_co]):
    """A component and the implementations of its imports, checked and linked; `bind` of a generated class makes it.

    Thread-safe: each thread instantiates in stores of its own. The implementations serve all instances. Their functions
    were taken from them when they were bound; what is assigned to their attributes later has no effect.
    """

    def __init__(self, instantiate: Callable[[Store, Limits | None, WasiConfig | None], W_co]) -> None:
        self._instantiate = instantiate

    def instantiate(self, store: Store, /, *, limits: Limits | None = None, wasi: WasiConfig | None = None) -> W_co:
        """Instantiate the component in `store`.

        Args:
            store: a store of the engine that the component was prepared for.
            limits: what the store may use, None for no limits.
            wasi: what native WASI gives the component, None for nothing. A `WasiConfig` can be used once.

        Returns:
            The instance, as the world's class.

        Raises:
            BindError: the store, its engine or the limits do not fit.
            StoreSpentError: an earlier call spent the store.
            StoreBusyError: another thread is inside the store.
            Trap: starting the component failed.
            Exit: the component ended itself as it was started.
            Exception: what an implementation raised meanwhile.
        """
        return self._instantiate(store, limits, wasi)

"""An instance whose components run on the engine, with the face of every other instance."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from .._binding.implementations import Given, leave
from .._closing import close_each
from .._errors import ResourceInUseError, StoreSpentError
from .._instance import Instance
from .._link import ExportFunc, P, R_co
from .._stores import store as _store
from .._stores.coroutines import to_thread
from .._stores.guarded import Store
from .._stores.stack import enter, fits, place_of
from .._stores.stack import leave as leave_stack
from .._wasmtime import context_of
from .handles import Entry
from .live import Live

if TYPE_CHECKING:
    from .._prepared import Prepared
    from .prepared import CorePrepared


class InstanceState(_store.StoreState):
    """What one instance is spent by: a failure spends it, and not its store. Whose turn it is is the store's affair."""

    __slots__ = ()

    def check(self) -> None:
        """Check that this instance may run.

        Raises:
            StoreSpentError: an earlier failure spent the instance.
        """
        if self.spent is not None:
            raise StoreSpentError(
                f"the instance is spent by an earlier failure: {self.spent}", self.spent
            ) from self.cause


class CoreInstance(Instance):
    """Made by `Prepared.instantiate`."""

    def __init__(
        self,
        prepared: Prepared,
        core: CorePrepared,
        store: Store,
        given: Given,
        handles: int | None = None,
    ) -> None:
        super().__init__(prepared, store, given, handles)
        self.state = InstanceState()
        self.live = Live(core, self, store, context_of(store))

    def begin(self, adapters: bool) -> None:
        """Instantiate the component, inside a stay in the store.

        Args:
            adapters: whether there may be a memory and core instances of the engine's own beside the component's.

        Raises:
            BindError: a core instance could not be made.
            StackError: the thread has too little stack.
            Trap: starting the component failed.
            Exception: what an implementation raised.
        """
        live, state = self.live, self.store_state
        thread = state.owner
        place = place_of(thread)  # where callbacks look as well
        above = None if place[0] is fits[0] else place[0]
        outer = state.frame
        live.root.may_enter = False
        try:
            # Else a start function comes to the end of the thread's stack, a segmentation fault.
            if above is not None:
                enter(state, above, thread)
            state.frame = self.frame
            live.start(adapters)
            live.root.may_enter = live.alive
        except BaseException as error:
            live.die(error)
            raise
        finally:
            state.frame = outer
            if above is not None:
                leave_stack(state, above, place)

    def leave(self, value: object) -> None:
        """The component dropped a host object."""
        with _store.Outside(self.store_state):
            leave(value)

    def bind(self, function: ExportFunc[P, R_co], /) -> Callable[P, R_co]:
        """The callable for an exported function.

        Raises:
            MissingExportError: the component does not export it.
            InterfaceError: the component's type of it is not the one that the package was generated for.
            UnsupportedTypeError: the engine cannot carry a type in it.
            StoreSpentError: an earlier call spent the store.
            ValueError: the instance or its store is closed.
        """
        self.state.check()
        export = self._prepared.export(function)
        if self.is_closed:
            raise ValueError("the instance is closed")
        context_of(self.store)  # raises if it is closed
        assert export.core is not None
        call = export.core.bind(self)
        if function.is_async and not function.blocking:
            blocking, name = call, export.label

            async def awaiting(*arguments: object) -> object:
                return await to_thread(blocking, *arguments)

            awaiting.__name__ = awaiting.__qualname__ = name
            call = awaiting
        return cast("Callable[P, R_co]", call)  # as the generated declaration says

    def close(self) -> None:
        """Let go of the objects that the component still holds, calling their `__exit__`; it cannot be used after that.

        The store itself is not closed: what lives in wasm goes with it. Closing again does nothing.

        Raises:
            ResourceInUseError: a call runs in its store.
            BaseException: what an `__exit__` raised, as `Instance.close` does.
        """
        if self.store_state.frame is not None:
            raise ResourceInUseError("the instance cannot be closed while a call runs in its store")
        if not self.is_closed:
            self.abandon()

    def abandon(self) -> None:
        """As `close`, of an instance that nothing can be inside: it was closed, or could not be started.

        Raises:
            BaseException: what an `__exit__` raised, as `close` does.
        """
        self.is_closed = True
        held: list[object] = []
        for state in self.live.states:
            held += [entry.rep for entry in state.entries if entry is not None and _is_host_owned(entry)]
            state.entries = [None]
            state.free.clear()
        for resource in self.live.resources:
            resource.count = 0
        self.live.close()
        self._links.clear()  # with the links nothing is left that leads back to the instance
        self.targets = ()
        self._frame = None
        close_each(leave, reversed(held))


def _is_host_owned(entry: Entry) -> bool:
    return entry.owned and entry.resource.owner is None


__all__ = ["CoreInstance", "InstanceState"]

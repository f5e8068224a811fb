"""A component bound to its imports: checked once, instantiated again and again."""

from __future__ import annotations

import gc
import warnings
import weakref
from concurrent.futures import ThreadPoolExecutor
from typing import cast

import pytest

import witgen.runtime as rt
from tests.runtime import plugin
from tests.runtime.plugin import App, MyBucket, MyStorage, UsesLink
from witgen.runtime import generated as abi


def bind(storage: object = None, notify: object = abs) -> rt.Bound[App]:
    return plugin.prepared().bind(App, {"storage": storage or MyStorage(), "notify": notify})


def test_each_store_gets_an_instance_of_its_own() -> None:
    """With the same implementations, and objects that no other instance can reach."""
    storage = MyStorage()
    bound = bind(storage)
    one, two = (bound.instantiate(rt.Store(plugin.engine())) for _ in range(2))
    assert isinstance(one, App)
    one.uses.keep(MyBucket("one"))
    two.uses.keep(MyBucket("four"))
    assert [one.uses.kept_size(), two.uses.kept_size()] == [3, 4]
    assert one.instance.table(plugin.BUCKET) is not two.instance.table(plugin.BUCKET)
    assert [one.uses.consume_new("abc"), two.uses.consume_new("defg")] == [3, 4]
    assert [bucket.name for bucket in storage.consumed] == ["abc", "defg"]


def test_what_is_wrong_with_the_imports_is_said_when_they_are_bound() -> None:
    """As `instantiate` says it."""
    with pytest.raises(rt.MissingImportError, match=r"^missing import notify: pass notify= \(a Callable"):
        plugin.prepared().bind(App, {"storage": MyStorage(), "notify": None})
    with pytest.raises(rt.ImplementationError, match="has no import storrage="):
        plugin.prepared().bind(App, {"storrage": MyStorage()})
    with pytest.raises(rt.ImplementationError, match=r"storage\.Storage: object has no 'Bucket'"):
        bind(storage=object())


def test_what_is_wrong_with_a_store_is_said_when_it_comes() -> None:
    """One of an engine that was not prepared for, one that is closed, limits that are none."""
    bound = bind()
    with pytest.raises(rt.EngineError, match="a different engine"):
        bound.instantiate(rt.Store(rt.engine()))
    closed = rt.Store(plugin.engine())
    closed.close()
    with pytest.raises(ValueError, match="the store is closed"):
        bound.instantiate(closed)
    store = rt.Store(plugin.engine())
    with pytest.raises(TypeError, match=r"^instantiate\(limits\): expected Limits, got int$"):
        bound.instantiate(store, limits=cast("rt.Limits", 3))
    with pytest.raises(rt.Trap) as caught:
        held = bound.instantiate(store, limits=rt.Limits(handles=1))
        for _ in range(2):
            held.uses.consume_new("abc")
        held.uses.keep(MyBucket("one"))
        held.uses.make("two")
        held.uses.consume_new("three")
    assert caught.value.kind == "handles"


def test_functions_are_those_of_the_time_of_binding() -> None:
    """Also what `instantiate` remembers is of the keywords alone: it looks at each implementation anew."""
    storage = MyStorage()
    bound = bind(storage)
    storage.consume = lambda bucket: 77  # type: ignore[method-assign]
    assert bound.instantiate(rt.Store(plugin.engine())).uses.consume_new("abc") == 3
    assert plugin.start(storage=storage).uses.consume_new("abc") == 77
    del storage.consume
    del MyBucket.size
    try:
        with pytest.raises(rt.ImplementationError, match="has no method 'size'"):
            plugin.start(storage=storage)
    finally:
        MyBucket.size = lambda self: len(self.name)  # type: ignore[method-assign]


def test_threads_share_what_is_bound() -> None:
    """Each with stores of its own."""
    bound = bind()

    def use(number: int) -> int:
        app = bound.instantiate(rt.Store(plugin.engine()))
        app.uses.keep(MyBucket("x" * number))
        return app.uses.kept_size()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(use, range(100))) == list(range(100))


def test_a_closed_instance_is_freed_at_once() -> None:
    """Without the collector: of many short-lived instances, none waits for it."""
    gc.disable()
    try:
        app = bind().instantiate(rt.Store(plugin.engine()))
        with app.shapes.circle_new(3) as circle:
            assert app.shapes.circle_area(circle) == 9
        app.instance.close()
        seen = weakref.ref(app.instance), weakref.ref(app.instance.store)
        with pytest.raises(ValueError, match="the instance is closed"):
            app.shapes.dropped()
        del app, circle
        assert [ref() for ref in seen] == [None, None]
    finally:
        gc.enable()


def test_a_closed_instance_has_no_links() -> None:
    """One that is asked for again binds nothing."""
    app = bind().instantiate(rt.Store(plugin.engine()))
    app.instance.close()
    with pytest.raises(ValueError, match="the instance is closed"):
        app.instance.link(UsesLink).kept_size()


def test_handles_of_a_closed_instance_can_be_dropped() -> None:
    """Their destructors run, and may call what was given."""
    app = bind().instantiate(rt.Store(plugin.engine()))
    circle = app.shapes.circle_new(3)
    app.instance.close()
    with circle:
        pass
    with pytest.raises(rt.Trap):
        plugin.start().shapes.circle_new(666).__exit__()


def test_an_unused_import_is_warned_of_each_time() -> None:
    """With the place of the call: what is remembered of a set of keywords does not silence it."""
    world = abi.WorldType(
        "a:b/c", "0.1.0", (abi.ImportInterface("clock", "wasi:clocks/wall-clock@0.2.8", "Clock", native=True),)
    )
    pre = abi.Prepared(plugin.engine(), rt.Component(plugin.engine(), "(component)"), world)

    def generated() -> None:
        pre.bind(App, {"clock": object()})

    for _ in range(2):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            generated()
        (warning,) = caught
        assert (warning.category, warning.filename) == (rt.UnusedImportWarning, __file__)

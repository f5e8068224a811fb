"""Resources on both sides: handles of what lives in wasm, and the user's objects that wasm has handles for."""

from __future__ import annotations

import copy
import gc
import pickle
import warnings
from collections.abc import Callable, Iterator
from typing import cast

import pytest

import witgen.runtime as rt
from tests.runtime import layers, plugin
from tests.runtime.layers import on_engine
from tests.runtime.plugin import BUCKET, Circle, MyBucket, MyStorage, start
from witgen.runtime import generated as abi
from witgen.runtime._core.instance import CoreInstance

# ---- resources that live in wasm -------------------------------------------------------------------------------------


def test_constructor_method_static() -> None:
    """A handle is of the generated class, and its methods and statics reach the component."""
    app = start()
    with app.shapes.circle_new(3) as circle, app.shapes.circle_unit() as unit:
        assert type(circle) is Circle
        assert (circle.area(), unit.area()) == (9, 1)
        assert app.shapes.total([circle, unit, circle]) == 7
    assert app.shapes.dropped() == 2


def test_link_of_a_handle_is_shared() -> None:
    """All handles of an interface share the link of their instance, so that a method binds once."""
    app = start()
    with app.shapes.circle_new(3) as circle:
        assert vars(circle)["_link"] is app.shapes


def test_leaving_with_drops_once() -> None:
    """Closing twice drops once, and nothing can be called on a closed handle."""
    app = start()
    circle = app.shapes.circle_new(3)
    circle.__exit__()
    circle.__exit__()
    assert app.shapes.dropped() == 1
    with pytest.raises(ValueError, match=r"^Circle\.area\(self\): Circle is closed or was given away$"):
        circle.area()
    assert repr(circle).endswith(", closed>")


def test_a_handle_is_not_copied() -> None:
    """Two objects for one resource would close it under each other."""
    with start().shapes.circle_new(3) as circle:
        for copied in (copy.copy, copy.deepcopy, pickle.dumps):
            with pytest.raises(TypeError, match="a Circle cannot be copied or pickled"):
                copied(circle)


def test_reading_the_arguments_may_close_one_of_them() -> None:
    """A sequence runs code as it is read; wasm is not entered with what that code closed, and the store lives on."""

    class Closing(list[Circle]):
        def __iter__(self) -> Iterator[Circle]:
            yield from super().__iter__()
            self[0].__exit__()

    app = start()
    circle = app.shapes.circle_new(3)
    with pytest.raises(ValueError, match=r"closed or (was )?given away"):
        app.shapes.total(Closing([circle]))
    assert app.shapes.dropped() == 1


def test_own_gives_the_handle_away() -> None:
    """What was passed as an `own` cannot be used again, and closing it does nothing."""
    app = start()
    a, b = app.shapes.circle_new(3), app.shapes.circle_new(4)
    with app.shapes.melt(a, b) as c:
        assert c.area() == 49
        with pytest.raises(ValueError, match=r"^melt\(a\): Circle is closed or was given away$"):
            app.shapes.melt(a, b)
        assert app.shapes.dropped() == 1
        a.__exit__()
        b.__exit__()
        assert app.shapes.dropped() == 2


def test_failed_check_gives_nothing_away() -> None:
    """If another argument does not fit, the handle is still ours."""
    app = start()
    with app.shapes.circle_new(3) as a:
        with pytest.raises(TypeError, match=r"^melt\(b\): expected Circle, got str$"):
            app.shapes.melt(a, "b")  # type: ignore[arg-type]  # what is tested
        assert a.area() == 9


def test_one_handle_given_and_lent_in_one_call() -> None:
    """A call cannot give away what it borrows, in either order."""
    app = start()
    with app.shapes.circle_new(3) as a:
        with pytest.raises(ValueError, match=r"^melt\(b\): Circle is closed or was given away$"):
            app.shapes.melt(a, a)
        assert a.area() == 9


def test_path_of_a_handle_in_a_list() -> None:
    """The message says which one."""
    app = start()
    with app.shapes.circle_new(3) as a:
        b = app.shapes.circle_new(4)
        b.__exit__()
        with pytest.raises(ValueError, match=r"^total\(circles\[1\]\): Circle is closed or was given away$"):
            app.shapes.total([a, b])


def test_handle_of_another_instance() -> None:
    """A handle belongs to its instance; another one refuses it without spoiling anything."""
    app, other = start(), start()
    with app.shapes.circle_new(3) as circle:
        with pytest.raises(ValueError, match=r"^total\(circles\[0\]\): Circle belongs to a different instance$"):
            other.shapes.total([circle])
        assert (circle.area(), other.shapes.dropped()) == (9, 0)


def test_handles_are_made_by_the_component() -> None:
    """The class cannot be called: there would be nothing behind the handle."""
    with pytest.raises(TypeError, match="a Circle is made by the component"):
        cast("Callable[[], object]", Circle)()


def test_an_object_that_no_component_made() -> None:
    """A subclass can have an `__init__` of its own: its objects are closed ones."""

    class Mine(Circle):
        def __init__(self) -> None:
            pass

    app, mine = start(), Mine()
    with pytest.raises(ValueError, match=r"^melt\(a\): Mine is closed or was given away"):
        app.shapes.melt(mine, mine)
    with pytest.raises(ValueError, match=r"^total\(circles\[0\]\): Mine is closed or was given away"):
        app.shapes.total([mine])
    with pytest.raises(ValueError, match="no component made this object"):
        mine.area()
    with mine:
        assert "closed" in repr(mine)


def test_forgotten_handle_warns_and_is_dropped_by_the_next_call() -> None:
    """A collected handle gives a ResourceWarning; its destructor runs in the next call, not in the finalizer."""
    app = start()

    def forget() -> None:
        app.shapes.circle_new(3)
        app.shapes.circle_new(4)
        gc.collect()

    with pytest.warns(ResourceWarning, match="a Circle was never closed") as caught:
        forget()
    assert len(caught) == 2
    assert app.shapes.dropped() == 2


def test_no_warning_when_the_store_is_gone() -> None:
    """A handle that went with its store is not forgotten, and can still be closed."""
    app = start()
    kept, lost = app.shapes.circle_new(3), app.shapes.circle_new(4)
    app.instance.store.close()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        kept.__exit__()
        del lost
        gc.collect()


def test_closing_a_handle_while_a_call_borrows_it() -> None:
    """A callback cannot close or give away the resource whose method is running, and the call goes on."""
    refused: list[str] = []

    def notify(n: int) -> int:
        for attempt in (circle.__exit__, lambda: app.shapes.melt(circle, unit)):
            with pytest.raises((rt.ResourceInUseError, rt.Trap)) as caught:
                attempt()
            refused.append(str(caught.value))
        return n + 9

    app = start(notify)
    with app.shapes.circle_new(3) as circle, app.shapes.circle_unit() as unit:
        assert circle.ping() == 12
    assert refused == [
        "Circle is in use by a call and cannot be closed",
        (
            "cannot-enter: cannot enter component instance"
            if on_engine()
            else "melt(a): Circle is in use by a call and cannot be given away"
        ),
    ]


def test_destructor_that_traps() -> None:
    """A trap in a destructor comes out of closing, and spends the store."""
    app = start()
    circle = app.shapes.circle_new(666)
    with pytest.raises(rt.Trap) as caught:
        circle.__exit__()
    assert caught.value.kind == "unreachable"
    with pytest.raises(rt.StoreSpentError):
        app.shapes.dropped()


# ---- resources of the user's -----------------------------------------------------------------------------------------


def reps(app: plugin.App) -> int:
    if isinstance(app.instance, CoreInstance):
        return sum(resource.count for resource in app.instance.live.resources if resource.owner is None)
    table = app.instance.table(BUCKET)
    assert table is not None
    return len(table.objects)


def test_own_crosses_and_comes_back_as_the_same_object() -> None:
    """The component holds the object until it gives it back; nothing is left in the table."""
    app = start()
    bucket = MyBucket("abc")
    app.uses.keep(bucket)
    assert (app.uses.kept_size(), reps(app)) == (3, 1)
    assert app.uses.give_back() is bucket
    assert (reps(app), bucket.left) == (0, 0)


def test_drop_calls_exit() -> None:
    """When the component drops it, `__exit__` is called, once, with three None."""
    app = start()
    bucket = MyBucket("abc")
    app.uses.keep(bucket)
    app.uses.drop_kept()
    assert (reps(app), bucket.left) == (0, 1)


def test_constructor_static_and_own_parameter() -> None:
    """The component constructs the user's class, and passes it back as an own."""
    storage = MyStorage()
    app = start(storage=storage)
    made = app.uses.make("wasm")
    assert isinstance(made, MyBucket)
    assert made.name == "wasm"
    assert app.uses.consume_new("xy") == 2
    assert [b.name for b in storage.consumed] == ["xy"]
    opened = app.uses.open("o")
    assert isinstance(opened, MyBucket)
    with pytest.raises(rt.Err) as caught:
        app.uses.open("")
    assert caught.value == rt.Err("no name")
    assert reps(app) == 0


def test_two_borrows() -> None:
    """A method that borrows a second object gets both, as themselves; lending leaves nothing in the table."""
    app = start()
    a, b = MyBucket("a"), MyBucket("bb")
    app.uses.merge_two(a, b)
    app.uses.merge_two(b, b)
    assert (a.name, b.name, app.uses.peek(a), reps(app)) == ("abb", "bbbb", 3, 0)


def test_object_of_another_class() -> None:
    """An object must be of the class that this instance was given."""
    app = start()
    with pytest.raises(TypeError, match=r"^keep\(bucket\): expected storage\.Bucket, got str$"):
        app.uses.keep("bucket")
    assert reps(app) == 0


def test_lending_does_not_wear_the_store_out() -> None:
    """More loans and transfers than a store has entries (100,000) would fail, were one used up by each."""
    app = start()
    bucket = MyBucket("abc")
    for _ in range(300):
        app.uses.peek(bucket)
        app.uses.keep(bucket)
        app.uses.give_back()
    assert reps(app) == 0


def test_instance_close_leaves_what_the_component_holds() -> None:
    """Closing the instance ends what it still holds."""
    app = start()
    bucket = MyBucket("abc")
    app.uses.keep(bucket)
    with app.shapes.circle_new(3):
        app.instance.close()
        app.instance.close()
    assert (bucket.left, reps(app)) == (1, 0)
    with pytest.raises(ValueError, match="the instance is closed"):
        app.uses.keep(bucket)
    with pytest.raises(ValueError, match="the instance is closed"):
        app.uses.kept_size()


def test_closing_the_store_frees_memory_only() -> None:
    """No `__exit__` is called; closing the instance after it still does so."""
    app, bucket = start(), MyBucket("abc")
    app.uses.keep(bucket)
    app.instance.store.close()
    assert bucket.left == 0
    app.instance.close()
    assert bucket.left == 1


def test_an_instance_that_does_not_start_leaves_what_it_holds() -> None:
    """Nobody can close it; the failure comes out, and is the context of what an `__exit__` raises."""
    made: list[MyBucket] = []

    class Recorded(MyBucket):
        def __init__(self, name: str) -> None:
            super().__init__(name)
            made.append(self)

        def __exit__(self, *exc: object) -> None:
            super().__exit__(*exc)
            if len(made) > 2:
                raise KeyError(self.left)

    class Storage(MyStorage):
        Bucket = Recorded

    text = plugin.TEXT.rstrip().removesuffix(")")
    text += """(core module $begin (import "i" "b-new" (func $new (param i32 i32) (result i32)))
        (func $s (drop (call $new (i32.const 0) (i32.const 3))) (drop (call $new (i32.const 0) (i32.const 3))) unreachable)
        (start $s))
      (core instance (instantiate $begin (with "i" (instance (export "b-new" (func $b-new)))))))"""
    pre = abi.Prepared(plugin.engine(), layers.component(plugin.engine(), text), plugin.WORLD)
    imports = {"storage": Storage(), "notify": len}
    with pytest.raises(rt.Trap):
        pre.instantiate(rt.Store(plugin.engine()), imports)
    assert [bucket.left for bucket in made] == [1, 1]
    with pytest.raises(KeyError) as caught:
        pre.instantiate(rt.Store(plugin.engine()), imports)
    first = caught.value.__context__
    assert isinstance(first, KeyError) and isinstance(first.__context__, rt.Trap)
    assert [bucket.left for bucket in made] == [1, 1, 1, 1]


def test_instance_is_not_closed_by_a_callback() -> None:
    """While a call runs, the component may still use what it holds."""

    def notify(n: int) -> int:
        with pytest.raises(rt.ResourceInUseError, match="while a call runs"):
            app.instance.close()
        return n

    app = start(notify)
    with app.shapes.circle_new(3) as circle:
        assert circle.ping() == 3


def test_exception_in_exit() -> None:
    """What `__exit__` raises comes out of the call that dropped the object."""

    class Stubborn(MyBucket):
        def __exit__(self, *exc: object) -> None:
            raise KeyError("stays")

    app = start()
    app.uses.keep(Stubborn("s"))
    with pytest.raises(KeyError, match="stays"):
        app.uses.drop_kept()


class Sized(Circle):
    """A handle with the methods of a bucket, as a handle of an interface that is both imported and exported has."""

    def size(self) -> int:
        return self.area()

    def merge(self, other: Sized) -> None:
        raise AssertionError(other)


SIZED = abi.ExportedResource(plugin.SHAPES, "circle", Sized, plugin.shapes_link)
NEW_SIZED = abi.ExportFunc[[int], Sized](plugin.SHAPES, "[constructor]circle", (("radius", abi.U32),), abi.Own(SIZED))


class SizedType:
    """What `app.shapes.Sized` would be."""

    def __init__(self, app: plugin.App) -> None:
        self._new = app.instance.bind(NEW_SIZED)

    def __call__(self, name: str) -> object:
        return self._new(len(name))

    def open(self, name: str) -> object:
        return self(name)


class SizedStorage:
    def __init__(self, app: plugin.App) -> None:
        self.Bucket = SizedType(app)

    def consume(self, bucket: Sized) -> int:
        with bucket:
            return bucket.size()


def test_composition() -> None:
    """Handles of one instance serve as another's objects: constructed, lent, given and dropped across two stores."""
    first = start()
    second = start(storage=SizedStorage(first))
    assert second.uses.consume_new("abc") == 9
    sized = second.uses.make("abcd")
    assert isinstance(sized, Sized)
    assert second.uses.peek(sized) == 16
    assert first.shapes.dropped() == 1
    second.uses.keep(sized)
    assert second.uses.kept_size() == 16
    second.uses.drop_kept()
    assert first.shapes.dropped() == 2
    with pytest.raises(ValueError, match="closed"):
        sized.area()


def test_trap_across_composition_spends_both_stores() -> None:
    """A trap in one store comes through the other as the same object, and neither can be used again."""
    first = start()
    second = start(storage=SizedStorage(first))
    second.uses.keep(first.instance.bind(NEW_SIZED)(666))
    with pytest.raises(rt.Trap) as caught:
        second.uses.drop_kept()
    assert caught.value.kind == "unreachable"
    for app in (first, second):
        with pytest.raises(rt.StoreSpentError, match="unreachable"):
            app.shapes.dropped()

"""What wasmtime supplies: nothing granted unless asked, overridden by what the user gives."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

import witgen.runtime as rt
from tests.runtime import plugin
from tests.runtime.echo import MEMORY
from witgen.runtime import generated as abi

pytestmark = pytest.mark.component_api

CLOCK = "wasi:clocks/monotonic-clock@0.2.3"
NOW = abi.ImportFunc("now", "now", (), abi.U64)
MONOTONIC = abi.ImportInterface(
    "clocks_monotonic_clock",
    "wasi:clocks/monotonic-clock@0.2.8",
    "clocks_monotonic_clock.MonotonicClock",
    (NOW,),
    native=True,
)
CLOCK_TEXT = f"""(component
  (import "{CLOCK}" (instance $clock (export "now" (func (result u64)))))
  (core func $now (canon lower (func $clock "now")))
  (core module $m (import "c" "now" (func $now (result i64))) (func (export "now") (result i64) (call $now)))
  (core instance $i (instantiate $m (with "c" (instance (export "now" (func $now))))))
  (func (export "now") (result u64) (canon lift (core func $i "now"))))
"""
NATIVE_TOO = '(import "wasi:random/random@0.2.3" (instance (export "get-random-u64" (func (result u64)))))'
"""So that wasmtime's own definitions are in the linker beside ours."""
EXPORT_NOW = abi.ExportFunc[[], int]("", "now", (), abi.U64)


class FakeClock:
    def now(self) -> int:
        return 42


def prepare(text: str, *imports: abi.ImportInterface) -> abi.Prepared:
    return abi.Prepared(plugin.engine(), rt.Component(plugin.engine(), text), abi.WorldType("t:t/t", "0.1.0", imports))


def test_native_clock_without_configuration() -> None:
    """What is left out is native, and works in a store that nobody configured (it would abort the process)."""
    pre = prepare(CLOCK_TEXT, MONOTONIC)
    now = pre.instantiate(rt.Store(pre.engine), {"clocks_monotonic_clock": None}).bind(EXPORT_NOW)
    assert isinstance(now(), int)


def test_native_import_that_the_world_does_not_have() -> None:
    """Toolchains add WASI imports: they just work."""
    pre = prepare(CLOCK_TEXT)
    now = pre.instantiate(rt.Store(pre.engine), {}).bind(EXPORT_NOW)
    assert isinstance(now(), int)


def test_override_is_what_runs() -> None:
    """One interface given, under another patch version than the world's; other stores keep the native one."""
    pre = prepare(CLOCK_TEXT, MONOTONIC)
    fake = pre.instantiate(rt.Store(pre.engine), {"clocks_monotonic_clock": FakeClock()}).bind(EXPORT_NOW)
    real = pre.instantiate(rt.Store(pre.engine), {}).bind(EXPORT_NOW)
    assert fake() == 42
    assert real() != 42


@pytest.mark.parametrize("patch", ["0.2.0", "0.2.1", "0.2.3", "0.2.8", "0.2.12", "0.2.99"])
def test_override_is_what_runs_under_each_patch_version(patch: str) -> None:
    """Whatever patch version the component asks for, and wasmtime defines (0.2.12): older and newer than the world's."""
    text = CLOCK_TEXT.replace("@0.2.3", f"@{patch}").replace("(component", f"(component {NATIVE_TOO}", 1)
    pre = prepare(text, MONOTONIC)
    fake = pre.instantiate(rt.Store(pre.engine), {"clocks_monotonic_clock": FakeClock()}).bind(EXPORT_NOW)
    assert fake() == 42


def test_override_is_what_runs_under_all_patch_versions_of_one_component() -> None:
    """Components linked of parts ask for several at once."""
    patches = ("0.2.0", "0.2.3", "0.2.8", "0.2.12")
    imports = "".join(
        f'(import "wasi:clocks/monotonic-clock@{patch}" (instance $c{n} (export "now" (func (result u64)))))'
        f'(core func $now{n} (canon lower (func $c{n} "now")))'
        for n, patch in enumerate(patches)
    )
    modules = "".join(f"""(core module $m{n} (import "c" "now" (func $now (result i64)))
          (func (export "now") (result i64) (call $now)))
        (core instance $i{n} (instantiate $m{n} (with "c" (instance (export "now" (func $now{n}))))))
        (func (export "now{n}") (result u64) (canon lift (core func $i{n} "now")))""" for n in range(len(patches)))
    pre = prepare(f"(component {NATIVE_TOO} {imports} {modules})", MONOTONIC)
    fake = pre.instantiate(rt.Store(pre.engine), {"clocks_monotonic_clock": FakeClock()})
    real = pre.instantiate(rt.Store(pre.engine), {})
    for n in range(len(patches)):
        now = abi.ExportFunc[[], int]("", f"now{n}", (), abi.U64)
        assert (fake.bind(now)(), real.bind(now)() != 42) == (42, True)


def test_an_override_that_the_component_never_asks_for_is_said() -> None:
    """It would never run, and nobody would notice; where it does run, nothing is said."""
    pre = prepare("(component)", MONOTONIC)
    with pytest.warns(
        rt.UnusedImportWarning,
        match=r"clocks_monotonic_clock= \(a clocks_monotonic_clock.MonotonicClock\) is never used: the component does"
        r" not import wasi:clocks/monotonic-clock@0.2.8",
    ):
        pre.instantiate(rt.Store(pre.engine), {"clocks_monotonic_clock": FakeClock()})


def environment(wasi: rt.WasiConfig | None) -> object:
    """The environment that a component sees."""
    text = f"""(component
      (import "wasi:cli/environment@0.2.0" (instance $env
        (export "get-environment" (func (result (list (tuple string string)))))))
      {MEMORY}
      (core func $get (canon lower (func $env "get-environment") (memory $memory) (realloc $realloc)))
      (core module $m (import "e" "get" (func $get (param i32)))
        (func (export "get") (result i32) (call $get (i32.const 64)) (i32.const 64)))
      (core instance $i (instantiate $m (with "e" (instance (export "get" (func $get))))))
      (func (export "get") (result (list (tuple string string))) (canon lift (core func $i "get") (memory $memory))))
    """
    pre = prepare(text)
    pairs = abi.List(abi.Tuple((abi.STRING, abi.STRING)))
    return pre.instantiate(rt.Store(pre.engine), {}, wasi=wasi).bind(abi.ExportFunc[[], object]("", "get", (), pairs))()


def test_nothing_is_granted_unless_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    """The component sees no environment of ours, and exactly what a WasiConfig gives it."""
    monkeypatch.setenv("SECRET", "value")
    assert environment(None) == []
    config = rt.WasiConfig()
    config.env = [("A", "1")]
    assert environment(config) == [("A", "1")]


def test_configuration_is_used_once() -> None:
    """A store has one configuration, and a WasiConfig is for one store."""
    pre = prepare(CLOCK_TEXT, MONOTONIC)
    store, config = rt.Store(pre.engine), rt.WasiConfig()
    pre.instantiate(store, {}, wasi=config)
    pre.instantiate(store, {})
    with pytest.raises(rt.BindError, match="pass wasi= the first time only"):
        pre.instantiate(store, {}, wasi=rt.WasiConfig())
    with pytest.raises(rt.BindError, match="used for another store"):
        pre.instantiate(rt.Store(pre.engine), {}, wasi=config)


# ---- interfaces that share resources ---------------------------------------------------------------------------------

POLLABLE = abi.ImportedResource("wasi:io/poll@0.2.8", "pollable", "io_poll.Pollable")
POLL = abi.ImportInterface(
    "io_poll",
    "wasi:io/poll@0.2.8",
    "io_poll.Poll",
    (
        abi.ImportFunc("[method]pollable.ready", ".ready", (("self", abi.Borrow(POLLABLE)),), abi.BOOL),
        abi.ImportFunc("[method]pollable.block", ".block", (("self", abi.Borrow(POLLABLE)),)),
        abi.ImportFunc("poll", "poll", (("in_", abi.List(abi.Borrow(POLLABLE))),), abi.List(abi.U32)),
    ),
    (POLLABLE,),
    native=True,
)
TIMER = abi.ImportInterface(
    "clocks_monotonic_clock",
    "wasi:clocks/monotonic-clock@0.2.8",
    "clocks_monotonic_clock.MonotonicClock",
    (NOW, abi.ImportFunc("subscribe-duration", "subscribe_duration", (("when", abi.U64),), abi.Own(POLLABLE))),
    native=True,
    needs=("wasi:io/poll@0.2.8",),
)
LOG = abi.ImportInterface(
    "log",
    "t:t/log",
    "log.Log",
    (abi.ImportFunc("log", "log", (("p", abi.Borrow(POLLABLE)),)),),
    needs=("wasi:io/poll@0.2.8",),
)
TIMER_TEXT = """(component
  (import "wasi:io/poll@0.2.0" (instance $poll
    (export "pollable" (type $p (sub resource)))
    (export "[method]pollable.ready" (func (param "self" (borrow $p)) (result bool)))))
  (alias export $poll "pollable" (type $p))
  (import "wasi:clocks/monotonic-clock@0.2.0" (instance $clock
    (alias outer 1 $p (type $q)) (export "pollable" (type $r (eq $q)))
    (export "now" (func (result u64)))
    (export "subscribe-duration" (func (param "when" u64) (result (own $r))))))
  (import "t:t/log" (instance $log
    (alias outer 1 $p (type $q)) (export "pollable" (type $r (eq $q)))
    (export "log" (func (param "p" (borrow $r))))))
  (core func $ready (canon lower (func $poll "[method]pollable.ready")))
  (core func $now (canon lower (func $clock "now")))
  (core func $subscribe (canon lower (func $clock "subscribe-duration")))
  (core func $log (canon lower (func $log "log")))
  (core func $drop (canon resource.drop $p))
  (core module $m
    (import "i" "ready" (func $ready (param i32) (result i32)))
    (import "i" "now" (func $now (result i64)))
    (import "i" "subscribe" (func $subscribe (param i64) (result i32)))
    (import "i" "log" (func $log (param i32)))
    (import "i" "drop" (func $drop (param i32)))
    (func (export "now") (result i64) (call $now))
    (func (export "timer") (result i32) (call $subscribe (i64.const 0)))
    (func (export "check") (param i32) (result i32) (local $r i32)
      (call $log (local.get 0)) (local.set $r (call $ready (local.get 0))) (call $drop (local.get 0)) (local.get $r))
    (func (export "take") (param i32) (call $drop (local.get 0))))
  (core instance $i (instantiate $m (with "i" (instance (export "ready" (func $ready)) (export "now" (func $now))
    (export "subscribe" (func $subscribe)) (export "log" (func $log)) (export "drop" (func $drop))))))
  (func (export "now") (result u64) (canon lift (core func $i "now")))
  (func (export "timer") (result (own $p)) (canon lift (core func $i "timer")))
  (func (export "check") (param "p" (borrow $p)) (result bool) (canon lift (core func $i "check")))
  (func (export "take") (param "p" (own $p)) (canon lift (core func $i "take"))))
"""
EXPORT_TIMER = abi.ExportFunc[[], rt.NativeHandle]("", "timer", (), abi.Own(POLLABLE))
EXPORT_CHECK = abi.ExportFunc[[object], bool]("", "check", (("p", abi.Borrow(POLLABLE)),), abi.BOOL)
EXPORT_TAKE = abi.ExportFunc[[object], None]("", "take", (("p", abi.Own(POLLABLE)),))


class Log:
    def __init__(self) -> None:
        self.seen: list[object] = []

    def log(self, p: object) -> None:
        self.seen.append(p)


def start(**imports: object) -> abi.Instance:
    pre = prepare(TIMER_TEXT, POLL, TIMER, LOG)
    return pre.instantiate(rt.Store(pre.engine), {"log": Log()} | imports)


def test_native_resource_is_an_opaque_handle() -> None:
    """What wasmtime made can be passed back, lent to an import, given away or closed, and nothing more."""
    log = Log()
    instance = start(log=log)
    timer = instance.bind(EXPORT_TIMER)()
    assert isinstance(timer, rt.NativeHandle)
    assert isinstance(instance.bind(EXPORT_CHECK)(timer), bool)
    (seen,) = log.seen
    with pytest.raises(ValueError, match=r"^check\(p\): NativeHandle is closed or was given away$"):
        instance.bind(EXPORT_CHECK)(seen)
    instance.bind(EXPORT_TAKE)(timer)
    with pytest.raises(ValueError, match="closed or was given away"):
        instance.bind(EXPORT_TAKE)(timer)
    with instance.bind(EXPORT_TIMER)() as other:
        assert isinstance(instance.bind(EXPORT_CHECK)(other), bool)


@pytest.mark.parametrize("export", [EXPORT_CHECK, EXPORT_TAKE])
def test_python_cannot_make_a_native_resource(export: abi.ExportFunc[[object], object]) -> None:
    """Any other object is a named error, before wasm is entered."""
    instance = start()
    with pytest.raises(rt.NativeResourceError) as caught:
        instance.bind(export)(object())
    assert str(caught.value) == (
        f"{export.name}(p): Pollable is supplied natively by wasmtime; Python cannot make one:"
        " pass io_poll= to supply it yourself"
    )
    assert isinstance(instance.bind(EXPORT_NOW)(), int)


class Pollable:
    def ready(self) -> bool:
        return False

    def block(self) -> None:
        pass


class Poll:
    def poll(self, in_: object) -> list[int]:
        return []


class Timer:
    def now(self) -> int:
        return 7

    def subscribe_duration(self, when: int) -> Pollable:
        return Pollable()


def test_group_must_be_given_together() -> None:
    """Where the resource is overridden, so must be what mentions it; the message lists the group."""
    with pytest.raises(rt.NativeGroupError) as caught:
        start(io_poll=Poll())
    assert str(caught.value) == (
        "wasi:io/poll@0.2.8 cannot be given without what shares resources with it:"
        " pass clocks_monotonic_clock= (a clocks_monotonic_clock.MonotonicClock) too,"
        " or leave the whole group to wasmtime"
    )


def test_whole_group_given() -> None:
    """With all of the group, the resources are the user's objects."""
    log = Log()
    instance = start(io_poll=Poll(), clocks_monotonic_clock=Timer(), log=log)
    pollable = instance.bind(EXPORT_TIMER)()
    assert isinstance(pollable, Pollable)
    assert instance.bind(EXPORT_CHECK)(pollable) is False
    assert log.seen == [pollable]


def test_interface_that_only_returns_the_resource_may_stand_alone() -> None:
    """A fake clock tells the time; only when it is asked for a pollable is it refused."""
    instance = start(clocks_monotonic_clock=Timer())
    assert instance.bind(EXPORT_NOW)() == 7
    with pytest.raises(rt.NativeResourceError, match=r"subscribe_duration\(\) result: Pollable is supplied natively"):
        instance.bind(EXPORT_TIMER)()


def test_interface_that_takes_the_resource_may_not() -> None:
    """Python could do nothing with a resource of wasmtime's."""
    takes = abi.ImportInterface(
        TIMER.key, TIMER.id, TIMER.protocol, (*TIMER.functions, *LOG.functions), native=True, needs=TIMER.needs
    )
    pre = prepare(TIMER_TEXT, POLL, takes, LOG)
    with pytest.raises(rt.NativeGroupError, match=r"pass io_poll= \(an io_poll\.Poll\) too"):
        pre.instantiate(rt.Store(pre.engine), {"log": Log(), takes.key: type("C", (Timer, Log), {})()})


# ---- http ------------------------------------------------------------------------------------------------------------

FIELDS = abi.ImportedResource("wasi:http/types@0.2.8", "fields", "http_types.Fields")
HTTP = abi.ImportInterface(
    "http_types",
    "wasi:http/types@0.2.8",
    "http_types.Types",
    (abi.ImportFunc("[constructor]fields", "Fields", (), abi.Own(FIELDS)),),
    (FIELDS,),
    native=True,
    http=True,
)
HTTP_TEXT = """(component
  (import "wasi:http/types@0.2.0" (instance $http
    (export "fields" (type $f (sub resource)))
    (export "[constructor]fields" (func (result (own $f))))))
  (alias export $http "fields" (type $f))
  (core func $new (canon lower (func $http "[constructor]fields")))
  (core func $drop (canon resource.drop $f))
  (core module $m (import "i" "new" (func $new (result i32))) (import "i" "drop" (func $drop (param i32)))
    (func (export "handle") (param i32) (call $drop (local.get 0)))
    (func (export "new") (result i32) (call $new)))
  (core instance $i (instantiate $m (with "i" (instance (export "new" (func $new)) (export "drop" (func $drop))))))
  (func (export "handle") (param "fields" (own $f)) (canon lift (core func $i "handle")))
  (func (export "new") (result (own $f)) (canon lift (core func $i "new"))))
"""


def test_http_is_granted_only_on_request() -> None:
    """Without http=True it is a missing import; with it, wasmtime supplies it."""
    for pre, cure in (
        (prepare(HTTP_TEXT, HTTP), ", or pass http_types= (a http_types.Types)"),
        (prepare(HTTP_TEXT), ""),
    ):
        with pytest.raises(rt.MissingImportError) as caught:
            pre.instantiate(rt.Store(pre.engine), {})
        name = "wasi:http/types@0.2.8" if cure else "wasi:http/types@0.2.0"
        assert str(caught.value) == (
            f"missing import {name}: pass http=True to let wasmtime supply it,"
            f" which gives the component the network{cure}"
        )
        instance = pre.instantiate(rt.Store(pre.engine), {}, http=True)
        with instance.bind(abi.ExportFunc[[], abi.Handle]("", "new", (), abi.Own(FIELDS)))() as fields:
            assert isinstance(fields, rt.NativeHandle)


def test_request_cannot_be_made_in_python() -> None:
    """The named error for calling a handler with an object of one's own, where wasi:http is native."""
    pre = prepare(HTTP_TEXT, HTTP)
    instance = pre.instantiate(rt.Store(pre.engine), {}, http=True)
    handle = instance.bind(abi.ExportFunc[[object], None]("", "handle", (("request", abi.Own(FIELDS)),)))
    with pytest.raises(
        rt.NativeResourceError, match=r"^handle\(request\): Fields is supplied natively by wasmtime; Python"
    ):
        handle(object())


def test_http_given_in_python() -> None:
    """Given, it needs no http=True, and its resources are the user's objects."""

    class Fields:
        pass

    class Types:
        pass

    Types.Fields = Fields  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    pre = prepare(HTTP_TEXT, HTTP)
    instance = pre.instantiate(rt.Store(pre.engine), {"http_types": Types()})
    assert isinstance(instance.bind(abi.ExportFunc[[], object]("", "new", (), abi.Own(FIELDS)))(), Fields)


def test_files_are_granted_by_configuration_only(tmp_path: Path) -> None:
    """Preopened folders: none unless a WasiConfig opens some."""
    text = f"""(component
      (import "wasi:filesystem/types@0.2.0" (instance $fs (export "descriptor" (type $d (sub resource)))))
      (alias export $fs "descriptor" (type $d))
      (import "wasi:filesystem/preopens@0.2.0" (instance $pre
        (alias outer 1 $d (type $q)) (export "descriptor" (type $r (eq $q)))
        (export "get-directories" (func (result (list (tuple (own $r) string)))))))
      {MEMORY}
      (core func $get (canon lower (func $pre "get-directories") (memory $memory) (realloc $realloc)))
      (core module $m (import "e" "get" (func $get (param i32))) (import "m" "memory" (memory 1))
        (func (export "count") (result i32) (call $get (i32.const 64)) (i32.load (i32.const 68))))
      (core instance $i (instantiate $m (with "m" (instance $libc)) (with "e" (instance (export "get" (func $get))))))
      (func (export "count") (result u32) (canon lift (core func $i "count"))))
    """
    pre = prepare(text)
    count = abi.ExportFunc[[], int]("", "count", (), abi.U32)
    assert pre.instantiate(rt.Store(pre.engine), {}).bind(count)() == 0
    config = rt.WasiConfig()
    config.preopen_dir(str(tmp_path), "/data")
    assert pre.instantiate(rt.Store(pre.engine), {}, wasi=config).bind(count)() == 1


FILES_TEXT = """(component
  (import "wasi:io/poll@0.2.0" (instance $poll
    (export "pollable" (type $p (sub resource)))
    (export "[method]pollable.ready" (func (param "self" (borrow $p)) (result bool)))))
  (alias export $poll "pollable" (type $p))
  (import "wasi:clocks/monotonic-clock@0.2.0" (instance $clock
    {alias}
    (export "subscribe-duration" (func (param "when" u64) (result (own {name}))))))
  (import "wasi:random/random@0.2.3" (instance (export "get-random-u64" (func (result u64))))))
"""
ALIASES = {
    "re-exported": ('(alias outer 1 $p (type $q)) (export "pollable" (type $r (eq $q)))', "$r"),
    "mentioned only": ("(alias outer 1 $p (type $q))", "$q"),
}


@pytest.mark.parametrize("alias", ALIASES)
def test_a_group_that_the_world_has_only_in_part(alias: str) -> None:
    """The member that the world lacks is named, and what to do."""
    text, name = ALIASES[alias]
    pre = prepare(FILES_TEXT.format(alias=text, name=name), POLL)
    with pytest.raises(rt.NativeGroupError) as caught:
        pre.instantiate(rt.Store(pre.engine), {"io_poll": Poll()})
    assert str(caught.value) == (
        "wasi:io/poll@0.2.8 cannot be given without what shares resources with it: add `import"
        " wasi:clocks/monotonic-clock@0.2.0;`, which world t:t/t lacks, generate again and pass what is new, or leave the"
        " whole group to wasmtime"
    )
    pre.instantiate(rt.Store(pre.engine), {})


def test_what_a_component_needs() -> None:
    """Each import with its keyword; what the world lacks has none."""
    unused = abi.ImportInterface("never", "t:t/never", "never.Never", (abi.ImportFunc("f", "f"),))
    assert prepare(FILES_TEXT.format(alias=ALIASES["re-exported"][0], name="$r"), unused, POLL).needs == (
        rt.Need("wasi:io/poll@0.2.0", "io_poll", native=True, http=False),
        rt.Need("wasi:clocks/monotonic-clock@0.2.0", "", native=True, http=False),
        rt.Need("wasi:random/random@0.2.3", "", native=True, http=False),
    )
    assert prepare(HTTP_TEXT, HTTP).needs[0] == rt.Need("wasi:http/types@0.2.0", "http_types", native=True, http=True)
    assert plugin.prepared().needs == (
        rt.Need("acme:plugin/storage@1.2.0", "storage", native=False, http=False),
        rt.Need("notify", "notify", native=False, http=False),
    )
    assert prepare("(component)", MONOTONIC).needs == ()


def test_what_is_offered_on_purpose_gives_no_warning() -> None:
    """It is used where it is imported, and nothing is said where it is not."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        idle = prepare("(component)", MONOTONIC)
        idle.instantiate(rt.Store(idle.engine), {"clocks_monotonic_clock": rt.offered(FakeClock())})
    pre = prepare(CLOCK_TEXT, MONOTONIC)
    used = pre.instantiate(rt.Store(pre.engine), {"clocks_monotonic_clock": rt.offered(FakeClock())})
    assert used.bind(EXPORT_NOW)() == 42
    nothing = pre.instantiate(rt.Store(pre.engine), {"clocks_monotonic_clock": rt.offered(None)})
    assert nothing.bind(EXPORT_NOW)() != 42

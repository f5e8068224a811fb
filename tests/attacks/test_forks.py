"""Servers that fork: what lives in threads is made anew in the child, and nothing hangs."""

from __future__ import annotations

from .attack import Attack

ATTACKS = {
    "an engine is made, and the child prepares": Attack(
        "wasm = rt.engine()\nchild(lambda: App(wasm=wasm).relay(5))", "5\n0"
    ),
    "the parent compiled, and the child compiles with the same engine": Attack(
        "wasm = rt.engine()\nApp(wasm=wasm)\nprepared.cache_clear()\nchild(lambda: App(wasm=wasm).relay(5))", "5\n0"
    ),
    "the child makes an engine of its own": Attack("App()\nchild(lambda: App(wasm=rt.engine()).relay(5))", "5\n0"),
    "a child of a child compiles": Attack(
        """
App()
def again():
    child(lambda: App(wasm=rt.engine()).relay(6))
    return App(wasm=rt.engine()).relay(5)
child(again)
""",
        "6\n0\n5\n0",
        is_sample=False,
    ),
    "the child compiles into a cache and out of it": Attack(
        """
import tempfile
App()
folder = tempfile.mkdtemp()
data = component()
wasm = rt.engine()
abi.Prepared(wasm, data, WORLD, folder)
child(lambda: App(pre=abi.Prepared(wasm, data, WORLD, folder)).relay(5))
other = rt.engine(fuel=True)
limits = rt.Limits(fuel=10**6)
child(lambda: App(pre=abi.Prepared(other, data, WORLD, folder), limits=limits).relay(6))
print(len(os.listdir(folder + "/witgen-code")), App(pre=abi.Prepared(other, data, WORLD, folder), limits=limits).relay(7))
""",
        "5\n0\n6\n0\n2 7",
        is_sample=False,
    ),
    "the engine has wasmtime's own cache": Attack(
        """
import tempfile
wasm = rt.engine(cache=tempfile.mkdtemp())
App(wasm=wasm)
prepared.cache_clear()
child(lambda: App(wasm=wasm).relay(5))
""",
        "5\n0",
        is_sample=False,
    ),
    "the child uses what the parent prepared, and an instance of the parent's": Attack(
        "app = App()\nchild(lambda: (app.relay(5), App().relay(6), out(app.divide, 0)))\nprint(app.relay(7))",
        "(5, 6, 'Trap integer-divide-by-zero')\n0\n7",
    ),
    "a plain engine of wasmtime's, on which the parent compiled": Attack(
        "wasm = wasmtime.Engine()\nApp(wasm=wasm)\nprepared.cache_clear()\nchild(lambda: App(pre=abi.Prepared(wasm, component(), WORLD)))",
        "EngineError\n0",
        is_sample=False,
    ),
    "a plain engine of wasmtime's, and nothing was compiled before": Attack(
        "wasm = wasmtime.Engine()\nchild(lambda: App(pre=abi.Prepared(wasm, component(), WORLD)).relay(5))",
        "5\n0",
        is_sample=False,
    ),
    "a ticker was started": Attack(
        """
wasm = engine(True)
App(wasm=wasm)
with rt.Ticker(wasm, 0.005):
    child(lambda: App(wasm=wasm, limits=rt.Limits(epoch_deadline=10)).spin(0))
    print(out(App(wasm=wasm, limits=rt.Limits(epoch_deadline=10)).spin, 0))
""",
        "Trap epoch\n0\nTrap epoch",
    ),
    "a ticker was started, and is closed in the child": Attack(
        """
wasm = engine(True)
ticker = rt.Ticker(wasm, 0.005).start()
child(lambda: (ticker.close(), ticker.close()))
ticker.close()
child(lambda: any(thread.name == "witgen-ticker" for thread in threading.enumerate()))
""",
        "(None, None)\n0\nFalse\n0",
        is_sample=False,
    ),
    "a ticker of a plain engine was started": Attack(
        """
config = wasmtime.Config()
config.epoch_interruption = True
wasm = wasmtime.Engine(config)
App(wasm=wasm)
with rt.Ticker(wasm, 0.005):
    child(lambda: App(wasm=wasm, limits=rt.Limits(epoch_deadline=10)).spin(0))
""",
        "Trap epoch\n0",
        is_sample=False,
    ),
    "an instance with a deadline goes on in the child": Attack(
        """
wasm = engine(True)
with rt.Ticker(wasm, 0.005):
    limits = rt.Limits(epoch_deadline=10)
    app = App(wasm=wasm, limits=limits)
    child(lambda: (limits.renew(app.store), app.spin(0)))
""",
        "Trap epoch\n0",
        is_sample=False,
    ),
    "awaited calls were made": Attack(
        """
import asyncio
app = App()
print(asyncio.run(rt.to_thread(app.relay, 4)))
child(lambda: asyncio.run(rt.to_thread(app.relay, 5)))
""",
        "4\n5\n0",
    ),
    "other threads prepare, instantiate and call while it forks": Attack(
        """
stop = False
def work():
    while not stop:
        App().relay(1)
        abi.Prepared(engine(), prepared().component, WORLD)
def busy():
    for layer in range(3): App().relay(2)
    prepared.cache_clear()
    return App().relay(5)
threads = [threading.Thread(target=work) for _ in range(3)]
for thread in threads: thread.start()
for _ in range(8): child(busy)
stop = True
for thread in threads: thread.join()
""",
        "5\n0\n" * 8,
        is_sample=False,
    ),
    "locks are held by other threads": Attack(
        """
from witgen.runtime import _layer
from witgen.runtime._compiled import cache
from witgen.runtime._stores import coroutines, engine as engines, limits, store
held = [coroutines._lock, cache._lock, engines._fit_lock, engines._counting_lock, _layer._lock, limits._running_lock, store._guard, prepared().imports._lock]
def hold():
    for lock in held: lock.__enter__()
App()
thread = threading.Thread(target=hold)
thread.start(), thread.join()
wasm = engine(True)
def work():
    import asyncio
    ticker = rt.Ticker(wasm, 0.005).start()
    got = App(wasm=wasm, limits=rt.Limits(epoch_deadline=1000)).relay(5), asyncio.run(rt.to_thread(App().relay, 6))
    ticker.close()
    return got
child(work)
for lock in held: lock.renew()
""",
        "(5, 6)\n0",
    ),
    "a store is in use by another thread": Attack(
        """
inside, leave = threading.Event(), threading.Event()
app = App(lambda n: (inside.set(), leave.wait(), n)[2])
thread = threading.Thread(target=app.relay, args=(1,))
thread.start()
inside.wait()
child(lambda: (out(app.relay, 2), App().relay(3)))
leave.set()
thread.join()
""",
        "('StoreBusyError', 3)\n0",
    ),
    "a callback forks": Attack(
        """
def fork(n):
    pid = os.fork()
    if pid: os.waitpid(pid, 0)
    return 0 if pid else 9
app = App(fork)
got = app.relay(1)
if got:
    give_up()
    print(out(App(wasm=rt.engine()).divide, 0), got, flush=True)
    os._exit(0)
print(got)
""",
        "Trap integer-divide-by-zero 9\n0",
        is_sample=False,
    ),
    "a component waited through WASI": Attack(
        """
from witgen.runtime._stores.wasi_threads import _WAITING
pre = abi.Prepared(engine(), rt.Component(engine(), _WAITING), abi.WorldType("t:t/t", "0.1.0", ()))
wait = abi.ExportFunc[[], None]("", "wait")
run = lambda: pre.instantiate(rt.Store(engine()), {}).bind(wait)()
child(run)
run()
child(run)
run()
""",
        "None\n0\nEngineError\n0",
    ),
    "multiprocessing forks": Attack(
        """
import multiprocessing
wasm = engine(True)
def job(n):
    return App(wasm=wasm, limits=rt.Limits(epoch_deadline=1000)).relay(n)
with rt.Ticker(wasm):
    job(1)
    with multiprocessing.get_context("fork").Pool(2) as pool:
        print(pool.map(job, [1, 2, 3]))
""",
        "[1, 2, 3]",
        is_sample=False,
    ),
}


def test_forks(attack: Attack, layer: str) -> None:
    """The child works, or is refused by name."""
    assert attack.outcome(layer) == attack.expected()

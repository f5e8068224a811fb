"""Every way that was found to crash the process, each in a process of its own that would be killed by a signal.

What each program prints at the end shows that it came through, and that Python and wasmtime still work. Some ways have
their tests elsewhere: the end of the stack and Ctrl-C (`test_failures`), threads with little stack (`test_limits`),
streams and futures (`test_async`), the end of the interpreter (`test_exit`), a cache that was tampered with
(`test_cache`), WASI without a configuration (`test_wasi`).
"""

from __future__ import annotations

import subprocess
import sys

import pytest

START = """
import gc, os, signal, threading, time
import wasmtime
import witgen.runtime as rt
from witgen.runtime import generated as abi
from tests.runtime import plugin
from tests.runtime.test_failures import App, Host, prepared, start

def attempt(call, *arguments):
    try:
        return call(*arguments)
    except BaseException as error:
        return type(error).__name__

class Doing(Host):
    def __init__(self, do):
        self.do = do
    def act(self, n):
        return self.do(n)

def works():
    return start()("act", 3) == 3
"""

WAYS = {
    "a store of wasmtime's own is closed by a callback": """
store = wasmtime.Store(prepared().engine)
print(attempt(prepared().instantiate, store, {"host": Host()}))
store.close()
""",
    "a store is closed by a callback, and by another thread while a call runs": """
app = start(Doing(lambda n: attempt(app.instance.store.close) and n))
print(app("act", 1))
seen = []
def elsewhere(n):
    thread = threading.Thread(target=lambda: seen.append(attempt(app.instance.store.close)))
    thread.start(), thread.join()
    return n
app = start(Doing(elsewhere))
print(app("act", 1), seen)
""",
    "a store is collected while handles of it live": """
app = plugin.start()
circle = app.shapes.circle_new(3)
area = circle.area
app.instance.store.close()
print(attempt(area))
del app
gc.collect()
print(attempt(area), attempt(circle.__exit__))
""",
    "handles and functions of one store meet another": """
one, two = plugin.start(), plugin.start()
circle = one.shapes.circle_new(3)
print(attempt(two.shapes.total, [circle]), attempt(two.shapes.circle_area, circle))
print(one.shapes.total([circle]), two.shapes.dropped())
circle.__exit__()
""",
    "an engine meets another's store and component": """
other = rt.engine()
print(attempt(prepared().instantiate, rt.Store(other), {"host": Host()}))
print(attempt(abi.Prepared, other, prepared().component, prepared().world) and "ok")
""",
    "two threads use one instance": """
app = start()
stop = time.monotonic() + 0.3
seen = set()
def use():
    while time.monotonic() < stop:
        seen.add(attempt(app, "loop", 20))
threads = [threading.Thread(target=use) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(sorted(map(str, seen)))
""",
    "a callback uses its instance in another thread": """
def elsewhere(n):
    seen = []
    thread = threading.Thread(target=lambda: seen.append(attempt(app, "act", 1)))
    thread.start(), thread.join()
    print(seen)
    return n
app = start(Doing(elsewhere))
print(app("act", 5))
""",
    "a callback comes back in, and fails there": """
def again(n):
    return app("act", n - 1) if n else app("unreachable")
app = start(Doing(again))
print(attempt(app, "act", 5), attempt(app, "act", 1))
""",
    "exceptions of every kind, when the component drops an object": """
for error in (KeyboardInterrupt, SystemExit, GeneratorExit, RecursionError, MemoryError):
    class Bad(plugin.MyBucket):
        def __exit__(self, *exc): raise error
    app = plugin.start()
    app.uses.keep(Bad("s"))
    print(attempt(app.uses.drop_kept))
""",
    "a handler of the user's raises while wasm calls out": """
class Late(Exception): pass
def ring(number, frame): raise Late
signal.signal(signal.SIGALRM, ring)
for n in range(10):
    app = start()
    signal.setitimer(signal.ITIMER_REAL, 0.005 + n / 2000, 1)  # again, if Python drops the first in a finalizer
    assert attempt(app, "loop", 10**9) == "Late"
    signal.setitimer(signal.ITIMER_REAL, 0)
print("late")
""",
    "Ctrl-C while the component calls nobody": """
pre = prepared(False, True)
with rt.Ticker(pre.engine, 0.002):
    for n in range(5):
        app = start(limits=rt.Limits(epoch_deadline=10**6), epochs=True)
        timer = threading.Timer(0.02 + n / 500, os.kill, (os.getpid(), signal.SIGINT))
        timer.start()
        assert attempt(app, "spin") == "KeyboardInterrupt"
        timer.join()
        assert attempt(app, "act", 3) in (3, "StoreSpentError")  # where it came before wasm was entered, and after
print("interrupted")
""",
    "a store is closed while an awaited call waits in it": """
import asyncio
from tests.runtime import test_async as t
host = t.AsyncHost(0.3)
app = t.App(host)
async def main():
    task = asyncio.create_task(rt.to_thread(app.plain, "plain", 4))
    while not host.threads: await asyncio.sleep(0.005)
    print(attempt(app.instance.store.close), attempt(app.plain, "plain", 1), await task)
asyncio.run(main())
""",
    "a callback of an async call comes back in": """
from tests.runtime import test_async as t
if not t.CALLS_ASYNC: raise SystemExit(print("ok") or print(works()))
class Again(t.Host):
    def act(self, n): return self.app.blocks("now", n - 1) if n else 0
host = Again()
host.app = t.App(host)
print(attempt(host.app.blocks, "now", 3) and "ok")
""",
}
TOLD = {
    "a store of wasmtime's own is closed by a callback": "TypeError",
    "a store is closed by a callback, and by another thread while a call runs": "1\n1 ['ResourceInUseError']",
    "a store is collected while handles of it live": "ValueError\nValueError None",
    "handles and functions of one store meet another": "ValueError ValueError\n3 0",
    "an engine meets another's store and component": "EngineError\nok",
    "two threads use one instance": "['0', 'StoreBusyError']",
    "a callback uses its instance in another thread": "['StoreBusyError']\n5",
    "a callback comes back in, and fails there": "Trap StoreSpentError",
    "exceptions of every kind, when the component drops an object": (
        "KeyboardInterrupt\nSystemExit\nGeneratorExit\nRecursionError\nMemoryError"
    ),
    "a handler of the user's raises while wasm calls out": "late",
    "Ctrl-C while the component calls nobody": "interrupted",
    "a store is closed while an awaited call waits in it": "ResourceInUseError StoreBusyError 8",
    "a callback of an async call comes back in": "ok",
}


def run(program: str, timeout: int = 30) -> tuple[str, int, str]:
    """What a program printed, its status, and what it said on standard error."""
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)
    return done.stdout, done.returncode, done.stderr


_ASYNC = ("a store is closed while an awaited call waits in it", "a callback of an async call comes back in")


@pytest.mark.slow
@pytest.mark.parametrize(
    "way", [pytest.param(way, marks=pytest.mark.component_api if way in _ASYNC else ()) for way in WAYS]
)
def test_it_is_an_error_and_no_signal(way: str) -> None:
    """An error of Python's or ours, and the process goes on."""
    output, status, said = run(f"{START}{WAYS[way]}\nprint(works())")
    assert (output, status) == (f"{TOLD[way]}\nTrue\n", 0), said


@pytest.mark.slow
def test_a_thousand_interrupts(request: pytest.FixtureRequest) -> None:
    """Ctrl-C at any moment of calls out of wasm, into it, and in between; with `--full` a thousand times."""
    times = 1000 if request.config.getoption("--full") else 25
    program = f"""{START}
import random
chance = random.Random(7)
done, ready, stop = 0, False, False
def send():
    while not ready: time.sleep(0.001)
    while not stop:
        time.sleep(0.002 + chance.random() / 200)
        os.kill(os.getpid(), signal.SIGINT)
def main():
    global done, ready
    ready = True
    while done < {times}:
        try:
            app = start()
            while True:
                app("loop", chance.randrange(1, 300))
                app("act")
        except KeyboardInterrupt:
            done += 1
    signal.signal(signal.SIGINT, signal.SIG_IGN)
prepared()
sender = threading.Thread(target=send)
sender.start()
while signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
    try:
        main()
    except KeyboardInterrupt:
        pass
stop = True
sender.join()
print(done >= {times}, works())
"""
    output, status, said = run(program, 600)
    assert (output, status) == ("True True\n", 0), said


@pytest.mark.slow
def test_threads_that_raise(request: pytest.FixtureRequest) -> None:
    """Every thread gets its own exceptions and no other's; with `--full` 100,000 of them."""
    times = 100_000 if request.config.getoption("--full") else 2_000
    program = f"""{START}
wrong = []
def raising(error):
    def act(n): raise error
    return act
def run():
    for _ in range({times} // 8):
        error = LookupError()
        try:
            start(Doing(raising(error)))("act")
        except BaseException as caught:
            if caught is error: continue
        wrong.append(error)
threads = [threading.Thread(target=run) for _ in range(8)]
prepared()
for thread in threads: thread.start()
for thread in threads: thread.join()
print(len(wrong), works())
"""
    output, status, said = run(program, 600)
    assert (output, status) == ("0 True\n", 0), said

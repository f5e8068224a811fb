"""Other code that installs signal handlers before or after: a trap is a `Trap`, and the process goes on."""

from __future__ import annotations

from .attack import Attack

TRAPS = "print(*(out(App(wasm=wasm).divide, 0) for _ in range(2)), out(App(wasm=wasm).reach, 2**31), out(App(wasm=wasm).stop, 0))\n"
TRAPPED = "Trap integer-divide-by-zero Trap integer-divide-by-zero Trap memory Trap unreachable"
REFUSED = "EngineError EngineError EngineError EngineError"

ATTACKS = {
    "faulthandler is enabled after the engine was made": Attack(
        f"wasm = rt.engine()\nfaulthandler.enable()\n{TRAPS}", TRAPPED
    ),
    "faulthandler is enabled before": Attack(f"faulthandler.enable()\nwasm = rt.engine()\n{TRAPS}", TRAPPED),
    "faulthandler is enabled, and disabled": Attack(
        f"wasm = rt.engine()\nfaulthandler.enable()\nfaulthandler.disable()\n{TRAPS}", TRAPPED, is_sample=False
    ),
    "handlers for all that wasmtime might use are replaced": Attack(
        f"wasm = rt.engine()\nfor n in (4, 5, 7, 8, 11): signal.signal(n, lambda *a: None)\n{TRAPS}", TRAPPED
    ),
    "handlers are reset to their defaults": Attack(
        f"wasm = rt.engine()\nfor n in (4, 7, 8, 11): signal.signal(n, signal.SIG_DFL)\n{TRAPS}",
        TRAPPED,
        is_sample=False,
    ),
    "signals are blocked": Attack(
        f"wasm = rt.engine()\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32))\n{TRAPS}", TRAPPED, is_sample=False
    ),
    "a callback enables faulthandler": Attack(
        """
app = App(lambda n: faulthandler.enable() or 0)
print(out(app.relay, 1), out(app.divide, 0))
""",
        "0 Trap integer-divide-by-zero",
    ),
    "another thread enables it while wasm runs": Attack(
        """
app = App(lambda n: int(time.monotonic() < end))
end = time.monotonic() + 0.1
thread = threading.Thread(target=lambda: (time.sleep(0.05), faulthandler.enable()))
thread.start()
print(out(app.poll, 1), out(app.reach, 2**31))
thread.join()
""",
        "0 Trap memory",
        is_sample=False,
    ),
    "a plain engine of wasmtime's was made as well, which installs handlers": Attack(
        f"wasmtime.Engine()\nwasm = rt.engine()\nfaulthandler.enable()\n{TRAPS}", TRAPPED, is_sample=False
    ),
    "a plain engine of wasmtime's is used, and faulthandler enabled before": Attack(
        f"faulthandler.enable()\nwasm = wasmtime.Engine()\n{TRAPS}", TRAPPED
    ),
    "a plain engine of wasmtime's is used, and faulthandler enabled after": Attack(
        f"""
wasm = wasmtime.Engine()
before = App(wasm=wasm)
thing = before.things.make(1)
prepared(wasm)
faulthandler.enable()
print(out(before.divide, 0), out(thing.rep), out(thing.__exit__), out(App, lambda n: n, wasm))
wasm = rt.engine()
{TRAPS}""",
        f"{REFUSED}\n{TRAPPED}",
    ),
    "a plain engine of wasmtime's is used, and a callback enables faulthandler": Attack(
        """
wasm = wasmtime.Engine()
class Enabling(File):
    def __exit__(self, *exc):
        faulthandler.enable()
app = App(lambda n: faulthandler.enable() or n, wasm)
other = App(wasm=wasm, cls=Enabling)
print(out(app.relay, 1), out(app.divide, 0), out(app.divide, 0))
faulthandler.disable()
handle = other.keep(3)
print(out(other.drop, handle), out(other.divide, 0))
""",
        "EngineError StoreSpentError StoreSpentError\nEngineError StoreSpentError",
    ),
    "a plain engine without signals is used, and faulthandler enabled after": Attack(
        f"""
config = wasmtime.Config()
config.signals_based_traps = False
wasm = wasmtime.Engine(config)
faulthandler.enable()
{TRAPS}""",
        TRAPPED,
        is_sample=False,
    ),
    "an engine is asked for signals, and its thread blocks them, or a callback does": Attack(
        """
def blocks(*numbers):
    signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
    return 1
wasm = rt.engine(signals_based_traps=True)
app = App(wasm=wasm)
other = App(lambda n: blocks(signal.SIGSEGV), wasm=wasm)
blocks(signal.SIGUSR1)
print(out(app.divide, 3), out(app.divide, 0))
app = App(wasm=wasm)
blocks(signal.SIGFPE)
print(out(app.divide, 0))
signal.pthread_sigmask(signal.SIG_SETMASK, ())
print(out(app.divide, 0), out(other.relay, 1), out(other.relay, 1))
signal.pthread_sigmask(signal.SIG_SETMASK, ())
""",
        "4 Trap integer-divide-by-zero\nEngineError\nTrap integer-divide-by-zero EngineError StoreSpentError",
    ),
    "an engine is asked for signals, and handlers are replaced": Attack(
        """
wasm = rt.engine(signals_based_traps=True)
app = App(wasm=wasm)
print(out(app.divide, 3))
signal.signal(signal.SIGFPE, lambda *a: None)
print(out(app.divide, 0))
""",
        "4\nEngineError",
    ),
}


def test_signals(attack: Attack, layer: str) -> None:
    """A `Trap`; with an engine that needs the handlers, an `EngineError` before wasm is entered."""
    assert attack.outcome(layer) == attack.expected()

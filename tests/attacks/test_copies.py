"""Copies of what holds native memory: a second owner would free it a second time."""

from __future__ import annotations

from .attack import Attack

COPIES = """
def copies(*values):
    "Whether each way to copy each value is a TypeError; the others by name."
    ways = {"copy": copy.copy, "deepcopy": copy.deepcopy, "pickle": pickle.dumps}
    return [f"{type(v).__name__} {n} {o}" for v in values for n, w in ways.items() if (o := out(w, v)) != "TypeError"]
"""

ATTACKS = {
    "engines, stores, components and configurations": Attack(
        f"""{COPIES}
import wasmtime.component as wc
plain = wasmtime.Engine()
class Mine(wasmtime.Engine): ...
linker = wc.Linker(plain)
print(copies(engine(), plain, Mine(), rt.Store(plain), wasmtime.Store(plain), rt.WasiConfig(), wasmtime.WasiConfig(),
    wasmtime.Config(), linker, prepared().component, wasmtime.Module(plain, "(module)")))
gc.collect()
""",
        "[]",
    ),
    "everything of the runtime that holds any": Attack(
        f"""{COPIES}
app = App()
thing = app.things.make(1)
ticker = rt.Ticker(engine(True))
print(copies(prepared(), app.instance, app.instance.state, thing, ticker, prepared().imports))
print(copy.copy(rt.Limits(fuel=1)) == pickle.loads(pickle.dumps(rt.Limits(fuel=1))), app.relay(1), out(thing.__exit__))
""",
        "[]\nTrue 1 None",
    ),
    "what the fast layer holds": Attack(
        f"""{COPIES}
from witgen.runtime._fast import memory
thing = App().things.make(1)
memory.open_views()
print(copies(thing._held.raw, memory.Slot(), memory.Block(4)))
""",
        "[]",
    ),
}


def test_copies(attack: Attack, layer: str) -> None:
    """A TypeError, also where the class is wasmtime's own."""
    assert attack.outcome(layer) == attack.expected()

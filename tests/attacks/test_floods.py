"""Components that take more than their share: memory, tables, handles, instances, time."""

from __future__ import annotations

from .attack import Attack

MANY = """
def many(count, what="(memory 1)", act="(drop (memory.grow (i32.const 1000)))"):
    "A component with so many more core instances, each with a memory or table of its own that it makes grow."
    parts = [f"(core module $big {what} (func $run {act}) (start $run))"]
    parts += [f"(core instance $b{n} (instantiate $big))" for n in range(count)]
    return abi.Prepared(engine(), bytes(wasmtime.wat2wasm(text("".join(parts)))), WORLD)
def taken(pre, limits):
    return out(lambda: App(pre=pre, limits=limits).relay(1))
"""

ATTACKS = {
    "two dozen memories, each within what one may have": Attack(
        f"""{MANY}
pre = many(24)
print(taken(pre, rt.Limits(memory_size=64 * 2**20)), taken(pre, rt.Limits.strict()), taken(pre, rt.Limits.strict(memories=30)))
print(taken(many(0), rt.Limits.strict()))
""",
        "1 BindError 1\n1",
    ),
    "memories share what all may have": Attack(
        f"""{MANY}
pre = many(3)
app = App(pre=pre, limits=rt.Limits.strict(memory=4 * 2**20, memories=4))
print(app.grow(15), app.grow(1) == 2**32 - 1, out(lambda: App(pre=pre, limits=rt.Limits.strict(memory=2**17, memories=4))))
""",
        "1 True BindError",
    ),
    "a table grows": Attack(
        """
app = App(limits=rt.Limits.strict())
print(app.table(24_000), app.table(100_000_000) == 2**32 - 1, app.table(2_000) == 2**32 - 1)
""",
        "1 True True",
    ),
    "many tables": Attack(
        f"""{MANY}
pre = many(10, "(table $t 1 funcref)", "(drop (table.grow $t (ref.null func) (i32.const 20000)))")
print(taken(pre, rt.Limits.strict()), taken(pre, rt.Limits.strict(tables=12)))
""",
        "BindError 1",
    ),
    "many instances": Attack(
        f"""{MANY}
pre = many(300, "", "")
print(taken(pre, rt.Limits.strict()), taken(pre, rt.Limits.strict(instances=400)))
""",
        "BindError 1",
        is_sample=False,
    ),
    "a flood of handles": Attack(
        "print(out(App(limits=rt.Limits.strict(handles=10)).flood, 10), out(App(limits=rt.Limits.strict()).flood, 1_001))",
        "0 Trap handles",
    ),
    "a loop, by fuel and by time": Attack(
        """
print(out(App(wasm=engine(fuel=True), limits=rt.Limits.strict(fuel=10**6)).spin, 0))
with rt.Ticker(engine(True), 0.005):
    print(out(App(wasm=engine(True), limits=rt.Limits.strict(epoch_deadline=10)).spin, 0))
""",
        "Trap fuel\nTrap epoch",
    ),
    "a deadline, and imports that take their time": Attack(
        """
with rt.Ticker(engine(True), 0.01):
    calls = []
    app = App(lambda n: (calls.append(n), time.sleep(0.2), 1)[2], engine(True), limits=rt.Limits.strict(epoch_deadline=10))
    print(out(app.poll, 1), len(calls) <= 2)
""",
        "Trap epoch True",
    ),
    "a deadline, and threads that keep the interpreter busy": Attack(
        """
def busy():
    while not stop: sum(range(1000))
stop = False
threads = [threading.Thread(target=busy) for _ in range(3)]
for thread in threads: thread.start()
with rt.Ticker(engine(True), 0.01):
    start = time.monotonic()
    print(out(App(wasm=engine(True), limits=rt.Limits(epoch_deadline=100)).spin, 0), time.monotonic() - start < 20)
stop = True
""",
        "Trap epoch True",
        is_sample=False,
    ),
    "deadlines that nothing counts": Attack(
        """
warnings.simplefilter("error")
start = lambda wasm: out(lambda: App(wasm=wasm, limits=rt.Limits(epoch_deadline=10)).relay(1))
print(start(engine(True)), start(engine()), start(engine(fuel=True)), start(wasmtime.Engine()))
with rt.Ticker(rt.engine(epoch_interruption=True)):
    print(start(engine(True)))
with rt.Ticker(engine(True)):
    print(start(engine(True)))
print(start(engine(True)), out(rt.Ticker, engine()), out(rt.Ticker, wasmtime.Engine()))
config = wasmtime.Config()
config.epoch_interruption = True
plain = wasmtime.Engine(config)
print(start(plain))
with rt.Ticker(plain, 0.005):
    print(start(plain), out(App(wasm=plain, limits=rt.Limits(epoch_deadline=10)).spin, 0))
engine(True).increment_epoch()
print(start(engine(True)), out(rt.Limits(epoch_deadline=1).renew, App().store), out(rt.Limits(fuel=1).renew, App().store))
""",
        "LimitWarning EngineError EngineError EngineError\nLimitWarning\n1\nLimitWarning EngineError EngineError\n"
        "LimitWarning\n1 Trap epoch\n1 EngineError EngineError",
    ),
}


def test_floods(attack: Attack, layer: str) -> None:
    """Stopped by the limit that was asked for, which says so where it cannot act."""
    assert attack.outcome(layer) == attack.expected()

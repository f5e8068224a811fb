"""Stores that call one another, and threads with little stack: wasm comes to no end of the stack but its own."""

from __future__ import annotations

from .attack import Attack

CHAIN = """
def chain(length, depth):
    "Calls through so many stores, each `depth` frames deep; what comes out, and how many were entered."
    entered = []
    inner = lambda n: 0
    for n in range(length):
        app = App(lambda x, f=inner, n=n: (entered.append(n), f(depth))[1])
        inner = app.deep
    return out(inner, depth), len(entered)
def deepest():
    low, high = 1, 10**6
    while high - low > 1:
        middle = (low + high) // 2
        try: App().deep(middle); low = middle
        except rt.Trap: high = middle
    return low * 95 // 100
def in_thread(size, act):
    threading.stack_size(size)
    seen = []
    thread = threading.Thread(target=lambda: seen.append(act()))
    thread.start(), thread.join()
    threading.stack_size(0)
    return seen[0]
"""

ATTACKS = {
    "thirty stores call one another, each deep in its stack": Attack(
        f"{CHAIN}\nresult, count = chain(30, deepest())\nprint(result, 10 < count < 20)", "StackError True"
    ),
    "fewer stores than fit call one another": Attack(f"{CHAIN}\nprint(chain(10, deepest())[1])", "10", is_sample=False),
    "stores call one another in a thread with a small stack, and with a large one": Attack(
        f"""{CHAIN}
depth = deepest()
print(in_thread(2 * 2**20, lambda: chain(4, depth)[0]), in_thread(64 * 2**20, lambda: chain(40, depth)[1]))
""",
        "StackError 40",
    ),
    "an instance is used in a thread with less stack than at `instantiate`": Attack(
        f"""{CHAIN}
app = App()
thing = app.things.make(1)
calls = lambda: (out(app.deep, 10**9), out(app.relay, 1), out(thing.rep), out(thing.__exit__))
print(in_thread(400 * 2**10, calls), in_thread(400 * 2**10, lambda: out(App)), out(app.relay, 1))
small = rt.engine(stack_size=100_000)
print(in_thread(500 * 2**10, lambda: (out(App(wasm=small).deep, 10**9), out(App(wasm=small).relay, 7))))
""",
        "('StackError', 'StackError', 'StackError', 'StackError') StackError 1\n('Trap stack', 7)".replace("7", "'7'"),
    ),
    "an engine with a larger stack is made later": Attack(
        f"""{CHAIN}
def act():
    first = relays(1)
    large = rt.engine(stack_size=2 * 2**20)
    return first, out(App, lambda n: n, large), relays(2)
print(in_thread(2**20, act))
""",
        "('1', 'StackError', '2')",
        is_sample=False,
    ),
    "threads of different sizes come and go": Attack(
        f"""{CHAIN}
app = App()
print({{in_thread(size * 2**10, lambda: out(app.deep, 10**9) and relays(1)) for size in (8192, 400, 8192, 400) * 5}} == {{"1", "StackError"}})
""",
        "True",
        is_sample=False,
    ),
    "a destructor and a host's object call other stores": Attack(
        f"""{CHAIN}
class Calling(File):
    def __exit__(self, *exc):
        print(chain(30, depth)[0], end=" ")
depth = deepest()
app = App(lambda n: print(chain(30, depth)[0]) or n, cls=Calling)
app.drop(app.keep(1))
app.things.make(777).__exit__()
""",
        "StackError StackError",
        is_sample=False,
    ),
    "one store is entered again and again": Attack(
        """
app = App(lambda n: app.relay(n - 1) if n else 0)
print(out(app.relay, 40), out(App(lambda n: n).deep, 10**9))
""",
        "0 Trap stack",
        told_48="Trap cannot-enter Trap stack",
    ),
}


def test_stacks(attack: Attack, layer: str) -> None:
    """A `Trap`, or a `StackError` before wasm is entered."""
    assert attack.outcome(layer) == attack.expected()

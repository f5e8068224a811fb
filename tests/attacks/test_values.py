"""Hostile values and handles, from the component and from the host."""

from __future__ import annotations

from .attack import Attack

ATTACKS = {
    "results that point out of memory, or are no text": Attack(
        "print(out(lambda: App().guest.wild()), out(lambda: App().guest.torn()), out(lambda: App().guest.char()))",
        "Trap other Trap other Trap other",
    ),
    "sequences that lie about their length": Attack(
        """
from collections.abc import Sequence
class Liar(Sequence):
    def __init__(self, length, items): self.length, self.items = length, items
    def __len__(self): return self.length
    def __getitem__(self, n): return self.items[n]
    def __iter__(self): return iter(self.items)
app = App()
print([out(app.guest.put, Liar(length, [["a"]] * items)) in ("0", "1", "3", "TypeError", "ValueError") for length, items in ((3, 1), (1, 3), (0, 1))])
print(out(app.guest.put, Liar(-1, [])) in ("ValueError", "0"), app.guest.put([["b"]]))
""",
        "[True, True, True]\nTrue 1",
    ),
    "values of other kinds, and out of range": Attack(
        """
app = App()
print(*(out(app.relay, value) for value in (-1, 2**32, 1.5, "1", None, True)))
print(*(out(app.guest.put, value) for value in ("text", [1], [["\\ud800"]], [[b"x"]], {"a": 1}, None)))
print(*(out(App(lambda n: value).relay, 1) for value in (-1, 2**32, "x", None)), app.relay(2))
""",
        "ValueError ValueError TypeError TypeError TypeError TypeError\n"
        "TypeError TypeError ValueError TypeError TypeError TypeError\nValueError ValueError TypeError TypeError 2",
    ),
    "handles that are closed, given away, or of another instance": Attack(
        """
one, two = App(), App()
thing, other = one.things.make(1), two.things.make(2)
print(out(one.things.take, thing), out(thing.rep), out(one.things.take, thing), out(one.things.take, other), out(other.rep))
print(out(one.things.take, None), out(one.things.take, object()), out(other.__exit__), out(other.__exit__))
""",
        "1 ValueError ValueError ValueError 2\nTypeError TypeError None None",
    ),
    "handle numbers that the component makes up": Attack(
        "print(*(out(lambda: App().drop(n)) for n in (0, 1, 77, 2**31)))",
        "Trap other Trap other Trap other Trap other",
    ),
    "implementations that raise all kinds": Attack(
        """
def raising(error):
    def ask(n): raise error
    return ask
print(*(out(App(raising(error)).relay, 1) for error in (KeyError, KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError, RecursionError, StopIteration)))
""",
        "KeyError KeyboardInterrupt SystemExit GeneratorExit MemoryError RecursionError StopIteration",
    ),
    "two threads in one store, and a callback's thread": Attack(
        """
inside, leave = threading.Event(), threading.Event()
app = App(lambda n: (inside.set(), leave.wait(), n)[2])
thread = threading.Thread(target=app.relay, args=(1,))
thread.start()
inside.wait()
print(out(app.relay, 2), out(app.things.make, 1), out(app.store.close), out(app.instance.close))
leave.set()
thread.join()
print(app.divide(3))
""",
        "StoreBusyError StoreBusyError ResourceInUseError ResourceInUseError\n4",
    ),
    "caches that cannot be used": Attack(
        """
import resource, tempfile
warnings.simplefilter("always")
folder = tempfile.mkdtemp()
open(folder + "/file", "w").close()
def prepare(cache):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        got = out(lambda: App(pre=abi.Prepared(engine(), component(), WORLD, cache)).relay(1))
    return got, [warning.category.__name__ for warning in caught]
print(prepare(folder + "/file"), prepare(folder + "/file/in"))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))
print(prepare(folder + "/full"), prepare(folder + "/full"))
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(prepare(folder + "/full"), [name for name in os.listdir(folder + "/full/witgen-code") if name.endswith(".part")])
""",
        "('1', ['RuntimeWarning']) ('1', ['RuntimeWarning'])\n('1', ['RuntimeWarning']) ('1', ['RuntimeWarning'])\n('1', []) []",
    ),
    "the program ends while components, handles and a ticker live": Attack(
        """
import subprocess
program = '''
import atexit
from tests.attacks.guest import *
app = App(wasm=engine(True), limits=None)
thing = app.things.make(1)
rt.Ticker(engine(True), 0.001).start()
atexit.register(lambda: print(app.relay(1), out(app.divide, 0), flush=True))
raise SystemExit(3)
'''
done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
print(done.stdout.strip(), done.returncode)
""",
        "1 Trap integer-divide-by-zero 3",
    ),
}


def test_values(attack: Attack, layer: str) -> None:
    """What must come out: a named error, or a trap of the component that caused it."""
    assert attack.outcome(layer) == attack.expected()

"""Greenlets, which share a thread's stack: two of them are never inside components at once."""

from __future__ import annotations

from .attack import Attack

JOBS = """
import greenlet
main = greenlet.getcurrent()
def job(act=lambda: None, n=5):
    app = App(lambda n: (act(), n)[1])
    return greenlet.greenlet(lambda: out(app.relay, n))
pausing = lambda: job(lambda: main.switch())
"""

ATTACKS = {
    "two are inside, and the first one goes on first": Attack(
        f"{JOBS}\na, b = pausing(), pausing()\na.switch()\nprint(b.switch(), a.switch(), a.dead, b.dead)",
        "ThreadBusyError 5 True True",
    ),
    "one is inside, and the main one enters": Attack(
        f"{JOBS}\na = pausing()\na.switch()\nprint(relays(3), out(App), a.switch(), relays(3))",
        "ThreadBusyError ThreadBusyError 5 3",
    ),
    "one is inside, and another one drops a handle": Attack(
        f"""{JOBS}
app = App()
thing = app.things.make(1)
a = pausing()
a.switch()
print(out(thing.__exit__), out(thing.rep), a.switch(), out(thing.rep), out(thing.__exit__))
""",
        "ThreadBusyError ThreadBusyError 5 1 None",
    ),
    "one is inside, and starts another one that enters": Attack(
        f"{JOBS}\na = job(lambda: print(job().switch()))\nprint(a.switch())", "ThreadBusyError\n5", is_sample=False
    ),
    "one enters while another one reads its arguments": Attack(
        f"""{JOBS}
class Number:
    def __index__(self): return (main.switch(), 5)[1]
app = App()
a, b = greenlet.greenlet(lambda: out(app.relay, Number())), pausing()
a.switch()
b.switch()
print(a.switch(), b.switch(), a.dead, b.dead, app.relay(3))
""",
        "ThreadBusyError 5 True True 3",
    ),
    "one after another": Attack(f"{JOBS}\nprint([job(n=n).switch() for n in range(5)])", "['0', '1', '2', '3', '4']"),
    "one calls from a callback into another store, and into its own": Attack(
        f"""{JOBS}
app = App(lambda n: App(lambda m: App(lambda k: other.divide(3)).relay(m)).relay(n))
other = App()
print(greenlet.greenlet(app.relay).switch(1), app.relay(1))
app = App(lambda n: app.divide(3))
print(out(app.relay, 1))
""",
        "4 4\n4",
        told_48="4 4\nTrap cannot-enter",
    ),
    "switching within a callback, and back": Attack(
        f"""{JOBS}
print(job(lambda: print(greenlet.greenlet(lambda: "from the other").switch())).switch())
""",
        "from the other\n5",
    ),
    "one that is inside is thrown away": Attack(
        f"{JOBS}\na = pausing()\na.switch()\ndel a\ngc.collect()\nprint(relays(3))", "3"
    ),
    "one that is inside is thrown an exception": Attack(
        f"{JOBS}\na = pausing()\na.switch()\nprint(a.throw(LookupError), relays(3))", "LookupError 3"
    ),
    "greenlet is imported in a callback": Attack(
        """
def ask(n):
    import greenlet
    return App().relay(n) + (greenlet.greenlet(relays).switch(n) == "ThreadBusyError")
print(App(ask).relay(4))
""",
        "5",
        is_sample=False,
    ),
    "in several threads at once": Attack(
        f"""{JOBS}
def run():
    here = greenlet.getcurrent()
    app = App(lambda n: (here.switch(), n)[1])
    a = greenlet.greenlet(lambda: out(app.relay, 5))
    a.switch()
    inside.wait()
    seen.append((relays(1), a.switch(), relays(2)))
inside, seen = threading.Barrier(3), []
threads = [threading.Thread(target=run) for _ in range(3)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(set(seen))
""",
        "{('ThreadBusyError', '5', '2')}",
        is_sample=False,
    ),
    "gevent, patched before": Attack(
        """
import subprocess
program = '''
import gevent.monkey
gevent.monkey.patch_all()
import gevent, time
import witgen.runtime as rt
from tests.attacks.guest import *
app = App(lambda n: gevent.sleep(0.05) or n)
print([job.value for job in [gevent.spawn(out, app.relay, 5), gevent.spawn(relays, 6)] if not job.join()])
print(*gevent.get_hub().threadpool.map(lambda n: App(lambda n: time.sleep(0.01) or n).relay(n), [1, 2, 3]))
with rt.Ticker(engine(True), 0.005):
    print(out(App(wasm=engine(True), limits=rt.Limits(epoch_deadline=20)).spin, 0))
'''
print(subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout, end="")
""",
        "['5', 'ThreadBusyError']\n1 2 3\nTrap epoch",
    ),
    "gevent, patched before: greenlets come and go while one is inside": Attack(
        """
import subprocess
program = '''
import gevent.monkey
gevent.monkey.patch_all()
import gevent
from tests.attacks.guest import *
left = iter(range(20, -1, -1))
app = App(lambda n: gevent.sleep(0.02) or int(next(left)))
waiting = gevent.spawn(out, app.poll, 20)
gevent.sleep(0.01)
seen = set()
for n in range(8):
    job = gevent.spawn(relays, 1)
    job.join()
    seen.add(job.value)
    gevent.sleep(0.001)
waiting.join()
print(waiting.value, seen, relays(5))
'''
print(subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout, end="")
""",
        "0 {'ThreadBusyError'} 5",
        is_sample=False,
    ),
    "gevent, patched after": Attack(
        """
import subprocess
program = '''
from tests.attacks.guest import *
import gevent.monkey
gevent.monkey.patch_all()
import gevent
app = App(lambda n: gevent.sleep(0.05) or n)
print([job.value for job in [gevent.spawn(out, app.relay, 5), gevent.spawn(relays, 6)] if not job.join()])
with rt.Ticker(engine(True), 0.005):
    print(out(App(wasm=engine(True), limits=rt.Limits(epoch_deadline=20)).spin, 0))
'''
print(subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout, end="")
""",
        "['5', 'ThreadBusyError']\nTrap epoch",
        is_sample=False,
    ),
}


def test_greenlets(attack: Attack, layer: str) -> None:
    """`ThreadBusyError` before wasm is entered, and what is in order works."""
    assert attack.outcome(layer) == attack.expected()

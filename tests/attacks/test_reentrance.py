"""User code that runs in the middle of a call, and changes what was checked before; and closing that must be complete."""

from __future__ import annotations

from .attack import Attack

LISTS = """
from collections import UserList
class Acting(UserList):
    def __init__(self, act):
        super().__init__([["x"]])
        self.act = act
    def __iter__(self):
        self.act()
        return super().__iter__()
    def __len__(self):
        self.act()
        return super().__len__()
    def __getitem__(self, n):
        self.act()
        return super().__getitem__(n)
"""
CONN = """
class Conn(File):
    def __exit__(self, *exc):
        super().__exit__(*exc)
        if self.n % 2: raise OSError(f"cannot close {self.n}")
"""

ATTACKS = {
    "an argument closes the instance": Attack(
        f"{LISTS}\napp = App()\nprint(out(app.guest.put, Acting(app.instance.close)), out(lambda: app.guest.put([])))",
        "ValueError ValueError",
    ),
    "an argument closes the store": Attack(
        f"{LISTS}\napp = App()\nprint(out(app.guest.put, Acting(app.store.close)), out(lambda: app.guest.put([])))",
        "ValueError ValueError",
    ),
    "an argument spends the store": Attack(
        f"{LISTS}\napp = App()\nprint(out(app.guest.put, Acting(lambda: out(app.divide, 0))))", "StoreSpentError"
    ),
    "an argument calls the same function, and another": Attack(
        f"{LISTS}\napp = App()\nprint(out(app.guest.put, Acting(lambda: (app.guest.put([]), app.relay(3)))))", "1"
    ),
    "a signal handler closes the instance as a call begins": Attack(
        f"""{LISTS}
app = App()
signal.signal(signal.SIGUSR1, lambda *a: app.instance.close())
print(out(app.guest.put, Acting(lambda: os.kill(os.getpid(), signal.SIGUSR1))))
app = App(lambda n: os.kill(os.getpid(), signal.SIGUSR1) or n)
print(out(app.relay, 1))
""",
        "ValueError\nResourceInUseError",
    ),
    "a callback closes store, instance and itself": Attack(
        """
app = App(lambda n: [print(out(app.store.close), out(app.instance.close)), n][1])
print(out(app.relay, 2))
""",
        "ResourceInUseError ResourceInUseError\n2",
    ),
    "a forgotten handle's destructor closes the instance before a call": Attack(
        """
warnings.simplefilter("ignore")
closing = lambda n: threading.Thread(target=lambda: None) and n
app = App(lambda n: n)
thing = app.things.make(777)
del thing
gc.collect()
print(out(app.relay, 1))
app = App(lambda n: out(app.instance.close) and n)
thing = app.things.make(777)
del thing
gc.collect()
print(out(app.relay, 1))
""",
        "1\n1",
    ),
    "a forgotten handle's destructor closes the handle that is being closed": Attack(
        """
warnings.simplefilter("ignore")
app = App(lambda n: (other.__exit__(), n)[1])
forgotten, other = app.things.make(777), app.things.make(5)
del forgotten
gc.collect()
print(out(other.__exit__), out(other.rep), out(app.relay, 1))
""",
        "None ValueError 1",
        told_48="Trap cannot-enter StoreSpentError StoreSpentError",
    ),
    "a destructor traps, and another handle is closed": Attack(
        """
app = App()
one, two = app.things.make(666), app.things.make(5)
print(out(one.__exit__), out(one.__exit__), out(two.__exit__), out(two.rep))
""",
        "Trap unreachable None None StoreSpentError",
    ),
    "closing an instance whose objects raise": Attack(
        f"""{CONN}
app = App(cls=Conn)
for n in range(1, 6): app.keep(n)
try: app.instance.close()
except OSError as error:
    seen = []
    while error: seen.append(str(error)); error = error.__context__
print(seen, File.left, app.instance.close(), File.left)
""",
        "['cannot close 1', 'cannot close 3', 'cannot close 5'] [5, 4, 3, 2, 1] None [5, 4, 3, 2, 1]",
    ),
    "closing an instance where an object interrupts, and one exits": Attack(
        """
class Conn(File):
    def __exit__(self, *exc):
        super().__exit__(*exc)
        raise (KeyboardInterrupt, SystemExit, ValueError)[self.n]
app = App(cls=Conn)
for n in range(3): app.keep(n)
print(out(app.instance.close), File.left)
""",
        "KeyboardInterrupt [2, 1, 0]",
    ),
    "a dropped object raises": Attack(
        f"""{CONN}
app = App(cls=Conn)
handle = app.keep(2)
print(out(app.drop, handle), out(app.drop, app.keep(1)), File.left, out(app.relay, 1))
""",
        "1 OSError [2, 1] StoreSpentError",
    ),
    "a native component is left while its tasks raise": Attack(
        """
from witgen.testing._component import Component
stopped = []
class Task:
    def __init__(self, n): self.n = n
    def stop(self, error):
        stopped.append(self.n)
        raise LookupError(self.n)
component = Component.__new__(Component)
class Table: closed = False
component.table, component.tasks = Table(), [Task(1), Task(2)]
print(out(component.close), stopped)
""",
        "LookupError [1, 2]",
        is_sample=False,
    ),
}


def test_reentrance(attack: Attack, layer: str) -> None:
    """What was checked before user code ran is checked again after it; what is closed is closed whole."""
    assert attack.outcome(layer) == attack.expected()

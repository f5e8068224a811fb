"""Components that use handles in an order that is drawn: most of what they do is wrong, and must trap at the same place."""

from __future__ import annotations

from random import Random

HOST = "test:handles/host"
API = "test:handles/api"
_LOCALS = 3

# Name, number of handles it takes, number of plain numbers, whether it gives a handle, whether it gives a number.
_Op = tuple[str, int, int, bool, bool]
_HOST_OPS: tuple[_Op, ...] = (
    ("h-make", 0, 1, True, False),
    ("h-look", 1, 0, False, True),
    ("h-take", 1, 0, False, False),
    ("h-swap", 1, 0, True, False),
    ("h-pair", 2, 0, False, False),
    ("h-drop", 1, 0, False, False),
)
_OWN_OPS: tuple[_Op, ...] = (
    ("r-new", 0, 1, True, False),
    ("r-rep", 1, 0, False, True),
    ("r-drop", 1, 0, False, False),
)
_INNER_OPS: tuple[_Op, ...] = (
    ("c-make", 0, 1, True, False),
    ("c-look", 1, 0, False, True),
    ("c-take", 1, 0, False, True),
    ("c-swap", 1, 0, True, False),
    ("c-both", 2, 0, False, True),
    ("c-drop", 1, 0, False, False),
)


def _program(random: Random, ops: tuple[_Op, ...], has_param: bool, most: int) -> str:
    """Instructions that leave an i32; handles are what operations gave, or small numbers."""

    def handle() -> str:
        choice = random.random()
        if choice < 0.15:
            return f"(i32.const {random.choice((0, 1, 1, 2, 3, 4, 5, -1))})"
        if has_param and choice < 0.4:
            return "(local.get $p)"
        return f"(local.get $h{random.randrange(_LOCALS)})"

    lines = [f"(local $h{n} i32)" for n in range(_LOCALS)] + ["(local $sum i32)"]
    for n in range(_LOCALS):
        if random.random() < 0.7:
            name = random.choice([name for name, handles, _, gives, _ in ops if gives and not handles])
            lines.append(f"(local.set $h{n} (call ${name} (i32.const {random.randrange(4)})))")
    for _ in range(random.randrange(most)):
        name, handles, numbers, gives, answers = random.choice(ops)
        arguments = " ".join([*(handle() for _ in range(handles)), *[f"(i32.const {random.randrange(9)})"] * numbers])
        call = f"(call ${name} {arguments})"
        if gives:
            call = f"(local.set $h{random.randrange(_LOCALS)} {call})"
        elif answers:
            call = f"(local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 31)) {call}))"
        lines.append(call)
    if has_param and random.random() < 0.6:
        name = random.choice(
            [name for name, handles, _, gives, answers in ops if handles == 1 and not (gives or answers)]
        )
        lines.append(f"(call ${name} (local.get $p))")
    return "\n".join([*lines, "(local.get $sum)"])


def _core_imports(ops: tuple[_Op, ...]) -> str:
    made = ""
    for name, handles, numbers, gives, answers in ops:
        made += f'(import "i" "{name}" (func ${name} (param {" ".join(["i32"] * (handles + numbers))})'
        made += " (result i32)))\n" if gives or answers else "))\n"
    return made


def _given(ops: tuple[_Op, ...]) -> str:
    return "(instance " + " ".join(f'(export "{name}" (func ${name}))' for name, *_ in ops) + ")"


def _lowered() -> str:
    functions = "".join(
        f'(core func $h-{name} (canon lower (func $host "{name}")))\n'
        for name in ("make", "look", "take", "swap", "pair")
    )
    return f"{functions}(core func $h-drop (canon resource.drop $thing))\n"


def _host_types() -> str:
    return """
    (export "thing" (type $thing (sub resource)))
    (export "make" (func (param "n" u32) (result (own $thing))))
    (export "look" (func (param "t" (borrow $thing)) (result u32)))
    (export "take" (func (param "t" (own $thing))))
    (export "swap" (func (param "t" (own $thing)) (result (own $thing))))
    (export "pair" (func (param "a" (borrow $thing)) (param "b" (borrow $thing))))"""


def one(random: Random) -> str:
    """A component with a resource of its own, and one of the host's."""
    ops = _HOST_OPS + _OWN_OPS
    run, lend, look, take = (_program(random, ops, n > 0, 8) for n in range(4))
    dtor = random.choice(("", "", "", "(if (i32.eq (local.get 0) (i32.const 3)) (then unreachable))"))
    return f"""(component
  (import "{HOST}" (instance $host {_host_types()}))
  (alias export $host "thing" (type $thing))
  {_lowered()}
  (core module $d
    (global $n (mut i32) (i32.const 0))
    (func (export "dtor") (param i32) {dtor}
      (global.set $n (i32.add (i32.mul (global.get $n) (i32.const 10)) (local.get 0))))
    (func (export "dropped") (result i32) (global.get $n)))
  (core instance $d (instantiate $d))
  (type $r (resource (rep i32) (dtor (core func $d "dtor"))))
  (core func $r-new (canon resource.new $r))
  (core func $r-rep (canon resource.rep $r))
  (core func $r-drop (canon resource.drop $r))
  (core module $m
    {_core_imports(ops)}
    (func (export "run") (result i32) {run})
    (func (export "lend") (param $p i32) (result i32) {lend})
    (func (export "look") (param $p i32) (result i32) {look})
    (func (export "take") (param $p i32) (result i32) {take})
    (func (export "new") (param i32) (result i32) (call $r-new (local.get 0))))
  (core instance $m (instantiate $m (with "i" {_given(ops)})))
  (func (export "run") (result u32) (canon lift (core func $m "run")))
  (func (export "lend") (param "t" (borrow $thing)) (result u32) (canon lift (core func $m "lend")))
  (func (export "keep") (param "t" (own $thing)) (result u32) (canon lift (core func $m "lend")))
  (func (export "dropped") (result u32) (canon lift (core func $d "dropped")))
  (func $new (param "n" u32) (result (own $r)) (canon lift (core func $m "new")))
  (func $look (param "self" (borrow $r)) (result u32) (canon lift (core func $m "look")))
  (func $take (param "r" (own $r)) (result u32) (canon lift (core func $m "take")))
  (component $shim
    (import "r" (type $r (sub resource)))
    (import "new" (func $new (param "n" u32) (result (own $r))))
    (import "look" (func $look (param "self" (borrow $r)) (result u32)))
    (import "take" (func $take (param "r" (own $r)) (result u32)))
    (export $e "r" (type $r))
    (export "new" (func $new) (func (param "n" u32) (result (own $e))))
    (export "look" (func $look) (func (param "self" (borrow $e)) (result u32)))
    (export "take" (func $take) (func (param "r" (own $e)) (result u32))))
  (instance $api (instantiate $shim (with "r" (type $r)) (with "new" (func $new)) (with "look" (func $look))
    (with "take" (func $take))))
  (export "{API}" (instance $api)))"""


def two(random: Random) -> str:
    """A component that uses the resource of another one, both inside a third."""
    ops = _INNER_OPS
    run = _program(random, ops, False, 10)
    look, take, swap, both = (_program(random, _OWN_OPS, True, 3) for _ in range(4))
    has_dtor = random.random() < 0.8
    return f"""(component
  (component $counter
    (core module $d
      (global $n (mut i32) (i32.const 0))
      (func (export "dtor") (param i32)
        (global.set $n (i32.add (i32.mul (global.get $n) (i32.const 10)) (local.get 0))))
      (func (export "dropped") (result i32) (global.get $n)))
    (core instance $d (instantiate $d))
    (type $r' (resource (rep i32) {'(dtor (core func $d "dtor"))' if has_dtor else ""}))
    (core func $r-new (canon resource.new $r'))
    (core func $r-rep (canon resource.rep $r'))
    (core func $r-drop (canon resource.drop $r'))
    (core module $m
      {_core_imports(_OWN_OPS)}
      (func (export "look") (param $p i32) (result i32) {look if random.random() < 0.3 else "(local.get $p)"})
      (func (export "take") (param $p i32) (result i32) {take})
      (func (export "swap") (param $p i32) (result i32)
        {"(drop (call $again (local.get $p)))" if random.random() < 0.3 else ""} (local.get $p))
      (func $again (param $p i32) (result i32) {swap})
      (func (export "both") (param $p i32) (param i32) (result i32)
        {both if random.random() < 0.3 else "(i32.add (local.get 0) (local.get 1))"})
      (func (export "make") (param i32) (result i32) (call $r-new (local.get 0))))
    (core instance $m (instantiate $m (with "i" {_given(_OWN_OPS)})))
    (export $r "r" (type $r'))
    (func (export "make") (param "n" u32) (result (own $r)) (canon lift (core func $m "make")))
    (func (export "look") (param "self" (borrow $r)) (result u32) (canon lift (core func $m "look")))
    (func (export "take") (param "r" (own $r)) (result u32) (canon lift (core func $m "take")))
    (func (export "swap") (param "r" (own $r)) (result (own $r)) (canon lift (core func $m "swap")))
    (func (export "both") (param "a" (borrow $r)) (param "b" (borrow $r)) (result u32)
      (canon lift (core func $m "both")))
    (func (export "dropped") (result u32) (canon lift (core func $d "dropped"))))
  (instance $a (instantiate $counter))
  (component $user
    (import "counter" (instance $c
      (export "r" (type $r (sub resource)))
      (export "make" (func (param "n" u32) (result (own $r))))
      (export "look" (func (param "self" (borrow $r)) (result u32)))
      (export "take" (func (param "r" (own $r)) (result u32)))
      (export "swap" (func (param "r" (own $r)) (result (own $r))))
      (export "both" (func (param "a" (borrow $r)) (param "b" (borrow $r)) (result u32)))))
    (alias export $c "r" (type $r))
    {"".join(f'(core func $c-{n} (canon lower (func $c "{n}")))' for n in ("make", "look", "take", "swap", "both"))}
    (core func $c-drop (canon resource.drop $r))
    (core module $m {_core_imports(ops)} (func (export "run") (result i32) {run}))
    (core instance $m (instantiate $m (with "i" {_given(ops)})))
    (func (export "run") (result u32) (canon lift (core func $m "run"))))
  (instance $u (instantiate $user (with "counter" (instance $a))))
  (export "{API}" (instance $a))
  (export "user" (instance $u)))"""


def handles(random: Random) -> str:
    """The text of one that is drawn."""
    return one(random) if random.random() < 0.6 else two(random)


__all__ = ["handles"]

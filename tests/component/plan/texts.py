"""Component text with components inside components: what tests of the plan and of its engine share."""

TWICE = """(component
  (component $counter
    (core module $m
      (global $dropped (mut i32) (i32.const 0))
      (func (export "dtor") (param i32) (global.set $dropped (i32.add (global.get $dropped) (i32.const 1))))
      (func (export "dropped") (result i32) (global.get $dropped))
      (func (export "value") (param i32) (result i32) (local.get 0)))
    (core instance $i (instantiate $m))
    (type $r' (resource (rep i32) (dtor (core func $i "dtor"))))
    (core func $new (canon resource.new $r'))
    (export $r "r" (type $r'))
    (func (export "make") (param "n" u32) (result (own $r)) (canon lift (core func $new)))
    (func (export "value") (param "self" (borrow $r)) (result u32) (canon lift (core func $i "value")))
    (func (export "dropped") (result u32) (canon lift (core func $i "dropped"))))
  (instance $a (instantiate $counter))
  (instance $b (instantiate $counter))
  (component $user
    (import "counter" (instance $counter
      (export "r" (type $r (sub resource)))
      (export "make" (func (param "n" u32) (result (own $r))))
      (export "value" (func (param "self" (borrow $r)) (result u32)))))
    (alias export $counter "r" (type $r))
    (core func $make (canon lower (func $counter "make")))
    (core func $value (canon lower (func $counter "value")))
    (core func $drop (canon resource.drop $r))
    (core module $m
      (import "" "make" (func $make (param i32) (result i32)))
      (import "" "value" (func $value (param i32) (result i32)))
      (import "" "drop" (func $drop (param i32)))
      (func (export "run") (param i32) (result i32) (local $h i32)
        (local.set $h (call $make (local.get 0)))
        (call $value (local.get $h))
        (call $drop (local.get $h))))
    (core instance $i (instantiate $m (with "" (instance
      (export "make" (func $make)) (export "value" (func $value)) (export "drop" (func $drop))))))
    (func (export "run") (param "n" u32) (result u32) (canon lift (core func $i "run"))))
  (instance $u (instantiate $user (with "counter" (instance $a))))
  (export "a" (instance $a))
  (export "b" (instance $b))
  (export "user" (instance $u)))
"""
"""One component instantiated twice, and a third that uses the first of them."""

OUTER = """(component
  (type $point (record (field "x" f32) (field "y" f32)))
  (core module $shared
    (memory (export "memory") 1)
    (table (export "table") 2 funcref)
    (global (export "zero") i32 (i32.const 0))
    (global (export "first") funcref (ref.func $seven))
    (func $seven (result i32) (i32.const 7))
    (func $hidden (result i32) (i32.const 8))
    (func (export "sum") (param f32 f32) (result f32) (f32.add (local.get 0) (local.get 1)))
    (elem (table 0) (i32.const 0) func $seven $hidden)
    (data (i32.const 0) "hello"))
  (component $inner
    (alias outer 1 $shared (core module $m))
    (alias outer 1 $point (type $p))
    (core instance $i (instantiate $m))
    (core instance $bag (export "memory" (memory $i "memory")) (export "table" (table $i "table"))
      (export "first" (global $i "first")) (export "call" (func $i "sum")))
    (core module $user
      (import "bag" "memory" (memory 1))
      (import "bag" "table" (table 2 funcref))
      (import "bag" "first" (global funcref))
      (import "bag" "call" (func $sum (param f32 f32) (result f32)))
      (func (export "total") (param f32 f32) (result f32) (call $sum (local.get 0) (local.get 1))))
    (core instance $u (instantiate $user (with "bag" (instance $bag))))
    (export $q "point" (type $p))
    (func (export "total") (param "p" $q) (result f32) (canon lift (core func $u "total"))))
  (instance $i (instantiate $inner))
  (export "math" (instance $i)))
"""
"""Core items of every kind, passed on through an instance that is made of exports; a module and a type from outside."""

IMPORTS = """(component
  (import "host" (instance $host
    (export "r" (type $r (sub resource)))
    (type $l (list (own $r)))
    (export "take" (func (param "rs" $l)))))
  (import "log" (func $log (param "text" string)))
  (import "thing" (type $thing (sub resource)))
  (core module $libc (memory (export "memory") 1))
  (core instance $libc (instantiate $libc))
  (core func $log-l (canon lower (func $log) (memory (core memory $libc "memory")) string-encoding=utf16))
  (core func $take-l (canon lower (func $host "take") (memory (core memory $libc "memory"))))
  (core module $main
    (import "" "log" (func (param i32 i32)))
    (import "" "take" (func (param i32 i32)))
    (func (export "run")))
  (core instance $main (instantiate $main (with "" (instance
    (export "log" (func $log-l)) (export "take" (func $take-l))))))
  (func (export "run") (canon lift (core func $main "run"))))
"""
"""Functions and resources of the host."""

__all__ = ["IMPORTS", "OUTER", "TWICE"]

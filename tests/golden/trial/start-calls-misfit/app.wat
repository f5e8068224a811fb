(component
  (import "log" (func $log (param "m" u32)))
  (core func $l (canon lower (func $log)))
  (core module $m (import "" "log" (func $l (param i32))) (func $s (call $l (i32.const 1))) (start $s))
  (core instance (instantiate $m (with "" (instance (export "log" (func $l)))))))

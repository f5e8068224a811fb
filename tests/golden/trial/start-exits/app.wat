(component
  (import "wasi:cli/exit@0.2.0" (instance $e (export "exit" (func (param "status" (result))))))
  (core func $x (canon lower (func $e "exit")))
  (core module $m (import "" "x" (func $x (param i32))) (func $s (call $x (i32.const 1))) (start $s))
  (core instance (instantiate $m (with "" (instance (export "x" (func $x)))))))

(component
  (import "log" (func (param "m" string)))
  (core module $m (func (export "add") (param i32 i32) (result i32) unreachable))
  (core instance $i (instantiate $m))
  (func (export "add") (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $i "add"))))

(component
  (type $t (stream u8))
  (core module $m (func (export "f") (param i32)))
  (core instance $i (instantiate $m))
  (func (export "f") (param "a" $t) (canon lift (core func $i "f"))))

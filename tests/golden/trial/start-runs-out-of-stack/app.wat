(component (core module $m (func $s (call $s)) (start $s)) (core instance (instantiate $m)))

(component (core module $m (func $s unreachable) (start $s)) (core instance (instantiate $m)))

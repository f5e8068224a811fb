(component (core module $m (memory 1)
  (func $s (loop (br_if 0 (i32.ne (memory.grow (i32.const 1000)) (i32.const -1))))) (start $s)) (core instance (instantiate $m)))

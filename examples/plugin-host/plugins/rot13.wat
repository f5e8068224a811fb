;; A plugin in component text: turns each Latin letter into the one 13 places on.
(component
  (core module $code
    (memory (export "memory") 1)
    (global $free (mut i32) (i32.const 1024))         ;; everything from here on is free

    ;; The summary: address and length, then the text.
    (data (i32.const 0) "\08\00\00\00\2d\00\00\00turns each letter into the one 13 places away")
    (func (export "summary") (result i32) (i32.const 0))

    ;; Gives the host room for the text that it passes. One instance serves one call here, so nothing is freed.
    (func (export "realloc") (param $old i32) (param $old-size i32) (param $align i32) (param $size i32) (result i32)
      (local $at i32) (local $missing i32)
      (local.set $at (global.get $free))
      (global.set $free (i32.and (i32.add (i32.add (local.get $at) (local.get $size)) (i32.const 3)) (i32.const -4)))
      (local.set $missing (i32.sub (global.get $free) (i32.shl (memory.size) (i32.const 16))))
      (if (i32.gt_s (local.get $missing) (i32.const 0))
        (then (if (i32.eq (i32.const -1)
                          (memory.grow (i32.add (i32.shr_u (local.get $missing) (i32.const 16)) (i32.const 1))))
          (then unreachable))))
      (local.get $at))

    ;; Turns the text where it lies; returns the address of: 0 for "ok", address, length.
    (func (export "transform") (param $at i32) (param $length i32) (result i32)
      (local $next i32) (local $end i32) (local $letter i32)
      (local.set $next (local.get $at))
      (local.set $end (i32.add (local.get $at) (local.get $length)))
      (block $done
        (loop $each
          (br_if $done (i32.ge_u (local.get $next) (local.get $end)))
          (local.set $letter (i32.or (i32.load8_u (local.get $next)) (i32.const 32)))
          (if (i32.lt_u (i32.sub (local.get $letter) (i32.const 97)) (i32.const 26))    ;; a letter, in lower case
            (then
              (i32.store8
                (local.get $next)
                (i32.add
                  (i32.load8_u (local.get $next))
                  (select (i32.const 13) (i32.const -13) (i32.lt_u (local.get $letter) (i32.const 110)))))))
          (local.set $next (i32.add (local.get $next) (i32.const 1)))
          (br $each)))
      (i32.store (i32.const 512) (i32.const 0))
      (i32.store (i32.const 516) (local.get $at))
      (i32.store (i32.const 520) (local.get $length))
      (i32.const 512)))

  (core instance $code (instantiate $code))
  (alias core export $code "memory" (core memory $memory))
  (alias core export $code "realloc" (core func $realloc))
  (alias core export $code "summary" (core func $summary))
  (alias core export $code "transform" (core func $transform))
  (func $give-summary (result string)
    (canon lift (core func $summary) (memory $memory)))
  (func $do-transform (param "text" string) (result (result string (error string)))
    (canon lift (core func $transform) (memory $memory) (realloc $realloc)))
  (instance $transformer (export "summary" (func $give-summary)) (export "transform" (func $do-transform)))
  (export "example:plugins/transformer@0.1.0" (instance $transformer)))

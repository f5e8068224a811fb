;; A hostile plugin: recursion without an end.
(component
  (core module $code
    (memory (export "memory") 2)
    (data (i32.const 0) "\08\00\00\00\15\00\00\00calls itself for ever")
    (func (export "summary") (result i32) (i32.const 0))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
    (func (export "transform") (param i32 i32) (result i32)
      (i32.add (call $deeper (i32.const 0)) (i32.const 1)))
    (func $deeper (param i32) (result i32)
      (i32.add (call $deeper (local.get 0)) (i32.const 1))))

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

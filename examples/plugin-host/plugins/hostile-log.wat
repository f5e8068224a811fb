;; A hostile plugin: writes messages without end.
(component
  (import "example:plugins/host@0.1.0" (instance $host
    (type $level-type (enum "debug" "info" "warning"))
    (export "level" (type $level (eq $level-type)))
    (export "log" (func (param "level" $level) (param "message" string)))))
  (core module $libc
    (memory (export "memory") 2)
    (data (i32.const 0) "\08\00\00\00\0d\00\00\00talks forever")
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024)))
  (core instance $libc (instantiate $libc))
  (alias core export $libc "memory" (core memory $memory))
  (alias core export $libc "realloc" (core func $realloc))
  (core func $log (canon lower (func $host "log") (memory $memory)))
  (core module $code
    (import "host" "log" (func $log (param i32 i32 i32)))
    (func (export "summary") (result i32) (i32.const 0))
    (func (export "transform") (param i32 i32) (result i32)
      (loop $again
        (call $log (i32.const 1) (i32.const 8) (i32.const 13))
        (br $again))
      unreachable))
  (core instance $code (instantiate $code (with "host" (instance (export "log" (func $log))))))
  (alias core export $code "summary" (core func $summary))
  (alias core export $code "transform" (core func $transform))
  (func $give-summary (result string)
    (canon lift (core func $summary) (memory $memory)))
  (func $do-transform (param "text" string) (result (result string (error string)))
    (canon lift (core func $transform) (memory $memory) (realloc $realloc)))
  (instance $transformer (export "summary" (func $give-summary)) (export "transform" (func $do-transform)))
  (export "example:plugins/transformer@0.1.0" (instance $transformer)))

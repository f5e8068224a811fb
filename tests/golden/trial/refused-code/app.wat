(component (core module $m (func (result i32) (i64.const 1))) (core instance (instantiate $m)))

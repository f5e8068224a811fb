(component
  (import "a:b/i" (instance $i
    (export "r" (type $r (sub resource)))
    (export "[method]r.get" (func (param "self" (borrow $r))))))
  (export "a:b/i" (instance $i)))

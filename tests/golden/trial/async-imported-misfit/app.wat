(component (import "f" (func async)) (import "g" (func (param "a" u8))))

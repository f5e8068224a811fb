(component (import "f" (func (param "a" u32))))

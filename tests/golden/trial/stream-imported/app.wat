(component (type $t (stream u8)) (import "f" (func (param "a" $t))))

(component (type $t (list u8 4)) (import "f" (func (param "a" $t))))

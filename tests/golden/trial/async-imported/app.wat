(component (import "f" (func async)))

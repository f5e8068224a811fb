(component (import "i" (instance (export "r" (type (sub resource))))))

"""An elaborated world goes in; the Python model of its host package comes out. It may import the model and what both sides
share in `bindings`.
"""

from .plan import plan_host

__all__ = ["plan_host"]

"""An elaborated world goes in; the Python model of its guest package comes out, laid out as componentize-py lays it out. It
may import the model and what both sides share in `bindings`.
"""

from ..guest_options import GuestLayout, GuestOptions
from .plan import plan_guest

__all__ = ["GuestLayout", "GuestOptions", "plan_guest"]

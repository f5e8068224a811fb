"""Guest bindings: what a component written in Python imports, laid out as componentize-py lays it out."""

from ..guest_options import GuestLayout, GuestOptions
from .plan import plan_guest

__all__ = ["GuestLayout", "GuestOptions", "plan_guest"]

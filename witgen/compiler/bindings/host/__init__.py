"""The host planner: an elaborated world in, the Python model of its host package out."""

from .plan import plan_host

__all__ = ["plan_host"]

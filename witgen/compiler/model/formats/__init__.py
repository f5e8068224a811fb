"""Resolved packages as text: WIT again, the JSON of the reference tools, a readable tree, plain data for host packages."""

"""The Python model goes in; formatted files on disk come out. It may import diagnostics and knows nothing of WIT; `render`
alone knows jinja2, `format` alone knows black.
"""

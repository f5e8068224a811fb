"""Resolved packages go in; reference pages come out as data, which the templates in `templates/docs/` print. It may import
the model; `markdown` alone knows markdown-it.

`site` says where everything is, `code` spells types and functions with links, `markdown` renders docs, `graph`
draws, `plan` makes the pages of these.
"""

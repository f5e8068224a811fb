"""Reference pages: resolved packages in, pages as data out, which templates print (`templates/docs/`).

`site` says where everything stands, `code` spells types and functions with links, `markdown` renders docs, `graph`
draws, `plan` makes the pages of these.
"""

"""WIT text in its canonical form: `source` formats one text, `files` formats files; `layout` and `lines` do the work."""

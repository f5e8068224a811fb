"""The passes that turn ASTs into resolved packages: names are bound, gates applied, worlds elaborated."""

"""The site: `sphinx-build` makes it of the pages in this folder. `.ci/run docs` builds it, with warnings as errors."""

from witgen import __version__

project = "witgen"
author = copyright = "the witgen authors"
version = release = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
nitpicky = True
nitpick_ignore_regex = [(r"py:.*", r".*")]  # types in signatures: most are not on a page
suppress_warnings = ["misc.highlighting_failure"]  # pygments does not know WIT

myst_heading_anchors = 3

# The reference of the Python API is made of docstrings, which quote code as Markdown does.
default_role = "code"
autodoc_member_order = "groupwise"
autodoc_typehints_format = "short"
add_module_names = False

html_theme = "furo"
html_title = "witgen"
html_copy_source = False

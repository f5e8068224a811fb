"""The site: `sphinx-build` makes it of the pages in this folder. `.ci/run docs` builds it, with warnings as errors."""

from witgen import __version__

project = "witgen"
author = copyright = "the witgen authors"
version = release = __version__

extensions = ["myst_parser"]
exclude_patterns = ["_build"]
nitpicky = True
suppress_warnings = ["misc.highlighting_failure"]  # pygments does not know WIT

myst_heading_anchors = 3

html_theme = "furo"
html_title = "witgen"
html_copy_source = False

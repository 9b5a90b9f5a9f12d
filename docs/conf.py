"""How Sphinx builds the site; tools/make_docs.py lays out what it reads."""

import geo

project = "Tumen"
author = copyright = "The Tumen authors"
version = release = geo.__version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_heading_anchors = 3
myst_enable_extensions = ["colon_fence"]
nitpicky = False
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
add_module_names = False  # the title of the page says it
default_role = "code"  # as docstrings are written
napoleon_google_docstring = False
html_theme = "furo"
html_title = f"Tumen {geo.__version__}"
html_static_path = ["theme"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
html_theme_options = {"navigation_with_keys": False}
pygments_style = "bw"  # every colour of it is dark enough
pygments_dark_style = "github-dark"
html_show_search_summary = False  # it would be fetched, and a page from disk fetches nothing
suppress_warnings = ["myst.header", "misc.highlighting_failure", "ref.python"]

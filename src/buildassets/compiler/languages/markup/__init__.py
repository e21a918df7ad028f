"""HTML and SVG: texts come in; tokens and references go out, those of style sheets and scripts in them included.

Imports the other languages, which must not import it.
"""

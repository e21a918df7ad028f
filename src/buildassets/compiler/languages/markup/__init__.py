"""HTML and SVG: tokens and references, also those of the style sheets and scripts that they hold."""

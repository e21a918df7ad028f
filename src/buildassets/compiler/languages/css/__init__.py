"""CSS: texts come in; tokens, references, minified texts with their proof, and joints go out.

Must not import another language.
"""

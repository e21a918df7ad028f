"""JavaScript: texts come in; tokens, scopes, references, minified texts with their proof, and joints go out.

Must not import another language.
"""

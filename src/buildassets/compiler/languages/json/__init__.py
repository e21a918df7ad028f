"""JSON: texts come in; tokens, and the references of web manifests, import maps and source maps go out.

Must not import another language.
"""

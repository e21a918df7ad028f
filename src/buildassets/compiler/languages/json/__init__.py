"""JSON: texts come in; tokens, and the references of web manifests and source maps go out.

Must not import another language.
"""

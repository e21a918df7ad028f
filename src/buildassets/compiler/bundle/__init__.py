"""Several drafts come in, one goes out: joined as they are, by Sprockets' directives, or by esbuild.

Must not know how drafts are linked and named.
"""

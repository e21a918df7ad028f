"""Takes several drafts, gives one: joined as they are, with imported sheets, by Sprockets' directives, or by esbuild.

Must not know how drafts are linked and named.
"""

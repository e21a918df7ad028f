"""Configurations, templates, settings and commands of other asset systems, unchanged: a package for each system.

`SYSTEM.run` is what a web process needs of it, and imports what `runtime` imports, and that; `SYSTEM.compile` is what a
build needs, and may import `compiler` and its `run`.
"""

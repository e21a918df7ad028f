"""The run stage: what a web process needs. It reads one manifest, compiles nothing and writes nothing.

Imports the vocabulary and the standard library only; `jinja` and `django` beside it also import their framework.
"""

from buildassets.runtime.assets import AssetNotFound, Assets

__all__ = ["AssetNotFound", "Assets"]

"""The run stage: one manifest comes in; URLs, elements and answers to requests go out. Nothing is compiled or written.

Imports `foundation`, `disk`, `manifest`, `programs`, `work` and the standard library only; a module named after a
framework imports that too.
"""

from buildassets.runtime.assets import AssetNotFound, Assets

__all__ = ["AssetNotFound", "Assets"]

"""A Django application in the place of django-compressor: its tag, its Jinja extension, its command.

    INSTALLED_APPS = ["buildassets.compat.compressor", "buildassets.runtime.django", ...]

At build time the blocks of templates become assets of the release; at run time a block is looked up in the manifest.
Importing it imports neither Jinja nor Django.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from buildassets.compat.compressor.run.jinja import CompressorExtension

__all__ = ["CompressorExtension"]


def __getattr__(name: str) -> object:
    if name != "CompressorExtension":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from buildassets.compat.compressor.run.jinja import CompressorExtension

    return CompressorExtension

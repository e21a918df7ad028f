"""A postprocessor for django-sekizai's `render_block`: `compressor.contrib.sekizai.compress`.

Takes what a page has gathered, gives what the release has in its place. What only pages gather no build knows, unless a
template has the same block; so it mostly stays unchanged. Imports Django.
"""

from typing import Any

from buildassets.compat.compressor.run.key import Block
from buildassets.compat.compressor.run.lookup import current_release, looked_up
from buildassets.compat.compressor.run.settings import run_options

__all__ = ["compress"]


def compress(context: Any, data: str, name: str) -> str:
    """The replacement of `data`, the elements that were added to the block `name`: `css` or `js`."""
    current = current_release() if run_options().is_enabled else None
    found = looked_up(current, Block(name, "file", None), data) if current else None
    return data if found is None else found

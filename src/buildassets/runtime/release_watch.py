"""Reads the script by which a page notices that a newer release is served.

Imported by pages that have it. Standard library only.
"""

import os
from functools import cache


@cache
def watch_script() -> str:
    """The text of the script, without indentation, and without the lines that are comments."""
    with open(os.path.join(os.path.dirname(__file__), "release_watch.js"), encoding="utf-8") as file:
        lines = map(str.strip, file)
        return "\n".join(line for line in lines if line and not line.startswith("//"))

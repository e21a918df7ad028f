"""Reads the live reload client, a script for pages in development.

Imported when such a page needs it, never in production. Standard library only.
"""

import os
from functools import cache


@cache
def client() -> str:
    """The text of the client."""
    with open(os.path.join(os.path.dirname(__file__), "livereload.js"), encoding="utf-8") as file:
        return file.read()

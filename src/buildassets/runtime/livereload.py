"""The live reload client: a script of this package that stands in the pages of development.

Loaded when a page of development asks for it, never in production. Standard library only.
"""

import os
from functools import cache


@cache
def client() -> str:
    """The text of the client."""
    with open(os.path.join(os.path.dirname(__file__), "livereload.js"), encoding="utf-8") as file:
        return file.read()

"""Reads the live reload client, a script for pages in development, and the file by which pages find the watcher.

Imported when such a page needs it, never in production. Standard library and vocabulary only.
"""

import json
import os
from contextlib import suppress
from functools import cache

from buildassets.plain_files import plain


@cache
def client() -> str:
    """The text of the client."""
    with open(os.path.join(os.path.dirname(__file__), "livereload.js"), encoding="utf-8") as file:
        return file.read()


def templates_now(path: str) -> str | None:
    """The digest of the templates that the watcher saw last, from its file at `path`; None where no watcher runs."""
    with suppress(OSError, ValueError, AttributeError, RecursionError), open(plain(path), "rb") as file:
        templates = json.loads(file.read()).get("templates")
        return templates if isinstance(templates, str) else None
    return None

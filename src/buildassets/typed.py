"""What a user types for a verb: `buildassets build`, or the command of the framework that knows more than ours does.

Takes a verb, gives a command. Pure; light, as a web process loads it.
"""

from __future__ import annotations

import os
import sys

__all__ = ["IS_TYPED", "IS_WATCHED", "typed"]

IS_TYPED = "BUILDASSETS_TYPED"  # the variable by which whoever starts us names what was typed in front of the verb
IS_WATCHED = "BUILDASSETS_WATCH"  # set by a watch for the command that it runs beside it

# Loaded by Django for who has our application, and by nobody else: `manage.py assets` is there then.
_DJANGO = "buildassets.runtime.django.apps"
_OF_DJANGO = "manage.py assets"
_BUILDING = ("build", "check", "watch")


def typed(verb: str) -> str:
    """The command for `verb`. Under Django one that builds is of `manage.py`: ours knows nothing of the finders."""
    if verb not in _BUILDING:
        return f"buildassets {verb}"
    return f"{_OF_DJANGO if _DJANGO in sys.modules else os.environ.get(IS_TYPED, 'buildassets')} {verb}"

"""Gives the command that a user types for a verb: `buildassets build`, or that of a framework, as `manage.py assets`.

Takes a verb, gives a command, and the time at which it began. Pure; light, as a web process loads it.
"""

from __future__ import annotations

import os
import sys
from time import monotonic

__all__ = ["IS_WATCHED", "PROGRAM_VARIABLE", "REQUIRED_VARIABLE", "STARTED_VARIABLE", "started", "typed", "vendoring"]

# Set by a program that starts us, to the words that the user typed before the verb.
PROGRAM_VARIABLE = "BUILDASSETS_TYPED"
# Set by the same, to the time on the clock of all processes (`time.monotonic`) at which it began to work for us.
STARTED_VARIABLE = "BUILDASSETS_STARTED"
IS_WATCHED = "BUILDASSETS_WATCH"  # set by a watch for the command that it runs beside it
REQUIRED_VARIABLE = "BUILDASSETS_REQUIRED"  # with 1, no process starts without a release

# Loaded only by Django, and only if our application is installed: then there is `manage.py assets`.
_DJANGO = "buildassets.runtime.django.apps"
_OF_DJANGO = "manage.py assets"
_BUILDING = ("build", "check", "watch")
_IN_NO_PACKAGE = frozenset(" \"#$%&'()*+,:;<=>?[\\]^`{|}")  # characters that npm permits in no name


def typed(verb: str) -> str:
    """The command for `verb`. Under Django the verbs that build need `manage.py`, which knows the finders."""
    if verb not in _BUILDING:
        return f"buildassets {verb}"
    return f"{_OF_DJANGO if _DJANGO in sys.modules else os.environ.get(PROGRAM_VARIABLE, 'buildassets')} {verb}"


def vendoring(path: str) -> str:
    """The command that adds the npm package with whose name `path` begins; empty if no package can have that name."""
    scope, slash, rest = path.partition("/") if path.startswith("@") else ("", "", path)
    package = f"{scope}{slash}{rest.partition('/')[0]}"
    names = package.removeprefix("@").split("/")
    may_exist = all(name[:1].isalnum() and name == name.lower() and name.isascii() for name in names)
    return f"buildassets vendor add {package}" if may_exist and not set(package) & _IN_NO_PACKAGE else ""


def started() -> float:
    """The time at which the command began, by `time.monotonic`; by default now."""
    now = monotonic()
    try:
        return min(float(os.environ.get(STARTED_VARIABLE, now)), now)
    except ValueError:
        return now

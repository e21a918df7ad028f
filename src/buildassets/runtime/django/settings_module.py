"""Explains why Django cannot import its settings: the module it was given, where, and the one that `manage.py` names.

Takes Django's error, gives one with all three. Reads `manage.py`, but only after an error. Imports Django.
"""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.conf import ENVIRONMENT_VARIABLE
from django.core.exceptions import ImproperlyConfigured

from buildassets.disk.plain_files import plain

__all__ = ["settings_found"]

_PASSED_OVER: Final = ("buildassets.", "django.", "contextlib", "importlib")
_NAMED: Final = re.compile(rf"{ENVIRONMENT_VARIABLE}[\"']\s*[,\]]\s*=?\s*[\"']([\w.]+)[\"']")


@contextmanager
def settings_found() -> Iterator[None]:
    """Raise ImproperlyConfigured in place of ModuleNotFoundError where the module of the settings is missing."""
    try:
        yield
    except ModuleNotFoundError as fault:
        given = os.environ.get(ENVIRONMENT_VARIABLE, "")
        if not fault.name or not f"{given}.".startswith(f"{fault.name}."):
            raise  # a module that the settings import is missing
        raise ImproperlyConfigured(_message(given, fault.name)) from None


def _message(given: str, missing: str) -> str:
    named = _named_by_manage()
    mend = f"write `{named}`, as `manage.py` has it" if named else "write it with its package, as in `mysite.settings`"
    return f"{ENVIRONMENT_VARIABLE} is `{given}`, and there is no module `{missing}`: {mend}, in `{_caller()}`"


def _named_by_manage() -> str | None:
    """The settings that the `manage.py` in the working directory or on the path names; None if there is none."""
    for folder in (os.curdir, *sys.path):
        try:
            with open(plain(os.path.join(folder, "manage.py")), encoding="utf-8") as file:
                named = _NAMED.search(file.read())
        except (OSError, UnicodeDecodeError):
            continue
        return named[1] if named else None
    return None


def _caller() -> str:
    """The user's file that led to the settings, as a user would write it; neither our code nor Django's."""
    frame = sys._getframe()
    while frame.f_globals.get("__name__", "").startswith(_PASSED_OVER) and frame.f_back is not None:
        frame = frame.f_back
    path = frame.f_code.co_filename
    relative = os.path.relpath(path)
    return path if relative.startswith(os.pardir) else relative

"""What is wrong where Django cannot import its settings: which module was asked for, by whom, and which there is.

Takes Django's error, gives one that names all three. Reads `manage.py`, once something is wrong. Imports Django.
"""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.conf import ENVIRONMENT_VARIABLE
from django.core.exceptions import ImproperlyConfigured

__all__ = ["settings_found"]

_PASSED_OVER: Final = ("buildassets.", "django.", "contextlib", "importlib")
_NAMED: Final = re.compile(rf"{ENVIRONMENT_VARIABLE}[\"']\s*[,\]]\s*=?\s*[\"']([\w.]+)[\"']")


@contextmanager
def settings_found() -> Iterator[None]:
    """Let what is done in the block raise ImproperlyConfigured where the settings are a module that is not there."""
    try:
        yield
    except ModuleNotFoundError as fault:
        given = os.environ.get(ENVIRONMENT_VARIABLE, "")
        if not fault.name or not f"{given}.".startswith(f"{fault.name}."):
            raise  # of a module that the settings import
        raise ImproperlyConfigured(_message(given, fault.name)) from None


def _message(given: str, missing: str) -> str:
    named = _named_by_manage()
    mend = f"write `{named}`, as `manage.py` has it" if named else "write it with its package, as in `mysite.settings`"
    return f"{ENVIRONMENT_VARIABLE} is `{given}`, and there is no module `{missing}`: {mend}, in `{_caller()}`"


def _named_by_manage() -> str | None:
    """The module that the `manage.py` beside the packages names."""
    for folder in (os.curdir, *sys.path):
        try:
            with open(os.path.join(folder, "manage.py"), encoding="utf-8") as file:
                found = _NAMED.search(file.read())
        except (OSError, UnicodeDecodeError):
            continue
        return found[1] if found else None
    return None


def _caller() -> str:
    """The file that asked for the settings, as a user would write it: neither ours nor Django's."""
    frame = sys._getframe()
    while frame.f_globals.get("__name__", "").startswith(_PASSED_OVER) and frame.f_back is not None:
        frame = frame.f_back
    path = frame.f_code.co_filename
    relative = os.path.relpath(path)
    return path if relative.startswith(os.pardir) else relative

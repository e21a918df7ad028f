"""The abilities of a terminal: its width, colours and links. Reads the environment and the standard streams."""

import os
import sys
from typing import TYPE_CHECKING, TextIO

from buildassets.cli.show.ci import under_ci
from buildassets.foundation.codes import CODES, section_of
from buildassets.foundation.paths import percent_encoded

if TYPE_CHECKING:
    from collections.abc import Iterator

# Terminals that would print the escape of a link, or have none at all.
_WITHOUT_LINKS = ("dumb", "linux")


def size(stream: TextIO) -> os.terminal_size | None:
    """The size of the terminal that `stream` leads to; None where it leads to none."""
    try:
        found = os.get_terminal_size(stream.fileno()) if stream.isatty() else None
    except (OSError, ValueError):
        return None
    return found if found and found.columns > 0 else None  # a terminal may report 0 by 0


def columns() -> int | None:
    """The width of the terminal that shows messages; None where stderr is not a terminal."""
    found = size(sys.stderr)
    return found.columns if found else None


def is_coloured() -> bool:
    """Whether messages are coloured.

    With `NO_COLOR`, never; else with `CLICOLOR_FORCE`, in pipes too; else in a terminal, unless `CLICOLOR` is 0. A
    variable that is empty counts as absent.
    """
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("CLICOLOR_FORCE", "0") not in ("", "0"):
        return True
    return sys.stderr.isatty() and os.environ.get("CLICOLOR") != "0" and os.environ.get("TERM") != "dumb"


def has_links() -> bool:
    """Whether messages may hold links: OSC 8, which terminals without it skip, apart from a few."""
    is_able = os.environ.get("TERM", "") not in _WITHOUT_LINKS and not os.environ.get("NO_COLOR")
    return is_able and sys.stderr.isatty() and not under_ci()


def is_watched() -> bool:
    """Whether a person looks at what stderr shows."""
    return sys.stderr.isatty() and not under_ci()


def linked(text: str, url: str) -> str:
    """`text` as a link to `url`, which holds no control character."""
    return f"\x1b]8;;{url}\x1b\\{text}\x1b]8;;\x1b\\"


def page_of(code: str) -> str | None:
    """The path of the page with a section on the diagnostic `code`; None where it is not installed."""
    return next((path for path in _pages(code) if os.path.isfile(path)), None)


def page_url(code: str) -> str | None:
    """The URL of that page: of a file of this machine, whose name is in it (RFC 8089).

    It has no fragment: GLib before 2.78 opens no URL of a file that has one.
    """
    path = page_of(code)
    if path is None:
        return None
    import socket

    return f"file://{percent_encoded(socket.gethostname().encode(), '')}{percent_encoded(path.encode(), '/')}"


def _pages(code: str) -> "Iterator[str]":
    """Where the page may be: in the package, or in the checkout that the package is run from."""
    package = os.path.abspath(sys.modules["buildassets"].__path__[0])
    if code not in CODES:  # as that of an engine of another package
        return
    page = section_of(code).partition("#")[0]
    for folder in (os.path.join(package, "pages"), os.path.join(package, os.pardir, os.pardir, "docs", "errors")):
        yield os.path.normpath(os.path.join(folder, page))

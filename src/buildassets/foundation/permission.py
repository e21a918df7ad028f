"""States what may happen on behalf of a project: a frozen value that a verb makes and that every door takes.

A door is the one function through which something dangerous passes, such as the start of a program. Doors take a
Permission as a required keyword, so that no caller can forget it. Pure.
"""

from typing import Final

from buildassets.foundation.frozen import frozen_by_name, replace


@frozen_by_name
class Permission:
    """What may happen; `cli.parse.permissions` has that of each verb with its options.

    `tools`: start programs of the machine, of the interpreter's environment, and locked ones, outside of the project.
    `programs`: start programs that lie in the project or that it names. `python`: import Python of the project.
    `network`: ask servers. `listens`: answer connections. `deletes`: remove files that are not temporary.
    """

    tools: bool
    programs: bool
    python: bool
    network: bool
    listens: bool
    deletes: bool


class NotPermittedError(Exception):
    """A door refused; the message describes what. Verbs report beforehand what they leave out."""


def require(*, permitted: bool, what: str) -> None:
    """Raise NotPermittedError about `what` unless it is `permitted`."""
    if not permitted:
        raise NotPermittedError(f"{what} is not permitted")


NOTHING: Final = Permission(tools=False, programs=False, python=False, network=False, listens=False, deletes=False)
OWN: Final = replace(NOTHING, deletes=True)
"""To remove what we have made for ourselves: the cache, and what is in our own folders next to it."""
READING: Final = replace(NOTHING, tools=True)
"""To examine a project that nobody trusts, as `check --no-run` does."""
IMPORTING: Final = replace(NOTHING, python=True)
"""To read what only Python of the project knows, in a process of its own or in that of the application."""
BUILDING: Final = Permission(tools=True, programs=True, python=True, network=True, listens=False, deletes=True)
"""To build, as the public Python API does, too."""

"""The values of commands: where they run, and what they made. Values without behaviour."""

from collections.abc import Callable, Collection

from buildassets.foundation.diagnostics import Diagnostic, Location
from buildassets.foundation.frozen import frozen, frozen_by_name
from buildassets.foundation.permission import Permission


@frozen
class Made:
    """The output of a command; with an error among the diagnostics, `body` is of no use.

    `inputs` are the files that it read or may read, `absences` other paths that decide the result. `map_json` is the
    source map that it wrote next to `{out}`, `folders` are those that the paths in it may be relative to.
    """

    body: bytes = b""
    inputs: tuple[str, ...] = ()
    absences: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    map_json: bytes | None = None
    folders: tuple[str, ...] = ()


@frozen_by_name
class Surroundings:
    """Where commands run.

    `folder` is that of the configuration, `place` that of the command in it; `besides` are folders that builds write.
    `shown` turns a path into the name that the user would write. Without the permission for programs, none is started.
    """

    folder: str
    mode: str
    shown: Callable[[str], str]
    permission: Permission
    besides: Collection[str] = ()
    place: Location | None = None

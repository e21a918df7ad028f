"""What the verbs that take a release as it is have in common."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from buildassets.cli.options import release_config
from buildassets.diagnostics import Location, error, reason_text
from buildassets.errors import ReleaseError
from buildassets.files import STAGING_PREFIX

_HINTS = {
    "release/unreadable": "name a release directory or an archive that can be read",
    "release/unwritable": "see to the permissions and to the space there, or name another place with `-o`",
}


def built_release(given: str | None, config_file: str | None) -> tuple[str, str]:
    """The same as `shown_release`, to be read. Raises ReleaseError where the configured one was not built yet."""
    path, shown = shown_release(given, config_file)
    if given is None and not os.path.lexists(path):
        from buildassets.release.inventory.inventory import no_release

        raise no_release(shown)
    return path, shown


def shown_release(given: str | None, config_file: str | None) -> tuple[str, str]:
    """The path of the release that was `given`, or else of the configured one, and what it is called."""
    if given is not None:
        return given, given
    from buildassets.compiler.config.shown import shown_path

    config = release_config(config_file)
    return config.output, shown_path(config, config.output)


@contextmanager
def os_faults_told(code: str, shown: str) -> Iterator[None]:
    """Whatever the operating system refuses, as a ReleaseError about `shown`."""
    try:
        yield
    except OSError as fault:
        path = os.fspath(fault.filename2 or fault.filename or shown)
        doing = "read" if code == "release/unreadable" else "write"
        message = f"cannot {doing} `{shown}`: {reason_text(fault)}"
        is_told = os.path.abspath(path) == os.path.abspath(shown) or f"{os.sep}{STAGING_PREFIX}" in path
        notes = [] if is_told else [f"at `{path}`"]
        raise ReleaseError([error(code, message, Location(shown), notes=notes, hint=_HINTS[code])]) from None

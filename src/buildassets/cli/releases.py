"""Helpers of the verbs that work on a finished release."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from buildassets.cli.parse.options import release_config
from buildassets.disk.files import STAGING_PREFIX
from buildassets.errors import ReleaseError
from buildassets.foundation.diagnostics import Location, error, reason_text
from buildassets.foundation.permission import NOTHING
from buildassets.programs.places import reason_not_own
from buildassets.release.inventory.inventory import no_release
from buildassets.release.signature.keys import key_text, public_key
from buildassets.release.signature.signature import signer

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_HINTS = {
    "release/unreadable": "name a release directory or an archive that can be read",
    "release/unwritable": "check the permissions and the free space there, or name another place with `-o`",
}


def built_release(given: str | None, config_file: str | None, *, writes_beside: bool = False) -> tuple[str, str]:
    """Like `shown_release`, for reading. Raises ReleaseError where the configured release has not been built."""
    path, shown = shown_release(given, config_file, writes_beside=writes_beside)
    if given is None and not os.path.lexists(path):
        raise no_release(shown)
    return path, shown


def shown_release(given: str | None, config_file: str | None, *, writes_beside: bool = False) -> tuple[str, str]:
    """The path of the release that was `given`, or else of the configured one, and how messages show it.

    Raises ReleaseError where a verb `writes_beside` the configured one, and that may not be the project's own.
    """
    if given is not None:
        return given, given
    config = release_config(config_file, permission=NOTHING)
    if writes_beside and (message := reason_not_own(config.folder, config.output, config.shown)):
        hint = "name the archive with `-o` if it is the right release; nothing was written"
        raise ReleaseError([error("release/unwritable", message, Location(config.shown(config.output)), hint=hint)])
    return config.output, config.shown(config.output)


@contextmanager
def os_faults_as_release_error(code: str, shown: str) -> Iterator[None]:
    """Raise ReleaseError about `shown` for every OSError in the block."""
    try:
        yield
    except OSError as fault:
        path = os.fspath(fault.filename2 or fault.filename or shown)
        doing = "read" if code == "release/unreadable" else "write"
        message = f"cannot {doing} `{shown}`: {reason_text(fault)}"
        is_shown = os.path.abspath(path) == os.path.abspath(shown) or f"{os.sep}{STAGING_PREFIX}" in path
        notes = [] if is_shown else [f"at `{path}`"]
        raise ReleaseError([error(code, message, Location(shown), notes=notes, hint=_HINTS[code])]) from None


def public_keys(given: Sequence[str]) -> "list[Ed25519PublicKey]":
    """The keys that `--key` was given. Raises ConfigError for one that cannot be used."""
    if not given:
        return []

    return [public_key(key, os.environ) for key in given]


def signed_by(archive: str, keys: "Sequence[Ed25519PublicKey]", *, copy: str | None = None) -> dict[str, str]:
    """Which of `keys` has signed the archive, as `--json` lists it; its bytes are in `copy`, if that is given.

    Raises ReleaseError where none of them has.
    """
    with os_faults_as_release_error("release/unreadable", archive):
        return {"key": key_text(signer(archive, keys, copy=copy))}

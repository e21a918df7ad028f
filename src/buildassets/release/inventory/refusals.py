"""The errors of this stage. Pure."""

from collections.abc import Iterable
from typing import Final

from buildassets.errors import ReleaseError
from buildassets.foundation.diagnostics import Location, error

_HINTS: Final = {
    "archive/bomb": "do not unpack it; get it again from where it was packed",
    "archive/damaged": "get it again from where it was packed",
    "archive/form": "pack the release again with `buildassets pack`",
    "archive/manifest": "pack a release directory with `buildassets pack`",
    "archive/member": "pack a release directory with `buildassets pack`, which takes plain files only",
    "archive/name": "pack a release directory with `buildassets pack`",
}


def refusal(code: str, message: str, file: str, *, notes: Iterable[str] = (), hint: str | None = None) -> ReleaseError:
    """The error for a `file` that cannot be used; without `hint`, the one that `code` stands for."""
    return ReleaseError([error(code, message, Location(file), notes=notes, hint=hint or _HINTS[code])])

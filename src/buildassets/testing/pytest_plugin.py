"""The fixture `stateless`. Every run of pytest loads this module, so it imports next to nothing."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Protocol

import pytest

if TYPE_CHECKING:
    from buildassets.testing.accesses import Access, Accesses

_SHOWN_AT_MOST = 20


class Stateless(Protocol):
    """The type of the fixture `stateless`."""

    def __call__(
        self, *, reads: Iterable[str] | None = None, changes: Iterable[str] = (), runs: bool = False
    ) -> "AbstractContextManager[Accesses]":
        """Fail the test if the block accesses more files or programs than allowed here.

        `changes` are globs of files that may be changed and read, `reads` of further files that may be read; without
        `reads` all may. `runs` allows the start of other programs.
        """


@pytest.fixture(scope="session")
def stateless() -> Stateless:
    """`with stateless(): …` fails if the block changes files or starts programs, and shows from where."""
    return _stateless


@contextmanager
def _stateless(
    *, reads: Iterable[str] | None = None, changes: Iterable[str] = (), runs: bool = False
) -> "Iterator[Accesses]":
    from buildassets.testing.accesses import recorded

    changeable = tuple(changes)
    with recorded() as accesses:
        yield accesses
    refused = [access for access in accesses.besides(changeable) if access.action == "change"]
    if reads is not None:
        refused += [access for access in accesses.besides((*reads, *changeable)) if access.action == "read"]
    if not runs:
        refused += accesses.runs
    if refused:
        pytest.fail(_report(refused), pytrace=False)


def _report(refused: "list[Access]") -> str:
    lines = list(dict.fromkeys(map(str, refused)))
    more = [f"and {len(lines) - _SHOWN_AT_MOST} more"] if len(lines) > _SHOWN_AT_MOST else []
    head = f"not stateless: {len(refused)} access{'es' if len(refused) > 1 else ''}"
    return "\n\n".join([head, *lines[:_SHOWN_AT_MOST], *more])

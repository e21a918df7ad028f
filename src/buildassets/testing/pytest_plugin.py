"""The fixture `stateless` for pytest, which loads this module in each of its runs: it imports next to nothing."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Protocol

import pytest

if TYPE_CHECKING:
    from buildassets.testing.accesses import Access, Accesses

_TOLD_AT_MOST = 20


class Stateless(Protocol):
    """What the fixture gives."""

    def __call__(
        self, *, reads: Iterable[str] | None = None, changes: Iterable[str] = (), runs: bool = False
    ) -> "AbstractContextManager[Accesses]":
        """Fail the test if what is done meanwhile needs more than this of the machine.

        `changes` are globs of files that may be changed, `reads` of those that may be opened besides; without `reads`
        all may. `runs` says whether other programs may be started.
        """


@pytest.fixture(scope="session")
def stateless() -> Stateless:
    """`with stateless(): …` fails where files are changed or programs are started meanwhile, and says where."""
    return _stateless


@contextmanager
def _stateless(
    *, reads: Iterable[str] | None = None, changes: Iterable[str] = (), runs: bool = False
) -> "Iterator[Accesses]":
    from buildassets.testing.accesses import recorded

    changeable = tuple(changes)
    with recorded() as accesses:
        yield accesses
    refused = [one for one in accesses.besides(changeable) if one.action == "change"]
    if reads is not None:
        refused += [one for one in accesses.besides((*reads, *changeable)) if one.action == "read"]
    if not runs:
        refused += accesses.runs
    if refused:
        pytest.fail(_told(refused), pytrace=False)


def _told(refused: "list[Access]") -> str:
    told = list(dict.fromkeys(str(one) for one in refused))
    more = [f"and {len(told) - _TOLD_AT_MOST} more"] if len(told) > _TOLD_AT_MOST else []
    head = f"not stateless: {len(refused)} access{'es' if len(refused) > 1 else ''}"
    return "\n\n".join([head, *told[:_TOLD_AT_MOST], *more])

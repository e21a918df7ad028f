"""Waits until changes have come to rest, so that a build finds them whole."""

from collections.abc import Callable, Container, Iterable, Mapping
from time import monotonic
from typing import Final, Protocol

from buildassets.compiler.watch.events.protocol import Change, Events, Phase
from buildassets.frozen import frozen

_REST_SECONDS: Final = 0.005
_REST_OF_MANY_SECONDS: Final = 0.05  # a checkout or an install pauses between its files
MANY: Final = 10
_REST_WHILE_WRITTEN_SECONDS: Final = 0.25  # a file is still open: an event follows when its writer closes it
_REST_WHILE_GONE_SECONDS: Final = 0.03  # many editors save by removing the file and putting another there
_LONGEST_SECONDS: Final = 2.0


@frozen
class Wake:
    """The changes that woke the watch: the paths `changed`, which may need a build, or some `of_templates`.

    The first happened `at` that time of `monotonic`; `of_names` is true if names appeared or went. `templates` are the
    paths that may change pages.
    """

    changed: frozenset[str]
    at: float
    of_names: bool
    of_templates: bool = False
    templates: frozenset[str] = frozenset()


class LooksAt(Protocol):
    """What a watch looks at: see Watched."""

    @property
    def roots(self) -> Iterable[str]:
        """Where anything may have changed if events were lost."""
        ...

    @property
    def paths(self) -> Container[str]:
        """What decides a build."""
        ...

    def matters(self, change: Change) -> bool:
        """Whether `change` needs a build."""
        ...

    def changes_pages(self, change: Change) -> bool:
        """Whether `change` may change pages."""
        ...


def first_wake() -> Wake:
    """The wake of a first build."""
    return Wake(frozenset(), monotonic(), of_names=True)


def next_wake(events: Events, looked_at: LooksAt, is_held: Callable[[], bool], known: Iterable[str] = ()) -> Wake:
    """Wait for the next changes that matter, and until they are at rest.

    `known` are paths that may have changed without an event. As long as `is_held` is true, a program has more to
    change.
    """
    phases = dict.fromkeys(known, Phase.UNDER_WAY)
    builds, pages = set(phases), set[str]()
    collections = (builds, looked_at.matters), (pages, looked_at.changes_pages)
    of_names = bool(phases)

    def take(seconds: float | None) -> bool:
        """Collect the changes of the next `seconds`. Returns whether any of them matters."""
        nonlocal of_names
        is_any = False
        for change in events.wait(seconds):
            paths = [change.path] if change.path else looked_at.roots
            concerned = [collected for collected, is_concerned in collections if is_concerned(change)]
            for collected in concerned:
                collected.update(paths)
            if concerned:
                phases.update(dict.fromkeys(paths, change.phase))
                of_names, is_any = of_names or change.of_names or not change.path, True
        return is_any

    while not phases:
        take(None)
    woken_at = now = monotonic()
    rest_at = now + _rest_seconds(phases, looked_at)
    while now < rest_at and (now < woken_at + _LONGEST_SECONDS or is_held()):
        if take(rest_at - now) or is_held():
            rest_at = monotonic() + _rest_seconds(phases, looked_at)
        now = monotonic()
    return Wake(frozenset(builds), woken_at, of_names, bool(pages), frozenset(pages))


def _rest_seconds(phases: Mapping[str, Phase], looked_at: LooksAt) -> float:
    """How long nothing more may happen until these changes count as done."""
    if Phase.UNDER_WAY in phases.values():
        return _REST_WHILE_WRITTEN_SECONDS
    if len(phases) > MANY:
        return _REST_OF_MANY_SECONDS
    is_gone = any(phase is Phase.GONE and path in looked_at.paths for path, phase in phases.items())
    return _REST_WHILE_GONE_SECONDS if is_gone else _REST_SECONDS

"""Waits until changes have come to rest, so that a build finds them whole."""

from collections.abc import Callable, Collection, Iterable, Mapping
from time import monotonic
from typing import Final

from buildassets.compiler.watch.events.protocol import Events, FileChange, Phase
from buildassets.compiler.watch.relevance import WatchedPaths
from buildassets.foundation.frozen import frozen

_REST_SECONDS: Final = 0.005
_REST_OF_MANY_SECONDS: Final = 0.05  # a checkout or an install pauses between its files
MANY: Final = 10
_REST_WHILE_WRITTEN_SECONDS: Final = 0.25  # a file is still open: an event follows when its writer closes it
_REST_WHILE_GONE_SECONDS: Final = 0.03  # many editors save by removing the file and putting another there
_LONGEST_SECONDS: Final = 2.0


@frozen
class Wake:
    """The changes that woke the watch: the paths `changed`, which may need a build, or some `of_templates`.

    The first happened `at` that time of `monotonic`; `of_names` is true if names appeared or went.
    """

    changed: frozenset[str]
    at: float
    of_names: bool
    of_templates: bool = False


def first_wake() -> Wake:
    """The wake of a first build."""
    return Wake(frozenset(), monotonic(), of_names=True)


def next_wakes(
    events: Events,
    looks: Mapping[str | None, WatchedPaths],
    is_held: Callable[[], bool],
    known: Mapping[str | None, frozenset[str]],
) -> dict[str | None, Wake]:
    """Wait for the next changes that matter to any of the `looks`, and until they are at rest.

    Returns the wake of each that is concerned, by its name. `known` are paths that may have changed without an event.
    As long as `is_held` is true, a program has more to change.
    """
    phases = {path: Phase.UNDER_WAY for paths in known.values() for path in paths}
    changes: dict[FileChange, None] = {}

    def take(seconds: float | None) -> bool:
        """Collect the changes of the next `seconds`. Returns whether any of them matters."""
        concerning = [change for change in events.wait(seconds) if _concerns_any(looks.values(), change)]
        changes.update(dict.fromkeys(concerning))
        phases.update((change.path, change.phase) for change in concerning)
        return bool(concerning)

    while not phases:
        take(None)
    woken_at = now = monotonic()
    rest_at = now + _rest_seconds(phases, looks.values())
    while now < rest_at and (now < woken_at + _LONGEST_SECONDS or is_held()):
        if take(rest_at - now) or is_held():
            rest_at = monotonic() + _rest_seconds(phases, looks.values())
        now = monotonic()
    wakes = ((name, _wake(look, changes, known.get(name, frozenset()), woken_at)) for name, look in looks.items())
    return {name: wake for name, wake in wakes if wake is not None}


def _concerns_any(looks: Iterable[WatchedPaths], change: FileChange) -> bool:
    return any(look.matters(change) or look.changes_pages(change) for look in looks)


def _wake(look: WatchedPaths, changes: Iterable[FileChange], known: frozenset[str], at: float) -> Wake | None:
    """The part of the `changes` that concerns a watch; None if nothing does."""
    builds = list(filter(look.matters, changes))
    pages = list(filter(look.changes_pages, changes))
    if not (known or builds or pages):
        return None
    of_names = bool(known) or any(change.of_names or not change.path for change in (*builds, *pages))
    return Wake(look.places(builds) | known, at, of_names=of_names, of_templates=bool(pages))


def _rest_seconds(phases: Mapping[str, Phase], looks: Collection[WatchedPaths]) -> float:
    """How long nothing more may happen until these changes count as done."""
    if Phase.UNDER_WAY in phases.values():
        return _REST_WHILE_WRITTEN_SECONDS
    if len(phases) > MANY:
        return _REST_OF_MANY_SECONDS
    gone = [path for path, phase in phases.items() if phase is Phase.GONE]
    is_gone = any(path in look.paths for path in gone for look in looks)
    return _REST_WHILE_GONE_SECONDS if is_gone else _REST_SECONDS

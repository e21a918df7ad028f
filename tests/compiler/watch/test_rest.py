"""Which watches the changes of several projects wake, and with what."""

from collections.abc import Iterable

from buildassets.compiler.watch.events.protocol import FileChange
from buildassets.compiler.watch.relevance import WatchedPaths
from buildassets.compiler.watch.rest import Wake, next_wakes
from buildassets.foundation.frozen import frozen

LOOKS: dict[str | None, WatchedPaths] = {
    "a": WatchedPaths(frozenset(["/a/assets/a.css"]), roots=("/a/assets",), homes=("/a",)),
    "b": WatchedPaths(frozenset(["/b/assets/b.css"]), templates=frozenset(["/b/templates"]), roots=("/b/assets",)),
}


@frozen
class Reported:
    """Events that report `changes`, and nothing after these."""

    changes: list[FileChange]

    def cover(self, folders: frozenset[str]) -> frozenset[str]:
        """See Events."""
        return folders

    def wait(self, seconds: float | None) -> Iterable[FileChange]:
        """See Events."""
        reported, self.changes[:] = list(self.changes), []
        return reported

    def close(self) -> None:
        """See Events."""


def woken(*changes: FileChange, known: dict[str | None, frozenset[str]] | None = None) -> dict[str | None, Wake]:
    """The wakes by these `changes`."""
    return next_wakes(Reported(list(changes)), LOOKS, lambda: False, known or {})


def test_change_wakes_only_the_watch_that_it_concerns() -> None:
    wakes = woken(FileChange("/a/assets/a.css"), FileChange("/b/assets/unused.css"))
    assert list(wakes) == ["a"]
    assert (set(wakes["a"].changed), wakes["a"].of_names) == ({"/a/assets/a.css"}, False)


def test_changed_template_wakes_its_watch_without_a_build() -> None:
    wakes = woken(FileChange("/b/templates/page.html"))
    assert list(wakes) == ["b"]
    assert (set(wakes["b"].changed), wakes["b"].of_templates) == (set(), True)


def test_path_that_may_have_changed_unseen_wakes_the_watch_that_missed_it() -> None:
    wakes = woken(known={"b": frozenset(["/b/templates/new.html"])})
    assert list(wakes) == ["b"]
    assert (set(wakes["b"].changed), wakes["b"].of_names) == ({"/b/templates/new.html"}, True)


def test_lost_events_wake_all_watches_with_all_that_may_have_changed() -> None:
    changed = {name: set(wake.changed) for name, wake in woken(FileChange("")).items()}
    assert changed == {"a": {"/a/assets", "/a"}, "b": {"/b/assets"}}

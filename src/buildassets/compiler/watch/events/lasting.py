"""Change events that go on where the system reports no more of them: by polling, with a warning of the reason."""

from collections.abc import Callable, Iterable

from buildassets.compiler.watch.events.best import DEFAULT_POLL_SECONDS, limit_warning, mount_warning, started_events
from buildassets.compiler.watch.events.mounts import silent_mount
from buildassets.compiler.watch.events.polling import Polling
from buildassets.compiler.watch.events.protocol import Change, LimitError
from buildassets.diagnostics import Diagnostic


class LastingEvents:
    """The best events that this system has, or polling every `poll_seconds`, behind the protocol Events.

    `cover` never raises LimitError: it polls from then on.
    """

    def __init__(self, poll_seconds: float | None, warn: Callable[[Diagnostic], None]) -> None:
        self._warn = warn
        self._events = started_events(poll_seconds, warn)

    def cover(self, folders: frozenset[str]) -> frozenset[str]:
        """See Events."""
        if not isinstance(self._events, Polling) and (mount := silent_mount(folders)):
            self._poll_instead(mount_warning(mount))
        try:
            return self._events.cover(folders)
        except LimitError as limit:
            self._poll_instead(limit_warning(limit))
            return self._events.cover(folders)

    def wait(self, seconds: float | None) -> Iterable[Change]:
        """See Events."""
        return self._events.wait(seconds)

    def close(self) -> None:
        """See Events."""
        self._events.close()

    def _poll_instead(self, why: Diagnostic) -> None:
        """Replace the system's events by polling, and warn of the reason."""
        self._events.close()
        self._events = Polling(DEFAULT_POLL_SECONDS)
        self._warn(why)

"""Change events by the best source on this system; where it reports no more of them, by polling, with a warning."""

import os
from collections.abc import Callable, Iterable
from typing import Final

from buildassets.compiler.watch.events.mounts import SilentMount, silent_mount
from buildassets.compiler.watch.events.polling import Polling
from buildassets.compiler.watch.events.protocol import Events, FileChange, LimitError
from buildassets.foundation.diagnostics import Diagnostic, warning

DEFAULT_POLL_SECONDS: Final = 0.5
_POLLS_NOTE: Final = f"the watch checks all files every {DEFAULT_POLL_SECONDS:g} seconds instead"


class LastingEvents:
    """The best events that this system has, or polling every `poll_seconds`, behind the protocol Events.

    `cover` never raises LimitError: it polls from then on.
    """

    def __init__(self, poll_seconds: float | None, warn: Callable[[Diagnostic], None]) -> None:
        self._warn = warn
        self._events: Events = started_events(poll_seconds, warn)

    def cover(self, folders: frozenset[str]) -> frozenset[str]:
        """See Events."""
        if not isinstance(self._events, Polling) and (mount := silent_mount(folders)):
            self._poll_instead(mount_warning(mount))
        try:
            return self._events.cover(folders)
        except LimitError as limit:
            self._poll_instead(limit_warning(limit))
            return self._events.cover(folders)

    def wait(self, seconds: float | None) -> Iterable[FileChange]:
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


def started_events(poll_seconds: float | None, warn: Callable[[Diagnostic], None]) -> Events:
    """The best events that this system has, or polling every `poll_seconds` if that is given."""
    if poll_seconds is not None:
        return Polling(poll_seconds)
    try:
        if hasattr(os, "uname") and os.uname().sysname == "Linux":
            from buildassets.compiler.watch.events.inotify import Inotify

            return Inotify()
        from buildassets.compiler.watch.events.observer import Observed

        return Observed()
    except ImportError:
        warn(_too_old())
    except LimitError as limit:
        warn(limit_warning(limit))
    return Polling(DEFAULT_POLL_SECONDS)


def limit_warning(limit: LimitError) -> Diagnostic:
    """The warning that the system's limit on watched folders is reached."""
    number = "" if limit.limit is None else f" of {limit.limit}"
    message = f"the system reports no more changes: the limit{number} that `{limit.setting}` sets is reached"
    raised = max(524_288 if "watches" in limit.setting else 512, 2 * (limit.limit or 0))
    hint = f"run `sudo sysctl {limit.setting}={raised}` and start again, or watch with `--poll`"
    return warning("watch/limit", message, notes=[_POLLS_NOTE], hint=hint)


def mount_warning(mount: SilentMount) -> Diagnostic:
    """The warning that other machines may change files on `mount` without an event on this one."""
    message = f"the system does not report all changes on `{mount.path}`, which is mounted as `{mount.type}`"
    hint = "keep the project on a disk of this system, or set the interval by `--poll=SECONDS`"
    return warning("watch/mount", message, notes=[_POLLS_NOTE], hint=hint)


def _too_old() -> Diagnostic:
    message = "this version of watchdog does not report changes in the way that `watch` needs"
    return warning("watch/watchdog", message, notes=[_POLLS_NOTE], hint='run `pip install "watchdog>=7.1,<8"`')

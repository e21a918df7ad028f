"""Chooses the best source of change events on this system, and makes the warnings where it has to poll."""

import os
from collections.abc import Callable
from typing import Final

from buildassets.compiler.watch.events.mounts import SilentMount
from buildassets.compiler.watch.events.polling import Polling
from buildassets.compiler.watch.events.protocol import Events, LimitError
from buildassets.diagnostics import Diagnostic, warning

DEFAULT_POLL_SECONDS: Final = 0.5
_POLLS_NOTE: Final = f"the watch checks all files every {DEFAULT_POLL_SECONDS:g} seconds instead"


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
    hint = f"run `sudo sysctl {limit.setting}={raised}` and start anew, or watch with `--poll`"
    return warning("watch/limit", message, notes=[_POLLS_NOTE], hint=hint)


def mount_warning(mount: SilentMount) -> Diagnostic:
    """The warning that other machines may change files on `mount` without an event on this one."""
    message = f"the system does not report all changes on `{mount.path}`, which is mounted as `{mount.type}`"
    hint = "keep the project on a disk of this system, or set the interval by `--poll=SECONDS`"
    return warning("watch/mount", message, notes=[_POLLS_NOTE], hint=hint)


def _too_old() -> Diagnostic:
    message = "this version of watchdog does not report changes in the way that `watch` needs"
    return warning("watch/watchdog", message, notes=[_POLLS_NOTE], hint='run `pip install "watchdog>=7.1,<8"`')

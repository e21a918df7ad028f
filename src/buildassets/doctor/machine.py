"""Findings about this machine: limits, mounts, clocks, names, caches, watchers, installations, variables."""

import os
import re
import shutil
import stat
import sys
from collections import defaultdict
from collections.abc import Iterator
from glob import escape, glob
from typing import Final

from buildassets._version import __version__
from buildassets.compiler.languages.native.library import unmet_demand
from buildassets.compiler.watch.events.lasting import limit_warning
from buildassets.compiler.watch.events.mounts import silent_mount
from buildassets.compiler.watch.events.protocol import LimitError
from buildassets.compiler.write.clock import given_time
from buildassets.doctor.subject import Subject
from buildassets.errors import BuildError
from buildassets.foundation.diagnostics import Diagnostic, Location, error, warning
from buildassets.project.environments import environments, package_folders

_SKEW_SECONDS: Final = 60.0
_DISTRIBUTION: Final = re.compile(r"buildassets-(\d[^-]*)\.(?:dist|egg)-info$")
_IN_TOML: Final = re.compile(r"^name = \"buildassets\"\nversion = \"([^\"]+)\"", re.MULTILINE)
_IN_LIST: Final = re.compile(r"^buildassets(?:\[[^]\n]*\])?==([^\s;\\\\]+)", re.MULTILINE)
_LOCKS: Final = {"uv.lock": _IN_TOML, "poetry.lock": _IN_TOML, "requirements.txt": _IN_LIST}
_SYNC: Final = {
    "uv.lock": "uv sync",
    "poetry.lock": "poetry install",
    "requirements.txt": "pip install -r requirements.txt",
}
_PROC: Final = "/proc"
_OPTION: Final = b"--with-assets"


def machine_findings(subject: Subject) -> Iterator[Diagnostic]:
    """What is wrong with the machine, as far as this project is concerned."""
    yield from _limit(subject)
    yield from _mount(subject)
    yield from _watchers(subject)
    yield from _cache(subject)
    yield from _clock(subject)
    yield from _cases(subject)
    yield from _installations(subject)
    yield from _other_version(subject)
    yield from _variables()


def _folders(subject: Subject) -> list[str]:
    return sorted({os.path.dirname(path) for path in subject.sources})


def _limit(subject: Subject) -> Iterator[Diagnostic]:
    """Try to watch all folders of sources, as a watch does."""
    if not sys.platform.startswith("linux"):
        return
    from buildassets.compiler.watch.events.inotify import Inotify

    try:
        events = Inotify()
    except LimitError as limit:
        yield _too_few(limit)
        return
    try:
        events.cover(frozenset(_folders(subject)))
    except LimitError as limit:
        yield _too_few(limit)
    finally:
        events.close()


def _too_few(limit: LimitError) -> Diagnostic:
    seen = limit_warning(limit)
    hint = (seen.hint or "").replace(" and start again", "")
    return warning("doctor/inotify", seen.message, notes=["a watch checks all files twice a second instead"], hint=hint)


def _mount(subject: Subject) -> Iterator[Diagnostic]:
    mount = silent_mount([subject.folder, *(root.path for root in subject.config.sources)])
    if mount is not None:
        message = f"`{mount.path}` is mounted as `{mount.type}`: the system does not report all changes on it"
        hint = (
            "keep the project on a disk of this system; a watch polls it otherwise, as often as `--poll=SECONDS` sets"
        )
        yield warning("doctor/polling", message, hint=hint)


def _watchers(subject: Subject) -> Iterator[Diagnostic]:
    found = _watches_of(subject.folder)
    if len(found) > 1:
        listed = " and ".join(str(one) for one in found)
        message = f"{len(found)} watches run for this project: the processes {listed}"
        yield warning("doctor/watchers", message, hint=f"end all but one, as with `kill {found[-1]}`")


def _cache(subject: Subject) -> Iterator[Diagnostic]:
    path, shown = subject.cache, subject.shown(subject.cache)
    try:
        status = os.stat(path)
    except FileNotFoundError:
        return
    except OSError:
        status = None
    if status is None or not stat.S_ISDIR(status.st_mode) or not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        hint = "let the user that builds own it, remove it, or name another folder with `--cache-dir`"
        yield error("doctor/cache", f"the cache `{shown}` cannot be read and written", hint=hint)
        return
    if linked := _entry_unreadable(path):
        hint = "let the user that builds own it, or remove it: a build makes it again"
        yield error("doctor/cache", f"`{subject.shown(linked)}` in the cache cannot be read and written", hint=hint)
    owner = status.st_uid if hasattr(os, "geteuid") else None
    if owner is not None and (owner not in (os.geteuid(), 0) or status.st_mode & stat.S_IWOTH):
        message = f"other users may write the cache `{shown}`, and so decide what a release holds"
        hint = "give it to those alone who may deploy: `chmod o-w`, or a folder of your own with `--cache-dir`"
        yield warning("doctor/cache-shared", message, hint=hint)


def _entry_unreadable(path: str) -> str | None:
    """A folder of the cache that this user may not read and write."""
    try:
        entries = sorted(entry.path for entry in os.scandir(path) if entry.is_dir())
    except OSError:
        return path
    return next((one for one in entries if not os.access(one, os.R_OK | os.W_OK | os.X_OK)), None)


def _clock(subject: Subject) -> Iterator[Diagnostic]:
    """Files from the future: a clock is wrong, here or where they were written."""
    limit = subject.now_seconds + _SKEW_SECONDS
    ahead = [path for path in (*subject.sources, subject.manifest_path) if _modified(path) > limit]
    if ahead:
        hours = (_modified(ahead[0]) - subject.now_seconds) / 3600
        message = f"`{subject.shown(ahead[0])}` was modified {hours:.1f} hours from now: a clock is wrong"
        hint = f"set the clock, and then `touch {subject.shown(ahead[0])}`"
        yield warning("doctor/clock", message, Location(subject.shown(ahead[0])), hint=hint)


def _modified(path: str) -> float:
    try:
        return os.stat(path).st_mtime
    except OSError:
        return 0.0


def _cases(subject: Subject) -> Iterator[Diagnostic]:
    """Names that differ in case only, and folders that take them for one."""
    alike: dict[str, set[str]] = defaultdict(set)
    for path in subject.sources:
        alike[path.casefold()].add(path)
    for paths in (sorted(one) for one in alike.values() if len(one) > 1):
        first, second = (subject.shown(path) for path in paths[:2])
        message = f"`{first}` and `{second}` differ in case only: on macOS and Windows they are one file"
        yield warning("doctor/case", message, Location(second), hint="rename one of them")
    for root in subject.config.sources:
        if _ignores_case(root.path):
            message = (
                f"the folder of `{root.shown}` ignores the case of names: a wrong one works here and not elsewhere"
            )
            hint = "run `buildassets check` on a system that heeds it, as CI does"
            yield warning("doctor/case-folder", message, hint=hint)
            return


def _ignores_case(folder: str) -> bool:
    """Whether a file of the folder is found by its name in the other case."""
    try:
        names = set(os.listdir(folder))
        for name in names:
            other = name.swapcase()
            if other != name:
                path = os.path.join(folder, other)
                return other not in names and os.path.samefile(path, os.path.join(folder, name))
    except OSError:
        return False
    return False


def _installations(subject: Subject) -> Iterator[Diagnostic]:
    """More than one buildassets, of which now the one and now the other runs."""
    own = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
    packages = {os.path.realpath(path) for path in sys.path if os.path.isfile(_package(path))} - {own}
    others = [*sorted(packages), *_in_environments(subject), *_on_path()]
    if others:
        message = f"there is another buildassets in `{subject.shown(others[0])}`, and {__version__} in `{own}`"
        hint = "remove one of them, or start it by its path; `buildassets --version` shows which one runs"
        yield warning("doctor/installations", message, hint=hint)


def _other_version(subject: Subject) -> Iterator[Diagnostic]:
    """A lock of Python packages that has another version than the one that runs."""
    for name, pattern in _LOCKS.items():
        match = pattern.search(subject.files.text(name))
        if match and match[1] != __version__:
            message = f"`{name}` has buildassets {match[1]}, and {__version__} runs"
            hint = f"run `{_SYNC[name]}`, and start it from that environment"
            place = subject.place(name, match.start(1), match.end(1))
            yield warning("doctor/installations", message, place, hint=hint)
            return


def _package(folder: str) -> str:
    return os.path.join(folder or os.curdir, "buildassets", "__init__.py")


def _in_environments(subject: Subject) -> Iterator[str]:
    """Virtual environments in the project that have another version than the one that runs."""
    for prefix in environments(subject.folder):
        if os.path.realpath(prefix) != os.path.realpath(sys.prefix):
            yield from (prefix for version in _versions(prefix) if version != __version__)


def _on_path() -> Iterator[str]:
    """The command that a shell finds, if it is of another environment with another version."""
    command = shutil.which("buildassets")
    if command is None:
        return
    prefix = os.path.dirname(os.path.dirname(os.path.realpath(command)))
    if prefix != os.path.realpath(sys.prefix):
        yield from (command for version in _versions(prefix) if version != __version__)


def _versions(prefix: str) -> list[str]:
    """The versions of buildassets that are installed in the environment at `prefix`."""
    paths = (
        path for folder in package_folders(prefix) for path in sorted(glob(os.path.join(escape(folder), "*-info")))
    )
    return [match[1] for path in paths if (match := _DISTRIBUTION.search(path))]


def _variables() -> Iterator[Diagnostic]:
    """Variables of the environment that cannot be what they are."""
    faults = [*filter(None, [unmet_demand()])]
    try:
        given_time()
    except BuildError as failure:
        faults += failure.diagnostics
    for fault in faults:
        yield error("doctor/environment", fault.message, notes=fault.notes, hint=fault.hint)


def _watches_of(folder: str) -> list[int]:
    """The processes of this user that watch the project in `folder`, without those that they started themselves.

    They are known by their command lines (proc_pid_cmdline(5)); there are none without /proc.
    """
    found = {process: parent for process, parent in _parents().items() if _watches(process, folder)}
    return sorted(process for process, parent in found.items() if parent not in found)


def _parents() -> dict[int, int]:
    """All processes, with their parents."""
    found: dict[int, int] = {}
    try:
        names = [name for name in os.listdir(_PROC) if name.isdigit()]
    except OSError:
        return {}
    for name in names:
        status = _read(name, "stat")
        fields = status[status.rfind(b")") + 1 :].split()  # the name before may have blanks
        if len(fields) > 1:
            found[int(name)] = int(fields[1])
    return found


def _watches(process: int, folder: str) -> bool:
    """Whether its command is a watch, and its working directory the project or a folder in it."""
    words = _read(str(process), "cmdline").split(b"\0")
    if not (_is_watch(words) or (b"runserver" in words and _OPTION in words)):
        return False
    try:
        where = os.readlink(f"{_PROC}/{process}/cwd")
    except OSError:
        return False
    return where == os.path.realpath(folder)


def _is_watch(words: list[bytes]) -> bool:
    """Whether the words are `… buildassets [OPTION] watch …`, before a `--`."""
    own = words[: words.index(b"--")] if b"--" in words else words
    at = next((number for number, word in enumerate(own) if os.path.basename(word) == b"buildassets"), None)
    return at is not None and b"watch" in own[at + 1 :][:1]


def _read(process: str, name: str) -> bytes:
    try:
        with open(f"{_PROC}/{process}/{name}", "rb") as file:
            return file.read()
    except OSError:
        return b""

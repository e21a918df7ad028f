"""Judges, by its owner, whether a file that was found may decide what this user runs.

Who may write a folder above a project could else have anyone who works below it run programs, as in `/tmp`. Standard
library only: web processes, and builds with nothing to do, import this module.
"""

import os
import stat

TYPE_CHECKING = False  # as in `typing`, whose import would take a fifth of the time
if TYPE_CHECKING:
    from collections.abc import Iterator

TRUST_VARIABLE = "BUILDASSETS_TRUST"
REPOSITORY_MARKS = (".git", ".hg", ".jj", ".svn")
SHOWS_OWNERS = hasattr(os, "getuid")  # not on Windows
_ROOT = 0
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def repository_root(start: str) -> str:
    """Return the nearest repository from the absolute folder `start` upward; `start` itself if there is none."""
    folder = start
    while not any(os.path.lexists(os.path.join(folder, mark)) for mark in REPOSITORY_MARKS):
        if folder == (folder := os.path.dirname(folder)):
            return start
    return folder


def is_above_repository(path: str, start: str) -> bool:
    """Whether the file or folder `path`, found from `start` upward, lies above the repository around `start`."""
    return not os.path.join(path, "").startswith(os.path.join(repository_root(start), ""))


def distrust(path: str, start: str) -> str | None:
    """Return the reason why `path`, found from the absolute folder `start` upward, may not decide what runs; or None.

    In the repository around `start`, or else in `start` itself, the owner may be the one of that repository and of
    `start`, as where a container mounts a checkout; everywhere it may be this user or root. Above the repository it
    may not be a link, nor lie in a folder that other users may write. `$BUILDASSETS_TRUST` lists exceptions. Windows
    shows no owner.
    """
    if not SHOWS_OWNERS or _is_listed(path):
        return None
    top = repository_root(start)
    is_above = is_above_repository(path, start)
    owners = {os.getuid(), _ROOT} | (set() if is_above else _owners(top) & _owners(start))
    if foreign := sorted(_owners(path) - owners):
        return f"it belongs to {_user(foreign[0])}"
    if not is_above:
        return None
    if os.path.islink(path):
        return "it is a symbolic link"
    written = written_by_others(path)
    return f"other users may write `{written}`" if written else None


def written_by_others(path: str) -> str | None:
    """Return which other users may write: the file `path`, or the folder in which it lies; None if neither."""
    return next((one for one in (path, os.path.dirname(path)) if _is_written_by_others(one)), None)


def advice(path: str, start: str) -> tuple[str, list[str]]:
    """Return the hint on `path`, found from `start` upward and not trusted, and notes on what does not count."""
    trusting = f"read it; if you trust it, set `{TRUST_VARIABLE}={path}`"
    listed = os.environ.get(TRUST_VARIABLE, "").split(os.pathsep)
    relative = [one for one in listed if one and not os.path.isabs(one)]
    notes = [f"`{TRUST_VARIABLE}` lists `{one}`, which is not absolute, and does not count" for one in relative]
    written = written_by_others(path) if is_above_repository(path, start) else None
    if written is None or os.path.islink(path):
        return trusting, notes
    status = os.stat(written)
    if status.st_uid != os.getuid() or status.st_mode & stat.S_ISVTX:  # as `/tmp`, which all may write
        return trusting, notes
    who = "".join(name for name, bit in (("g", stat.S_IWGRP), ("o", stat.S_IWOTH)) if status.st_mode & bit)
    return f"run `chmod {who}-w {written}`, or {trusting}", notes


def distrust_of_manifest(path: str, application: str) -> str | None:
    """Return the reason why pages do not use the manifest `path`, found from the folder `application` upward; or None.

    Its owner may be the one of that folder, whose code runs already.
    """
    if not SHOWS_OWNERS or _is_listed(path):
        return None
    foreign = sorted(_owners(path) - {os.getuid(), _ROOT} - _owners(application))
    return f"it belongs to {_user(foreign[0])}" if foreign else None


def origin(path: str, start: str) -> str | None:
    """Return where `path` comes from, for people, unless it is this user's in the repository around `start`."""
    if is_above_repository(path, start):
        return "lies outside of the repository" + ("" if SHOWS_OWNERS else ": check who may write it")
    foreign = [] if not SHOWS_OWNERS else sorted(_owners(path) - {os.getuid(), _ROOT})
    return f"belongs to {_user(foreign[0])}, who owns the repository" if foreign else None


def modules_folders(folder: str) -> "Iterator[str]":
    """Yield the `node_modules` in which node searches from the absolute `folder`, the nearest first."""
    while True:
        yield os.path.join(folder, "node_modules")
        if folder == (folder := os.path.dirname(folder)):
            return


def _is_listed(path: str) -> bool:
    """Whether `$BUILDASSETS_TRUST` lists `path` or the folder in which it lies."""
    listed = filter(os.path.isabs, os.environ.get(TRUST_VARIABLE, "").split(os.pathsep))
    return bool({os.path.normpath(one) for one in listed} & {path, os.path.dirname(path)})


def _owners(path: str) -> set[int]:
    """The users who own `path`, and what it leads to where it is a link; none if it is not there."""
    try:
        return {os.lstat(path).st_uid, os.stat(path).st_uid}
    except OSError:
        return set()


def _is_written_by_others(path: str) -> bool:
    try:
        status = os.stat(path)
    except OSError:
        return False
    others = status.st_mode & _OTHERS_WRITE
    return bool(others) and not (others == stat.S_IWGRP and _is_private_group(status.st_gid))


def _is_private_group(group: int) -> bool:
    """Whether `group` is the one that many systems make for this user alone, and give a umask of 002."""
    import grp  # not on Windows
    import pwd

    try:
        members, name = grp.getgrgid(group), pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return False
    return members.gr_name == name and {*members.gr_mem} <= {name}


def _user(number: int) -> str:
    import pwd  # not on Windows

    try:
        return f"`{pwd.getpwuid(number).pw_name}` (user {number})"
    except KeyError:
        return f"user {number}"

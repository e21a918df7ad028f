"""Writes files to the target of a publication: a folder, or any storage that fsspec can write to.

Takes a URL or a folder, gives a destination, which can list what it holds already. Storage fails now and then, so each
call is repeated before it counts as failed. Imports fsspec, and through it the library of the storage, unless the
target is a folder of this machine.
"""

import base64
import hashlib
import os
import posixpath
import re
import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from threading import Lock
from typing import Any, Final, Protocol, TypeVar
from urllib.parse import urlsplit
from urllib.request import url2pathname

from buildassets.disk.files import MOST_BYTES, STAGING_PREFIX, content_of
from buildassets.disk.folders import is_within, make_folders_below, opened_below, path_below
from buildassets.disk.removal import move, remove_path
from buildassets.errors import ConfigError
from buildassets.foundation.credentials import has_credentials, masked_in, masked_url
from buildassets.foundation.diagnostics import Diagnostic, error
from buildassets.foundation.frozen import frozen
from buildassets.foundation.permission import Permission, require
from buildassets.release.inventory.members import members_of_folder
from buildassets.work.threads import within

_T = TypeVar("_T")

_OF_SCP: Final = re.compile(r"([\w.-]+@[\w.-]+):(?!//)(.*)")
_TARGETS: Final = "name a folder, or a URL such as `s3://bucket/path`, `gs://bucket/path` or `az://container/path`"
_VARIABLES: Final = "set the storage's credentials, in the environment variables that its library reads"
_LIMIT_S: Final = 1800.0  # for all tries of a call, plus the time that the bytes take: a listing can be long
_SLOWEST_BYTES: Final = 50_000  # a second
_PAUSES_S: Final = (1.0, 3.0)  # before the second and third try; libraries of object stores repeat requests in each
# Faults that another try does not change: no permission, no bucket, a read-only storage, a file in place of a folder.
_LASTING: Final = (
    *(PermissionError, FileNotFoundError, FileExistsError, NotADirectoryError, IsADirectoryError),
    *(NotImplementedError, TypeError, ValueError),
)


@frozen
class FileHeaders:
    """The headers to serve a file with: `Content-Type`, `Cache-Control` and `Content-Encoding`."""

    type: str
    cache_control: str
    coding: str | None = None


def _s3(headers: FileHeaders) -> dict[str, Any]:
    given = {"ContentType": headers.type, "CacheControl": headers.cache_control}
    return given | ({"ContentEncoding": headers.coding} if headers.coding else {})


def _gcs(headers: FileHeaders) -> dict[str, Any]:
    coding = {"content_encoding": headers.coding} if headers.coding else {}
    return {"content_type": headers.type, "fixed_key_metadata": {"cache_control": headers.cache_control, **coding}}


def _azure(headers: FileHeaders) -> dict[str, Any]:
    coding = {"content_encoding": headers.coding} if headers.coding else {}
    return {"content_settings": {"content_type": headers.type, "cache_control": headers.cache_control, **coding}}


# The settings by which storages that serve files themselves take headers. These show a file only once it is whole.
_STORES: Final[Mapping[str, Callable[[FileHeaders], dict[str, Any]]]] = {
    **dict.fromkeys(("s3", "s3a"), _s3),
    **dict.fromkeys(("gs", "gcs"), _gcs),
    **dict.fromkeys(("az", "abfs", "abfss"), _azure),
    "memory": lambda _: {},
}


Content = Callable[[], Iterable[bytes]]  # gives the chunks of a file from its start, each time
_PART_BYTES: Final = 1 << 23  # of a large file, of which S3 takes 10,000
_LOCAL: Final = ("file", "local")


class Storage(Protocol):
    """The part of fsspec's file systems that is used here."""

    def find(self, path: str, *, detail: bool) -> Mapping[str, Mapping[str, Any]]:
        """The storage's record of each file below a folder, by path. Raises FileNotFoundError without such a folder."""

    def cat_file(self, path: str) -> bytes:
        """The content of a file."""

    def pipe_file(self, path: str, value: bytes, **settings: Any) -> None:
        """Write a file."""

    def open(self, path: str, mode: str, *, block_size: int, **settings: Any) -> Any:
        """Open a file that is read or written in parts of `block_size` bytes."""

    def makedirs(self, path: str, *, exist_ok: bool) -> None:
        """Make a folder and its parents."""

    def mv(self, path1: str, path2: str) -> None:
        """Rename a file, over another one if there is one."""

    def rm_file(self, path: str) -> None:
        """Remove a file."""


class LocalStorage:
    """A folder of this machine, which needs no fsspec. Files of it are removed by `permission`."""

    def __init__(self, folder: str, permission: Permission) -> None:
        self._folder = folder
        self._permission = permission

    def find(self, path: str, *, detail: bool) -> Mapping[str, Mapping[str, Any]]:
        """See Storage."""
        members = (member for member in members_of_folder(path) if detail and not member.oddity)
        return {f"{path}/{member.name}": {"size": member.size_bytes} for member in members}

    def cat_file(self, path: str) -> bytes:
        """See Storage."""
        return content_of(path, MOST_BYTES)

    def pipe_file(self, path: str, value: bytes, **settings: Any) -> None:
        """See Storage."""
        with self.open(path, "wb", block_size=-1) as file:
            file.write(value)

    def open(self, path: str, mode: str, *, block_size: int, **settings: Any) -> Any:
        """See Storage."""
        with opened_below(self._folder, self._name(path)) as (folder, name):
            return open(name, mode, block_size, opener=partial(_without_link, folder))

    def makedirs(self, path: str, *, exist_ok: bool) -> None:
        """See Storage."""
        make_folders_below(self._folder, [posixpath.join(self._name(path), "file")])

    def mv(self, path1: str, path2: str) -> None:
        """See Storage."""
        move(self._folder, self._name(path1), self._name(path2), replaces=True, permission=self._permission)

    def rm_file(self, path: str) -> None:
        """See Storage."""
        remove_path(self._folder, path, permission=self._permission)

    def _name(self, path: str) -> str:
        return path_below(self._folder, path) or ""


def _without_link(folder: int | None, path: str, flags: int) -> int:
    """A descriptor of the file at `path`, which is not a link: one could leave the target. Raises OSError."""
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0), 0o666, dir_fd=folder)


class Destination:
    """The folder that a release is published to: `path` in the `storage`, whose `protocol` is a name such as `s3`."""

    def __init__(
        self,
        storage: Storage,
        path: str,
        protocol: str,
        sleep: Callable[[float], None] = time.sleep,
        *,
        target: str = "",
    ) -> None:
        self._storage = storage
        self._path = path
        self._settings = _STORES.get(protocol)
        self._sleep = sleep
        self._one_at_a_time = Lock()
        self._target = target
        self.folder = path if protocol in _LOCAL else None  # None unless it is on this machine

    def is_within(self, other: "Destination") -> bool:
        """Whether the folder is that of `other`, or lies in it."""
        if self.folder is not None and other.folder is not None:
            return is_within(os.path.realpath(other.folder), os.path.realpath(self.folder))
        return self._storage == other._storage and f"{self._path}/".startswith(f"{other._path}/")

    def masked(self, text: str) -> str:
        """`text`, such as a library's message, with the credentials of the target masked."""
        return masked_in(text, self._target)

    def held(self) -> dict[str, Mapping[str, Any]]:
        """The storage's record of each file in the folder, by name."""
        try:
            listing = self._tried(lambda: self._storage.find(self._path, detail=True))
        except (FileNotFoundError, NotADirectoryError):
            return {}
        start = len(self._path) + 1
        return {path[start:]: record for path, record in listing.items()}

    def holds(self, name: str, record: Mapping[str, Any] | None, content: bytes) -> bool:
        """Whether the file `name` has that `content`, by the digest in the storage's `record` or else by reading it."""
        if record is None or record.get("size") != len(content):
            return False
        return _md5(record) == hashlib.md5(content, usedforsecurity=False).digest() or self.content(name) == content

    def holds_chunks(self, name: str, record: Mapping[str, Any] | None, size_bytes: int, content: Content) -> bool:
        """Like `holds`, for a file of `size_bytes` that is too large for memory."""
        if record is None or record.get("size") != size_bytes:
            return False
        if (known := _md5(record)) is not None:
            running = hashlib.md5(usedforsecurity=False)
            for chunk in content():
                running.update(chunk)
            if running.digest() == known:
                return True
        try:
            return self._tried(lambda: self._consists_of(f"{self._path}/{name}", content()), size_bytes)
        except FileNotFoundError:
            return False

    def _consists_of(self, path: str, chunks: Iterable[bytes]) -> bool:
        with self._storage.open(path, "rb", block_size=_PART_BYTES) as file:
            return all(file.read(len(chunk)) == chunk for chunk in chunks)

    def content(self, name: str) -> bytes | None:
        """The content of the file `name`; None where there is no such file."""
        try:
            content: bytes = self._tried(lambda: self._storage.cat_file(f"{self._path}/{name}"))
        except FileNotFoundError:
            return None
        return content

    def remove(self, name: str) -> None:
        """Remove the file `name`, which must be there."""
        self._tried(lambda: self._storage.rm_file(f"{self._path}/{name}"))

    def write(self, name: str, content: bytes, headers: FileHeaders) -> None:
        """Write the file `name`; no reader sees a part of it."""
        path = f"{self._path}/{name}"
        if self._settings is not None:
            settings = self._settings(headers)
            self._tried(lambda: self._storage.pipe_file(path, content, **settings), len(content))
        else:
            self._tried(lambda: self._renamed_into_place(path, content), len(content))

    def write_chunks(self, name: str, size_bytes: int, content: Content, headers: FileHeaders) -> None:
        """Like `write`, for a file of `size_bytes` that is too large for memory; one at a time, as each holds parts."""
        path = f"{self._path}/{name}"
        with self._one_at_a_time:
            if self._settings is None:
                self._tried(lambda: self._streamed_into_place(path, content()), size_bytes)
            elif self._settings is _azure:  # its open files take no headers
                self.write(name, b"".join(content()), headers)
            else:
                settings = self._settings(headers)
                self._tried(lambda: self._streamed(path, content(), settings), size_bytes)

    def _streamed_into_place(self, path: str, chunks: Iterable[bytes]) -> None:
        folder, _, name = path.rpartition("/")
        unfinished = f"{folder}/{STAGING_PREFIX}{name}"
        self._storage.makedirs(folder, exist_ok=True)
        with self._storage.open(unfinished, "wb", block_size=_PART_BYTES) as file:
            for chunk in chunks:
                file.write(chunk)
        self._storage.mv(unfinished, path)

    def _streamed(self, path: str, chunks: Iterable[bytes], settings: Mapping[str, Any]) -> None:
        """Upload a file in parts; the storage shows it once all parts are there, and drops them after a fault."""
        file = self._storage.open(path, "wb", block_size=_PART_BYTES, autocommit=False, **settings)
        try:
            for chunk in chunks:
                file.write(chunk)
            file.close()
        except BaseException:
            file.discard()
            file.closed = True  # else its finaliser would send it
            raise
        file.commit()

    def _renamed_into_place(self, path: str, content: bytes) -> None:
        folder, _, name = path.rpartition("/")
        unfinished = f"{folder}/{STAGING_PREFIX}{name}"
        self._storage.makedirs(folder, exist_ok=True)
        self._storage.pipe_file(unfinished, content)
        self._storage.mv(unfinished, path)

    def _tried(self, call: Callable[[], _T], size_bytes: int = 0) -> _T:
        """The result of `call`, which is tried up to three times. Raises what the last try raises.

        It has a time limit: not every library has one of its own, and none has one for a storage that sends a byte now
        and then.
        """
        return within(_LIMIT_S + size_bytes / _SLOWEST_BYTES, partial(self._in_three_tries, call))

    def _in_three_tries(self, call: Callable[[], _T]) -> _T:
        for pause_s in _PAUSES_S:
            try:
                return call()
            except _LASTING:
                raise
            except Exception:  # each library has its own classes for a lost connection and an answer of 503
                self._sleep(pause_s)
        return call()


def _md5(record: Mapping[str, Any]) -> bytes | None:
    """The MD5 in a storage's record of a file; None if it has none.

    The ETag of S3 is the MD5 in hex for files that were uploaded in one piece and are not encrypted with a key of the
    user's.
    """
    settings = record.get("content_settings") or {}
    if given := settings.get("content_md5"):
        return bytes(given)
    if "md5Hash" in record:
        return base64.b64decode(record["md5Hash"])
    try:
        return bytes.fromhex(str(record.get("ETag", "")).strip('"'))
    except ValueError:
        return None


def destination(target: str, *, permission: Permission) -> Destination:
    """The destination that `target` names: a folder, or a URL such as `s3://bucket/path`. Raises ConfigError."""
    protocol = target.partition("://")[0] if "://" in target else "file"
    if not target:
        raise ConfigError([error("publish/target", "the target has no name", hint=_TARGETS)])
    if remote := _OF_SCP.fullmatch(target):
        message = f"`{target}` is written as scp has it, and would be a folder of this machine"
        hint = f"write `sftp://{remote[1]}/{remote[2].lstrip('/')}`, or `./{target}` for a folder"
        raise ConfigError([error("publish/target", message, hint=hint)])
    if protocol in _LOCAL:
        folder = _folder(target)
        return Destination(LocalStorage(folder, permission), folder, protocol)
    require(permitted=permission.network, what=f"to ask `{masked_url(target)}`")
    return _remote(target, protocol)


def _folder(target: str) -> str:
    """The absolute path of the folder that `target` names, which may be a URL (RFC 8089). Raises ConfigError."""
    path = target
    if "://" in target:
        parts = urlsplit(target)
        if parts.netloc not in ("", "localhost"):
            message = f"`{masked_url(target)}` names a folder of `{parts.hostname}`, not of this machine"
            raise ConfigError([error("publish/target", message, hint="begin it with `file:///`")])
        path = url2pathname(parts.path)
    return os.path.abspath(os.path.expanduser(path))


def _remote(target: str, protocol: str) -> Destination:
    """A destination that fsspec writes to. Raises ConfigError."""
    try:
        from fsspec.core import url_to_fs
        from fsspec.registry import known_implementations
    except ImportError:
        hint = 'run `pip install "buildassets[publish]"`, and install the library of the storage'
        raise ConfigError([error("publish/unavailable", "fsspec is not installed", hint=hint)]) from None
    if protocol not in known_implementations:
        raise ConfigError([error("publish/target", f"`{protocol}:` is not a storage that fsspec knows", hint=_TARGETS)])
    if protocol in _STORES and has_credentials(target):
        message = f"`{masked_url(target)}` has user and password, and a {protocol} URL has no place for them"
        raise ConfigError([error("publish/target", message, hint=_VARIABLES)])
    try:
        storage, path = url_to_fs(target, skip_instance_cache=True, use_listings_cache=False)
    except ImportError as fault:
        advice = known_implementations[protocol].get("err")
        raise ConfigError([_not_installed(protocol, str(advice or fault))]) from None
    except Exception as fault:  # each library has its own classes for missing credentials
        raise ConfigError([_unusable(target, fault)]) from None
    return Destination(storage, path.rstrip("/"), protocol, target=target)


def _not_installed(protocol: str, advice: str) -> Diagnostic:
    hint = "install the library of the storage next to buildassets"
    return error("publish/unavailable", f"the library for `{protocol}:` is not installed", notes=[advice], hint=hint)


def _unusable(target: str, fault: Exception) -> Diagnostic:
    notes = [masked_in(str(fault), target)]
    return error("publish/target", f"cannot use `{masked_url(target)}`", notes=notes, hint=_VARIABLES)

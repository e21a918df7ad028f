"""`buildassets.lock`: the exact tools and packages of a project, each with its digests.

TOML in git, next to the configuration: sorted, one table for each tool, platform and package, without a digest over the
whole, URLs or times, so that git can merge the changes of two branches. Takes a file, gives frozen values, and checks
everything in it, since any pull request can change it. Raises ConfigError.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from buildassets.disk.files import rewrite, small_content_of
from buildassets.disk.plain_files import MOST_SETTINGS_BYTES
from buildassets.disk.removal import remove_file
from buildassets.errors import ConfigError
from buildassets.foundation.diagnostics import Diagnostic, Location, error, place, reason_text
from buildassets.foundation.frozen import field, frozen
from buildassets.foundation.lazy_pattern import lazy_pattern
from buildassets.foundation.measures import size_text
from buildassets.foundation.permission import Permission
from buildassets.foundation.toml_values import basic_string, toml_values
from buildassets.manifest.soundness import is_file
from buildassets.programs.places import foreign_file_fault

NAME: Final = "buildassets.lock"
_POSITION: Final = lazy_pattern(r" \(at line (\d+), column (\d+)\)$")
_BARE_KEY: Final = lazy_pattern(r"[A-Za-z0-9_-]+")
# Names and versions become parts of paths: none that match can lead outside.
_WORD: Final = lazy_pattern(r"[0-9A-Za-z][0-9A-Za-z.+_-]{0,127}")
_PACKAGE: Final = lazy_pattern(r"(?:@[A-Za-z0-9~-][\w.~-]*/)?[A-Za-z0-9~_-][\w.~-]{0,213}", re.ASCII)
_SHA256: Final = lazy_pattern(r"[0-9a-f]{64}")
_SHA512: Final = lazy_pattern(r"sha512-[A-Za-z0-9+/]{86}==")
_Value = str | bool | tuple[str, ...]
_CONFLICT: Final = lazy_pattern(r"^(?:<{7}|={7}|>{7})", re.MULTILINE)


@frozen
class LockedPlatform:
    """A tool on one platform: the registry's `package`, its archive's digest, and the SHA-256 of the files that run."""

    package: str
    sha512: str
    files: Mapping[str, str]


@frozen
class LockedTool:
    """A locked compiler.

    `range` is the requested range, empty for the newest; `complete` is the newest version that all platforms have, if
    that is another one.
    """

    version: str
    license: str
    platforms: Mapping[str, LockedPlatform]
    range: str = ""
    complete: str = ""


@frozen
class LockedPackage:
    """A package for browsers. `range` is the requested range if it is `direct`; else other packages require it.

    `files` are SHA-256 digests by the path below its folder; those in `plain` keep their names in a release. `requires`
    are the ranges of the packages that it imports. With `source`, the files include Sass sources.
    """

    version: str
    range: str
    direct: bool
    integrity: str
    license: str
    files: Mapping[str, str]
    requires: Mapping[str, str] = field(default_factory=dict)
    source: bool = False
    plain: tuple[str, ...] = ()

    @property
    def has_sources_only(self) -> bool:
        """Whether there are Sass sources, and neither scripts nor style sheets for browsers."""
        return self.source and not any(file.endswith((".css", ".js", ".mjs", ".cjs")) for file in self.files)


@frozen
class Lock:
    """The tools and packages of a lock, by name; a second version of a package has the key `NAME@VERSION`."""

    tools: Mapping[str, LockedTool] = field(default_factory=dict)
    vendor: Mapping[str, LockedPackage] = field(default_factory=dict)


@frozen
class Newer:
    """An outdated entry of the lock: its `version`, the newest one in its range, and the newest of all."""

    name: str
    version: str
    wanted: str
    newest: str


@frozen
class Outdated:
    """The outdated entries of a lock, and the warnings for newer releases that are too young."""

    found: tuple[Newer, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


def name_of(key: str) -> str:
    """Return the name of the package that has this key in a lock."""
    return key[:at] if (at := key.find("@", 1)) > 0 else key


def read_lock(folder: str) -> Lock:
    """The lock of the project in `folder`; an empty one if there is none. Raises ConfigError."""
    path = os.path.join(folder, NAME)
    if os.path.lexists(path) and (fault := foreign_file_fault(path, folder, NAME)):
        raise ConfigError([fault])
    try:
        content = small_content_of(path, MOST_SETTINGS_BYTES)
        if content is None:
            raise ConfigError([_fault(f"`{NAME}` has {size_text(MOST_SETTINGS_BYTES)} or more")])
        text = content.decode("utf-8").replace("\r\n", "\n")
    except FileNotFoundError:
        return Lock()
    except (OSError, UnicodeDecodeError) as fault:
        reason = reason_text(fault) if isinstance(fault, OSError) else "it is not UTF-8"
        raise ConfigError([_fault(f"cannot read `{NAME}`: {reason}")]) from None
    return _lock_in(text)


def _lock_in(text: str) -> Lock:
    try:
        values = toml_values(text)
    except ValueError as fault:
        raise ConfigError([_syntax_fault(str(fault), text)]) from None
    reader = _LockReader()
    lock = Lock(
        {name: reader.tool(name, one) for name, one in reader.tables(values, "tools", _is_word)},
        {name: reader.package(name, one) for name, one in reader.tables(values, "vendor", _is_key)},
    )
    if reader.faults:
        raise ConfigError(reader.faults)
    return lock


def write_lock(folder: str, lock: Lock, *, permission: Permission) -> None:
    """Write the lock of the project in `folder`, or remove the file if the lock is empty.

    Raises OSError, and ConfigError for a lock that could not be read again, which is not written.
    """
    path = os.path.join(folder, NAME)
    if lock.tools or lock.vendor:
        text = lock_text(lock)
        _lock_in(text)
        rewrite(path, text.encode())
    elif os.path.lexists(path):
        remove_file(folder, NAME, permission=permission)


def lock_text(lock: Lock) -> str:
    """The text of the lock's file."""
    lines = ["# Written by `buildassets tools` and `buildassets vendor`. Keep it in git."]
    for name, tool in sorted(lock.tools.items()):
        values = _filled(complete=tool.complete, license=tool.license, range=tool.range)
        lines += ["", f"[tools.{_key(name)}]", *_lines({**values, "version": tool.version})]
        for platform, one in sorted(tool.platforms.items()):
            at = f"tools.{_key(name)}.platforms.{basic_string(platform)}"
            lines += ["", f"[{at}]", *_lines({"package": one.package, "sha512": one.sha512})]
            lines += ["", f"[{at}.files]", *_lines(one.files)]
    for name, package in sorted(lock.vendor.items()):
        filled = _filled(license=package.license, plain=package.plain, range=package.range, source=package.source)
        values = {"direct": package.direct, "integrity": package.integrity, **filled, "version": package.version}
        lines += ["", f"[vendor.{basic_string(name)}]", *_lines(values)]
        for key, inner in (("requires", package.requires), ("files", package.files)):
            lines += ["", f"[vendor.{basic_string(name)}.{key}]", *_lines(inner)] if inner else []
    return "\n".join(lines) + "\n"


def _filled(**values: _Value) -> dict[str, _Value]:
    return {key: value for key, value in values.items() if value}


def _lines(values: Mapping[str, _Value]) -> list[str]:
    return [f"{_key(key)} = {_text(value)}" for key, value in sorted(values.items())]


def _text(value: _Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return basic_string(value) if isinstance(value, str) else f"[{', '.join(map(basic_string, value))}]"


def _key(text: str) -> str:
    return text if _BARE_KEY.fullmatch(text) else basic_string(text)


class _LockReader:
    """Reads tables, and records their faults."""

    def __init__(self) -> None:
        self.faults: list[Diagnostic] = []

    def tables(
        self, values: Mapping[str, Any], key: str, is_sound: Callable[[object], bool]
    ) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """The tables below `key`, by name."""
        found = values.get(key, {})
        if not isinstance(found, dict):
            self._refuse(key)
            return
        for name, one in found.items():
            if isinstance(one, dict) and is_sound(name):
                yield name, one
            else:
                self._refuse(f"{key}.{name}")

    def tool(self, name: str, values: Mapping[str, Any]) -> LockedTool:
        at = f"tools.{name}"
        platforms = {
            platform: LockedPlatform(
                self._value(one, f"{at}.platforms.{platform}", "package", _is_package),
                self._value(one, f"{at}.platforms.{platform}", "sha512", _is_sha512),
                self._texts(one, f"{at}.platforms.{platform}", "files", is_file, is_sound=_is_sha256),
            )
            for platform, one in self.tables({at: values.get("platforms", {})}, at, _is_word)
        }
        return LockedTool(
            self._value(values, at, "version", _is_word),
            self._value(values, at, "license", _is_line, default=""),
            platforms=platforms,
            range=self._value(values, at, "range", _is_line, default=""),
            complete=self._value(values, at, "complete", _is_line, default=""),
        )

    def package(self, name: str, values: Mapping[str, Any]) -> LockedPackage:
        at = f"vendor.{name}"
        if name not in (name_of(name), f"{name_of(name)}@{values.get('version')}"):
            self._refuse(at)
        return LockedPackage(
            self._value(values, at, "version", _is_word),
            self._value(values, at, "range", _is_line, default=""),
            direct=self._flag(values, at, "direct"),
            integrity=self._value(values, at, "integrity", _is_sha512),
            license=self._value(values, at, "license", _is_line, default=""),
            files=self._texts(values, at, "files", is_file, is_sound=_is_sha256),
            requires=self._texts(values, at, "requires", _is_key, is_sound=_is_line),
            source=self._flag(values, at, "source"),
            plain=self._files(values, at, "plain"),
        )

    def _flag(self, values: Mapping[str, Any], at: str, key: str) -> bool:
        value = values.get(key, False)
        if not isinstance(value, bool):
            self._refuse(f"{at}.{key}")
        return value is True

    def _files(self, values: Mapping[str, Any], at: str, key: str) -> tuple[str, ...]:
        found = values.get(key, [])
        if isinstance(found, list) and all(map(is_file, found)):
            return tuple(found)
        self._refuse(f"{at}.{key}")
        return ()

    def _value(
        self,
        values: Mapping[str, Any],
        at: str,
        key: str,
        is_sound: Callable[[object], bool],
        *,
        default: object = None,
    ) -> str:
        value = values.get(key, default)
        if not is_sound(value):
            self._refuse(f"{at}.{key}")
            return ""
        return str(value)

    def _texts(
        self,
        values: Mapping[str, Any],
        at: str,
        key: str,
        is_name: Callable[[object], bool],
        *,
        is_sound: Callable[[object], bool],
    ) -> Mapping[str, str]:
        found = values.get(key, {})
        if isinstance(found, dict) and all(is_name(name) and is_sound(value) for name, value in found.items()):
            return found
        self._refuse(f"{at}.{key}")
        return {}

    def _refuse(self, key: str) -> None:
        self.faults.append(_fault(f"`{key}` in `{NAME}` is not valid"))


def _fault(message: str, location: Location | None = None, hint: str = "") -> Diagnostic:
    hint = hint or "take the lock from git, or remove it and add tools and packages again"
    return error("lock/invalid", message, location or Location(NAME), hint=hint)


def _syntax_fault(complaint: str, text: str) -> Diagnostic:
    if conflict := _CONFLICT.search(text):
        line = text.count("\n", 0, conflict.start()) + 1
        hint = "keep the tables of both sides, without these lines; then run `buildassets tools verify`"
        where = place(NAME, line, 1, text.split("\n")[line - 1], length=7)
        return _fault(f"`{NAME}` holds two sides of a merge", where, hint)
    position = _POSITION.search(complaint)
    if position is None:
        return _fault(f"`{NAME}` is not TOML")
    line = int(position[1])
    where = place(NAME, line, int(position[2]), text.split("\n")[line - 1])
    return _fault(f"`{NAME}` is not TOML", where)


def _is_word(value: object) -> bool:
    return isinstance(value, str) and _WORD.fullmatch(value) is not None and ".." not in value


def _is_package(value: object) -> bool:
    return isinstance(value, str) and _PACKAGE.fullmatch(value) is not None


def _is_key(value: object) -> bool:
    if not isinstance(value, str):
        return False
    name = name_of(value)
    return _is_package(name) and (name == value or _is_word(value[len(name) + 1 :]))


def _is_line(value: object) -> bool:
    return isinstance(value, str) and (value == "" or value.isprintable())


def _is_sha256(value: object) -> bool:
    return isinstance(value, str) and _SHA256.fullmatch(value) is not None


def _is_sha512(value: object) -> bool:
    return isinstance(value, str) and _SHA512.fullmatch(value) is not None

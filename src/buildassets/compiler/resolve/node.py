"""Resolves module specifiers in the packages of npm roots, by Node's algorithm with the conditions of a browser.

After "Determining module system" and "Resolution Algorithm Specification" of Node's documentation on ECMAScript
modules; for packages without `exports` and for names without a suffix, as bundlers do. Takes logical paths and a
function that reads a package's description, gives logical paths. Pure.
"""

from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from posixpath import dirname, join, normpath
from typing import Any, Final, TypeAlias

from buildassets.foundation.frozen import frozen
from buildassets.foundation.lazy_pattern import lazy_pattern
from buildassets.foundation.nearest import Known, nearest
from buildassets.foundation.paths import LogicalPath

# The `builtinModules` of `node:module`, without those that only Node itself may import.
BUILTINS: Final = frozenset(
    (
        *("assert", "async_hooks", "buffer", "child_process", "cluster", "console", "constants", "crypto", "dgram"),
        *("diagnostics_channel", "dns", "domain", "events", "fs", "http", "http2", "https", "inspector", "module"),
        *("net", "os", "path", "perf_hooks", "process", "punycode", "querystring", "readline", "repl", "stream"),
        *("string_decoder", "sys", "timers", "tls", "trace_events", "tty", "url", "util", "v8", "vm", "wasi"),
        *("worker_threads", "zlib"),
    )
)
_PACKAGE_NAME: Final = lazy_pattern(r"(?:@[^/\\%]+/)?[^@./\\%][^/\\%]*")
_NESTED: Final = "/node_modules/"
_FORBIDDEN: Final = frozenset((".", "..", "node_modules"))
_SUFFIXES: Final = (".js", ".mjs", "/index.js", "/index.mjs")
_SHEET_KEYS: Final = ("style", "main")
_ENTRY_KEYS: Final = ("module", "browser", "main")

Description: TypeAlias = Mapping[str, Any]  # the content of a `package.json`
_Targets: TypeAlias = Mapping[str, Any]  # the targets of subpaths, which may be patterns


@frozen
class Refusal:
    """Why an existing package does not export a specifier to browsers; `meant` is the nearest one that it exports."""

    message: str
    meant: str | None = None


Resolved: TypeAlias = LogicalPath | Refusal | None  # None: there is no such package


class NodePackages:
    """The packages below the npm roots with the prefixes `roots`; every result is kept.

    `describe` gives the content of a folder's `package.json`: an empty mapping if the folder has none, None if there is
    no such folder. `known` contains all assets. `conditions` are those that hold, besides `default`. `names` gives the
    names of all packages.
    """

    def __init__(
        self,
        roots: Sequence[str],
        describe: Callable[[str], Description | None],
        known: Container[LogicalPath],
        conditions: Collection[str],
        *,
        names: Callable[[], Iterable[str]],
    ) -> None:
        self.names = names
        self._roots = tuple(root + "/" if root else "" for root in roots)
        self._describe = describe
        self._known = known
        self._conditions = conditions
        self._answers: dict[tuple[str, str], Resolved] = {}
        self._offered: dict[str, Known] = {}

    def target(self, name: str, base: LogicalPath) -> Resolved:
        """The asset that the bare `name` means in the module `base`."""
        key = name, dirname(base)
        if key not in self._answers:
            self._answers[key] = self._target(name, base)
        return self._answers[key]

    def sheet(self, name: str, base: LogicalPath) -> LogicalPath | None:
        """The asset that `~name` means in the sheet `base`: a file of a package, or the package's main sheet."""
        package, subpath = _split(name)
        for folder in self._folders(package, base):
            described = self._describe(folder)
            if described is not None:
                mains = (described.get(key) for key in _SHEET_KEYS) if subpath == "." else (subpath,)
                files = (normpath(join(folder, file)) for file in (*mains, "index.css") if isinstance(file, str))
                return next((LogicalPath(file) for file in files if file in self._known), None)
        return None

    def completed(self, target: LogicalPath, base: LogicalPath) -> LogicalPath:
        """The asset that a relative specifier in the module `base` means, if it names `target` literally.

        Only in packages a suffix may be added, or another file used for browsers.
        """
        package = self.folder_of(base)
        return target if package is None else self._complete(target, package)

    def folder_of(self, path: LogicalPath) -> str | None:
        """The folder of the package that `path` belongs to; None outside of npm roots.

        It is the nearest folder with a description, or else the one at the place of a package.
        """
        root = self._root_of(path)
        if root is None:
            return None
        folder = dirname(path)
        while len(folder) > len(root.removesuffix("/")):
            if self._describe(folder):
                return folder
            folder = dirname(folder)
        above = max(len(root), path.rfind(_NESTED) + len(_NESTED) if _NESTED in path else 0)
        name, _ = _split(path[above:])
        return path[:above] + name if self._describe(path[:above] + name) is not None else None

    def is_commonjs(self, path: LogicalPath, has_module_syntax: Callable[[], bool]) -> bool:
        """Whether the script `path` of a package is CommonJS, which no browser runs as a module."""
        if path.endswith(".cjs"):
            return True
        if not path.endswith(".js"):
            return False
        package = self.folder_of(path)
        return package is not None and self._described(package).get("type") != "module" and not has_module_syntax()

    def _described(self, folder: str) -> Description:
        return self._describe(folder) or {}

    def _root_of(self, path: str) -> str | None:
        return max((root for root in self._roots if path.startswith(root)), key=len, default=None)

    def _target(self, name: str, base: LogicalPath) -> Resolved:
        own = self.folder_of(base)
        if name.startswith("#"):
            return None if own is None else self._private(name, own)
        package, subpath = _split(name)
        if not _PACKAGE_NAME.fullmatch(package):
            return None
        if own is not None and self._described(own).get("name") == package and "exports" in self._described(own):
            return self._given(own, package, subpath)
        for folder in self._folders(package, base):
            if self._describe(folder) is not None:
                return self._given(folder, package, subpath)
        return None

    def _folders(self, package: str, base: LogicalPath) -> Iterator[str]:
        """The folders in which `package` may lie for the module `base`, the nearest first."""
        root = self._root_of(base)
        if root is None:
            yield from (prefix + package for prefix in self._roots)
            return
        folder = dirname(base)
        while len(folder) > len(root):
            if not folder.endswith("/node_modules"):
                yield f"{folder}/node_modules/{package}"
            folder = dirname(folder)
        yield root + package

    def _given(self, folder: str, package: str, subpath: str) -> LogicalPath | Refusal:
        description = self._described(folder)
        exports = description.get("exports")
        if exports is None:
            return self._entry(folder) if subpath == "." else self._complete(join(folder, subpath), folder)
        targets = _by_subpath(exports)
        path = _inside(folder, _matched(targets, subpath, self._conditions))
        if path is not None:
            return path
        asked = package + subpath[1:]
        if folder not in self._offered:
            offered = [package + key[1:] for key in targets if key.startswith(".") and "*" not in key]
            self._offered[folder] = Known(offered)
        meant = self._offered[folder].nearest(asked)
        return Refusal(f"the package `{package}` exports no `{asked}` to browsers", meant)

    def _private(self, name: str, folder: str) -> Resolved:
        """The asset that a private `#name` means by `imports` in the description of the package in `folder`."""
        imports = self._described(folder).get("imports")
        target = _matched(imports, name, self._conditions) if isinstance(imports, dict) else ""
        if target and not target.startswith("."):
            return self._target(target, LogicalPath(folder + "/package.json"))
        path = _inside(folder, target)
        if path is not None:
            return path
        offered = [key for key in imports if "*" not in key] if isinstance(imports, dict) else []
        message = f"the package in `{folder}/` has no `{name}` for browsers in its `imports`"
        return Refusal(message, nearest(name, offered))

    def _entry(self, folder: str) -> LogicalPath:
        """The main module of a package without `exports`."""
        description = self._described(folder)
        named = (description.get(key) for key in _ENTRY_KEYS)
        candidates = [self._complete(join(folder, file), folder) for file in named if isinstance(file, str) and file]
        candidates.append(self._complete(f"{folder}/index.js", folder))
        return next((path for path in candidates if path in self._known), candidates[0])

    def _complete(self, path: str, package: str) -> LogicalPath:
        """The file that `path` means in the folder `package`: itself, with a suffix, or an index.

        If the package has another file for browsers in its place, that one.
        """
        path = normpath(path)
        file = next((each for each in (path, *(path + suffix for suffix in _SUFFIXES)) if each in self._known), None)
        if file is None and path != package and self._describe(path):
            return self._entry(path)
        return self._for_browsers(LogicalPath(file or path), package)

    def _for_browsers(self, path: LogicalPath, package: str) -> LogicalPath:
        instead = self._described(package).get("browser")
        if not isinstance(instead, dict):
            return path
        inside = "." + path.removeprefix(package)
        given = instead.get(inside, instead.get(inside.removesuffix(".js")))
        return _inside(package, given) or path if isinstance(given, str) else path


def _split(name: str) -> tuple[str, str]:
    """The name of a package and the subpath in it: `@a/b/c.js` → `@a/b`, `./c.js`; `lit` → `lit`, `.`."""
    package = package_of(name)
    return package, "." + name.removeprefix(package)


def package_of(specifier: str) -> str:
    """The name of the package with which a path or specifier begins."""
    return "/".join(specifier.split("/")[: 2 if specifier.startswith("@") else 1])


def _by_subpath(exports: object) -> _Targets:
    """`exports` as targets by subpaths; without subpaths it is the target of the package itself."""
    if isinstance(exports, dict) and any(key.startswith(".") for key in exports):
        return exports
    return {".": exports}


def _matched(targets: _Targets, subpath: str, conditions: Collection[str]) -> str | None:
    """The target of `subpath`: empty if `targets` lacks it, None if it is refused.

    Of the patterns that fit, the one with the longest text before its star counts, and of these the longest (Node's
    PACKAGE_IMPORTS_EXPORTS_RESOLVE).
    """
    if subpath in targets and "*" not in subpath:
        return _picked(targets[subpath], None, conditions)
    fitting = [(*_cut(key), key) for key in targets if _fits(key, subpath)]
    if not fitting:
        return ""
    head, tail, key = max(fitting, key=lambda cut: (len(cut[0]), len(cut[2])))
    return _picked(targets[key], subpath[len(head) : len(subpath) - len(tail)], conditions)


def _cut(key: str) -> tuple[str, str]:
    """The texts before and after the star of a pattern. A key that ends in a slash is the old form of a pattern."""
    head, _, tail = (key + "*" if key.endswith("/") else key).partition("*")
    return head, tail


def _fits(key: str, subpath: str) -> bool:
    if "*" not in key and not key.endswith("/"):
        return False
    head, tail = _cut(key)
    return len(subpath) > len(head) + len(tail) and subpath.startswith(head) and subpath.endswith(tail)


def _picked(target: object, match: str | None, conditions: Collection[str]) -> str | None:
    """The first target whose conditions hold, with `match` in place of its stars (PACKAGE_TARGET_RESOLVE)."""
    if isinstance(target, str):
        if match is None:
            return target
        return target + match if target.endswith("/") else target.replace("*", match)
    if isinstance(target, dict):
        held = (value for key, value in target.items() if key == "default" or key in conditions)
        return _first((_picked(value, match, conditions) for value in held), lambda picked: picked != "")
    if isinstance(target, list):
        return _first((_picked(value, match, conditions) for value in target), bool)
    return None


def _first(targets: Iterable[str | None], is_valid: Callable[[str | None], bool]) -> str | None:
    return next((target for target in targets if is_valid(target)), "")


def _inside(folder: str, target: str | None) -> LogicalPath | None:
    """The path of `target` in `folder`; None if Node forbids it: it must begin with `./` and contain no `..`."""
    if not target or not target.startswith("./") or not _FORBIDDEN.isdisjoint(target[2:].split("/")):
        return None
    return LogicalPath(normpath(join(folder, target)))

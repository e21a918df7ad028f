"""Reads what `tsconfig.json` decides for one source: how it is compiled, and which modules its bare names mean.

Takes the path of a source and a function that reads files; gives the options of the nearest `tsconfig.json`, or
`jsconfig.json`, with those that it extends, and diagnostics. After TypeScript's documentation of TSConfig.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from os.path import basename, dirname, isabs, join, normpath, sep
from typing import Any, Final, TypeAlias

from buildassets.compiler.languages.json.fault import json_fault
from buildassets.foundation.diagnostics import Diagnostic, Location, error, locate, warning
from buildassets.foundation.frozen import field, frozen
from buildassets.foundation.lazy_pattern import lazy_pattern

Read: TypeAlias = Callable[[str], str | None]  # the text of the file at an absolute path, None if there is none
_Options: TypeAlias = dict[str, Any]

_NAMES: Final = ("tsconfig.json", "jsconfig.json")
_CODE: Final = "js/tsconfig"
# Those by which esbuild compiles a single file.
_COMPILING: Final = (
    *("alwaysStrict", "experimentalDecorators", "importsNotUsedAsValues", "jsx", "jsxFactory", "jsxFragmentFactory"),
    *("jsxImportSource", "preserveValueImports", "strict", "target", "useDefineForClassFields", "verbatimModuleSyntax"),
)
_UNCOMPILED: Final = ("preserve", "react-native")  # values of `jsx` that leave it to another tool
_FOLDER_OF_CONFIG: Final = "${configDir}"
_PACKAGES: Final = f"{sep}node_modules{sep}"
# JSON with comments and trailing commas.
_STRING: Final = r'"(?:[^"\\\n]|\\.)*+"'
_COMMENT: Final = lazy_pattern(rf"{_STRING}|(//[^\n\r]*+|/\*.*?(?:\*/|\Z))", re.DOTALL)
_COMMA: Final = lazy_pattern(rf"{_STRING}|(,)(?=\s*[}}\]])", re.DOTALL)
_NO_LINE_END: Final = lazy_pattern(r"[^\n\r]")
_MOST_EXTENDED: Final = 100  # files of which each extends the next


@frozen
class TsConfig:
    """The settings for one source.

    - `compiling`: the options that decide how a single file is compiled
    - `base`: the absolute folder to which bare names are relative (`baseUrl`), if there is one
    - `paths`: absolute paths by name; both may have one `*`
    """

    compiling: Mapping[str, Any] = field(default_factory=dict)
    base: str | None = None
    paths: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()


def tsconfig_of(source: str, top: str, read: Read, shown: Callable[[str], str]) -> TsConfig:
    """The settings for the file at the absolute path `source`: the nearest in a folder around it, not above `top`.

    Files in packages have none, as in esbuild. `shown` turns an absolute path into the name a user would write.
    """
    if _PACKAGES in source:
        return TsConfig()
    folder = dirname(source)
    while True:
        for name in _NAMES:
            if (text := read(join(folder, name))) is not None:
                return _Reading(read, shown).settings(join(folder, name), text)
        if folder == top or folder == (folder := dirname(folder)):
            return TsConfig()


class _Reading:
    """Reads one file of settings and those that it extends."""

    def __init__(self, read: Read, shown: Callable[[str], str]) -> None:
        self._read = read
        self._shown = shown
        self._faults: list[Diagnostic] = []

    def settings(self, path: str, text: str) -> TsConfig:
        options = self._options(path, text, (path,))
        folder = dirname(path)
        base = options.get("baseUrl")
        base_folder = _inside(base, folder) if isinstance(base, str) else None
        paths = options.get("paths")
        compiling: _Options = {name: options[name] for name in _COMPILING if name in options}
        if compiling.get("jsx") in _UNCOMPILED:
            del compiling["jsx"]
        return TsConfig(
            compiling,
            base_folder,
            dict(_paths(paths, base_folder or options.get(_PATHS_FOLDER, folder), folder)),
            tuple(self._faults),
        )

    def _options(self, path: str, text: str, trail: tuple[str, ...]) -> _Options:
        """The `compilerOptions` of the file at `path`, and of those that it extends; `trail` leads to it."""
        document = self._document(path, text)
        options: _Options = {}
        extends = document.get("extends")
        for name in extends if isinstance(extends, list) else [extends]:
            if isinstance(name, str) and name:
                options |= self._extended(path, text, name, trail)
        own = document.get("compilerOptions")
        own = dict(own) if isinstance(own, dict) else {}
        if isinstance(own.get("baseUrl"), str) and not own["baseUrl"].startswith(_FOLDER_OF_CONFIG):
            own["baseUrl"] = normpath(join(dirname(path), own["baseUrl"]))
        if "paths" in own:
            own[_PATHS_FOLDER] = dirname(path)
        return options | own

    def _extended(self, path: str, text: str, name: str, trail: tuple[str, ...]) -> _Options:
        for candidate in _candidates(dirname(path), name):
            if candidate in trail:
                return {}
            if len(trail) > _MOST_EXTENDED:
                message = f"more than {_MOST_EXTENDED} files extend one another, from `{self._shown(trail[0])}` on"
                hint = "have it extend fewer files"
                self._faults.append(error(_CODE, message, Location(self._shown(path)), hint=hint))
                return {}
            if (found := self._read(candidate)) is not None:
                return self._options(candidate, found, (*trail, candidate))
        start = text.find(json.dumps(name, ensure_ascii=False))
        where = locate(self._shown(path), text, start + 1, start + 1 + len(name)) if start >= 0 else None
        message = f"cannot find `{name}`, which `{self._shown(path)}` extends"
        hint = "correct the path, or install the package that has it"
        self._faults.append(warning(_CODE, message, where or Location(self._shown(path)), hint=hint))
        return {}

    def _document(self, path: str, text: str) -> Mapping[str, Any]:
        plain = without_comments(text)
        fault = json_fault(plain) if plain.strip() else None
        if fault:
            where = locate(self._shown(path), text, fault.start, fault.end)
            message = f"`{self._shown(path)}` {fault.message}"
            self._faults.append(error(_CODE, message, where, hint="correct it: comments and trailing commas may stay"))
            return {}
        try:
            document = json.loads(plain) if plain.strip() else {}
        except RecursionError:
            what = f"`{self._shown(path)}` has more brackets within one another than can be read"
            self._faults.append(error(_CODE, what, Location(self._shown(path)), hint="write it flatter"))
            return {}
        return document if isinstance(document, dict) else {}


_PATHS_FOLDER: Final = " folder of paths"  # a key of our own beside the options


def _inside(path: str, folder: str) -> str:
    """The absolute path that `path` means in `folder`, that of the nearest settings file."""
    return normpath(join(folder, path.replace(_FOLDER_OF_CONFIG, folder)))


def _paths(paths: object, base: str, folder: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name, targets in paths.items() if isinstance(paths, dict) else ():
        listed = targets if isinstance(targets, list) else []
        found = [normpath(join(base, one.replace(_FOLDER_OF_CONFIG, folder))) for one in listed if isinstance(one, str)]
        if name.count("*") <= 1:
            yield name, tuple(found)


def _candidates(folder: str, name: str) -> Iterator[str]:
    """The files that `extends` may mean by `name` in `folder`."""
    if name.startswith(("./", "../")) or name in (".", "..") or isabs(name):
        path = normpath(join(folder, name))
        yield from (path, path + ".json") if not path.endswith(".json") else (path,)
        return
    while True:
        if basename(folder) != "node_modules":
            path = join(folder, "node_modules", name)
            yield from (path, path + ".json", join(path, "tsconfig.json"))
        if folder == (folder := dirname(folder)):
            return


def targets_of(settings: TsConfig, name: str) -> Iterator[str]:
    """The absolute paths, perhaps without a suffix, that the bare `name` may mean, the likeliest first.

    Of several patterns the one with the longest text before its `*` counts, and an exact name before all.
    """
    if name in settings.paths:
        yield from settings.paths[name]
    else:
        fitting = [(len(head), head, tail, pattern) for pattern in settings.paths for head, tail in _cut(pattern)]
        fitting = [one for one in fitting if _fits(name, one[1], one[2])]
        if fitting:
            _, head, tail, pattern = max(fitting)
            rest = name[len(head) : len(name) - len(tail)]
            yield from (normpath(target.replace("*", rest, 1)) for target in settings.paths[pattern])
    if settings.base:
        yield normpath(join(settings.base, name))


def _cut(pattern: str) -> Iterator[tuple[str, str]]:
    """The texts before and after the star of `pattern`, if it has one."""
    head, star, tail = pattern.partition("*")
    if star:
        yield head, tail


def _fits(name: str, head: str, tail: str) -> bool:
    return len(name) >= len(head) + len(tail) and name.startswith(head) and name.endswith(tail)


def without_comments(text: str) -> str:
    """`text` with spaces in the place of comments and trailing commas, so that all places stay."""
    return _COMMA.sub(_blank, _COMMENT.sub(_blank, text))


def _blank(match: re.Match[str]) -> str:
    return match[0] if match[1] is None else _NO_LINE_END.sub(" ", match[0])

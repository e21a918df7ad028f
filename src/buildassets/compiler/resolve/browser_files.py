"""Chooses the files of npm packages that a browser needs: those that `exports` names, and everything that these reach.

Adds the Sass sources of packages if asked to. Takes unpacked packages, gives a `Needed`. Reads the packages' files;
imports `languages`, `resolve.node` and `packages.vendor.values`.
"""

import json
import os
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache
from posixpath import basename, dirname
from typing import Any, Final

from buildassets.compiler.languages.javascript.lexer import Kind, reads_as_module, tokens
from buildassets.compiler.languages.reference import SPECIFIERS, Reference
from buildassets.compiler.languages.scan import scan
from buildassets.compiler.resolve.node import BUILTINS, NodePackages, Refusal, package_of
from buildassets.disk.files import content_of
from buildassets.foundation.media import Syntax, media_of, suffix
from buildassets.foundation.paths import LogicalPath, from_url, join, split_url
from buildassets.packages.lock import name_of
from buildassets.packages.vendor.values import Needed, Unfit, Unpacked

_CONDITIONS: Final = ("browser", "import", "module", "production")
_STYLE_CONDITIONS: Final = ("style", "browser", "production")
_SCRIPTS: Final = (".js", ".mjs", ".cjs")
_SCRIPT_KEYS: Final = ("main", "unpkg", "jsdelivr")  # by which packages may name a script for pages without modules
_SHEET_KEYS: Final = ("style", "browser", "main")
_SASS: Final = (".scss", ".sass")
_NO_MEDIA: Final = (*_SASS, *_SCRIPTS, ".css", ".map")
_NOT_FOR_USERS: Final = frozenset(("test", "tests", "spec", "docs", "example", "examples", "node_modules"))
_IMAGES: Final = (".png", ".gif", ".jpg", ".svg", ".webp")
_LICENCE: Final = re.compile(r"(?:licen[cs]e|copying|notice|unlicense)(?:[.-].*)?", re.IGNORECASE)
_COMMONJS: Final = re.compile(r"\brequire\s*\(|\bmodule\.exports\b|\bexports\.[\w$]+\s*=|defineProperty\(exports\b")
# Code that checks whether there is CommonJS, or that has a parameter named `exports`, as Vue's script has.
_GUARD: Final = re.compile(r"typeof\s+(?:exports|module|define|require)\b|\bdefine\.amd\b|\bfunction\s*\(\s*exports\b")
_REQUIRED: Final = re.compile(r"""(?<![.\w$])require\s*\(\s*["'][^."'/]""")  # of another package
# CommonJS, unless in a script that also checks for `module`, or a bundle of browserify, whose parts have a `require`.
_OWN_REQUIRE: Final = re.compile(r"""\brequire\s*\(\s*["']\.""")
_OF_SCRIPTS: Final = re.compile(r"typeof\s+(?:exports|module|define)\b|function\s*\w*\(\s*require\b")
_NAME_IN_QUOTES: Final = re.compile(r"""(["'])([\w-]+\.(?:png|gif|jpg|svg|webp))\1""")
_NO_SASS: Final = Unfit("has no Sass sources", "add it without `--source`")
_BUNDLE: Final = (
    "run `buildassets tools install esbuild`, install the package with npm, and make a bundle of what imports it: "
    '`{ files = ["app.js"], bundle = true }`'
)
_FOR_SASS: Final = "run `buildassets vendor add {} --source` for its Sass"
_NOTHING: Final = "has neither a module, a script nor a style sheet for browsers"
_COMMONJS_ONLY: Final = "is CommonJS only, which no browser loads"
_FOR_BUNDLERS: Final = "reads `process.env`, which bundlers replace and no browser has"
_OWN_COMMONJS: Final = "imports `{}`, which is CommonJS"
_INCOMPLETE: Final = "imports `{}` without its whole name, which only bundlers find"
_EXTERNAL: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|/")
_NONE: Final[Mapping[str, bool]] = {}


class BrowserFiles:
    """Decides which files of packages browsers need.

    Results for a file are kept: each new package asks for them again, and parsing a script takes as long as fetching
    it.
    """

    def __init__(self) -> None:
        self.text = cache(_text_at)
        self.has_module_syntax = cache(lambda path: reads_as_module(self.text(path)))
        self.needs_bundler = cache(lambda path: _needs_bundler(self.text(path)))
        self.references = cache(lambda path: _references(path, self.text))

    def __call__(
        self,
        packages: Mapping[str, Unpacked],
        direct: Collection[str],
        sources: Collection[str] = (),
        alone: Mapping[str, bool] = _NONE,
    ) -> Needed:
        """The files that browsers need of the `direct` packages, and of those that these import.

        Packages in `sources` have their Sass sources, and what these and their sheets refer to. Those that are `alone`
        have a build that imports no other package in the place of their modules, if there is one: a module, or a
        script if that is their value.
        """
        return _Choice(packages, self, sources, alone).needed(direct)


class _Choice:
    def __init__(
        self,
        packages: Mapping[str, Unpacked],
        files: BrowserFiles,
        sources: Collection[str],
        alone: Mapping[str, bool],
    ) -> None:
        self._packages = packages
        self._sources = sources
        self._alone = alone
        self._files = files
        self._known = {LogicalPath(f"{name}/{file}") for name, package in packages.items() for file in package.files}
        self._folders = {folder for path in self._known for folder in _folders(path)}
        self._described: dict[str, dict[str, Any]] = {}
        self._modules = self._resolver(_CONDITIONS)
        self._sheets = self._resolver(_STYLE_CONDITIONS)
        self._specifiers: dict[str, str] = {}
        self._scopes: dict[str, dict[str, str]] = defaultdict(dict)
        self._imports: dict[str, set[str]] = defaultdict(set)
        self._absent: dict[str, dict[str, str]] = defaultdict(dict)
        self._unfit: dict[str, str] = {}

    def _resolver(self, conditions: Collection[str]) -> NodePackages:
        return NodePackages([""], self._describe, self._known, conditions, names=lambda: iter(self._packages))

    def needed(self, direct: Collection[str]) -> Needed:
        """The files that the entries of the direct packages reach, with the licences of their packages."""
        waiting = [path for name in sorted(direct) for path in self._entries(name)]
        reached: set[str] = set()
        while waiting:
            path = waiting.pop()
            if path not in reached:
                reached.add(path)
                waiting += self._reached_from(path)
        plain = set(self._named_at_run_time(reached))
        reached.update(plain, self._sass_sources())
        self._specifiers.update(self._offered_folders(reached))
        return Needed(
            _by_package(reached.union(self._licences(reached))),
            self._specifiers,
            imports={name: frozenset(names) for name, names in self._imports.items()},
            absent=self._absent,
            unfit={name: self._why_refused(name, complaint) for name, complaint in self._unfit.items()}
            | {name: _NO_SASS for name in self._sources if name in self._packages and not self._sass_of(name)},
            plain=_by_package(plain),
            scopes=self._scopes,
        )

    def _why_refused(self, name: str, complaint: str) -> Unfit:
        if name in self._sources or not self._sass_of(name):
            return Unfit(complaint, _BUNDLE)
        for_sass = _FOR_SASS.format(name)
        return Unfit(complaint, for_sass if complaint == _NOTHING else f"{_BUNDLE}; or {for_sass}")

    def _sass_sources(self) -> Iterator[str]:
        """The Sass sources, and the fonts and images that these, or the compiled sheets in their place, refer to."""
        for name in filter(self._packages.__contains__, self._sources):
            yield from (sources := self._sass_of(name))
            for sheet in (*sources, *self._main_sheets(name)):
                targets = (self._target(sheet, one) for one in scan(Syntax.CSS, self._text(sheet)))
                yield from (one for one in targets if one in self._known and suffix(one) not in _NO_MEDIA)

    def _sass_of(self, name: str) -> list[str]:
        """The Sass sources of a package, without those of its tests and documentation."""
        files = self._packages[name].files
        return [
            f"{name}/{file}" for file in files if file.endswith(_SASS) and _NOT_FOR_USERS.isdisjoint(file.split("/"))
        ]

    def _named_at_run_time(self, reached: Collection[str]) -> Iterator[str]:
        """The images that a script names, in the folders of images that a sheet refers to.

        Scripts such as Leaflet's take the folder from the style sheet, and add such a name to it.
        """
        folders = {dirname(path) for path in reached if suffix(path) in _IMAGES}
        if not folders:
            return
        for script in [path for path in reached if suffix(path) in _SCRIPTS]:
            for match in _NAME_IN_QUOTES.finditer(self._text(script)):
                places = (f"{folder}/{match[2]}" for folder in folders if package_of(folder) == package_of(script))
                yield from (place for place in places if place in self._known)

    def _offered_folders(self, reached: Collection[str]) -> Iterator[tuple[str, str]]:
        """The specifiers of needed folders that packages of modules offer by a pattern such as `./addons/*`."""
        folders: dict[str, str] = {}
        for name in filter(self._specifiers.__contains__, self._packages):
            for subpath in self._folder_patterns(self._describe(name) or {}):
                specifier = name + subpath[1:]
                probe = self._modules.target(f"{specifier}x.js", LogicalPath("x"))
                folder = str(probe).removesuffix("x.js") if isinstance(probe, str) else ""
                is_needed = folder.endswith("/") and any(path.startswith(folder) for path in reached)
                if is_needed and len(specifier) < len(folders.get(folder, specifier + "/")):
                    folders[folder] = specifier
        yield from ((specifier, folder) for folder, specifier in folders.items())

    def _folder_patterns(self, described: Mapping[str, Any]) -> Iterator[str]:
        exports = described.get("exports")
        if isinstance(exports, dict):
            yield from (key.removesuffix("*") for key in exports if key.startswith("./") and key.endswith("/*"))

    def _licences(self, reached: Collection[str]) -> Iterator[str]:
        for name in {package_of(path) for path in reached}:
            yield from (f"{name}/{file}" for file in self._packages[name].files if _LICENCE.fullmatch(file))

    def _entries(self, name: str) -> list[str]:
        """The files that the package `name` offers to browsers."""
        described = self._describe(name) or {}
        own_build = self._own_build(name, has_scripts=self._alone[name]) if name in self._alone else None
        module = own_build or self._module(name)
        main = list(filter(None, [module, *self._main_sheets(name, module)]))
        has_sources = name in self._sources and bool(self._sass_of(name))
        if not (main or has_sources) and name not in self._unfit:
            self._unfit[name] = _NOTHING
        if main or has_sources:  # a package without a module may still have sheets
            self._unfit.pop(name, None)
        return [*main, *self._further(name, described, is_whole=own_build is not None)]

    def _own_build(self, name: str, *, has_scripts: bool = True) -> str | None:
        """The file of a package that has all that it imports; a module rather than a script, if that counts.

        It is named like the package, or like the first words of its name.
        """
        stem = f"{_stem(name)}-"
        files = [f"{name}/{file}" for file in self._packages[name].files if _NOT_FOR_USERS.isdisjoint(file.split("/"))]
        builds = [path for path in files if suffix(path) in _SCRIPTS[:2] and stem.startswith(f"{_stem(path)}-")]
        modules = {path for path in builds if self._files.has_module_syntax(self._place(path))}
        scripts = [path for path in builds if has_scripts and path not in modules and _is_for_pages(self._text(path))]
        whole = [path for path in modules if self._is_module(path) and self._is_whole(path)]
        alone = [path for path in scripts if not _REQUIRED.search(self._text(path))]
        builds = sorted(whole or alone, key=lambda path: (".min." not in path, path.count("/"), path))
        if whole:
            self._specifiers[name] = builds[0]
        return builds[0] if builds else None

    def _is_whole(self, path: str) -> bool:
        """Whether nothing that the module `path` reaches in its package needs a bundler or another package."""
        references = (one for file in self._with_imports(path) for one in self._files.references(self._place(file)))
        urls = (one.url for one in references if one.kind in SPECIFIERS)
        return not self._complaint(path) and all(url.startswith(("./", "../")) or _EXTERNAL.match(url) for url in urls)

    def _further(self, name: str, described: Mapping[str, Any], *, is_whole: bool) -> Iterator[str]:
        """The files of subpaths: sheets, and modules unless a script, or a build that is whole, is in their place."""
        has_modules = not is_whole and (name in self._specifiers or self._target_of(name) is None)
        for subpath in self._subpaths(described):
            specifier = name + subpath[1:]
            target = self._target_of(specifier)
            if target is None or suffix(target) not in (".css", *_SCRIPTS[:2]):
                continue
            if suffix(target) == ".css":
                yield target
            elif has_modules and self._is_module(target) and not self._complaint(target):
                self._specifiers[specifier] = target
                yield target

    def _target_of(self, specifier: str) -> LogicalPath | None:
        """The file that a specifier means outside of all packages; None if there is no such file."""
        target = self._modules.target(specifier, LogicalPath("x"))
        return target if isinstance(target, str) and target in self._known else None

    def _subpaths(self, described: Mapping[str, Any]) -> Iterator[str]:
        exports = described.get("exports")
        if isinstance(exports, dict):
            yield from (key for key in exports if key.startswith("./") and "*" not in key and not key.endswith("/"))

    def _module(self, name: str) -> str | None:
        """The main module of the package, or else its script for pages."""
        target = self._target_of(name)
        if (
            target is not None
            and suffix(target) in _SCRIPTS
            and self._is_module(target)
            and not self._complaint(target)
        ):
            self._specifiers[name] = target
            return target
        described = self._describe(name) or {}
        stated = [f"{name}/{str(described.get(key, '')).removeprefix('./')}" for key in _SCRIPT_KEYS]
        for path in (target, *stated):
            if path in self._known and suffix(path) in _SCRIPTS and self._is_script(path):
                needs_others = _REQUIRED.search(self._text(path)) is not None
                return (self._own_build(name) if needs_others else None) or path
        if target is not None:
            self._unfit[name] = self._why_unfit(target)
        return None

    def _why_unfit(self, path: str) -> str:
        if suffix(path) not in _SCRIPTS or not self._is_module(path):
            return _COMMONJS_ONLY
        return self._complaint(path)

    def _main_sheets(self, name: str, module: str | None = None) -> list[str]:
        sheets = [*self._sheets_of(name, self._describe(name) or {})] or [*self._sheets_beside(module)]
        return [*map(self._whole_sheet, sheets)]

    def _sheets_of(self, name: str, described: Mapping[str, Any]) -> Iterator[str]:
        # Packages of sheets only, such as @picocss/pico, name theirs as `main` or `browser`.
        stated = [f"{name}/{str(described.get(key, '')).removeprefix('./')}" for key in _SHEET_KEYS]
        exported = self._sheets.target(name, LogicalPath("x")) if "exports" in described else None
        for path in (*stated, exported):
            if isinstance(path, str) and path in self._known and suffix(path) == ".css":
                yield path

    def _sheets_beside(self, script: str | None) -> Iterator[str]:
        """The sheet with the name of the main `script`, of a package that states none.

        It is next to the script, or in a folder `css` next to the script's folder.
        """
        folder, name = dirname(script or ""), basename(script or "")
        for place in (folder, f"{dirname(folder)}/css"):
            for ending in (".css", ".min.css"):
                path = f"{place}/{name.partition('.')[0]}{ending}"
                if script and path in self._known:
                    yield path
                    return

    def _whole_sheet(self, sheet: str) -> str:
        """The sheet `all.css` in place of `sheet`, if it is next to it: Font Awesome's own has no fonts."""
        whole = f"{dirname(sheet)}/all.css"
        return whole if whole in self._known else sheet

    def _is_module(self, path: str) -> bool:
        place = self._place(path)
        return not self._modules.is_commonjs(LogicalPath(path), lambda: self._files.has_module_syntax(place))

    def _complaint(self, path: str) -> str:
        """Why the module `path`, or one of its package that it imports, needs a bundler; empty if none does."""
        for file in self._with_imports(path):
            is_javascript = _syntax_of(file) is Syntax.JAVASCRIPT
            if is_javascript and self._is_module(file) and self._files.needs_bundler(self._place(file)):
                return _FOR_BUNDLERS
            for reference in self._files.references(self._place(file)):
                target = self._beside(file, reference)
                if target is not None and target not in self._known and self._completed(file, target) is not None:
                    return _INCOMPLETE.format(reference.url)
                if target in self._known and self._is_commonjs(target):
                    return _OWN_COMMONJS.format(reference.url)
        return ""

    def _is_commonjs(self, path: str) -> bool:
        """Whether `path` exports as CommonJS does, and perhaps as scripts do: a module that imports it gets nothing."""
        return suffix(path) in _SCRIPTS and not self._is_module(path) and bool(_COMMONJS.search(self._text(path)))

    def _with_imports(self, path: str) -> Iterator[str]:
        """The module `path`, and those that it imports by relative names."""
        waiting, seen = [path], {path}
        while waiting:
            file = waiting.pop()
            yield file
            for reference in self._files.references(self._place(file)):
                target = self._beside(file, reference)
                if target in self._known and target not in seen:
                    seen.add(target)
                    waiting.append(target)

    def _beside(self, path: str, reference: Reference) -> LogicalPath | None:
        """The file that a relative specifier in `path` names, taken literally; None for any other reference."""
        is_relative = reference.kind in SPECIFIERS and reference.url.startswith(("./", "../"))
        return join(LogicalPath(path), from_url(split_url(reference.url)[0])) if is_relative else None

    def _completed(self, path: str, target: LogicalPath) -> LogicalPath | None:
        """The file that bundlers find by an incomplete name; None if there is none."""
        file = self._modules.completed(target, LogicalPath(path))
        return file if file in self._known else None

    def _is_script(self, path: str) -> bool:
        """Whether a page can load `path` with `<script>`: it may check for CommonJS, but does not need it."""
        return suffix(path) != ".cjs" and not self._is_module(path) and _is_for_pages(self._text(path))

    def _reached_from(self, path: str) -> Iterator[str]:
        is_javascript = _syntax_of(path) is Syntax.JAVASCRIPT
        is_script = is_javascript and not self._is_module(path)
        if is_javascript and not is_script and self._files.needs_bundler(self._place(path)):
            self._refuse(path, _FOR_BUNDLERS)
        for reference in self._files.references(self._place(path)):
            if is_script and reference.kind in SPECIFIERS:
                continue
            target = self._target(path, reference)
            if target is not None and target in self._known:
                yield target

    def _target(self, path: str, reference: Reference) -> str | None:
        """The file that a reference in `path` means; None if it is not a file of a package."""
        is_specifier = reference.kind in SPECIFIERS
        is_private = is_specifier and reference.url.startswith("#")
        url = reference.url if is_private else split_url(reference.url)[0]
        if not url or _EXTERNAL.match(url):
            return None
        if is_specifier and not url.startswith(("./", "../")):
            return self._bare(path, url)
        target = join(LogicalPath(path), from_url(url))
        if target is None or not is_specifier or target in self._known:
            return target
        if self._completed(path, target) is not None:
            self._refuse(path, _INCOMPLETE.format(url))
        return None

    def _bare(self, path: str, specifier: str) -> str | None:
        own = package_of(path)
        if specifier.startswith("#"):
            self._refuse(path, f"imports `{specifier}`, which only bundlers find")
            return None
        name = package_of(specifier)
        if specifier in BUILTINS or name in BUILTINS:
            return None
        key = self._packages[own].versions.get(name, own if name == name_of(own) else name)
        if key != own:
            self._imports[own].add(name)
        if key not in self._packages:
            self._absent[own].setdefault(name, specifier)
            return None
        target = self._modules.target(key + specifier[len(name) :], LogicalPath(path))
        if target is None or isinstance(target, Refusal) or target not in self._known:
            self._absent[own].setdefault(name, specifier)
            return None
        if suffix(target) in _SCRIPTS and not self._is_module(target):
            self._unfit[key] = _COMMONJS_ONLY
            return None
        (self._specifiers if key == name else self._scopes[f"{own}/"])[specifier] = target
        return target

    def _refuse(self, path: str, complaint: str) -> None:
        self._unfit.setdefault(package_of(path), complaint)

    def _describe(self, folder: str) -> dict[str, Any] | None:
        if folder not in self._folders:
            return None
        if folder not in self._described:
            path = f"{folder}/package.json"
            self._described[folder] = self._description(path) if path in self._known else {}
        return self._described[folder]

    def _description(self, path: str) -> dict[str, Any]:
        try:
            described = json.loads(self._text(path))
        except (ValueError, RecursionError):
            return {}
        return described if isinstance(described, dict) else {}

    def _text(self, path: str) -> str:
        return self._files.text(self._place(path))

    def _place(self, path: str) -> str:
        package = package_of(path)
        return os.path.join(self._packages[package].folder, *path[len(package) + 1 :].split("/"))


def _is_for_pages(script: str) -> bool:
    if _OWN_REQUIRE.search(script) and not _OF_SCRIPTS.search(script):
        return False
    return not _COMMONJS.search(script) or _GUARD.search(script) is not None


def _stem(path: str) -> str:
    return basename(path).partition(".")[0]


def _by_package(paths: Collection[str]) -> dict[str, tuple[str, ...]]:
    """The names of files by package, sorted."""
    files: dict[str, list[str]] = defaultdict(list)
    for path in sorted(paths):
        package = package_of(path)
        files[package].append(path[len(package) + 1 :])
    return {name: tuple(names) for name, names in files.items()}


def _text_at(path: str) -> str:
    return content_of(path).decode("utf-8", "replace")


def _references(path: str, text_of: Callable[[str], str]) -> tuple[Reference, ...]:
    syntax = _syntax_of(path)
    return tuple(scan(syntax, text_of(path))) if syntax in (Syntax.CSS, Syntax.JAVASCRIPT) else ()


def _syntax_of(path: str) -> Syntax | None:
    return media_of(path).syntax


def _needs_bundler(text: str) -> bool:
    """Whether a module reads `process.env` without checking that `process` exists."""
    if "process" not in text or "env" not in text or "typeof process" in text:
        return False
    code = (text[start:end] for kind, start, end in tokens(text, module=True) if kind not in (Kind.SPACE, Kind.COMMENT))
    last = ("", "", "")
    for word in code:
        if (*last[1:], word) == ("process", ".", "env") and last[0] not in (".", "?."):
            return True
        last = (*last[1:], word)
    return False


def _folders(path: str) -> Iterator[str]:
    while basename(path) and (path := dirname(path)):
        yield path

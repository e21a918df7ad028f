"""Which folders of a project hold its assets, and which of these its pages load.

Takes the files of a project, gives source roots, and names for templates. Sheets and typed scripts are read by pattern:
what is wrong in them a build reports.
"""

import posixpath
import re
from collections.abc import Iterable, Iterator
from typing import Final

from buildassets.compiler.languages.reference import SPECIFIERS
from buildassets.compiler.languages.scan import scan
from buildassets.foundation.frozen import frozen
from buildassets.foundation.media import Syntax
from buildassets.project.files import ProjectFiles

STYLES: Final = (".css", ".scss", ".sass")
TYPED: Final = (".ts", ".tsx", ".mts", ".jsx")
SCRIPTS: Final = (".js", ".mjs", *TYPED)
_FOLDERS: Final = ("assets", "static")
_NO_ENTRY: Final = re.compile(
    r"(?:^|/)(?:_[^/]*|[^/]*\.(?:d|test|spec|config|stories)\.\w+|(?:sw|service-?worker)\.js)$"
)
_COPY: Final = re.compile(r"(.*)\.min(\.\w+)$")
_SHEET: Final = re.compile(r"@(?:use|forward|import)\s+(?:url\(\s*)?[\"']([^\"']+)[\"']")
_SCRIPT: Final = re.compile(
    r"(?:\bfrom\s*|\bimport\s*+\(?\s*+|\bnew URL\(\s*|\bexport\s+\*\s+from\s*)[\"']([^\"']+)[\"']"
)
_MODULE: Final = re.compile(r"^[^\S\n]*(?:import\b\s*[\w{*\"']|export\b)", re.MULTILINE)
_USUAL: Final = re.compile(r"(?:^|/)(?:app|base|index|main|site|styles?)\.\w+$")
_PACKAGE: Final = re.compile(r"(?:@[a-z0-9~-][\w.~-]*/)?[a-z0-9~][\w.~-]*", re.ASCII | re.IGNORECASE)
_OF_VITE: Final = ".vite"  # a folder beside what Vite built, with its manifest
_QUOTED: Final = frozenset("\"'{}%\\")  # characters that a template would have to escape
_MOST_ENTRIES: Final = 6  # of one kind: more are a library, or pages with assets of their own


@frozen
class PageEntry:
    """An asset that a page loads: the `file` below its source `root`, and its logical `path`."""

    root: str
    file: str
    path: str
    is_module: bool = False

    @property
    def is_style(self) -> bool:
        """Whether it is a style sheet."""
        return self.path.endswith(".css")


@frozen
class ProposedAssets:
    """The source roots, the entries that pages load, and the names of packages that sheets and scripts import.

    `unbundled_packages` are those of scripts that browsers load as they are: only TypeScript and JSX are bundled.
    """

    roots: tuple[str, ...]
    entries: tuple[PageEntry, ...]
    sheet_packages: frozenset[str]
    script_packages: frozenset[str]
    unbundled_packages: frozenset[str]
    uses_sass: bool
    uses_modern_sass: bool
    uses_tailwind: bool

    @property
    def typed(self) -> list[PageEntry]:
        """The entries in TypeScript or JSX."""
        return [one for one in self.entries if one.file.endswith(TYPED)]


def find_assets(files: ProjectFiles, configured: tuple[str, ...] | None, left_out: frozenset[str]) -> ProposedAssets:
    """The assets of the project; in the `configured` roots, if there are any. `left_out` are folders of results."""
    roots = configured if configured is not None else tuple(_roots(files, left_out))
    below = [
        (root, name[len(_begin(root)) :]) for root in roots for name in files.names if name.startswith(_begin(root))
    ]
    below = [one for one in below if _QUOTED.isdisjoint(one[1])]
    sheets = [one for one in below if one[1].endswith(STYLES)]
    scripts = [one for one in below if one[1].endswith(SCRIPTS)]
    texts = [files.text(_begin(root) + file) for root, file in sheets]
    sass = [text for (_, file), text in zip(sheets, texts, strict=True) if file.endswith((".scss", ".sass"))]
    of_sheets = _imported_by_sheets(zip(sheets, texts, strict=True))
    written = [_begin(root) + file for root, file in scripts if not _is_built(files, _begin(root) + file)]
    of_typed = _packages(name for file in written if file.endswith(TYPED) for name in _SCRIPT.findall(files.text(file)))
    of_others = _packages(
        name for file in written if not file.endswith(TYPED) for name in _specifiers(files.text(file))
    )
    return ProposedAssets(
        roots,
        (*_entries(files, sheets, _SHEET), *_entries(files, scripts, _SCRIPT)),
        sheet_packages=of_sheets,
        script_packages=of_typed | of_others,
        unbundled_packages=of_others,
        uses_sass=bool(sass),
        uses_modern_sass=any(re.search(r"@(?:use|forward)\b", text) for text in sass),
        uses_tailwind=any(re.search(r"@import\s+[\"']tailwindcss|@tailwind\b", text) for text in texts),
    )


def _imported_by_sheets(sheets: Iterable[tuple[tuple[str, str], str]]) -> frozenset[str]:
    """The packages that sheets import, each given with its text. In CSS a name with a suffix is that of a file."""
    return _packages(
        name
        for (_, file), text in sheets
        for name in _SHEET.findall(text)
        if not file.endswith(".css") or "." not in name
    )


def _specifiers(text: str) -> Iterator[str]:
    """The names of modules in the script `text`."""
    yield from (reference.url for reference in scan(Syntax.JAVASCRIPT, text) if reference.kind in SPECIFIERS)


def _packages(references: Iterable[str]) -> frozenset[str]:
    """The packages that these names of modules or sheets mean."""
    return frozenset(package for package in map(_package, references) if _PACKAGE.fullmatch(package))


def _is_built(files: ProjectFiles, name: str) -> bool:
    """Whether Vite has built the file of that name."""
    folders = name.split("/")[:-1]
    return any(files.has_folder("/".join((*folders[:count], _OF_VITE))) for count in range(1, len(folders) + 1))


def _begin(root: str) -> str:
    """How the names of the files in `root` begin."""
    return "" if root == "." else f"{root}/"


def _roots(files: ProjectFiles, left_out: frozenset[str]) -> Iterator[str]:
    """The folders `assets`, or else `static`, that hold sheets or scripts, or else the folders around all of these."""
    wanted = [name for name in files.ending(*STYLES, *SCRIPTS) if not _is_below(name, left_out)]
    for usual in _FOLDERS:
        found = {root for name in wanted if (root := _up_to(name, usual))}
        if found:
            yield from sorted(found)
            return
    wanted = [name for name in wanted if "/" in name and "tests" not in name.split("/")]
    yield from sorted({name.partition("/")[0] for name in wanted if not _has_python(files, name.partition("/")[0])})


def _up_to(name: str, folder: str) -> str | None:
    parts = name.split("/")[:-1]
    return "/".join(parts[: parts.index(folder) + 1]) if folder in parts else None


def _is_below(name: str, folders: Iterable[str]) -> bool:
    return any(name.startswith(f"{folder}/") for folder in folders)


def _has_python(files: ProjectFiles, folder: str) -> bool:
    return any(name.startswith(f"{folder}/") for name in files.ending(".py", ".html"))


def _package(reference: str) -> str:
    """The package that a reference names, as in `lit` for `lit/decorators.js`; empty for a path or a URL."""
    if reference.startswith((".", "/", "sass:", "http:", "https:", "#", "data:")):
        return ""
    scope, _, rest = reference.partition("/")
    return f"{scope}/{rest.partition('/')[0]}" if scope.startswith("@") else scope


def _entries(files: ProjectFiles, listed: list[tuple[str, str]], pattern: re.Pattern[str]) -> Iterator[PageEntry]:
    """The files of one kind that no other one of them imports; at most a few, and of more the usual ones."""
    candidates = {file: root for root, file in listed if not _NO_ENTRY.search(file)}
    imported = {
        target
        for root, file in listed
        for reference in pattern.findall(files.text(_begin(root) + file))
        for target in _targets(file, reference)
    }
    left = [file for file in candidates if _stem(file) not in imported and not _has_source(file, candidates)]
    if len(left) > _MOST_ENTRIES:
        left = [file for file in left if _USUAL.search(file)][:_MOST_ENTRIES]
    for file in sorted(left, key=lambda file: (not _COPY.match(file), file)):
        root = candidates[file]
        yield PageEntry(root, file, compiled(file), bool(_MODULE.search(files.text(_begin(root) + file))))


def _has_source(file: str, candidates: dict[str, str]) -> bool:
    """Whether `file` is the minified copy of another candidate, or was compiled from one."""
    match = _COPY.match(file)
    if match and match[1] + match[2] in candidates:
        return True
    stem, suffix = posixpath.splitext(file)
    sources = (".scss", ".sass") if suffix == ".css" else TYPED if suffix == ".js" else ()
    return any(stem + other in candidates for other in sources)


def _targets(file: str, reference: str) -> Iterator[str]:
    """The stems of files that `reference` in `file` may mean."""
    target = posixpath.normpath(posixpath.join(posixpath.dirname(file), reference))
    yield _stem(target)
    yield posixpath.join(target, "index")


def _stem(file: str) -> str:
    return posixpath.splitext(file)[0] if file.endswith((*STYLES, *SCRIPTS)) else file


def compiled(file: str) -> str:
    """The logical path of the asset that is made of `file`."""
    stem, suffix = posixpath.splitext(file)
    if suffix in (".scss", ".sass"):
        return f"{stem}.css"
    return f"{stem}.js" if suffix in TYPED else file

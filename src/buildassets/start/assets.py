"""Which folders of a project hold its assets, and which of these its pages load.

Takes the files of a project, gives source roots, and names for templates. Sheets and typed scripts are read by pattern:
what is wrong in them a build reports.
"""

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from buildassets.compiler.languages.reference import SPECIFIERS
from buildassets.compiler.languages.scan import scan
from buildassets.foundation.frozen import frozen
from buildassets.foundation.media import Syntax
from buildassets.project.files import ProjectFiles

STYLES: Final = (".css", ".scss", ".sass")
TYPED: Final = (".ts", ".tsx", ".mts", ".jsx")
SCRIPTS: Final = (".js", ".mjs", *TYPED)
CODE: Final = (*STYLES, *SCRIPTS)
FOLDERS: Final = ("assets", "static")
"""The usual names of folders of assets."""
_TEMPLATES: Final = "templates"
_OF_GEMS: Final = "-sprockets"  # ends the name of a sheet that a gem brings
_NO_ASSETS: Final = (".py", ".html", ".md")
_NO_ENTRY: Final = re.compile(
    r"(?:^|/)(?:_[^/]*|[^/]*\.(?:d|test|spec|config|stories)\.\w+|(?:sw|service-?worker)\.js)$"
)
_SHEET: Final = re.compile(r"@(?:use|forward|import)\s+(?:url\(\s*)?[\"']([^\"']+)[\"']")
_SCRIPT: Final = re.compile(
    r"(?:\bfrom\s*|\bimport\s*+\(?\s*+|\bnew URL\(\s*|\bexport\s+\*\s+from\s*)[\"']([^\"']+)[\"']"
)
_RUN_BY_NODE: Final = re.compile(r"\b(?:node|tsx|ts-node|deno run|bun)\s+(?:-\S+\s+)*(?:\./)?([\w./-]+\.\w+)")
_USUAL: Final = re.compile(r"(?:^|/)(?:app|base|index|main|site|styles?)\.\w+$")
_PACKAGE: Final = re.compile(r"(?:@[a-z0-9~-][\w.~-]*/)?[a-z0-9~][\w.~-]*", re.ASCII | re.IGNORECASE)
_OF_VITE: Final = ".vite"  # a folder beside what Vite built, with its manifest
_QUOTED: Final = frozenset("\"'{}%\\")  # characters that a template would have to escape
_MOST_ENTRIES: Final = 6  # of one kind: more are a library, or pages with assets of their own


@frozen
class ProposedAssets:
    """The source roots, and what the names of packages are that sheets and scripts import.

    `typed` are the files in TypeScript and JSX, below their roots, that no other one imports. `incomplete` are the
    folders of sheets of Sass that need a package which is not installed. `named` are the names in templates.
    `unbundled_packages` are those of scripts that browsers load as they are: only TypeScript and JSX are bundled.
    """

    roots: tuple[str, ...]
    typed: tuple[str, ...]
    sheet_packages: frozenset[str]
    script_packages: frozenset[str]
    unbundled_packages: frozenset[str]
    uses_sass: bool
    uses_modern_sass: bool
    uses_tailwind: bool
    incomplete: tuple[str, ...] = ()
    named: frozenset[str] = frozenset()


def find_assets(files: ProjectFiles, roots: tuple[str, ...], named: frozenset[str] = frozenset()) -> ProposedAssets:
    """The assets in the folders `roots`, with the names `named` in templates."""
    begins = {root: begin_of(root) for root in roots}
    below = [
        (root, name[len(begin) :]) for root, begin in begins.items() for name in files.names if name.startswith(begin)
    ]
    below = [one for one in below if _QUOTED.isdisjoint(one[1])]
    sheets = [(file, files.text(begins[root] + file)) for root, file in below if file.endswith(STYLES)]
    scripts = [one for one in below if one[1].endswith(SCRIPTS)]
    sass = [one for one in sheets if not one[0].endswith(".css")]
    written = [begin_of(root) + file for root, file in scripts if not _is_built(files, begin_of(root) + file)]
    of_typed = _packages(name for file in written if file.endswith(TYPED) for name in _SCRIPT.findall(files.text(file)))
    of_others = _packages(
        name for file in written if not file.endswith(TYPED) for name in _specifiers(files.text(file))
    )
    return ProposedAssets(
        roots,
        tuple(_typed(files, scripts)),
        sheet_packages=_imported_by_sheets(sheets),
        script_packages=of_typed | of_others,
        unbundled_packages=of_others,
        uses_sass=bool(sass),
        uses_modern_sass=any(re.search(r"@(?:use|forward)\b", text) for _, text in sass),
        uses_tailwind=any(re.search(r"@import\s+[\"']tailwindcss|@tailwind\b", text) for _, text in sheets),
        named=named,
        incomplete=_incomplete(files, sass),
    )


def _incomplete(files: ProjectFiles, sheets: list[tuple[str, str]]) -> tuple[str, ...]:
    """The folders of sheets of Sass that import, by a path, a package that is not installed."""
    found: set[str] = set()
    for file, text in sheets:
        for reference in _SHEET.findall(text):
            _, is_path, package = reference.rpartition("node_modules/")
            if is_path and not files.has_folder(f"node_modules/{_package(package)}"):
                found.add(posixpath.dirname(file))
    return tuple(sorted(one for one in found if one))


def _imported_by_sheets(sheets: Iterable[tuple[str, str]]) -> frozenset[str]:
    """The packages that sheets import, each given with its text. In CSS a name with a suffix is that of a file."""
    return _packages(
        name
        for file, text in sheets
        for name in _SHEET.findall(text)
        if not file.endswith(".css") or "." not in name or name.startswith("~")
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


def begin_of(root: str) -> str:
    """The beginning of the names of all files in the folder `root`."""
    return "" if root == "." else f"{root}/"


def find_roots(
    files: ProjectFiles, *, served: Sequence[str], left_out: frozenset[str], named: frozenset[str]
) -> Iterator[str]:
    """The folders `assets` that hold sheets or scripts, and those that settings name as `served`, or else `static`.

    Folders of results are `left_out`. Where there is none of these, the folders around all sheets and scripts, or
    those with files that are `named`. A static site is a folder of its own.
    """
    if is_site(files, ".") and "package.json" not in files.names:
        yield "."
        return
    own = [name for name in files.own if not _is_below(name, left_out)]
    packages = {posixpath.dirname(name) for name in files.called("__init__.py")}
    own = [name for name in own if _usual_root(name) not in packages]
    usual = {root: name for name in reversed(own) if not name.endswith(_NO_ASSETS) and (root := _usual_root(name))}
    wanted = [name for name in own if name.endswith(CODE)]
    with_code = {root for name in wanted if (root := _usual_root(name))}
    assets = [root for root in with_code if root.endswith("assets")]
    static = [root for root in usual if root.endswith("static")] if served or _names_static(files) else []
    served = [one for one in served if files.has_folder(one) and not _is_below(f"{one}/", usual)]
    if found := {*assets, *static, *served} or {root for root in with_code if root.endswith("static")}:
        yield from sorted(found)
        return
    plain = sorted({folder for name in wanted if (folder := _plain_folder(files, name))})
    yield from [root for root in plain if any(begin_of(root) + name in files.names for name in named)] or plain


def _plain_folder(files: ProjectFiles, name: str) -> str:
    """The outermost folder around the file `name` that has no Python and no templates, or is a site."""
    parts = name.split("/")[:-1]
    around = ("/".join(parts[:end]) for end in range(1, len(parts) + 1) if "templates" not in parts[:end])
    return next((one for one in around if is_site(files, one) or not _has_python(files, one)), "")


def is_site(files: ProjectFiles, folder: str) -> bool:
    """Whether `folder` is the root of a static site."""
    begin = begin_of(folder)
    return f"{begin}index.html" in files.names and not any(name.startswith(begin) for name in files.ending(".py"))


def _names_static(files: ProjectFiles) -> bool:
    """Whether a template of the project names files in a folder `static`."""
    return any("static" in files.text(name) for name in files.own if name.endswith((".html", ".htm", ".j2", ".jinja")))


def _usual_root(name: str) -> str | None:
    """The outermost folder with a usual name around the file `name`; none below templates."""
    parts = name.split("/")[:-1]
    at = next((number for number, part in enumerate(parts) if part in (*FOLDERS, _TEMPLATES)), None)
    if at is not None and parts[at] == _TEMPLATES:
        return None
    return None if at is None else "/".join(parts[: at + 1])


def _is_below(name: str, folders: Iterable[str]) -> bool:
    return any(name.startswith(f"{folder}/") for folder in folders)


def _has_python(files: ProjectFiles, folder: str) -> bool:
    return any(name.startswith(f"{folder}/") for name in files.ending(".py", ".html"))


def _package(reference: str) -> str:
    """The package that a reference names, as in `lit` for `lit/decorators.js`; empty for a path or a URL."""
    reference = reference.removeprefix("~")
    if reference.startswith((".", "/", "sass:", "http:", "https:", "#", "data:")) or reference.endswith(_OF_GEMS):
        return ""
    scope, _, rest = reference.partition("/")
    return f"{scope}/{rest.partition('/')[0]}" if scope.startswith("@") else scope


def _typed(files: ProjectFiles, scripts: list[tuple[str, str]]) -> Iterator[str]:
    """The files in TypeScript and JSX that no other script imports, and Node does not run; of many the usual ones."""
    references = [(file, name) for root, file in scripts for name in _SCRIPT.findall(files.text(begin_of(root) + file))]
    imported = {target for file, name in references for target in _targets(file, name)}
    own = sorted({file for _, file in scripts if file.endswith(TYPED) and not _NO_ENTRY.search(file)})
    run = " ".join(files.text(name) for name in files.called("package.json"))
    of_node = {match[1] for match in _RUN_BY_NODE.finditer(run)}
    left = [file for file in own if _stem(file) not in imported and file not in of_node]
    yield from left if len(left) <= _MOST_ENTRIES else [one for one in left if _USUAL.search(one)][:_MOST_ENTRIES]


def _targets(file: str, reference: str) -> Iterator[str]:
    """The stems of files that `reference` in `file` may mean."""
    target = posixpath.normpath(posixpath.join(posixpath.dirname(file), reference))
    yield _stem(target)
    yield posixpath.join(target, "index")


def _stem(file: str) -> str:
    return posixpath.splitext(file)[0] if file.endswith(CODE) else file


def compiled(file: str) -> str:
    """The logical path of the asset that is made of `file`."""
    stem, suffix = posixpath.splitext(file)
    if suffix in (".scss", ".sass"):
        return f"{stem}.css"
    return f"{stem}.js" if suffix in TYPED else file

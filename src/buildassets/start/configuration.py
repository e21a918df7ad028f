"""The configuration for a project, and the files that a project without assets begins with.

Takes what was found, gives the edits of `pyproject.toml` or `buildassets.toml`, of `.gitignore`, and new sources.
"""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from buildassets.compiler.config.toml_table import parse
from buildassets.disk.files import has_content_of
from buildassets.migrate.plan import written
from buildassets.project.files import ProjectFiles
from buildassets.project.found import ProjectFindings
from buildassets.start.assets import ProposedAssets, begin_of, compiled, is_site
from buildassets.start.edits import ByHand, FileEdit, appended

OWN_FILE: Final = "buildassets.toml"
_PYPROJECT: Final = "pyproject.toml"
_GITIGNORE: Final = ".gitignore"
_NPM: Final = {"path": "node_modules", "prefix": "npm", "npm": True}
_PLAIN: Final = ("favicon.ico", "robots.txt", "sitemap.xml")
_ROUTE: Final = re.compile(r"""["']/assets/[^"'.]*[{<]""")  # with a parameter
_STARTER: Final = """\
:root {
  color-scheme: light dark;
}

body {
  margin: 2rem auto;
  max-width: 60rem;
  padding: 0 1rem;
  font-family: system-ui, sans-serif;
  line-height: 1.5;
}
"""
_BOOTSTRAP: Final = '@use "bootstrap/scss/bootstrap";\n'
_TAILWIND: Final = '@import "tailwindcss";\n'


def starter(files: ProjectFiles, node: frozenset[str]) -> FileEdit:
    """The style sheet to begin with: with Bootstrap or Tailwind where npm's list of the project has it."""
    if files.text_or_none("node_modules/bootstrap/scss/bootstrap.scss") is not None:
        return FileEdit("assets/css/site.scss", None, _BOOTSTRAP)
    if "tailwindcss" in node:
        return FileEdit("assets/css/site.css", None, _TAILWIND)
    return FileEdit("assets/css/site.css", None, _STARTER)


def settings_for(
    files: ProjectFiles, found: ProjectFindings, assets: ProposedAssets, engines: Mapping[str, str]
) -> dict[str, Any]:
    """The settings that say more than the framework does, in the form of our file.

    Django's finders find its folders, its storage decides about missing files, and its settings name its templates.
    """
    is_django = found.django is not None
    sources: list[Any] = [] if is_django else [*_apart(files, assets.roots)]
    has_packages = files.has_folder("node_modules")
    of_pages = [one for one in assets.typed if not is_django or compiled(one) in assets.named]
    typed = {compiled(one): {"files": [one], "bundle": True} for one in of_pages}
    mapped = assets.unbundled_packages if typed else assets.script_packages  # a bundle takes its packages in
    if has_packages and any(files.has_folder(f"node_modules/{name}") for name in mapped):
        sources.append(_NPM)
    settings: dict[str, Any] = {"sources": sources} if sources else {}
    if pages := [*dict.fromkeys(_plain_names(files, assets))]:
        settings |= {"url_prefixes": ["/"], "plain": pages}  # the release is the root of the site
    if any(files.has_folder(f"node_modules/{name}") for name in assets.sheet_packages):
        settings["load_paths"] = ["node_modules"]
    settings |= {} if is_django else _of_own_roots(files, found, assets)
    filled = {"engines": dict(engines), "bundles": typed, **({} if is_django else {"templates": _templates(found)})}
    return {**settings, **{name: table for name, table in filled.items() if table}}


def _apart(files: ProjectFiles, roots: Sequence[str]) -> Iterator[str | dict[str, str]]:
    """Give a prefix to each root with a file that an earlier root has with another content: it would be hidden."""
    first_of: dict[str, str] = {}
    for root in roots:
        own = {name.removeprefix(begin_of(root)): name for name in files.names if name.startswith(begin_of(root))}
        both = own.keys() & first_of.keys()
        if any(not has_content_of(files.path(own[name]), files.path(first_of[name])) for name in both):
            outer = [
                name for name in root.split("/") if not any(name in one.split("/") for one in roots if one != root)
            ]
            yield {"path": root, "prefix": "/".join(outer) or root}
        else:
            yield root
            first_of = own | first_of


def _of_own_roots(files: ProjectFiles, found: ProjectFindings, assets: ProposedAssets) -> dict[str, Any]:
    """The settings by which the folders of a project build as they are, and its routes stay."""
    settings: dict[str, Any] = {}
    if any(_ROUTE.search(files.text(name)) for name in files.own if name.endswith(".py")):
        settings["url"] = "/release/"  # for routes of the project below the usual one
    if left_out := [one for one in assets.incomplete if not any(name.startswith(f"{one}/") for name in assets.named)]:
        settings["exclude"] = [f"{folder}/**" for folder in left_out]
    if found.framework.name == "django" and (others := _of_others(files, assets)):
        settings["external"] = others
    has_files = any(name.startswith(tuple(map(begin_of, assets.roots))) for name in files.names)
    return {**settings, "missing": "warn"} if has_files else settings  # what was served before fails no build


def _templates(found: ProjectFindings) -> dict[str, Any]:
    """The folders of templates; those of a library of Django have no settings that show what they are."""
    engine = {"engine": "django"} if found.framework.name == "django" else {}
    return {"dirs": [*found.templates], **engine} if found.templates else {}


def _of_others(files: ProjectFiles, assets: ProposedAssets) -> list[str]:
    """The names in templates of a library that no file here has."""
    below = tuple(map(begin_of, assets.roots))
    own = {compiled(name.removeprefix(root)) for name in files.names for root in below if name.startswith(root)}
    return sorted(name for name in assets.named if name not in own)


def _plain_names(files: ProjectFiles, assets: ProposedAssets) -> Iterator[str]:
    """The names that the pages and other files of a static site keep."""
    for root in assets.roots:
        if is_site(files, root):
            yield from ("**/*.html", *(name for name in _PLAIN if f"{begin_of(root)}{name}" in files.names))


def configuration(files: ProjectFiles, settings: Mapping[str, Any]) -> FileEdit:
    """The new file `buildassets.toml`, or a table at the end of a `pyproject.toml` that there is.

    Raises ConfigError for one that is not TOML.
    """
    text = files.text_or_none(_PYPROJECT)
    if text is None:
        return FileEdit(OWN_FILE, None, written(settings))
    parse(text, _PYPROJECT)
    tables = re.sub(r"^\[(\w+)\]$", r"[tool.buildassets.\1]", written(settings), flags=re.MULTILINE)
    lines = ["[tool.buildassets]", *tables.rstrip("\n").split("\n")]
    return FileEdit(_PYPROJECT, text, appended(text, ["", *lines] if text.strip() else lines))


def ignored(files: ProjectFiles, *folders: str) -> FileEdit | ByHand | None:
    """The lines that `.gitignore` lacks for `folders` that a build or `init` writes; None where it lacks none.

    Lines to write by hand where the file is there and is no text in UTF-8.
    """
    text = files.text_or_none(_GITIGNORE)
    there = {line.strip().strip("/*") for line in (text or "").splitlines()}
    missing = [f"{one}/" for one in (*folders, ".buildassets") if one not in there]
    if text is None and os.path.exists(files.path(_GITIGNORE)):
        return ByHand(_GITIGNORE, "a line each", tuple(missing), optional=True)
    return FileEdit(_GITIGNORE, text, appended(text or "", missing)) if missing else None

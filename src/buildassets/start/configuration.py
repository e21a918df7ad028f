"""The configuration for a project, and the files that a project without assets begins with.

Takes what was found, gives the edits of `pyproject.toml` or `buildassets.toml`, of `.gitignore`, and new sources.
"""

import os
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from buildassets.compiler.config.toml_table import parse
from buildassets.foundation.frozen import frozen
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


@frozen
class Starter:
    """The first source of a project that has none: the `file` and its `text`."""

    file: str
    text: str


def starter(files: ProjectFiles, node: frozenset[str]) -> Starter:
    """The style sheet to begin with: with Bootstrap or Tailwind where npm's list of the project has it."""
    if files.text_or_none("node_modules/bootstrap/scss/bootstrap.scss") is not None:
        return Starter("assets/css/site.scss", _BOOTSTRAP)
    if "tailwindcss" in node:
        return Starter("assets/css/site.css", _TAILWIND)
    return Starter("assets/css/site.css", _STARTER)


def settings_for(
    files: ProjectFiles, found: ProjectFindings, assets: ProposedAssets, engines: Mapping[str, str]
) -> dict[str, Any]:
    """The settings, in the form of our file."""
    sources: list[Any] = [*assets.roots]
    has_packages = files.has_folder("node_modules")
    typed = {one.path: {"files": [one.file], "bundle": True} for one in assets.typed}
    mapped = assets.unbundled_packages if typed else assets.script_packages  # a bundle takes its packages in
    if has_packages and any(files.has_folder(f"node_modules/{name}") for name in mapped):
        sources.append(_NPM)
    for folder, prefix in assets.elsewhere:
        sources.append({"path": folder, "prefix": prefix} if prefix else folder)
    settings: dict[str, Any] = {"sources": sources}
    if pages := [*dict.fromkeys(_plain_names(files, assets))]:
        settings |= {"url_prefixes": ["/"], "plain": pages}  # the release is the root of the site
    modules = (files.text(name) for name in files.own if name.endswith(".py"))
    if found.framework.name != "django" and any(map(_ROUTE.search, modules)):
        settings["url"] = "/release/"  # for routes of the project below the usual one
    if left_out := [one for one in assets.incomplete if not any(name.startswith(f"{one}/") for name in assets.named)]:
        settings["exclude"] = [f"{folder}/**" for folder in left_out]
    if found.framework.name == "django" and (others := _of_others(files, found, assets)):
        settings["external"] = others
    if assets.missing:
        settings["missing"] = "warn"
    if any(files.has_folder(f"node_modules/{name}") for name in assets.sheet_packages):
        settings["load_paths"] = ["node_modules"]
    templates: dict[str, Any] = {"dirs": [*found.templates]} if found.templates else {}
    if templates and found.is_library and found.framework.name == "django":
        templates["engine"] = "django"  # with settings `check` finds it
    tables = {"engines": dict(engines), "bundles": typed, "templates": templates}
    filled = {name: table for name, table in tables.items() if table}
    return {**settings, **filled}


def _of_others(files: ProjectFiles, found: ProjectFindings, assets: ProposedAssets) -> list[str]:
    """The names in templates that no file here has: those of a library, or folders of installed applications."""
    below = tuple(map(begin_of, assets.roots))
    own = {compiled(name.removeprefix(root)) for name in files.names for root in below if name.startswith(root)}
    left = sorted(name for name in assets.named if name not in own)
    if found.django is None:
        return left
    labels = {one.rpartition(".")[2] for one in found.django.literal_applications()}
    tops = {name.partition("/")[0] for name in own}
    return sorted({f"{top}/**" for name in left if (top := name.partition("/")[0]) in labels - tops})


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


def ignored(files: ProjectFiles, output: str) -> FileEdit | ByHand | None:
    """The lines that `.gitignore` lacks, with the release directory `output`; None where it lacks none.

    Lines to write by hand where the file is there and is no text in UTF-8.
    """
    text = files.text_or_none(_GITIGNORE)
    there = {line.strip().strip("/*") for line in (text or "").splitlines()}
    missing = [line for line in (f"{output}/", ".buildassets/") if line.strip("/") not in there]
    if text is None and os.path.exists(files.path(_GITIGNORE)):
        return ByHand(_GITIGNORE, "a line each", tuple(missing), optional=True)
    return FileEdit(_GITIGNORE, text, appended(text or "", missing)) if missing else None

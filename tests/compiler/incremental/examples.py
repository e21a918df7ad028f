"""Example projects of many kinds, each line of which can be edited, and the builds of them that have to be alike."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, NamedTuple

from buildassets.compiler.result import BuildResult
from buildassets.errors import ConfigError
from buildassets.foundation.diagnostics import Diagnostic
from tests.building import build, load_config
from tests.compat.jammit.test_read import SITE as JAMMIT
from tests.compat.webassets.test_project import FILES, YAML
from tests.compiler.bundle.test_sprockets import LIBRARY
from tests.compiler.incremental import builder, project
from tests.compiler.incremental.builder import Builder, released
from tests.compiler.incremental.test_edits import IN_SOURCE, MAPPED, NAMING, NPM, VENDORED
from tests.compiler.incremental.test_no_op import ICON_FILES, ICONS
from tests.compiler.incremental.test_typescript import SITE as TYPESCRIPT
from tests.compiler.sources.test_variants import picture
from tests.conftest import Tree, read_tree, write_tree

_EXAMPLE_PROJECT: Final = Path(__file__).parents[3] / "example_project"
_SETTINGS: Final = ("buildassets.toml", "pyproject.toml")  # another line there is another build


def _of_repository() -> Tree:
    """The example project of the repository, without retained releases, which a clean build cannot have."""
    files = {
        f"{name}/{path}": content
        for name in ("assets", "templates")
        for path, content in read_tree(_EXAMPLE_PROJECT / name).items()
    }
    settings = (_EXAMPLE_PROJECT / "buildassets.toml").read_text().partition("[retain]")[0]
    return {**files, "buildassets.toml": settings}


EXAMPLES: Final[Mapping[str, Tree]] = {
    "sass": builder.SITE,
    "all languages": project.SITE,
    "uncompiled sources": IN_SOURCE,
    "an import map": {
        **NAMING,
        "buildassets.toml": MAPPED,
        "assets/js/main.js": 'new Worker(new URL("./named.js", import.meta.url), { type: "module" });\n',
        "assets/page.html": '<script type="module" src="js/main.js"></script>\n<script src="js/named.js"></script>\n',
    },
    "packages": {
        **NAMING,
        "buildassets.toml": NPM,
        "assets/js/main.js": 'import "pkg";\nimport "./app.js";\n',
        "assets/js/named.js": 'import "./main.js";\n',
    },
    "directives": {
        **LIBRARY,
        "buildassets.toml": "directives = true\n[images.variants]\n'*.webp' = { widths = [20, 40] }\n",
        "assets/app.js": "//= require_tree .\n//= stub lib/c\napp();\n",
        "assets/app.css": "/*\n *= require_self\n *= require_tree .\n */\na { color: red }\n",
        "assets/lib/b.css": "b { color: red }\n",
        **{f"assets/{name}.webp": picture("WEBP", (100, 100)) for name in "xy"},
    },
    "imports put inline": {
        **project.SITE,
        "buildassets.toml": 'inline_imports = true\nmissing = "warn"\n[data_urls]\nlimit = 10\n',
    },
    "only what entries reach": {**project.SITE, "buildassets.toml": 'entries = ["js/app.js", "css/base.css"]\n'},
    "warnings of others": {
        "buildassets.toml": VENDORED,
        **{f"assets/{name}.js": "//= require ./c\nimport 'lost';\nnew Worker('c.js');\n" for name in "abc"},
        **{f"assets/{name}.css": "a {} }\nb { background: url(none.png) }\n" for name in "abc"},
    },
    "icons": {
        **ICON_FILES,
        "buildassets.toml": ICONS,
        "icons/y.svg": '<svg xmlns="http://www.w3.org/2000/svg"/>\n',
        "templates/page.html": '{{ icon("x") }}\n{{ icon("y") }}\n',
    },
    "a command": {
        "buildassets.toml": '[commands.upper]\nfrom = "low"\nto = "css"\nrun = ["tr", "a-z", "A-Z"]\n',
        "assets/a.low": "a { b: url(c.png) }\nd { e: f }\n",
        "assets/C.PNG": "pixels\n",
    },
    "jammit": {
        **JAMMIT,
        "config/assets.yml": "stylesheets:\n  s: [public/stylesheets/*.css]\n"
        "javascripts:\n  j:\n    - public/javascripts/*.js\n    - app/views/t/*.jst\n",
    },
    "webassets": {
        **{name: content for name, content in FILES.items() if not name.endswith((".less", ".jst"))},
        "buildassets.toml": 'webassets = "assets.yml"\n',
        "assets.yml": YAML,
    },
    "of the repository": _of_repository(),
}
TYPED_EXAMPLES: Final[Mapping[str, Tree]] = {"typescript": TYPESCRIPT}


class Edit(NamedTuple):
    """The text that a file has after one line of it was edited."""

    name: str
    text: str


def edits_of(tree: Tree) -> Iterator[Edit]:
    """Yield each edit of one line: it is removed, or there twice."""
    for name, content in sorted(tree.items()):
        text = _text(content)
        lines = text.splitlines(keepends=True)
        if name in _SETTINGS or "\0" in text:
            continue
        for number, line in enumerate(lines):
            before, after = "".join(lines[:number]), "".join(lines[number + 1 :])
            yield Edit(name, before + after)
            yield Edit(name, f"{before}{line}\n{line}{after}")


def _text(content: str | bytes) -> str:
    """Return the text of a file; something with a NUL if it has none."""
    try:
        return content if isinstance(content, str) else content.decode()
    except UnicodeDecodeError:
        return "\0"


class Outcome(NamedTuple):
    """What of a build does not depend on how it was made."""

    release: Tree
    diagnostics: tuple[Diagnostic, ...]


def outcome_of(folder: Path, built: Callable[[], BuildResult]) -> Outcome:
    """Return the outcome of what `built` makes in `folder`."""
    try:
        result = built()
    except ConfigError as failure:
        return Outcome({}, failure.diagnostics)
    return Outcome(released(folder) if result.succeeded else {}, result.diagnostics)


def clean_outcome(folder: Path, workers: int = 0) -> Outcome:
    """Return the outcome of a build of the same files elsewhere, without a cache, by so many workers."""
    copy = folder.parent / "clean" / folder.name
    shutil.rmtree(copy.parent, ignore_errors=True)
    shutil.copytree(folder, copy, symlinks=True, ignore=shutil.ignore_patterns("build", ".cache"))
    with ThreadPoolExecutor(max(1, workers)) as executor:
        return outcome_of(
            copy,
            lambda: build(load_config(start=str(copy)), executor=executor if workers else None, bytes_per_worker=1),
        )


def assert_edits_are_built_as_clean_builds_would(folder: Path, tree: Tree, edits: list[Edit]) -> None:
    """Build each of `edits` of the project `tree` after the project itself, and the project again after each."""
    site = Builder(write_tree(folder / "site", tree))
    first = outcome_of(site.folder, site)
    assert first == clean_outcome(site.folder)
    for edit in edits:
        for text in (edit.text, _text(tree[edit.name])):
            write_tree(site.folder, {edit.name: text})
            found = outcome_of(site.folder, site)
            expected = first if text != edit.text else clean_outcome(site.folder)
            assert found == expected, f"{edit.name} with this text: {text}"

"""Random edits of a project of many kinds: of contents, names, folders, settings, templates, packages and the release.

Each edit is a function of a random generator and the project's folder, so a seed gives the same sequence each time.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Final

from tests.compiler.incremental.builder import Builder
from tests.compiler.incremental.examples import clean_outcome, outcome_of
from tests.compiler.sources.test_variants import picture
from tests.conftest import Tree, write_tree

_SVG: Final = '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{0}"><image href="b.png"/></svg>\n'
_PACKAGE: Final = '{{"name": "{0}", "version": "1.0.{1}", "main": "{2}.js"}}'

SITE: Final[Tree] = {
    "assets/css/app.scss": '@use "theme" as *; @use "more/part";\n'
    "a { color: $colour; background: url(../img/a.svg) }\n",
    "assets/css/_theme.scss": "$colour: red;\n",
    "assets/css/more/_part.scss": "b { background: url(c.png) }\n",
    "assets/css/more/c.png": "c",
    "assets/css/base.css": '@import "print.css";\na { background: url("../img/a.svg"), url("../img/b.png") }\n',
    "assets/css/print.css": "b { color: black }\n",
    "assets/img/a.svg": _SVG.format(10),
    "assets/img/b.png": picture("PNG", (10, 10)),
    "assets/js/app.js": 'import { cycle } from "./cycle.js";\nimport("./late.js");\ncycle();\n',
    "assets/js/cycle.js": 'import { back } from "./back.js";\nexport const cycle = () => back;\n',
    "assets/js/back.js": 'import { cycle } from "./cycle.js";\nexport const back = () => cycle;\n',
    "assets/js/late.js": 'new URL("../img/a.svg", import.meta.url);\n',
    "assets/js/mapped.js": "mapped();\n//# sourceMappingURL=mapped.js.map\n",
    "assets/js/mapped.js.map": '{"version": 3, "sources": ["m.ts"], "names": [], "mappings": "AAAA"}',
    "assets/js/one.js": "one();\n",
    "assets/js/two.js": "two();\n",
    "assets/page.html": '<link rel="stylesheet" href="css/base.css">\n<script src="js/one.js"></script>\n',
    "assets/data.json": '{"icons": []}\n',
    "icons/x.svg": _SVG.format(1),
    "icons/y.svg": _SVG.format(2),
    "lib/_theme.scss": "$colour: tan;\n",
    "node_modules/pkg/package.json": _PACKAGE.format("pkg", 0, "index"),
    "node_modules/pkg/index.js": 'import "./more.js";\nexport const pkg = 1;\n',
    "node_modules/pkg/more.js": "more();\n",
    "templates/page.html": '{{ stylesheet("css/app.css") }}{{ icon("x") }}\n',
    "vendor/lib/lib.js": "lib();\n",
    "vendor/lib/lib.css": "lib { background: url(none.png) }\n",
    "buildassets.toml": "",
}

_TEXTS: Final[dict[str, tuple[str, ...]]] = {
    ".css": (
        "a { color: red }\n",
        '@import "print.css";\nc { color: blue }\n',
        '@import "../css/base.css";\n',
        "a { background: url(../img/b.png) }\n",
        "a { background: url(none.png) }\n",
        "a { background: url(/assets/img/a.svg), url(/img/a.svg) }\n",
        "a { background: url(../img/a.svg?buildassets-data-url) }\n",
        "/* a comment */\n",
        'a { content: "x }\n',
        "a {} }\n",
        "@tailwindd base;\n",
        "/*\n *= require ./print\n */\nb { color: red }\n",
        "",
    ),
    ".scss": (
        '@use "theme" as *; a { color: $colour }\n',
        "$colour: blue;\n",
        "a { b { color: red; background: url(../img/b.png) } }\n",
        '@use "none";\n',
        '@warn "old"; a { b: c }\n',
        "a { b: }\n",
        "a { background: url(c.png) }\n",
        "",
    ),
    ".js": (
        "plain();\n",
        'import "./one.js";\nimport { two } from "./two.js";\n',
        'import "pkg";\n',
        'import "named";\n',
        'import "none";\n',
        'import "./none.js";\n',
        'import "./../css/print.css";\n',
        'import data from "../data.json" with { type: "json" };\n',
        'new Worker("two.js");\nnew Worker(new URL("./one.js", import.meta.url));\n',
        'export { back as cycle } from "./back.js";\n',
        'export const x = ASSET_URL("../img/b.png");\n',
        "console.log(import.meta.env.MODE, process.env.NODE_ENV);\n",
        '__webpack_require__.u = () => "js/two.js";\n(self.webpackChunk = self.webpackChunk || []).push([]);\n',
        "//= require ./two\nx();\n",
        "f(\n",
        "//# sourceMappingURL=none.js.map\n",
        "",
    ),
    ".svg": (
        _SVG.format(3),
        '<svg xmlns="http://www.w3.org/2000/svg"/>\n',
        '<svg><use href="a.svg#x"/></svg>\n',
        "<svg>\n",
    ),
    ".html": (
        '<link rel="stylesheet" href="css/print.css">\n',
        '<script type="module" src="js/app.js"></script>\n{{ script("js/app.js") }}{{ icon("y") }}\n',
        '{{ script("js/late.js") }}\n',
        "<p>\n",
    ),
    ".json": ('{"a": 1}\n', '{ "a":  [1, 2] }', '{"name": "pkg", "main": "more.js"}', "{"),
    ".map": ('{"version": 3, "sources": [], "names": [], "mappings": ""}', "{}"),
    ".png": ("pixels", "other pixels", "x"),
    ".txt": ("text\n", "User-agent: *\n"),
}
_NAMES: Final = ("one", "two", "three", "_theme", "_part", "base", "print", "index", "app", "robots", "x", "y", "é b")
_FOLDERS: Final = ("assets", "assets/css", "assets/css/more", "assets/js", "assets/img", "assets/new", "lib", "icons")
_MORE_FOLDERS: Final = ("templates", "vendor/lib", "node_modules/pkg", "node_modules/other")
_KEYS: Final = (
    "minify = false",
    'missing = "error"',
    'missing = "ignore"',
    'modules = "importmap"',
    'entries = ["js/app.js", "css/*.css"]',
    'entries = ["page.html"]',
    "inline_imports = true",
    "source_maps = true",
    'source_maps = "hidden"',
    "directives = true",
    'integrity = "sha256"',
    'plain = ["robots.txt", "page.html"]',
    'precache = "precache.json"',
    'url_prefixes = ["/"]',
    'url = "/static/"',
    'external = ["none*"]',
    'exclude = ["img/*"]',
    'load_paths = ["lib"]',
    'raw = ["**/*.scss"]',
    'fingerprinted = ["img/b.png"]',
    'sources = ["assets", "lib"]',
    'sources = ["assets", { path = "vendor", prefix = "v", vendored = true }]',
    'sources = ["assets", { path = "node_modules", npm = true }]',
    'sources = [{ path = "assets", vendored = true }]',
    'sources = ["lib", "assets", { path = "vendor" }]',
)
_TABLES: Final = (
    "[data_urls]\nlimit = 60",
    '[bundles]\n"js/all.js" = ["js/one.js", "js/two.js"]\n"css/all.css" = ["css/print.css", "css/app.css"]',
    '[bundles]\n"js/all.js" = ["js/*.js"]',
    '[importmap]\nnamed = "js/one.js"\n"named/" = "js/"',
    '[define]\n"process.env.NODE_ENV" = "production"',
    '[images]\nwarn = "5 B"',
    '[images.variants]\n"img/*" = { widths = [5] }',
    '[icons]\n"i.svg" = { dir = "icons", used_only = true }',
    '[icons]\n"i.svg" = { dir = "icons" }',
    '[budgets]\n"js/app.js" = "1 kB"',
    '[wrappers]\n"js/one.js" = ["(() => {", "})();"]',
    '[commands.upper]\nfrom = "txt"\nto = "css"\nrun = ["tr", "a-z", "A-Z"]',
)

_LENIENT: Final = 'missing = "warn"'

_Edit = Callable[[Random, Path], None]


def _files(folder: Path, *, anywhere: bool = True) -> list[Path]:
    """The files of the project, without those of the release and of the cache."""
    left_out = {"build", ".cache"}
    found = (path for path in folder.rglob("*") if path.is_file() and path.name != "buildassets.toml")
    inside = [path for path in found if path.relative_to(folder).parts[0] not in left_out]
    return sorted(path for path in inside if anywhere or path.relative_to(folder).parts[0] == "assets")


def _chosen(random: Random, folder: Path) -> Path:
    """A file of the project, most often one of the assets."""
    found = _files(folder, anywhere=random.random() < 0.3) or _files(folder)
    if not found:
        write_tree(folder, {"assets/a.css": "a { b: c }\n"})
    return random.choice(found or _files(folder))


def _text(random: Random, suffix: str) -> str:
    return random.choice(_TEXTS.get(suffix, ("other\n",)))


def _change(random: Random, folder: Path) -> None:
    """Give a file another text of its kind."""
    path = _chosen(random, folder)
    path.write_text(_text(random, path.suffix))


def _append(random: Random, folder: Path) -> None:
    """Append another text of the kind."""
    path = _chosen(random, folder)
    path.write_bytes(path.read_bytes() + _text(random, path.suffix).encode())


def _change_a_line(random: Random, folder: Path) -> None:
    """Remove a line, repeat it, or put spaces in front of it."""
    path = _chosen(random, folder)
    lines = path.read_bytes().splitlines(keepends=True)
    if lines:
        number = random.randrange(len(lines))
        lines[number : number + 1] = random.choice([[], [lines[number]] * 2, [b"  ", lines[number]]])
    path.write_bytes(b"".join(lines))


def _add(random: Random, folder: Path) -> None:
    suffix = random.choice(list(_TEXTS))
    name = f"{random.choice((*_FOLDERS, *_MORE_FOLDERS))}/{random.choice(_NAMES)}{suffix}"
    write_tree(folder, {name: _text(random, suffix)})


def _remove(random: Random, folder: Path) -> None:
    _chosen(random, folder).unlink()


def _rename(random: Random, folder: Path) -> None:
    """Rename a file, perhaps to another folder, or exchange two files of a kind."""
    path = _chosen(random, folder)
    other = random.choice([one for one in _files(folder) if one.suffix == path.suffix])
    if random.random() < 0.4:
        content = other.read_bytes()
        other.write_bytes(path.read_bytes())
        path.write_bytes(content)
        return
    target = folder / random.choice(_FOLDERS) / f"{random.choice(_NAMES)}{path.suffix}"
    target.parent.mkdir(parents=True, exist_ok=True)
    path.replace(target)


def _move_folder(random: Random, folder: Path) -> None:
    """Rename a folder of assets, or back."""
    path = folder / random.choice(_FOLDERS[1:])
    other = path.with_name(path.name + "2")
    if path.exists() and not other.exists():
        path.rename(other)
    elif other.exists() and not path.exists():
        other.rename(path)


def _touch(random: Random, folder: Path) -> None:
    """Give files another time."""
    for path in _files(folder):
        if random.random() < 0.5:
            os.utime(path, (1_700_000_000 + random.randrange(1000),) * 2)


def _configure(random: Random, folder: Path) -> None:
    """Choose settings: a few keys, no two of one name, and a few tables."""
    given = {key.partition(" ")[0]: key for key in random.sample(_KEYS, random.randrange(4))}
    tables = {table.partition("\n")[0]: table for table in random.sample(_TABLES, random.randrange(3))}
    usual = {"compress": "compress = []" if random.random() < 0.8 else 'compress = ["gzip"]', "missing": _LENIENT}
    keys = {**usual, **given} if random.random() < 0.9 else given
    (folder / "buildassets.toml").write_text("\n".join([*keys.values(), *tables.values()]) + "\n")


def _damage(random: Random, folder: Path) -> None:
    """Remove or damage files of the release or of the cache, or remove all of one."""
    there = sorted(path for name in ("build", ".cache") for path in (folder / name).rglob("*") if path.is_file())
    for path in random.sample(there, min(len(there), random.choice((0, 1, 1, 5, 20)))):
        path.unlink() if path.parts[-2] == "build" or random.random() < 0.7 else path.write_bytes(b"damaged")
    if random.random() < 0.3:
        shutil.rmtree(folder / random.choice(["build", ".cache"]), ignore_errors=True)


def _package(random: Random, folder: Path) -> None:
    """Change what a package is, or its version."""
    main = random.choice(["index", "more", "none"])
    name = random.choice(["pkg", "other"])
    write_tree(folder, {f"node_modules/{name}/package.json": _PACKAGE.format(name, random.randrange(3), main)})


_EDITS: Final[tuple[tuple[_Edit, int], ...]] = (
    (_change, 30),
    (_append, 15),
    (_change_a_line, 20),
    (_add, 10),
    (_remove, 6),
    (_rename, 8),
    (_move_folder, 2),
    (_touch, 4),
    (_configure, 5),
    (_damage, 4),
    (_package, 2),
)


def site(folder: Path, random: Random) -> Path:
    """Write the project with random settings below `folder`."""
    write_tree(folder, SITE)
    _configure(random, folder)
    return folder


def steps(folder: Path, random: Random, count: int, *, is_broken: Callable[[], bool]) -> Iterator[str]:
    """Edit the project `count` times; yield the names of the edits after each.

    Now and then all files are again what they were some edits ago, as after a change of branches. Where the build
    `is_broken`, the last edits are most often undone, since only a build that succeeds is a beginning for another.
    """
    edits, weights = zip(*_EDITS, strict=True)
    earlier = before = _state(folder)
    for _ in range(count):
        if is_broken() and random.random() < 0.8:
            if before == _state(folder):
                (folder / "buildassets.toml").write_text(_LENIENT)
            else:
                _restore(folder, before)
            yield "undo"
            continue
        if random.random() < 0.1:
            _restore(folder, earlier)
            yield "restore"
            continue
        before = _state(folder)
        if random.random() < 0.2:
            earlier = before
        chosen = random.choices(edits, weights, k=random.choice((1, 1, 1, 2, 3)))
        for edit in chosen:
            edit(random, folder)
        yield ", ".join(edit.__name__.strip("_") for edit in chosen)


def _state(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in (*_files(folder), folder / "buildassets.toml")}


def _restore(folder: Path, state: dict[Path, bytes]) -> None:
    for path in _files(folder):
        if path not in state:
            path.unlink()
    for path, content in state.items():
        if not path.exists() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def assert_edits_are_built_as_clean_builds_would(folder: Path, seed: int, count: int) -> None:
    """Build the project of that `seed`, and again after each of `count` edits."""
    random = Random(seed)
    builder = Builder(site(folder / "site", random))
    done, outcomes = ["the first build"], [outcome_of(builder.folder, builder)]
    assert outcomes[-1] == clean_outcome(builder.folder), f"seed {seed}: {done}"
    for edits in steps(builder.folder, random, count, is_broken=lambda: not outcomes[-1].release):
        done.append(edits)
        outcomes.append(outcome_of(builder.folder, builder))
        assert outcomes[-1] == clean_outcome(builder.folder), f"seed {seed}: {done}"

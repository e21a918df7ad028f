"""Projects of n things: files, bundles, faults, references, imports."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from buildassets.errors import ConfigError
from buildassets.foundation.diagnostics import render_text
from tests.building import build, check, load_config
from tests.conftest import Tree

Project = Callable[[int], Tree]

PLAIN: Final = 'compress = []\nintegrity = "none"\n'
LIBSASS: Final = f'{PLAIN}engines.scss = "libsass"\n'
NPM: Final = f"{PLAIN}sources = ['assets', {{ path = 'node_modules', npm = true }}]\n"
DIRECTIVES: Final = f"{PLAIN}directives = true\n"
JINJA: Final = f"{PLAIN}[templates]\ndirs = ['t']\nengine = 'jinja'\n"
DJANGO: Final = f"{PLAIN}[templates]\ndirs = ['t']\nengine = 'django'\n"
MANY: Final = {f"assets/file{number}.png": "a" for number in range(300)}


def _lines(line: str, count: int) -> str:
    """`line` so many times, with its number for `#` and that of the next for `>`."""
    return "".join(line.replace("#", str(number)).replace(">", str((number + 1) % count)) for number in range(count))


def project(
    *,
    settings: str = PLAIN,
    setting: str = "",
    files: Tree | None = None,
    one: tuple[str, str, str, str] | None = None,
    others: Tree | None = None,
) -> Project:
    """A project of n lines `setting` behind `settings`, n of each of `files`, and `one` file (its name, what stands
    before, n lines, what stands behind)."""

    def made(count: int) -> Tree:
        tree: dict[str, str | bytes] = {"buildassets.toml": settings + _lines(setting, count), **(others or {})}
        for name, text in (files or {}).items():
            for number in range(count):
                numbers = str(number), str((number + 1) % count)
                path, content = (one.replace("#", numbers[0]).replace(">", numbers[1]) for one in (name, str(text)))
                tree[path] = content
        if one:
            name, before, line, behind = one
            tree[name] = before + _lines(line, count) + behind
        return tree

    return made


def _one(name: str, line: str, settings: str = PLAIN, others: Tree | None = None) -> Project:
    return project(settings=settings, one=(f"assets/{name}", "", line, ""), others=others)


def _set(head: str, line: str) -> Project:
    return project(settings=head, setting=line, others={"assets/a.css": "a{}", "assets/a.js": "a"})


def _array(key: str, element: str) -> Project:
    sources = {"assets/a.css": "a{}"}
    return lambda count: {"buildassets.toml": f"{key} = [{_lines(element + ',', count)}]\n", **sources}


def _files(name: str, text: str, settings: str = PLAIN, others: Tree | None = None) -> Project:
    return project(settings=settings, files={f"assets/{name}": text}, others=others)


PROJECTS: Final[Mapping[str, Project]] = {
    "sheets": _files("f#.css", "a{b:c#}"),
    "Sass sheets": _files("f#.scss", "a{b:c#}"),
    "scripts": _files("f#.js", "a(#)"),
    "pages": _files("f#.html", "<p>#</p>"),
    "drawings": _files("f#.svg", "<svg>#</svg>"),
    "images": _files("f#.png", "#"),
    "script templates": _files("f#.jst", "<%= a %>"),
    "folders": _files("d#/f#.css", "a{b:c#}"),
    "Sass sheets that import one": _files("f#.scss", "@use 'p' as *; a{b:#}", others={"assets/_p.scss": "$a:1;"}),
    "Sass sheets without what they import": _files("f#.scss", "@use 'nothere#'; a{b:#}"),
    "sheets without what they refer to": _files("f#.css", "a{b:url(fle#.css)}"),
    "scripts without what they import": _files("f#.js", "import './nothere#.js'"),
    "scripts with a syntax error": _files("f#.js", "a = '"),
    "sheets with a syntax error": _files("f#.css", "a{b:'\n}"),
    "drawings that refer to one": _files("f#.svg", "<svg><image href='a.png'/></svg>", others={"assets/a.png": "a"}),
    "two kinds of a name": project(files={"assets/f#.css": "a{}", "assets/f#.scss": "a{}"}),
    "names that differ in case": project(files={"assets/f#.css": "a{}", "assets/F#.css": "a{}"}),
    "bundles": project(settings=f"{PLAIN}[bundles]\n", setting="'b#.js' = ['f#.js']\n", files={"assets/f#.js": "a"}),
    "bundles of nothing": _set("[bundles]\n", "'b#.js' = ['nothere#.js']\n"),
    "bundles of globs of nothing": _set("[bundles]\n", "'b#.js' = ['nothere#/*.js']\n"),
    "bundles of no kind": _set("[bundles]\n", "'b#.png' = ['a.js']\n"),
    "a bundle of scripts": _files("f#.js", "var a#", f"{PLAIN}[bundles]\n'b.js' = ['*.js']\n"),
    "a bundle of sheets": _files("f#.css", "a{b:url(a.png?#)}", f"{PLAIN}[bundles]\n'b.css' = ['*.css']\n"),
    "a bundle of scripts that clash": _files("f#.js", "let a = 1", f"{PLAIN}[bundles]\n'b.js' = ['*.js']\n"),
    "unknown keys": _set("", "bundle# = 1\n"),
    "unknown tables": _set("", "[unknown#]\na = 1\n"),
    "unknown keys of source roots": _array("sources", "{ path = 'assets', unknown# = 1 }"),
    "source roots that are not there": _array("sources", "'nothere#'"),
    "wrong values": _array("external", "1"),
    "wrong browsers": _array("browsers", "'chrme #'"),
    "wrong budgets": _set("[budgets]\n", "'a#.css' = 'x'\n"),
    "budgets of nothing": _set("[budgets]\n", "'a#.css' = 1\n"),
    "entries of nothing": _array("entries", "'nothere#.css'"),
    "import map of nothing": _set("[importmap]\n", "'a#' = 'nothere#.js'\n"),
    "import map": project(
        settings=f"{PLAIN}[importmap]\n",
        setting="'a#' = 'f#.js'\n",
        files={"assets/f#.js": "a(#)"},
        one=("assets/a.js", "", "import 'a#';", ""),
    ),
    "names that nothing maps": _one("a.js", "import 'a#';", f"{PLAIN}[importmap]\nx = 'a.js'\n"),
    "references to what is there": project(
        files={"assets/f#.png": "#"}, one=("assets/a.css", "", "a{b:url(f#.png)}", "")
    ),
    "missing references in a line": _one("a.css", "a{b:url(fle#.png)}", others=MANY),
    "missing references in lines": _one("a.css", "a{b:url(nothere#.png)}\n"),
    "missing references of Sass": _one("a.scss", "a{b:url(nothere#.png)}\n"),
    "missing imports of a script": _one("a.js", "import './nothere#.js';"),
    "missing ASSET_URLs": _one("a.js", "ASSET_URL('nothere#.js');"),
    "wrong ASSET_URLs": _one("a.js", "ASSET_URL(a#);"),
    "missing references of a page": _one("a.html", "<img src='nothere#.png'>"),
    "missing icons": project(one=("assets/a.webmanifest", '{"icons":[', '{"src":"nothere#.png"},', "{}]}")),
    "bad strings of a sheet": _one("a.css", "a{b:'\n}"),
    "imports of a Sass sheet": project(
        files={"assets/_p#.scss": "a{b:#}"}, one=("assets/a.scss", "", "@use 'p#';\n", "")
    ),
    "faults of a Sass sheet": _one("a.scss", "a{b:rgba(1,1,1,50%)}\n", settings=LIBSASS),
    "sheets in a cycle": _files("f#.css", "@import 'f>.css';"),
    "modules in a cycle": _files("f#.js", "import './f>.js';"),
    "modules that import all": project(
        files={"assets/f#.js": "import './a.js'"}, one=("assets/a.js", "", "import './f#.js';", "")
    ),
    "directives of nothing": project(
        settings=DIRECTIVES, files={"assets/f#.js": "a"}, one=("assets/a.js", "", "//= require nothere#\n", "")
    ),
    "directives": project(
        settings=DIRECTIVES, files={"assets/f#.js": "var a#"}, one=("assets/a.js", "", "//= require f#\n", "")
    ),
    "unknown directives": _one("a.js", "//= reqire nothere#\n", DIRECTIVES),
    "missing packages": project(
        settings=NPM,
        files={"node_modules/p#/package.json": '{"type":"module"}'},
        one=("assets/a.js", "", "import 'q#';", ""),
    ),
    "missing names of Jinja": project(settings=JINJA, one=("t/a.html", "", "{{ asset('nothere#.css') }}", "")),
    "missing names of Django": project(
        settings=DJANGO, one=("t/a.html", "{% load buildassets %}", "{% asset 'nothere#.css' %}", "")
    ),
}


def build_and_render(folder: Path) -> None:
    """Build the project in `folder`, or check its templates, and render what is reported."""
    try:
        config = load_config(start=str(folder))
        found = (check if config.templates.folders else build)(config).diagnostics
    except ConfigError as fault:
        found = tuple(fault.diagnostics)
    for one in found:
        render_text(one)

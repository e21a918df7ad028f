from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from buildassets.compiler.cache.store import Cache
from buildassets.compiler.config.values import Config
from buildassets.compiler.model import Draft, Source
from buildassets.compiler.sources.discover import discover
from buildassets.compiler.transform.draft import drafted
from buildassets.compiler.transform.draft_cache import KeptDrafts, names_for
from buildassets.compiler.transform.engine_set import RunningEngines
from tests.building import load_config
from tests.conftest import Tree, settle, write_tree

SITE: Tree = {
    "pyproject.toml": '[tool.buildassets]\nload_paths = ["first", "lib"]\n',
    "assets/a.scss": '@import "theme"; @import "found", "deep/nested"; a { background: url(a.svg) }\n',
    "assets/_theme.scss": "$colour: red;\n",
    "assets/a.svg": "<svg/>",
    "assets/b.js": "call( 1 )\n",
    "assets/broken.js": "call('\n",
    "assets/wrong.css": "a { content: 'x }\n",
    "first/deep/_other.scss": "",
    "lib/_found.scss": "b { color: $colour }\n",
    "lib/deep/_nested.scss": "c { color: $colour }\n",
}


class Project:
    """A folder whose drafts are asked for again and again; `worked` are the sources that had to be read anew."""

    def __init__(self, folder: Path, scss: str) -> None:
        self.folder = folder
        self.scss = scss
        self.worked: list[str] = []

    @property
    def config(self) -> Config:
        config = load_config(start=str(self.folder))
        return replace(config, engines=replace(config.engines, scss=self.scss))

    def drafts(self) -> dict[str, Draft]:
        """A draft for each source, as the next build has it."""
        settle()
        config = self.config
        cache = Cache(str(self.folder / ".cache"), names=names_for(config))
        with closing(RunningEngines()) as running:
            engines = running.started(config, "production")

            def work(source: Source) -> Draft:
                self.worked.append(source.logical)
                return drafted(source, engines)

            kept = KeptDrafts(cache, config, engines)
            drafts: dict[str, Draft] = {
                source.logical: kept.draft(source, work) if engines.have_work(source) else work(source)
                for source in discover(config).sources
            }
        cache.save()
        return drafts


@pytest.fixture(params=["libsass", "dart-sass"])
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Project:
    return Project(write_tree(tmp_path, SITE), request.param)


def test_drafts_that_an_engine_made_are_the_same_the_next_time(project: Project) -> None:
    first = project.drafts()
    project.worked.clear()
    assert project.drafts() == first
    assert project.worked == ["a.svg", "broken.js"]  # no engine ran, and what failed is tried again


@pytest.mark.parametrize(
    ("name", "text", "reread"),
    [
        ("assets/b.js", "call(2)", ["b.js"]),
        ("assets/_theme.scss", "$colour: tan;", ["a.css"]),
        ("lib/_found.scss", "b { color: tan }", ["a.css"]),
        ("assets/_found.scss", "", ["a.css"]),  # goes before the one of the load path
        ("first/deep/_nested.scss", "", ["a.css"]),  # goes before the one of the second load path
        ("assets/a.svg", "<svg></svg>", []),
    ],
)
def test_only_what_a_change_reaches_is_made_again(project: Project, name: str, text: str, reread: list[str]) -> None:
    project.drafts()
    project.worked.clear()
    write_tree(project.folder, {name: text})
    project.drafts()
    assert project.worked == sorted([*reread, "a.svg", "broken.js"])


def test_other_settings_make_drafts_again(project: Project) -> None:
    project.drafts()
    project.worked.clear()
    write_tree(
        project.folder, {"pyproject.toml": '[tool.buildassets]\nload_paths = ["first", "lib"]\nurl = "/static/"\n'}
    )
    project.drafts()
    assert project.worked == ["a.css", "a.svg", "b.js", "broken.js"]  # Sass goes by the URL, and scripts may show it


def test_settings_that_decide_no_draft_change_nothing(project: Project) -> None:
    project.drafts()
    project.worked.clear()
    write_tree(project.folder, {"pyproject.toml": '[tool.buildassets]\nload_paths = ["first", "lib"]\ncompress = []\n'})
    project.drafts()
    assert project.worked == ["a.svg", "broken.js"]


def test_a_warning_is_shown_again(project: Project) -> None:
    project.drafts()
    (warned,) = project.drafts()["wrong.css"].diagnostics
    assert (warned.code, warned.location and warned.location.file) == ("css/syntax", "assets/wrong.css")


def test_a_source_that_takes_the_name_of_another_is_read(project: Project) -> None:
    settings = '[tool.buildassets]\nsources = ["over", "assets"]\nload_paths = ["first", "lib"]\n'
    write_tree(project.folder, {"pyproject.toml": settings, "over/other.js": "one( 1 )"})
    project.drafts()
    write_tree(project.folder, {"over/b.js": "two( 2 )"})
    assert project.drafts()["b.js"].body == b"two(2)"

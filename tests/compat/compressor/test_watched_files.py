"""A watch follows all that blocks are made of. The tests share a watch, so each edits files of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.compat.compressor.site import block, css, js
from tests.compat.compressor.watched import FILTERED, PROJECT, Watched, watching
from tests.conftest import wait_for

pytestmark = pytest.mark.thorough

_SASS_FAULT = "error[compressor/precompiler]: libsass, which filters need for Sass, cannot compile this"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A watched project."""
    with watching(tmp_path_factory.mktemp("watched"), PROJECT) as folder:
        yield folder


@pytest.fixture(scope="module")
def filtered_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A watched project whose sheets a filter changes."""
    with watching(tmp_path_factory.mktemp("filtered"), FILTERED) as folder:
        yield folder


@pytest.fixture
def watched(folder: Path) -> Watched:
    """The project, once it is built."""
    watched = Watched(folder)
    wait_for(lambda: watched.has_built("first"))
    return watched


@pytest.fixture
def filtered(filtered_folder: Path) -> Watched:
    """The project with a filter, built of the files that it has first."""
    watched = Watched(filtered_folder)
    for name in ("site/scss/app.scss", "site/scss/_part.scss"):
        if (filtered_folder / name).read_text() != FILTERED[name]:
            watched.write({name: FILTERED[name]})
    wait_for(lambda: watched.has_built(".part { color: blue", ".app") and not watched.has_built(".fixed"))
    return watched


def test_deleted_template_takes_its_block_with_it(watched: Watched) -> None:
    watched.write({"templates/other.html": block("js", "<script>var other = 1</script>")})
    wait_for(lambda: watched.has_built("var other"))
    (watched.folder / "templates/other.html").unlink()
    wait_for(lambda: not watched.has_built("var other"))
    assert watched.has_built("first")


def test_template_in_a_new_folder_is_followed(watched: Watched) -> None:
    watched.write({"templates/new/deep/page.html": block("js", "<script>var deep = 1</script>")})
    wait_for(lambda: watched.has_built("deep"))


def test_changed_partial_of_sass_is_followed(watched: Watched) -> None:
    sass = block("css", css("scss/app.scss", type="text/x-scss"))
    inline = block("css", '<style type="text/x-scss">@import "scss/part"; .in { top: 0 }</style>')
    watched.write({"templates/sass.html": sass + inline})
    wait_for(lambda: all(watched.has_built(".part { color: blue", rule) for rule in (".app", ".in")))
    watched.write({"site/scss/_part.scss": ".part { color: teal }"})
    wait_for(lambda: all(watched.has_built(".part { color: teal", rule) for rule in (".app", ".in")))


def test_changed_file_of_a_block_and_changed_parent_are_followed(watched: Watched) -> None:
    base = block("js", "{% block js %}<script>var base = 1</script>{% endblock %}" + js("js/one.js"))
    child = '{% extends "base.html" %}{% block js %}{{ block.super }}<script>var child = 1</script>{% endblock %}'
    watched.write({"templates/base.html": base, "templates/child.html": child})
    wait_for(lambda: watched.has_built("var base = 1", "var child = 1", "var one = 1"))
    watched.write({"site/js/one.js": "var one = 11"})
    wait_for(lambda: watched.has_built("var base = 1", "var child = 1", "var one = 11"))
    watched.write({"templates/base.html": base.replace("base = 1", "base = 2")})
    wait_for(lambda: watched.has_built("var base = 2", "var child = 1", "var one = 11"))


def test_block_that_breaks_is_reported_and_built_once_it_is_fixed(watched: Watched) -> None:
    watched.write({"templates/breaks.html": block("js", js("js/gone.js"))})
    wait_for(lambda: "error[compressor/missing]: cannot find the static file `js/gone.js`" in watched.reports())
    assert watched.has_built("first")
    watched.write({"site/js/gone.js": "var found = 1"})
    wait_for(lambda: watched.has_built("var found = 1"))
    watched.write({"templates/breaks.html": "{% if %}"})
    wait_for(lambda: "warning[compressor/template]: cannot read the template `breaks.html`" in watched.reports())
    watched.write({"templates/breaks.html": block("js", "<script>var fixed = 1</script>")})
    wait_for(lambda: watched.has_built("fixed"))


def test_file_that_a_block_includes_is_followed_whatever_its_suffix(watched: Watched) -> None:
    page = block("css", "<style>{% include 'mail/style.css' %}</style>")
    watched.write({"templates/includes.html": page, "templates/mail/style.css": "a { top: 1px }"})
    wait_for(lambda: watched.has_built("top: 1px"))
    watched.write({"templates/mail/style.css": "a { top: 2px }"})
    wait_for(lambda: watched.has_built("top: 2px"))


def test_sass_for_a_filter_is_followed_to_its_partials(filtered: Watched) -> None:
    filtered.write({"site/scss/_part.scss": ".part { color: BRAND }"})
    wait_for(lambda: filtered.has_built(".part { color: navy", ".app"))
    filtered.write({"site/scss/_part.scss": ".part { color: $none }"})
    wait_for(lambda: _SASS_FAULT in filtered.reports())
    filtered.write({"site/scss/_part.scss": ".part { color: teal }"})
    wait_for(lambda: filtered.has_built(".part { color: teal", ".app"))


def test_sass_for_a_filter_is_built_once_it_is_fixed(filtered: Watched) -> None:
    sass = str(FILTERED["site/scss/app.scss"])
    filtered.write({"site/scss/app.scss": f"{sass} .more {{"})
    wait_for(lambda: _SASS_FAULT in filtered.reports())
    filtered.write({"site/scss/app.scss": f"{sass} .fixed {{ top: 0 }}"})
    wait_for(lambda: filtered.has_built(".fixed"))


def test_blocks_stay_in_the_manifest_when_something_else_changes(filtered: Watched) -> None:
    filtered.write({"site/js/one.js": "var one = 11"})
    wait_for(lambda: "site/js/one.js: built js/one.js" in filtered.reports())
    assert filtered.has_built(".part { color: blue", ".app")
    filtered.write({"site/js/one.js": "var one = 12"})
    wait_for(lambda: filtered.reports().count("site/js/one.js: built js/one.js") == 2)

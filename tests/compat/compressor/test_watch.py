"""A watch follows the blocks of templates."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.compat.compressor.site import FILES, block, css, js
from tests.conftest import Tree, wait_for, write_tree

_SETTINGS = """
SECRET_KEY = "of no use"
STATIC_URL = "/static/"
STATICFILES_DIRS = ["site"]
INSTALLED_APPS = ["buildassets.compat.compressor", "buildassets.runtime.django", "django.contrib.staticfiles"]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": ["templates"]}]
STORAGES = {"staticfiles": {"BACKEND": "buildassets.runtime.django.storage.ReleaseStaticFilesStorage"}}
BUILDASSETS = {"manifest": "build/manifest.json"}
"""
_PROJECT: Tree = {
    **FILES,
    "settings.py": _SETTINGS,
    "manage.py": "import os, sys\nos.environ['DJANGO_SETTINGS_MODULE'] = 'settings'\n"
    "from django.core.management import execute_from_command_line\nexecute_from_command_line(sys.argv)\n",
    "templates/page.html": block("js", "<script>var first = 1</script>"),
}


_FILTERED: Tree = {
    **_PROJECT,
    "settings.py": f"{_SETTINGS}COMPRESS_FILTERS = {{'css': ['filters.Brand']}}\n",
    "filters.py": "class Brand:\n"
    "    def __init__(self, content, **given):\n        self.content = content\n"
    "    def output(self, **given):\n        return self.content.replace('BRAND', 'navy')\n",
    "site/scss/app.scss": "@import 'part'; .app { top: 0 }",  # libsass knows no `@use`
    "templates/page.html": block("css", css("scss/app.scss", type="text/x-scss")),
}


@pytest.fixture
def watched(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """The project with a watch; what that reports is in the file `reported`."""
    folder = write_tree(tmp_path, getattr(request, "param", _PROJECT))
    command = [sys.executable, "manage.py", "assets", "watch", "--port", "0"]
    with (
        (folder / "reported").open("w") as reported,
        subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=reported) as process,
    ):
        try:
            yield folder
        finally:
            process.send_signal(signal.SIGINT)


def built(folder: Path, *texts: str) -> bool:
    """Whether a file of a block holds those texts, whatever the white space: a watch does not minify."""
    try:
        manifest = json.loads((folder / "build/manifest.json").read_text())
        files = [
            manifest["assets"][tag["asset"]]["file"] for tags in manifest.get("blocks", {}).values() for tag in tags
        ]
        contents = ["".join((folder / "build/assets" / file).read_text().split()) for file in files]
    except (OSError, ValueError):
        return False
    return any(all("".join(text.split()) in content for text in texts) for content in contents)


def test_changed_and_new_templates_are_followed(watched: Path) -> None:
    wait_for(lambda: built(watched, "first"))
    write_tree(watched, {"templates/page.html": block("js", "<script>var second = 2</script>")})
    wait_for(lambda: built(watched, "second"))
    assert not built(watched, "first")
    write_tree(watched, {"templates/new.html": block("js", "<script>var third = 3</script>")})
    wait_for(lambda: built(watched, "third"))
    assert os.path.exists(watched / "build/manifest.json")


def reported(folder: Path, text: str) -> bool:
    """Whether the watch has reported that text."""
    return text in (folder / "reported").read_text()


def test_a_deleted_template_takes_its_block_with_it(watched: Path) -> None:
    write_tree(watched, {"templates/other.html": block("js", "<script>var other = 1</script>")})
    wait_for(lambda: built(watched, "first") and built(watched, "other"))
    (watched / "templates/other.html").unlink()
    wait_for(lambda: not built(watched, "other"))
    assert built(watched, "first")


def test_a_template_in_a_new_folder_is_followed(watched: Path) -> None:
    wait_for(lambda: built(watched, "first"))
    write_tree(watched, {"templates/new/deep/page.html": block("js", "<script>var deep = 1</script>")})
    wait_for(lambda: built(watched, "deep"))


def test_a_changed_partial_of_sass_is_followed(watched: Path) -> None:
    sass = block("css", css("scss/app.scss", type="text/x-scss"))
    inline = block("css", '<style type="text/x-scss">@import "scss/part"; .in { top: 0 }</style>')
    write_tree(watched, {"templates/page.html": sass + inline})
    wait_for(lambda: built(watched, ".part { color: blue", ".app") and built(watched, ".part { color: blue", ".in"))
    write_tree(watched, {"site/scss/_part.scss": ".part { color: teal }"})
    wait_for(lambda: built(watched, ".part { color: teal", ".app") and built(watched, ".part { color: teal", ".in"))


def test_a_changed_file_of_a_block_and_a_changed_parent_are_followed(watched: Path) -> None:
    base = block("js", "{% block js %}<script>var base = 1</script>{% endblock %}" + js("js/one.js"))
    child = '{% extends "base.html" %}{% block js %}{{ block.super }}<script>var child = 1</script>{% endblock %}'
    write_tree(watched, {"templates/base.html": base, "templates/child.html": child})
    wait_for(lambda: built(watched, "var base = 1", "var child = 1", "var one = 1"))
    write_tree(watched, {"site/js/one.js": "var one = 11"})
    wait_for(lambda: built(watched, "var base = 1", "var child = 1", "var one = 11"))
    write_tree(watched, {"templates/base.html": base.replace("base = 1", "base = 2")})
    wait_for(lambda: built(watched, "var base = 2", "var child = 1", "var one = 11"))


def test_a_block_that_breaks_is_reported_and_built_once_it_is_mended(watched: Path) -> None:
    wait_for(lambda: built(watched, "first"))
    write_tree(watched, {"templates/page.html": block("js", js("js/gone.js"))})
    wait_for(lambda: reported(watched, "error[compressor/missing]: cannot find the static file `js/gone.js`"))
    assert built(watched, "first")
    write_tree(watched, {"site/js/gone.js": "var found = 1"})
    wait_for(lambda: built(watched, "var found = 1"))
    write_tree(watched, {"templates/page.html": "{% if %}"})
    wait_for(lambda: reported(watched, "warning[compressor/template]: cannot read the template `page.html`"))
    write_tree(watched, {"templates/page.html": block("js", "<script>var mended = 1</script>")})
    wait_for(lambda: built(watched, "mended"))


def test_a_file_that_a_block_includes_is_followed_whatever_its_suffix(watched: Path) -> None:
    page = block("css", "<style>{% include 'mail/style.css' %}</style>")
    write_tree(watched, {"templates/page.html": page, "templates/mail/style.css": "a { top: 1px }"})
    wait_for(lambda: built(watched, "top: 1px"))
    write_tree(watched, {"templates/mail/style.css": "a { top: 2px }"})
    wait_for(lambda: built(watched, "top: 2px"))


@pytest.mark.parametrize("watched", [_FILTERED], indirect=True)
def test_sass_that_a_filter_works_on_is_followed_to_its_partials(watched: Path) -> None:
    wait_for(lambda: built(watched, ".part { color: blue", ".app"))
    write_tree(watched, {"site/scss/_part.scss": ".part { color: BRAND }"})
    wait_for(lambda: built(watched, ".part { color: navy", ".app"))
    write_tree(watched, {"site/scss/_part.scss": ".part { color: $none }"})
    wait_for(
        lambda: reported(
            watched, "error[compressor/precompiler]: libsass, which filters need for Sass, cannot compile this"
        )
    )
    write_tree(watched, {"site/scss/_part.scss": ".part { color: teal }"})
    wait_for(lambda: built(watched, ".part { color: teal", ".app"))


@pytest.mark.parametrize("watched", [_FILTERED], indirect=True)
def test_sass_that_a_filter_works_on_is_built_once_it_is_mended(watched: Path) -> None:
    wait_for(lambda: built(watched, ".part { color: blue", ".app"))
    sass = (watched / "site/scss/app.scss").read_text()
    write_tree(watched, {"site/scss/app.scss": f"{sass} .more {{"})
    wait_for(
        lambda: reported(
            watched, "error[compressor/precompiler]: libsass, which filters need for Sass, cannot compile this"
        )
    )
    write_tree(watched, {"site/scss/app.scss": f"{sass} .mended {{ top: 0 }}"})
    wait_for(lambda: built(watched, ".mended"))


@pytest.mark.parametrize("watched", [_FILTERED], indirect=True)
def test_the_blocks_stay_in_the_manifest_when_something_else_changes(watched: Path) -> None:
    wait_for(lambda: built(watched, ".part { color: blue", ".app"))
    write_tree(watched, {"site/js/one.js": "var one = 11"})
    wait_for(lambda: reported(watched, "site/js/one.js: built js/one.js"))
    assert built(watched, ".part { color: blue", ".app")
    write_tree(watched, {"site/js/one.js": "var one = 12"})
    wait_for(lambda: (watched / "reported").read_text().count("site/js/one.js: built js/one.js") == 2)

"""What was copied before `collectstatic` built a release never fails it now: with `strict` false, and in packages."""

import os
import site
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Tree, read_tree, write_tree
from tests.runtime.django.collecting import collect, files, urls, write_project
from tests.runtime.django.project import manage_apart

_LENIENT = '{"strict": False}'
_FAULTS: dict[str, Tree] = {
    "reference/missing": {"site/a.css": "a { background: url(none.png) }"},
    "css/syntax": {"site/a.css": "a { color: red } /* never closed"},
    "scss/syntax": {"site/a.scss": "a { color: $none }"},
    "source/encoding": {"site/a.css": b"a { content: '\xff\xfe\xfa' }"},
    "json/syntax": {"site/a.webmanifest": "{"},
}
_CHUNKS: Tree = {
    "site/a.js": 'var webpackJsonp; __webpack_require__.e = (id) => { load(__webpack_require__.p + "" + id + ".js") };'
    ' __webpack_require__.u = (id) => "chunk.js"',
    "site/chunk.js": "go()",
}


@pytest.mark.parametrize("code", _FAULTS)
def test_fault_is_a_warning_and_the_file_is_released(tmp_path: Path, code: str) -> None:
    write_project(tmp_path, _FAULTS[code], OPTIONS=_LENIENT)
    done = collect(tmp_path)
    assert done.returncode == 0, done.stderr
    assert f"warning[{code}]" in done.stderr
    (name,) = (path.removeprefix("site/") for path in _FAULTS[code])
    released = files(tmp_path)
    assert released.keys() >= {"style.css", name}
    assert (tmp_path / "collected" / released[name]).exists()


def test_broken_sheet_is_released_unchanged(tmp_path: Path) -> None:
    write_project(tmp_path, _FAULTS["scss/syntax"], OPTIONS=_LENIENT)
    collect(tmp_path)
    assert "a.css" not in files(tmp_path)
    assert (tmp_path / "collected" / files(tmp_path)["a.scss"]).read_bytes() == b"a { color: $none }"


def test_sheet_of_a_broken_partial_is_the_only_one_left_out(tmp_path: Path) -> None:
    write_project(
        tmp_path,
        {"site/_b.scss": "a { color: $none }", "site/a.scss": "@use 'b';", "site/good.scss": "a { b { color: red } }"},
        OPTIONS=_LENIENT,
    )
    assert collect(tmp_path).returncode == 0
    assert files(tmp_path).keys() >= {"a.scss", "_b.scss", "good.css"}
    assert "a.css" not in files(tmp_path)


def test_strict_collecting_fails_and_leaves_the_earlier_release(tmp_path: Path) -> None:
    collect(write_project(tmp_path))
    manifest = (tmp_path / "collected/buildassets.json").read_bytes()
    write_tree(tmp_path, _FAULTS["reference/missing"])
    done = collect(tmp_path)
    assert done.returncode == 1
    assert "error[reference/missing]: cannot find `none.png`" in done.stderr
    assert "failed with 1 error; `collected/buildassets.json` is as it was" in done.stderr
    assert (tmp_path / "collected/buildassets.json").read_bytes() == manifest


def test_faults_of_one_kind_are_one_warning(tmp_path: Path) -> None:
    broken = {f"site/{name}.scss": "a { color: $none }" for name in "abc"}
    done = collect(write_project(tmp_path, broken, OPTIONS=_LENIENT))
    assert done.stderr.count("warning[scss/syntax]") == 1
    assert "and 2 more of this kind in `site/`" in done.stderr


def test_two_sources_of_one_asset_are_a_warning(tmp_path: Path) -> None:
    write_project(tmp_path, {"site/a.scss": "a { color: red }", "site/a.sass": "b\n  color: red"}, OPTIONS=_LENIENT)
    done = collect(tmp_path)
    assert (done.returncode, done.stderr.count("warning[source/duplicate]")) == (0, 1)
    assert files(tmp_path).keys() >= {"a.css", "a.scss", "a.sass"}


def test_names_in_scripts_of_bundlers_are_answered_by_the_plain_files(tmp_path: Path) -> None:
    done = collect(write_project(tmp_path, _CHUNKS))
    assert (done.returncode, done.stderr) == (0, "")


def _package(folder: Path, tree: Tree) -> tuple[Path, str]:
    """A project with the application `other`, which is installed in the user's packages; and the folder for these."""
    project = write_project(folder / "project", INSTALLED_APPS='["other", "django.contrib.staticfiles"]')
    command = [sys.executable, "-c", "import site; print(site.getusersitepackages())"]
    environment = {**os.environ, "PYTHONUSERBASE": str(folder / "user")}
    found = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.strip()
    assert found != site.getusersitepackages()
    write_tree(Path(found) / "other", {"__init__.py": "", **tree})
    return project, found


@pytest.mark.parametrize("code", _FAULTS)
def test_fault_in_a_package_is_a_warning_also_if_strict(tmp_path: Path, code: str) -> None:
    tree = {path.replace("site/", "static/"): content for path, content in _FAULTS[code].items()}
    project, packages = _package(tmp_path, tree)
    environment = {"PYTHONUSERBASE": str(tmp_path / "user"), "PYTHONPATH": packages}
    done = manage_apart(project, "collectstatic", "--noinput", environment=environment)
    assert done.returncode == 0, done.stderr
    (name,) = (path.removeprefix("site/") for path in _FAULTS[code])
    assert files(project).keys() == {"style.css", "img/logo.svg", name}


def test_sources_of_a_package_are_released_and_not_compiled(tmp_path: Path) -> None:
    project, packages = _package(tmp_path, {"static/a.scss": "a { b { color: red } }", "static/b.ts": "let a: b"})
    environment = {"PYTHONUSERBASE": str(tmp_path / "user"), "PYTHONPATH": packages}
    done = manage_apart(project, "collectstatic", "--noinput", environment=environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert files(project).keys() == {"style.css", "img/logo.svg", "a.scss", "b.ts"}


_MODULES: Tree = {
    "node_modules/lib/a.css": "a { background: url(a.png) }",
    "node_modules/lib/a.png": "picture",
    "node_modules/lib/unused.css": "broken {",
    "node_modules/@scope/lib/unused.js": "function (",
    "node_modules/own.css": "a { color: red }",
    "site/style.css": "@import 'own.css';",
    "templates/page.html": "{% load static %}{% static 'lib/a.css' %}{% static 'style.css' %}",
}
_WITH_MODULES = '[BASE_DIR / "site", BASE_DIR / "node_modules"]'


def test_of_node_modules_only_what_is_named_is_released(tmp_path: Path) -> None:
    write_project(tmp_path, _MODULES, STATICFILES_DIRS=_WITH_MODULES)
    done = collect(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert files(tmp_path).keys() == {"style.css", "img/logo.svg", "own.css", "lib/a.css", "lib/a.png"}
    assert (tmp_path / "collected/@scope/lib/unused.js").exists()


def test_rest_of_node_modules_has_plain_urls(tmp_path: Path) -> None:
    collect(write_project(tmp_path, _MODULES, STATICFILES_DIRS=_WITH_MODULES))
    names = ("lib/unused.css", "@scope/lib/unused.js", "no.css")
    (first, second, third), printed = urls(tmp_path, *names)
    assert (first, second) == ("/static/lib/unused.css", "/static/%40scope/lib/unused.js")
    assert third.startswith("StaticFileNotFound no asset is named `no.css`")
    assert printed == ""


def test_folder_of_modules_in_a_static_folder_is_the_same(tmp_path: Path) -> None:
    write_project(tmp_path, {"site/node_modules/lib/a.css": "a {", "site/node_modules/lib/b.css": "a{}"})
    assert collect(tmp_path).returncode == 0
    assert files(tmp_path).keys() == {"style.css", "img/logo.svg"}
    assert urls(tmp_path, "node_modules/lib/b.css")[0] == ["/static/node_modules/lib/b.css"]


def test_bare_import_is_left_to_the_page(tmp_path: Path) -> None:
    tree = {
        "node_modules/lit/package.json": '{"main": "a.js"}',
        "node_modules/lit/a.js": "",
        "site/b.js": 'import "lit"',
    }
    write_project(tmp_path, tree, STATICFILES_DIRS=_WITH_MODULES, OPTIONS=_LENIENT)
    assert collect(tmp_path).returncode == 0
    assert read_tree(tmp_path / "collected")[files(tmp_path)["b.js"]].strip(b";\n") == b'import"lit"'

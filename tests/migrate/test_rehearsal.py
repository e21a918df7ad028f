"""What `migrate` lists beside the lines of other systems: all that `build` and `check` find by its configuration."""

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from tests.command import run
from tests.conftest import Tree, write_tree

SHEET = "b { top: 0 }\na { background: url(../img/gone.png) }\n"
DJANGO_CONF: Final = 'INSTALLED_APPS = []\nSTATIC_URL = "/static/"\nSTATICFILES_DIRS = ["static"]\n'
DJANGO: Tree = {
    "manage.py": 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "conf")\n',
    "conf.py": DJANGO_CONF,
    "static/css/a.css": SHEET,
}
RAILS: Tree = {"app/assets/stylesheets/css/a.css": SHEET}
PROJECTS: Mapping[str, Tree] = {
    "compressor": DJANGO,
    "django": DJANGO,
    "whitenoise": DJANGO,
    "jammit": {"config/assets.yml": "stylesheets:\n  site: [public/css/a.css]\n", "public/css/a.css": SHEET},
    "propshaft": RAILS,
    "sprockets": {**RAILS, "app/assets/config/manifest.js": "//= link_tree ../stylesheets\n"},
    "webassets": {
        "assets.py": "from webassets import Bundle, Environment\n"
        'assets = Environment("static", "/static")\nassets.register("css", Bundle("css/a.css", output="css/b.css"))\n',
        "static/css/a.css": SHEET,
    },
    "static-digest": {
        "app.py": "from flask import Flask\nfrom flask_static_digest import FlaskStaticDigest\napp = Flask(__name__)\n"
        "FlaskStaticDigest(app)\n",
        "static/css/a.css": SHEET,
    },
    "importmap": {
        "config/importmap.rb": 'pin "application"\npin "gone", to: "gone.js"\n',
        "app/javascript/application.js": 'import "gone";\n',
        "app/javascript/css/a.css": SHEET,
    },
    "pipeline": {
        **DJANGO,
        "conf.py": DJANGO_CONF.replace("[]", '["django.contrib.staticfiles"]', 1)
        + 'PIPELINE = {"STYLESHEETS": {"s": {"source_filenames": ["css/a.css"], '
        '"output_filename": "s.css"}}}\n',
    },
    "vite": {
        "vite.config.js": 'export default { base: "./", build: { manifest: true } }\n',
        "dist/.vite/manifest.json": '{"main.js": {"file": "assets/main.js", "src": "main.js", "isEntry": true}}',
        "dist/assets/main.js": 'import "./gone.js";\n',
        "static/css/a.css": SHEET,
    },
}
WARNING: Final = ("jammit", "webassets")
"""The systems of which a build only warns of missing files, without a setting."""


@pytest.mark.parametrize("system", PROJECTS)
def test_a_missing_file_is_named_and_a_build_warns_of_it(system: str, tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, PROJECTS[system]), "migrate", system, "--write", "--json")
    assert done.returncode == 0, done.stderr
    lines = [one for one in json.loads(done.stdout)["lines"] if one["file"].endswith("css/a.css")]
    assert [(one["line"], one["outcome"]) for one in lines] == [(2, "changed")]
    warns = None if system in WARNING else "warn"
    assert ('until then `missing = "warn"`' in lines[0]["note"]) == bool(warns)
    assert tomllib.loads((tmp_path / "buildassets.toml").read_text()).get("missing") == warns
    built = run(tmp_path, "build")
    assert built.returncode == 0, built.stderr
    assert "warning[reference/missing]: cannot find `" in built.stderr


@pytest.mark.parametrize(
    "more",
    [
        {
            "static/css/a.css": "a { background: url(../img/here.png) }",
            "shop/static/img/here.png": b"",
            "conf.py": DJANGO_CONF.replace("[]", '["shop"]', 1),
        },
        {"static/css/a.css": "", "templates/mail/a.css": "a { background: url({{ logo }}.png) }"},
    ],
    ids=["another root", "template"],
)
def test_a_project_without_missing_files_keeps_errors(more: Tree, tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, {**DJANGO, **more}), "migrate", "django", "--json")
    assert "missing" not in tomllib.loads(json.loads(done.stdout)["file"])


@pytest.mark.parametrize("system", PROJECTS)
def test_build_and_check_find_nothing_that_the_plan_has_not_listed(system: str, tmp_path: Path) -> None:
    more: Tree = {**PROJECTS[system], "public/b.css": "a { color: red", "static/b.css": "a { b: url(x.png"}
    done = run(write_tree(tmp_path, more), "migrate", system, "--write", "--json")
    listed = {(one["file"], one["line"]): one["note"] for one in json.loads(done.stdout)["lines"]}
    for verb in ("build", "check"):
        diagnostics = json.loads(run(tmp_path, verb, "--json").stdout)["diagnostics"]
        assert diagnostics
        for one in diagnostics:
            assert one["message"] in listed[one["location"]["file"], one["location"]["line"]]


@pytest.mark.parametrize("system", ["compressor", "django", "whitenoise"])
def test_a_build_without_django_whose_finders_know_all_sources_is_listed(system: str, tmp_path: Path) -> None:
    conf = "import theme\nINSTALLED_APPS = []\nSTATICFILES_DIRS = theme.folders()\n"
    tree = {"manage.py": DJANGO["manage.py"], "conf.py": conf, "shop/templates/a.html": ""}
    done = run(write_tree(tmp_path, tree), "migrate", system, "--write", "--json")
    (line,) = [one for one in json.loads(done.stdout)["lines"] if one["file"] == "buildassets.toml"]
    (found,) = json.loads(run(tmp_path, "build", "--json").stdout)["diagnostics"]
    assert (found["code"], found["message"] in line["note"]) == ("config/no-sources", True)
    assert (line["outcome"], "`python manage.py assets build` finds" in line["note"]) == ("changed", True)


@pytest.mark.parametrize("names", ["css/gone.css", "css/a.css"])
def test_packages_of_named_settings_are_checked_as_a_build_reads_them(names: str, tmp_path: Path) -> None:
    conf = str(PROJECTS["pipeline"]["conf.py"]).replace("css/a.css", names)
    more: Tree = {**PROJECTS["pipeline"], "conf.py": conf if "gone" in names else f"{conf}import not_installed\n"}
    arguments = ("migrate", "pipeline", "--settings", "conf", "--write", "--json")
    done = run(write_tree(tmp_path, more), *arguments)
    listed = {(one["file"], one["line"]): one["note"] for one in json.loads(done.stdout)["lines"]}
    diagnostics = json.loads(run(tmp_path, "build", "--json").stdout)["diagnostics"]
    assert {one["code"] for one in diagnostics} & {"pipeline/empty", "pipeline/load"}
    for one in diagnostics:
        place = one["location"] or {"file": "buildassets.toml", "line": 1}
        assert one["message"] in listed[place["file"], place["line"]]


def test_an_image_of_another_application_is_not_missing(tmp_path: Path) -> None:
    sheet = "a { background: url(../../admin/img/tooltag-add.svg) }"
    conf = DJANGO_CONF.replace("[]", '["django.contrib.admin"]', 1)
    done = run(
        write_tree(tmp_path, {**DJANGO, "conf.py": conf, "static/x/css/a.css": sheet}), "migrate", "django", "--json"
    )
    assert [one for one in json.loads(done.stdout)["lines"] if one["file"] == "static/x/css/a.css"] == []


def test_names_of_applications_that_are_not_installed_are_named_as_not_known(tmp_path: Path) -> None:
    conf = DJANGO_CONF.replace("[]", '["not_installed_here"]', 1)
    done = run(write_tree(tmp_path, {**DJANGO, "conf.py": conf}), "migrate", "django", "--json")
    notes = [one["note"] for one in json.loads(done.stdout)["lines"] if one["file"] == "static/css/a.css"]
    assert notes == ["cannot find `img/gone.png`; it may be of `not_installed_here`, not installed here"]


def test_applications_are_those_of_the_environment_of_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    conf = DJANGO_CONF.replace("[]", '["theme", "django.contrib.admin"]', 1)
    packages = ".venv/lib/python3.12/site-packages"
    theme: Tree = {f"{packages}/theme/__init__.py": "", f"{packages}/theme/static/css/theme.css": ""}
    sheet = "a { background: url(theme.css) }\nb { background: url(../admin/img/search.svg) }\n"
    write_tree(tmp_path, {**DJANGO, **theme, ".venv/pyvenv.cfg": "", "conf.py": conf, "static/css/a.css": sheet})
    lines = json.loads(run(tmp_path, "migrate", "django", "--json").stdout)["lines"]
    assert [(one["line"], one["note"]) for one in lines if one["file"] == "static/css/a.css"] == [
        (2, "cannot find `admin/img/search.svg`; it may be of `django.contrib.admin`, not installed here")
    ]


def test_collected_files_end_in_the_command_that_copies_them(tmp_path: Path) -> None:
    conf = f'{DJANGO_CONF}STATIC_ROOT = "collected"\n'
    done = run(write_tree(tmp_path, {**DJANGO, "conf.py": conf}), "migrate", "django")
    assert "then python manage.py assets build, then python manage.py collectstatic --noinput" in done.stderr

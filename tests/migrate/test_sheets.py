"""`migrate` of projects whose sheets name missing files, which other systems leave alone: the project builds."""

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.command import run
from tests.conftest import Tree, write_tree

SHEET = "b { top: 0 }\na { background: url(../img/gone.png) }\n"
DJANGO: Tree = {
    "manage.py": 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "conf")\n',
    "conf.py": 'INSTALLED_APPS = []\nSTATIC_URL = "/static/"\nSTATICFILES_DIRS = ["static"]\n',
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
}


@pytest.mark.parametrize("system", PROJECTS)
def test_a_missing_file_is_named_and_a_build_warns_of_it(system: str, tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, PROJECTS[system]), "migrate", system, "--write", "--json")
    assert done.returncode == 0, done.stderr
    lines = [one for one in json.loads(done.stdout)["lines"] if one["file"].endswith("css/a.css")]
    assert [(one["line"], one["outcome"]) for one in lines] == [(2, "changed")]
    assert "missing" in lines[0]["note"]
    assert tomllib.loads((tmp_path / "buildassets.toml").read_text())["missing"] == "warn"
    built = run(tmp_path, "build")
    assert built.returncode == 0, built.stderr
    assert "warning[reference/missing]: cannot find `" in built.stderr


@pytest.mark.parametrize(
    "more",
    [
        {"static/css/a.css": "a { background: url(../img/here.png) }", "shop/static/img/here.png": b""},
        {"static/css/a.css": "", "templates/mail/a.css": "a { background: url({{ logo }}.png) }"},
    ],
    ids=["another root", "template"],
)
def test_a_project_without_missing_files_keeps_errors(more: Tree, tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, {**DJANGO, **more}), "migrate", "django", "--json")
    assert "missing" not in tomllib.loads(json.loads(done.stdout)["file"])

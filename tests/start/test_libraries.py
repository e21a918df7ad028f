"""Libraries: `init` writes their configuration alone, as the projects that install them have applications."""

from pathlib import Path

import pytest

from tests.command import run
from tests.conftest import Tree, read_tree, write_tree

HEAD = "<html>\n<head>\n  <title>x</title>\n</head>\n</html>\n"
SETUP = "from setuptools import setup\n\nsetup(name='shop', install_requires=['{}>=1'])\n"
PAGE = "{% load static %}<head>\n<script src=\"{% static 'admin/js/urlify.js' %}\"></script>\n</head>\n"
DJANGO: Tree = {
    "setup.py": SETUP.format("Django"),
    "shop/static/shop/a.css": "a {}",
    "shop/templates/shop/base.html": PAGE,
}
FLASK: Tree = {"setup.py": SETUP.format("flask"), "shop/static/a.css": "a {}", "shop/templates/base.html": HEAD}


def test_library_of_django_is_checked_as_django_with_names_of_other_packages(tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, DJANGO), "init", "--yes")
    assert done.returncode == 0, done.stderr
    assert "no settings of Django are here: templates and code are unchanged" in done.stderr
    assert (tmp_path / "shop/templates/shop/base.html").read_text() == PAGE
    checked = run(tmp_path, "check")
    assert (checked.returncode, "warning" in checked.stderr.replace("0 warnings", "")) == (0, False), checked.stderr


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("shop/views.py", "from flask import Blueprint\n\npages = Blueprint('shop', __name__)\n"),
        ("bin/upgrade.py", "from flask import Flask\n\napp = Flask(__name__)\n"),
        (
            "shop/base.py",
            "from flask import Flask\n\nclass Admin:\n    def __init__(self):\n        app = Flask('x')\n",
        ),
    ],
)
def test_code_and_templates_of_a_library_stay(name: str, module: str, tmp_path: Path) -> None:
    before = read_tree(write_tree(tmp_path, {**FLASK, name: module}))
    done = run(tmp_path, "init", "--yes")
    assert done.returncode == 0, done.stderr
    after = read_tree(tmp_path)
    assert {one: text for one, text in after.items() if one in before} == before
    assert (tmp_path / "buildassets.toml").exists()
    assert run(tmp_path, "build").returncode == 0


def test_application_of_a_class_that_inherits_is_edited(tmp_path: Path) -> None:
    app = (
        "from flask import Flask, url_for\n\nclass Site(Flask):\n    pass\n\napp = Site(__name__)\nurl_for('static')\n"
    )
    assert run(write_tree(tmp_path, {**FLASK, "shop/app.py": app}), "init", "--yes").returncode == 0
    assert "FlaskAssets(app" in (tmp_path / "shop/app.py").read_text()


@pytest.mark.parametrize("declared", ["django-compressor", "whitenoise", "django-vite"])
def test_systems_that_only_tests_of_a_library_need_do_not_stop_init(declared: str, tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, {**DJANGO, "requirements.txt": f"{declared}\n"}), "init", "--yes")
    assert done.returncode == 0, done.stderr


def test_library_whose_templates_use_a_system_is_named(tmp_path: Path) -> None:
    page = "{% load static compress %}<head>{% compress css %}{% endcompress %}</head>"
    done = run(write_tree(tmp_path, {**DJANGO, "shop/templates/shop/base.html": page}), "init", "--yes")
    assert done.returncode == 1
    assert "this project has `compressor`" in done.stderr


def test_sass_of_a_package_that_is_not_installed_is_left_out_where_no_page_loads_it(tmp_path: Path) -> None:
    sheet = '@import "../../../../node_modules/bootstrap/scss/bootstrap";'
    write_tree(tmp_path, {**DJANGO, "shop/static/shop/scss/site.scss": sheet, "shop/static/shop/scss/a/_b.scss": ""})
    assert run(tmp_path, "init", "--yes").returncode == 0
    assert 'exclude = ["shop/scss/**"]' in (tmp_path / "buildassets.toml").read_text()
    assert run(tmp_path, "build").returncode == 0


def test_relative_import_of_no_file_is_a_warning(tmp_path: Path) -> None:
    asking = "{{ url_for('static', filename='moment.js') }}"
    files: Tree = {"app.py": "from flask import Flask\n\napp = Flask(__name__)\n", "templates/a.html": asking}
    write_tree(tmp_path, {**files, "static/moment.js": 'import a from "./units/month";\nexport default a;\n'})
    assert run(tmp_path, "init", "--yes").returncode == 0
    assert run(tmp_path, "build").returncode == 0


def test_folders_inside_of_packages_are_found_where_none_has_a_usual_name(tmp_path: Path) -> None:
    tree: Tree = {"setup.py": SETUP.format("starlette"), "admin/app.py": "", "admin/statics/css/a.css": "a {}"}
    assert run(write_tree(tmp_path, {**tree, "admin/templates/a.html": HEAD}), "init", "--yes").returncode == 0
    assert 'sources = ["admin/statics"]' in (tmp_path / "buildassets.toml").read_text()

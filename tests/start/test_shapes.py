"""Shapes of real projects: which of their files `init` edits, and which folders it takes for assets."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.building import load_config
from tests.command import run
from tests.conftest import Tree, find_tool, read_tree, write_tree

APP = "from flask import Flask, render_template\n\napp = Flask(__name__)\n"
HEAD = "<html>\n<head>\n  <title>x</title>\n</head>\n</html>\n"
LOADING = HEAD.replace(
    "</title>", "</title>\n  <link rel=\"stylesheet\" href=\"{{ url_for('static', filename='a.css') }}\">"
)
MANAGE = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'conf.settings')\n"
SETTINGS = "INSTALLED_APPS = [\n    'django.contrib.admin',\n    'django.contrib.staticfiles',\n]\n"


def edited(project: Path, *options: str) -> list[str]:
    """The files that `init` edits or adds."""
    document = json.loads(run(project, "init", "--dry-run", "--json", *options).stdout)
    return sorted(one["file"] for one in document["edits"])


def test_library_without_an_application_is_not_changed(tmp_path: Path) -> None:
    files: Tree = {
        "pyproject.toml": "[project]\nname = 'lib'\ndependencies = ['flask']\n",
        "lib/__init__.py": "",
        "lib/templates/lib/base.html": HEAD,
        "lib/templates/lib/page.html": "{% extends 'lib/base.html' %}",
        "examples/app.py": APP,
    }
    before = read_tree(write_tree(tmp_path, files))
    assert run(tmp_path, "init", "--yes").returncode == 1
    assert read_tree(tmp_path) == before


@pytest.mark.parametrize("href", ["https://cdn.example/bootstrap.css", "/static/missing.css"])
def test_pages_that_load_sheets_get_no_first_one(href: str, tmp_path: Path) -> None:
    page = f"<head>\n  <link href='{href}' rel='stylesheet'>\n</head>"
    names = edited(write_tree(tmp_path, {"app.py": APP, "templates/base.html": page}))
    assert "assets/css/site.css" not in names


def test_manage_py_one_folder_down_is_the_project(tmp_path: Path) -> None:
    command = "from jinja2 import Environment\n\nenv = Environment()\n"
    files: Tree = {
        "pyproject.toml": "[project]\nname = 'x'\n",
        "site/manage.py": MANAGE,
        "site/conf/settings.py": SETTINGS,
        "site/dcim/management/commands/make.py": command,
        "site/dcim/static/dcim/a.css": "a {}",
    }
    done = run(write_tree(tmp_path, files), "init", "--yes")
    assert done.returncode == 0, done.stderr
    assert "note: the project is in `site/`, the folder of `manage.py`: run all commands there" in done.stderr
    assert "buildassets.runtime.django" in (tmp_path / "site/conf/settings.py").read_text()
    assert (tmp_path / "site/dcim/management/commands/make.py").read_text() == command


def test_the_nearest_manage_py_below_is_the_project_and_of_two_one_is_asked_for(tmp_path: Path) -> None:
    site: Tree = {"manage.py": MANAGE, "conf/settings.py": SETTINGS}
    for folder in ("one/src/web", "one/src/web/deep/other"):
        write_tree(tmp_path / folder, site)
    assert "the project is in `one/src/web/`" in run(tmp_path, "init", "--dry-run").stderr
    write_tree(tmp_path / "two/src/web", site)
    before = read_tree(tmp_path)
    done = run(tmp_path, "init", "--yes")
    assert done.returncode == 1
    assert "which folder is the project? `one/src/web` or `two/src/web`: nothing is written" in done.stderr
    assert read_tree(tmp_path) == before


def test_undo_of_a_project_one_folder_down_is_named_for_this_folder(tmp_path: Path) -> None:
    write_tree(tmp_path, {"site/manage.py": MANAGE, "site/conf/settings.py": SETTINGS})
    before = read_tree(tmp_path)
    git = find_tool("git")
    subprocess.run([git, "init", "-q"], cwd=tmp_path, check=True)
    done = run(tmp_path, "init", "--yes")
    (command,) = [line.removeprefix("undo: ") for line in done.stderr.split("\n") if line.startswith("undo: ")]
    subprocess.run(["bash", "-euc", command], cwd=tmp_path, check=True, env={**os.environ, "PATH": os.environ["PATH"]})
    (tmp_path / "site/.buildassets/init.patch").unlink()
    assert {name: text for name, text in read_tree(tmp_path).items() if not name.startswith(".git/")} == before


@pytest.mark.parametrize(
    ("files", "roots"),
    [
        ({"test/a.css": "", "docs/assets/b.css": "", "examples/static/c.css": "", "css/site.css": ""}, ["css"]),
        ({"shop/__init__.py": "", "shop/static/shop/a.css": "", "shop/static/shop/assets/b.css": ""}, ["shop/static"]),
        ({"src/index.html": HEAD, "src/css/a.css": "", "webpack.config.js": ""}, ["src"]),
        ({"assets/a.css": "", "app/static/b.png": "", "app/templates/a.html": LOADING}, ["app/static", "assets"]),
        ({"assets/a.css": "", "docs/static/b.css": ""}, ["assets"]),
        ({"assets/a.css": "", "shop/templates/assets/b.css": ""}, ["assets"]),
        ({"assets/a.css": "", "shop/static/__init__.py": "", "shop/static/css/b.css": ""}, ["assets"]),
        (
            {
                **{f"front/app/{name}/{name}.js": "" for name in ("alert", "browse", "menu")},
                "front/app/index.html": "",
                "media/a.css": "",
                "app/templates/a.html": "{% load static %}<link rel='stylesheet' href='{% static 'a.css' %}'>",
            },
            ["media"],
        ),
    ],
)
def test_folders_of_assets_are_found(files: Tree, roots: list[str], tmp_path: Path) -> None:
    assert run(write_tree(tmp_path, files), "init", "--yes").returncode == 0
    assert [root.shown for root in load_config(start=str(tmp_path)).sources] == roots


def test_folders_that_would_hide_files_of_one_another_get_prefixes(tmp_path: Path) -> None:
    files: Tree = {f"web/themes/{name}/static/css/a.css": f".{name} {{}}" for name in ("dark", "light")}
    assert run(write_tree(tmp_path, files), "init", "--yes").returncode == 0
    assert "hidden" not in run(tmp_path, "build").stderr
    released = (tmp_path / "build/assets").rglob("a.*.css")
    assert {one.parent.relative_to(tmp_path).as_posix() for one in released} == {
        "build/assets/css",
        "build/assets/light/css",
    }
    assert [(root.shown, root.prefix) for root in load_config(start=str(tmp_path)).sources] == [
        ("web/themes/dark/static", ""),
        ("web/themes/light/static", "light"),
    ]


def test_django_needs_no_configuration_for_what_its_finders_find(tmp_path: Path) -> None:
    files: Tree = {
        "manage.py": MANAGE,
        "conf/settings.py": f"{SETTINGS}STATICFILES_DIRS = ['front']\nSTATIC_ROOT = 'all/static'\n",
        "polls/static/polls/a.css": "",
        "front/b.css": "",
    }
    before = read_tree(write_tree(tmp_path, files))
    assert run(tmp_path, "init", "--yes").returncode == 0
    changed = {name for name, text in read_tree(tmp_path).items() if before.get(name) != text}
    assert changed == {"conf/settings.py", ".gitignore", ".buildassets/init.patch"}
    assert (tmp_path / ".gitignore").read_text() == "build/\nall/static/\n.buildassets/\n"


def test_pages_of_a_static_site_keep_their_names(tmp_path: Path) -> None:
    page = '<!doctype html><link rel="stylesheet" href="css/a.css"><script src="/a.js"></script>'
    files: Tree = {
        "src/index.html": page,
        "src/404.html": page,
        "src/css/a.css": "a {}",
        "src/robots.txt": "",
        "src/a.js": "",
    }
    done = run(write_tree(tmp_path, files), "init", "--yes")
    assert "by hand" not in done.stderr
    assert run(tmp_path, "build").returncode == 0
    assert {"index.html", "404.html", "robots.txt"} <= {one.name for one in (tmp_path / "build/assets").iterdir()}
    built = (tmp_path / "build/assets/index.html").read_text()
    assert re.search(r'href="?css/a\.[0-9a-f]{12}\.css.*src="?/?a\.[0-9a-f]{12}\.js', built), built


def test_a_configuration_without_sources_names_no_folder_that_is_not_there(tmp_path: Path) -> None:
    done = run(
        write_tree(tmp_path, {"app.py": f"{APP}# url_for('static')\n", "buildassets.toml": "", "assets/a.css": ""}),
        "init",
        "--dry-run",
    )
    assert "found flask, `assets/`\n" in done.stderr


@pytest.mark.parametrize(
    ("files", "systems"),
    [
        ({"Gemfile": 'gem "rails"\ngem "propshaft"\ngem "importmap-rails"\n'}, ["importmap", "propshaft"]),
        ({"Gemfile.lock": "GEM\n  specs:\n    sprockets-rails (3.5.2)\n"}, ["sprockets"]),
        ({"Gemfile": '# gem "propshaft"\n'}, []),
    ],
)
def test_rails_is_recognised_by_its_gems(files: Tree, systems: list[str], tmp_path: Path) -> None:
    write_tree(tmp_path, {"app/assets/stylesheets/a.css": "", **files})
    assert json.loads(run(tmp_path, "init", "--dry-run", "--json").stdout)["migrate"] == systems


def test_references_to_missing_files_let_the_build_go_on(tmp_path: Path) -> None:
    files: Tree = {
        "css/a.css": "b { background: url('../img/absent.png') }",
        "css/a.js": "export default new URL('gone.wasm', import.meta.url)",
    }
    assert run(write_tree(tmp_path, files), "init", "--yes").returncode == 0
    done = run(tmp_path, "build")
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("warning[reference/missing]") == 2


def test_django_project_whose_settings_are_not_found_is_not_changed(tmp_path: Path) -> None:
    before = read_tree(write_tree(tmp_path, {"manage.py": MANAGE.replace("conf", "'+'conf") + "import django\n"}))
    done = run(tmp_path, "init", "--yes")
    assert done.returncode == 1
    assert "error[init/question]: which settings does the site run with? none is found here" in done.stderr
    assert read_tree(tmp_path) == before


def test_a_broken_pyproject_stops_everything(tmp_path: Path) -> None:
    before = read_tree(write_tree(tmp_path, {"app.py": APP, "pyproject.toml": '[project\nname = "x"\n'}))
    done = run(tmp_path, "init", "--yes")
    assert done.returncode == 2
    assert "  --> pyproject.toml:1:" in done.stderr
    assert read_tree(tmp_path) == before


def test_a_file_that_cannot_be_written_leaves_all_others_as_they_were(tmp_path: Path) -> None:
    write_tree(tmp_path, {"app.py": APP, "templates/base.html": HEAD})
    (tmp_path / "assets").write_text("a file")
    before = read_tree(tmp_path)
    assert run(tmp_path, "init", "--yes").returncode == 2
    assert read_tree(tmp_path) == before


def test_whitenoise_that_no_module_imports_is_no_obstacle(tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, {"app.py": APP, "requirements.txt": "flask\nwhitenoise\n"}), "init", "--yes")
    assert (done.returncode, "migrate" in done.stderr) == (0, False)


def test_a_folder_with_a_page_and_no_python_is_one_source_root(tmp_path: Path) -> None:
    page = '<head><title>A</title><link rel="stylesheet" href="css/a.css"></head>'
    sheet = "a { background: url(../pictures/a.svg) }"
    write_tree(tmp_path, {"index.html": page, "css/a.css": sheet, "pictures/a.svg": "<svg/>", "README.md": "A site"})
    done = run(tmp_path, "init", "--yes")
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("found `./`\nwrote ")
    assert 'sources = ["."]' in (tmp_path / "buildassets.toml").read_text()
    assert run(tmp_path, "build").returncode == 0
    assert re.search(r'href="css/a[.]\w{12}[.]css"', (tmp_path / "build/assets/index.html").read_text())
    assert run(tmp_path, "build").stderr.count("wrote nothing") == 1


def test_nothing_is_found_in_a_folder_without_files_of_a_project(tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, {"README.md": "A project"}), "init", "--dry-run")
    assert "assets" not in done.stderr.partition("\n")[0]

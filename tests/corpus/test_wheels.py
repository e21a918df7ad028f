"""Published packages built again from their sources with a release inside, without Node: a Django application with a
widget of the admin, a blueprint of Flask, and a theme of Sphinx.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from zipfile import ZipFile

import pytest

from tests.building import build, load_config, manifest_of
from tests.conftest import MadeOnce, write_tree
from tests.corpus.packages import node_modules
from tests.corpus.wheels import wheels
from tests.environments import kept_environment

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not os.environ.get("BUILDASSETS_PROJECTS"), reason="`make corpus` runs it"),
]
_BACKEND: Final = re.compile(r"^\[build-system\]\n(?:[^\[\n].*\n)*", re.MULTILINE)
_HATCH: Final = '[build-system]\nrequires = ["hatchling", "buildassets"]\nbuild-backend = "hatchling.build"\n\n'
_COLORFIELD: Final = """
[project.entry-points."buildassets.releases"]
colorfield = "colorfield.release"

[tool.hatch.version]
path = "colorfield/metadata.py"

[tool.hatch.build.targets.wheel]
packages = ["colorfield"]

[tool.hatch.build.hooks.buildassets]
plain = "colorfield/static/colorfield"

[tool.buildassets]
sources = ["assets"]
output = "colorfield/release"
"""
_FLASK: Final = """
[project.entry-points."buildassets.releases"]
bootstrap = "flask_bootstrap.release"

[tool.hatch.build.targets.wheel]
packages = ["flask_bootstrap"]

[tool.hatch.build.hooks.buildassets]
plain = "flask_bootstrap/static"

[tool.buildassets]
sources = ["assets"]
output = "flask_bootstrap/release"
entries = ["bootstrap5/**/*.css", "bootstrap5/**/*.js", "bootstrap5/icons/*"]
"""
_FURO: Final = """
[project.entry-points."buildassets.releases"]
furo = "furo.release"

[tool.hatch.version]
path = "src/furo/__init__.py"

[tool.hatch.build]
exclude = ["/src/furo/assets"]

[tool.hatch.build.hooks.buildassets]
plain = "furo/theme/furo/static"

[tool.buildassets]
sources = ["src/furo/assets", { path = "node_modules/normalize.css", prefix = "vendor", include = ["normalize.css"] }]
inline_imports = true
output = "src/furo/release"
entries = ["styles/*.css", "scripts/furo.js"]

[tool.buildassets.bundles]
"scripts/furo.js" = { files = ["scripts/furo.js"], bundle = true, format = "iife" }
"""


def with_release(folder: Path, source: str, settings: str, edits: Mapping[str, tuple[str, str]]) -> Path:
    """Copy the published `source` to `folder`, and let hatchling build it with a release."""
    shutil.copytree(wheels("shapes", "--no-binary=:all:") / source, folder, dirs_exist_ok=True)
    project = folder / "pyproject.toml"
    text, count = _BACKEND.subn(_HATCH, project.read_text())
    assert count == 1
    project.write_text(text + settings)
    for name, (old, new) in edits.items():
        content = (folder / name).read_text()
        assert old in content
        (folder / name).write_text(content.replace(old, new))
    return folder


def installed(folder: Path, programs: Path | None = None) -> Path:
    """The wheel of the project in `folder`, unpacked. There is no Node, only what is in `programs`."""
    command = ["-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index", "-w", "dist", "."]
    environment = {**os.environ, "PATH": str(programs or ""), "SOURCE_DATE_EPOCH": "1700000000"}
    done = subprocess.run([sys.executable, *command], cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = (folder / "dist").glob("*.whl")
    ZipFile(wheel).extractall(folder / "site")
    return folder / "site"


def build_from_static(folder: Path, source: str, settings: str, static: str) -> None:
    """Build the wheel of the published `source`, whose folder `static` becomes its source root."""
    with_release(folder, source, settings, {})
    (folder / static).rename(folder / "assets")
    installed(folder)


@pytest.fixture
def colorfield(made_once: MadeOnce) -> Path:
    def make(folder: Path) -> None:
        build_from_static(folder, "django_colorfield-0.14.0", _COLORFIELD, "colorfield/static/colorfield")

    return made_once("colorfield", make) / "site"


@pytest.fixture
def bootstrap(made_once: MadeOnce) -> Path:
    def make(folder: Path) -> None:
        build_from_static(folder, "bootstrap_flask-2.6.0", _FLASK, "flask_bootstrap/static")

    return made_once("bootstrap", make) / "site"


@pytest.fixture
def furo(made_once: MadeOnce) -> Path:
    def make(folder: Path) -> None:
        themes = ('[project.entry-points]\n"sphinx.html_themes" = { furo = "furo" }', _THEMES)
        sheet = ("~normalize.css", "../vendor/normalize.css")
        edits = {"pyproject.toml": themes, "src/furo/assets/styles/furo.sass": sheet}
        with_release(folder, "furo-2025.9.25", _FURO, edits)
        packages = node_modules()
        shutil.copytree(packages / "normalize.css", folder / "node_modules/normalize.css")
        (program,) = (packages / "@esbuild").glob("*/bin")
        installed(folder, program)

    return made_once("furo", make) / "site"


_THEMES: Final = '[project.entry-points."sphinx.html_themes"]\nfuro = "furo"'


def run_in(folder: Path, site: Path, code: str, python: Path | str = sys.executable) -> str:
    done = subprocess.run(
        [python, "-c", code], cwd=folder, env={**os.environ, "PYTHONPATH": str(site)}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def merged(folder: Path, site: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The files of an application's release with that of the package `name`."""
    monkeypatch.syspath_prepend(str(site))
    write_tree(folder, {"assets/a.css": "", "buildassets.toml": f'packages = ["{name}"]\n'})
    assets = manifest_of(build(load_config(start=str(folder)))).assets
    return {path: entry.file for path, entry in assets.items()}


DJANGO = """
import django
from django.conf import settings
settings.configure(INSTALLED_APPS=["django.contrib.staticfiles", "colorfield"], STATIC_URL="/static/", DEBUG=False,
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}])
django.setup()
from colorfield.widgets import ColorWidget
from django.contrib.staticfiles import finders
media = ColorWidget().media
paths = [*media._js, *media._css["all"]]
print(*(finders.find(path) for path in paths), sep="\\n")
"""


def test_djangos_finders_find_what_a_widget_of_the_admin_needs(colorfield: Path, tmp_path: Path) -> None:
    paths = run_in(tmp_path, colorfield, DJANGO).split()
    assert len(paths) == 3
    assert all(path.startswith(str(colorfield / "colorfield/static")) for path in paths)


def test_an_application_merges_what_a_widget_of_the_admin_needs(
    colorfield: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = merged(tmp_path, colorfield, "colorfield", monkeypatch)
    assert {"colorfield/colorfield.js", "colorfield/coloris/coloris.min.css"} <= files.keys()


FLASK = """
from flask import Flask
from flask_bootstrap import Bootstrap5
app = Flask("site")
app.config["BOOTSTRAP_SERVE_LOCAL"] = True
Bootstrap5(app)
for name in ("css/bootstrap.min.css", "js/bootstrap.min.js"):
    with app.test_request_context():
        url = app.url_for("bootstrap.static", filename=name)
    response = app.test_client().get(url)
    print(response.status_code, len(response.data) > 10_000)
"""


def test_a_blueprint_serves_plain_names(bootstrap: Path, tmp_path: Path) -> None:
    python = kept_environment("bootstrap-flask", "flask==3.1.3", "wtforms==3.2.1") / "python"
    assert run_in(tmp_path, bootstrap, FLASK, python).splitlines() == ["200 True", "200 True"]


def test_an_application_merges_the_files_of_a_blueprint(
    bootstrap: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = merged(tmp_path, bootstrap, "bootstrap", monkeypatch)
    assert re.fullmatch(
        r"bootstrap/bootstrap5/css/bootstrap\.min\.[0-9a-f]{12}\.css",
        files["bootstrap/bootstrap5/css/bootstrap.min.css"],
    )


def test_a_theme_of_sphinx_is_built_without_node(furo: Path) -> None:
    static = furo / "furo/theme/furo/static"
    assert "normalize.css v8" in (static / "styles/furo.css").read_text()
    assert "import " not in (static / "scripts/furo.js").read_text()
    assert not (furo / "furo/assets").exists()


def test_pages_of_sphinx_load_the_theme_by_plain_names(furo: Path, tmp_path: Path) -> None:
    requirements = ("sphinx==8.2.3", "sphinx-basic-ng==1.0.0b2", "beautifulsoup4==4.13.5", "accessible-pygments==0.0.5")
    python = kept_environment("sphinx", *requirements) / "python"
    write_tree(tmp_path, {"conf.py": 'html_theme = "furo"\n', "index.rst": "Title\n=====\n"})
    code = "import sys\nfrom sphinx.cmd.build import main\nsys.exit(main(['-q', '.', 'html']))"
    run_in(tmp_path, furo, code, python)
    page = (tmp_path / "html/index.html").read_text()
    for name in ("styles/furo.css", "styles/furo-extensions.css", "scripts/furo.js"):
        assert f"_static/{name}?v=" in page
        assert (tmp_path / "html/_static" / name).read_bytes() == (furo / "furo/theme/furo/static" / name).read_bytes()

"""Django settings that reading them cannot settle: `init` takes the project all the same, and says what stays."""

from pathlib import Path

import pytest

from tests.building import load_config
from tests.command import run
from tests.conftest import Tree, write_tree

MANAGE = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'conf.settings')\n"
BASE = (
    "import importlib\nfrom pathlib import Path\n\nBASE_DIR = Path(__file__).resolve().parent.parent\n"
    "STATIC_URL = 'static/'\nSTATICFILES_DIRS = [BASE_DIR / 'front/dist']\n"
    "INSTALLED_APPS = ['django.contrib.admin', 'django.contrib.staticfiles']\n"
)
# An import by a computed name may change any setting.
COMPUTED = f"{BASE}for name in open('plugins'):\n    INSTALLED_APPS.extend(importlib.import_module(name).apps)\n"
PAGE = "{% load static %}<head>\n<link rel=stylesheet href=\"{% static 'NAME' %}\">\n</head>\n"


def project(tmp_path: Path, settings: str, name: str = "a.css", **more: str) -> Path:
    files: Tree = {"manage.py": MANAGE, "conf/__init__.py": "", "conf/settings.py": settings}
    pages: Tree = {"templates/base.html": PAGE.replace("NAME", name), "front/dist/a.css": "a {}"}
    return write_tree(tmp_path, {**files, **pages, **more})


def test_application_is_added_behind_what_computes_the_others(tmp_path: Path) -> None:
    done = run(project(tmp_path, COMPUTED), "init", "--yes")
    assert done.returncode == 0, done.stderr
    settings = (tmp_path / "conf/settings.py").read_text()
    assert settings.startswith(COMPUTED)
    assert 'INSTALLED_APPS = ["buildassets.runtime.django", *INSTALLED_APPS]' in settings[len(COMPUTED) :]


def test_folders_of_settings_that_code_may_change_are_the_sources(tmp_path: Path) -> None:
    run(project(tmp_path, COMPUTED, **{"front/src/site.ts": "export {}"}), "init", "--yes")
    assert [root.shown for root in load_config(start=str(tmp_path)).sources] == ["front/dist"]


def test_applications_that_two_modules_compute_are_written_by_hand(tmp_path: Path) -> None:
    more = {"conf/base.py": COMPUTED}
    settings = "from .base import *\nimport importlib\nINSTALLED_APPS = importlib.import_module(input()).apps\n"
    done = run(project(tmp_path, settings, **more), "init", "--yes")
    assert done.returncode == 1
    assert (tmp_path / "conf/settings.py").read_text() == settings


@pytest.mark.parametrize("condition", ["try:", "if (BASE_DIR / 'conf/local_settings.py').exists():"])
def test_local_settings_that_are_not_here_leave_the_others_known(condition: str, tmp_path: Path) -> None:
    end = "except ImportError:\n    pass\n" if condition == "try:" else ""
    settings = f"{BASE}{condition}\n    from .local_settings import *\n{end}"
    done = run(project(tmp_path, settings), "init", "--yes")
    assert done.returncode == 0, done.stderr
    assert "'django.contrib.admin', 'django.contrib.staticfiles'" in (tmp_path / "conf/settings.py").read_text()
    assert '["buildassets.runtime.django", *' not in (tmp_path / "conf/settings.py").read_text()


def test_storage_of_a_remote_server_in_production_stays_and_is_named(tmp_path: Path) -> None:
    production = (
        "from .settings import *\n\nSTORAGES = {\n    'default': {'BACKEND': 'storages.backends.s3.S3Storage'},\n"
        "    'staticfiles': {'BACKEND': 'storages.backends.s3.S3Storage', 'OPTIONS': {'location': 'static'}},\n}\n"
    )
    done = run(project(tmp_path, BASE, **{"conf/production.py": production}), "init", "--yes")
    assert done.returncode == 0, done.stderr
    assert "write by hand, `conf/production.py`, in `STORAGES`" in done.stderr
    assert (tmp_path / "conf/production.py").read_text() == production
    assert "ReleaseStaticFilesStorage" in (tmp_path / "conf/settings.py").read_text()


def test_names_of_installed_applications_are_no_faults(tmp_path: Path) -> None:
    run(project(tmp_path, BASE, "admin/css/base.css"), "init", "--yes")
    assert 'external = ["admin/**"]' in (tmp_path / "buildassets.toml").read_text()
    assert run(tmp_path, "check").returncode == 0


def test_sass_beside_the_static_folder_is_found_by_the_name_in_a_template(tmp_path: Path) -> None:
    sass = {"front/scss/site.scss": "@import 'theme'; a { color: $c }", "front/scss/_theme.scss": "$c: red;"}
    run(project(tmp_path, BASE, "css/site.css", **sass), "init", "--yes")
    done = run(tmp_path, "check")
    assert done.returncode == 0, done.stderr
    assert '{ path = "front/scss", prefix = "css" }' in (tmp_path / "buildassets.toml").read_text()

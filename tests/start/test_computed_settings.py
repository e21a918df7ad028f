"""Django settings that reading them cannot settle: `init` takes the project all the same, and says what stays."""

from pathlib import Path

import pytest

from tests.command import run
from tests.conftest import Tree, read_tree, write_tree

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


STORAGE = "buildassets.runtime.django.storage.ReleaseStaticFilesStorage"


def test_storage_alone_is_written_behind_what_computes_the_applications(tmp_path: Path) -> None:
    done = run(project(tmp_path, COMPUTED), "init", "--yes")
    assert done.returncode == 0, done.stderr
    settings = (tmp_path / "conf/settings.py").read_text()
    assert settings.startswith(COMPUTED)
    assert STORAGE in settings[len(COMPUTED) :]


def test_storage_is_written_next_to_the_url_of_static_files(tmp_path: Path) -> None:
    settings = "from .base import *\nimport importlib\nINSTALLED_APPS = importlib.import_module(input()).apps\n"
    done = run(project(tmp_path, settings, **{"conf/base.py": COMPUTED}), "init", "--yes")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "conf/settings.py").read_text() == settings
    assert STORAGE in (tmp_path / "conf/base.py").read_text()


@pytest.mark.parametrize("answer", ["conf.settings", "deploy.live"])
def test_settings_of_servers_elsewhere_are_asked_for(answer: str, tmp_path: Path) -> None:
    wsgi = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'deploy.live')\n"
    more = {"deploy/live.py": BASE, "deploy/__init__.py": "", "conf/wsgi.py": wsgi}
    before = read_tree(project(tmp_path, BASE, **more))
    done = run(tmp_path, "init", "--yes")
    assert done.returncode == 1
    asked = "error[init/question]: which settings does the site run with? `conf.settings` or `deploy.live`"
    assert asked in done.stderr
    assert read_tree(tmp_path) == before
    assert run(tmp_path, "init", "--yes", "--settings", answer).returncode == 0
    assert STORAGE in (tmp_path / f"{answer.replace('.', '/')}.py").read_text()


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


def test_folder_to_collect_to_is_printed_where_the_base_is_another(tmp_path: Path) -> None:
    settings = BASE.replace("parent.parent", "parent")
    done = run(project(tmp_path, settings), "init", "--yes")
    assert done.returncode == 0, done.stderr
    assert "STATIC_ROOT" not in (tmp_path / "conf/settings.py").read_text()
    assert (
        "write by hand, `conf/settings.py`, so that `collectstatic` has a folder:\n"
        '    STATIC_ROOT = BASE_DIR / "staticfiles"\n'
    ) in done.stderr

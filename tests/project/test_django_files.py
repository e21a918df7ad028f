from pathlib import Path

import pytest

from buildassets.project.django_files import DjangoSettings, django_settings
from buildassets.project.files import ProjectFiles
from tests.conftest import Tree, write_tree

MANAGE = "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site1.settings')\n"


@pytest.fixture(autouse=True)
def no_settings_of_the_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE", raising=False)


def settings(folder: Path, files: Tree) -> DjangoSettings | None:
    return django_settings(ProjectFiles(str(write_tree(folder, {"manage.py": MANAGE, **files}))))


@pytest.mark.parametrize(
    ("text", "applications"),
    [
        ("INSTALLED_APPS = ['a', 'b']", ["a", "b"]),
        ("OURS = ['a']\nINSTALLED_APPS = OURS + ['b']", ["a", "b"]),
        ("OURS = ('a',)\nINSTALLED_APPS = [*OURS, 'b']", ["a", "b"]),
        ("INSTALLED_APPS = ['a']\nINSTALLED_APPS += ['b']", ["a", "b"]),
        ("INSTALLED_APPS = ['a']\nINSTALLED_APPS = INSTALLED_APPS + ['b']", ["a", "b"]),
        ("INSTALLED_APPS = ['a']\nINSTALLED_APPS = ['b']", ["b"]),
        ("INSTALLED_APPS = ['a']\nif DEBUG:\n    INSTALLED_APPS = ['b']", ["a", "b"]),
        ("INSTALLED_APPS = ['a'] + more()", None),
        ("INSTALLED_APPS = [*UNKNOWN, 'a']", None),
        ("A = B\nB = A\nINSTALLED_APPS = [*A]", []),
        ("DEBUG = True", None),
    ],
)
def test_a_list_is_read_through_names_and_sums(text: str, applications: list[str] | None, tmp_path: Path) -> None:
    found = settings(tmp_path, {"site1/settings.py": text})
    assert found is not None
    assert found.texts("INSTALLED_APPS") == applications


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ("BASE_DIR / 'a' / 'b'", "a/b"),
        ("BASE_DIR / 'a/b'", "a/b"),
        ("os.path.join(BASE_DIR, 'a', 'b')", "a/b"),
        ("str(BASE_DIR / 'a')", "a"),
        ("'/srv/a'", "/srv/a"),
        ("config.folder / 'a'", None),
        ("env('X', default='a')", None),
    ],
)
def test_a_path_is_read_in_its_usual_forms(value: str, path: str | None, tmp_path: Path) -> None:
    found = settings(tmp_path, {"site1/settings.py": f"STATIC_ROOT = {value}"})
    assert found is not None
    assert found.path("STATIC_ROOT") == path


def test_imports_from_another_file_are_counted(tmp_path: Path) -> None:
    files: Tree = {
        "site1/settings/__init__.py": "from .base import *\nDEBUG = False\n",
        "site1/settings/base.py": "from site1.common import *\nSTATIC_URL = '/s/'\nDEBUG = True\n",
        "site1/common.py": "from .settings import *\nINSTALLED_APPS = ['a']\n",
    }
    found = settings(tmp_path, files)
    assert found is not None
    assert found.files == ("site1/settings/__init__.py", "site1/settings/base.py", "site1/common.py")
    assert (found.text("STATIC_URL"), found.texts("INSTALLED_APPS"), found.flag("DEBUG")) == ("/s/", ["a"], False)


def test_a_project_whose_settings_are_elsewhere_has_none(tmp_path: Path) -> None:
    assert settings(tmp_path, {}) is None

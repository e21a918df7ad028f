"""The tests of the Django application with other releases of Django than the one that is installed here.

The oldest that is supported runs in any environment that has it; the newest may need a newer Python than this one.
"""

import os
import subprocess
import sys
from pathlib import Path

import django
import pytest

from tests.conftest import find_tool, write_tree
from tests.environments import kept_environment
from tests.runtime.django.collecting import PROJECT, SETTINGS

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parents[2]
_TESTS = "tests/runtime/django"
NEWEST = ">=6.1"  # its only difference for us, in messages of templates, came with 6.0
_NEWEST_PYTHON_OF_42 = (3, 12)
_PYTHON_OF_NEWEST = ("python3.14", "python3.13", "python3.12")
_NOT_AGAIN = (  # slow, or of no interest to Django: what the verbs do, and what a manifest or a configuration may be
    *("runserver", "wrong_settings", "of_the_verb", "options_are_passed", "precedence", "configuration_come_first"),
    *("stale", "no_source_of_itself", "without_a_compiler", "cannot_be_used", "for_development", "two_prefixes"),
)
_NEEDED = ("pytest", "pytest-randomly", "pytest-xdist", "hypothesis", "whitenoise", "gunicorn", "uvicorn")


def environment(python: str, release: str) -> Path:
    """Return the Python of a virtual environment with that release, and with what pyproject.toml requires."""
    state = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    needed = (f"django{release}", *_NEEDED, "--editable", str(ROOT))
    return kept_environment(f"django/{release.strip('=<>~.*')}", *needed, python=python, state=state) / "python"


def newer_python() -> str:
    """Return the Python for the newest release of Django."""
    return find_tool(*_PYTHON_OF_NEWEST)


def run_tests(python: Path) -> str:
    """Run the tests of the application; return the last line of pytest, unless one fails."""
    chosen = " and ".join(f"not {word}" for word in _NOT_AGAIN)
    options = ["-q", "-p", "no:cacheprovider", "-k", chosen, f"--ignore={_TESTS}/test_vite.py"]  # that needs a browser
    command = [str(python), "-m", "pytest", *options, _TESTS]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(command, cwd=ROOT, env=kept, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:]
    return str(done.stdout.splitlines()[-1])


@pytest.mark.skipif(django.VERSION < (5, 0), reason="it is the one that is installed")
@pytest.mark.skipif(sys.version_info[:2] > _NEWEST_PYTHON_OF_42, reason="it does not support this Python")
def test_application_works_with_the_oldest_release() -> None:
    assert " passed" in run_tests(environment(sys.executable, "==4.2.*"))


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="it is the one that is installed")
def test_application_works_with_the_newest_release() -> None:
    assert " passed" in run_tests(environment(newer_python(), NEWEST))


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="Django 3.2 needs `distutils`")
def test_release_without_storages_is_refused_with_its_reason(tmp_path: Path) -> None:
    python = environment(sys.executable, "==3.2.*")
    settings = SETTINGS + 'STATICFILES_STORAGE = "buildassets.runtime.django.storage.ReleaseStaticFilesStorage"\n'
    write_tree(tmp_path, {**PROJECT, "settings.py": settings})
    command = [str(python), "manage.py", "collectstatic", "--noinput"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1
    assert "ImproperlyConfigured: buildassets needs Django 4.2 or newer, and this is 3.2" in done.stderr

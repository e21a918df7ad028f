"""`buildassets doctor` finds nothing wrong with what `init` sets up in a fresh project of each framework."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser.fresh import environment as developer
from tests.browser.fresh import fresh, init
from tests.cli.test_doctor import examined
from tests.conftest import find_tool, write_tree

pytestmark = pytest.mark.thorough


@pytest.mark.parametrize("framework", ["django", "flask", "fastapi", "starlette", "litestar", "jinja"])
def test_set_up_of_init_is_healthy(framework: str, tmp_path: Path) -> None:
    image = {
        "requirements.txt": f"{framework}\nbuildassets\n",
        "Dockerfile": "FROM x\nCOPY . .\nRUN buildassets build\n",
    }
    project = fresh(tmp_path / "site", framework, {**image, "deploy.sh": "buildassets build\n"})
    subprocess.run([find_tool("git"), "init", "-q"], cwd=project, check=True)
    init(project, "--yes")
    by_django = ["manage.py", "assets", "build", "-q"]
    command = by_django if framework == "django" else ["-m", "buildassets", "build", "-q"]
    subprocess.run([sys.executable, *command], cwd=project, env=developer(), check=True)
    assert examined(project) == (0, [])
    assert examined(project, "--run") == (0, [])


def _serve_release(project: Path) -> None:
    """Have the module that servers load serve the release, as `init` does."""
    module = project / "mysite/wsgi.py"
    module.write_text(module.read_text().replace("from django.core.wsgi", "from buildassets.runtime.django.wsgi"))


def test_static_folders_that_only_django_finds_are_healthy(tmp_path: Path) -> None:
    project = fresh(tmp_path / "site", "django", {})
    settings = project / "mysite/settings.py"
    apps = settings.read_text().replace(
        "INSTALLED_APPS = [", "INSTALLED_APPS = ['buildassets.runtime.django', 'polls',"
    )
    settings.write_text(f"{apps}\nBUILDASSETS = {{'manifest': BASE_DIR / 'build/manifest.json'}}\n")
    write_tree(project, {"polls/__init__.py": "", "polls/static/polls/a.css": "a {}"})
    _serve_release(project)
    subprocess.run([sys.executable, "manage.py", "assets", "build", "-q"], cwd=project, env=developer(), check=True)
    assert examined(project) == (0, [])

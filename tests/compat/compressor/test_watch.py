"""A watch follows the blocks of templates."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.compat.compressor.site import FILES, block
from tests.conftest import Tree, wait_for, write_tree

_SETTINGS = """
SECRET_KEY = "of no use"
STATIC_URL = "/static/"
STATICFILES_DIRS = ["site"]
INSTALLED_APPS = ["buildassets.compat.compressor", "buildassets.runtime.django", "django.contrib.staticfiles"]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": ["templates"]}]
STORAGES = {"staticfiles": {"BACKEND": "buildassets.runtime.django.storage.ReleaseStaticFilesStorage"}}
BUILDASSETS = {"manifest": "build/manifest.json"}
"""
_PROJECT: Tree = {
    **FILES,
    "settings.py": _SETTINGS,
    "manage.py": "import os, sys\nos.environ['DJANGO_SETTINGS_MODULE'] = 'settings'\n"
    "from django.core.management import execute_from_command_line\nexecute_from_command_line(sys.argv)\n",
    "templates/page.html": block("js", "<script>var first = 1</script>"),
}


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Path]:
    folder = write_tree(tmp_path, _PROJECT)
    command = [sys.executable, "manage.py", "assets", "watch", "--port", "0"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield folder
        finally:
            process.send_signal(signal.SIGINT)


def built(folder: Path, text: str) -> bool:
    """Whether a block of the release holds that text."""
    try:
        manifest = json.loads((folder / "build/manifest.json").read_text())
        files = [
            manifest["assets"][tag["asset"]]["file"] for tags in manifest.get("blocks", {}).values() for tag in tags
        ]
        return any(text in (folder / "build/assets" / file).read_text() for file in files)
    except (OSError, ValueError):
        return False


def test_changed_and_new_templates_are_followed(watched: Path) -> None:
    wait_for(lambda: built(watched, "first"))
    write_tree(watched, {"templates/page.html": block("js", "<script>var second = 2</script>")})
    wait_for(lambda: built(watched, "second"))
    assert not built(watched, "first")
    write_tree(watched, {"templates/new.html": block("js", "<script>var third = 3</script>")})
    wait_for(lambda: built(watched, "third"))
    assert os.path.exists(watched / "build/manifest.json")

"""Files of a project that repeat one piece are examined in linear time: quadratic work would take minutes for each."""

from pathlib import Path

import pytest

from tests.command import run
from tests.conftest import Tree, watchdog, write_tree

_SIZE_BYTES = 400_000
_DJANGO: Tree = {
    "manage.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site.settings')\n",
    "site/settings.py": "INSTALLED_APPS = ['django.contrib.staticfiles']\nTEMPLATES = []\nSTATIC_URL = '/s/'\n",
    "buildassets.toml": '[templates]\nengine = "django"\n',
}
_REPEATING = {
    "command without a verb": ("Dockerfile", "FROM a\nRUN ", "buildassets "),
    "installation": ("Dockerfile", "FROM a\nRUN ", "pip install "),
    "empty lines": ("Dockerfile", "", "\n"),
    "stages of one name": ("Dockerfile", "", "FROM a AS a\n"),
    "blocks of nginx": ("nginx.conf", "", "location /{\n"),
    "words of nginx": ("nginx.conf", "location /{", "root "),
    "blocks of Caddy": ("Caddyfile", "", "handle_path /{\n"),
    "blanks after SCRIPT_NAME": ("a.py", "SCRIPT_NAME", " "),
    "empty lines of Python": ("a.py", "", "\n"),
    "empty lines of a sheet": ("assets/b.css", "", "\n"),
    "empty lines of a script": ("assets/b.js", "", "\n"),
    "blanks after import": ("assets/b.js", "import", " "),
    "imports of a sheet": ("assets/b.css", "", "@import '"),
    "comments": ("templates/a.html", "", "{#"),
    "comments of HTML": ("templates/a.html", "", "<!--"),
    "scripts": ("templates/a.html", "", "<script "),
    "tags of comments": ("templates/a.html", "", "{% comment %}"),
    "ends of comments": ("templates/a.html", "{% comment %}", "endcomment "),
    "blanks after load": ("templates/a.html", "{% load", " "),
    "heads": ("templates/a.html", "", "<head "),
    "packages": ("requirements.txt", "", "buildassets[\n"),
}


@pytest.mark.parametrize("command", [("doctor",), ("init", "--dry-run")], ids=" ".join)
@pytest.mark.parametrize(("name", "start", "repeated"), _REPEATING.values(), ids=list(_REPEATING))
def test_file_that_repeats_is_examined_in_linear_time(
    tmp_path: Path, name: str, start: str, repeated: str, command: tuple[str, ...]
) -> None:
    end = "%}" if start == "{% load" else "\n</head>" if repeated == "<head " else ""
    text = start + repeated * (_SIZE_BYTES // len(repeated)) + end
    write_tree(tmp_path, {"assets/a.css": "", **_DJANGO, name: text})
    with watchdog():
        assert "Traceback" not in run(tmp_path, *command).stderr

"""`buildassets init`, as a user runs it."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.browser.fresh import environment as developer
from tests.browser.fresh import fresh, init
from tests.building import load_config
from tests.command import environment, run
from tests.conftest import Tree, find_tool, read_tree, write_tree

FLASK: Tree = {
    "app.py": "from flask import Flask\n\napp = Flask(__name__)\n",
    "templates/base.html": "<html>\n<head>\n  <title>x</title>\n</head>\n</html>\n",
}
SETTINGS = """from pathlib import Path
BASE_DIR = Path(__file__).resolve().parent.parent
INSTALLED_APPS = [
    {apps}
    'django.contrib.staticfiles',
]
{more}
"""
LINE = "FlaskAssets(app, static=True, strict=False, required=False)"
ASKING: Tree = {**FLASK, "templates/page.html": "<img src=\"{{ url_for('static', filename='a.png') }}\">"}
DJANGO: Tree = {
    "manage.py": "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site1.settings')\n",
    "site1/settings.py": SETTINGS.format(apps="'django.contrib.admin',", more=""),
}


def test_init_without_a_terminal_and_without_yes_exits_with_2(tmp_path: Path) -> None:
    write_tree(tmp_path, FLASK)
    before = read_tree(tmp_path)
    done = run(tmp_path, "init")
    assert done.returncode == 2
    assert "error[init/terminal]" in done.stderr
    assert read_tree(tmp_path) == before


def test_a_dry_run_shows_the_diff_and_writes_nothing(tmp_path: Path) -> None:
    write_tree(tmp_path, FLASK)
    before = read_tree(tmp_path)
    done = run(tmp_path, "init", "--dry-run")
    assert done.returncode == 0
    assert f"+{LINE}\n" in done.stdout
    assert "--- /dev/null\n+++ b/.gitignore\n@@ -0,0 +1,2 @@\n+build/\n+.buildassets/\n" in done.stdout
    assert read_tree(tmp_path) == before


def test_dry_run_takes_precedence_over_yes(tmp_path: Path) -> None:
    write_tree(tmp_path, FLASK)
    assert run(tmp_path, "init", "--yes", "--dry-run").returncode == 0
    assert not (tmp_path / "buildassets.toml").exists()


def test_yes_writes_what_can_be_built(tmp_path: Path) -> None:
    assert run(write_tree(tmp_path, FLASK), "init", "--yes").returncode == 0
    assert run(tmp_path, "build").returncode == 0
    assert run(tmp_path, "check").returncode == 0


def test_sources_that_git_ignores_are_named(tmp_path: Path) -> None:
    write_tree(tmp_path, {**ASKING, ".gitignore": "dist/\n*.pyc\n", "static/dist/a.css": "", "static/b.css": ""})
    subprocess.run([find_tool("git"), "init", "-q"], cwd=tmp_path, check=True)
    notes = re.findall("git ignores .*", run(tmp_path, "init", "--dry-run", "--source", "static").stderr)
    assert notes == ["git ignores `static/dist/a.css`, which builds on other machines then lack: correct `.gitignore`"]


def test_diff_of_a_dry_run_applies_by_git(tmp_path: Path) -> None:
    by_git, by_init = (write_tree(tmp_path / name, FLASK) for name in ("git", "init"))
    patch = run(by_git, "init", "--dry-run").stdout
    subprocess.run([find_tool("git"), "apply", "-"], cwd=by_git, input=patch, text=True, check=True)
    run(by_init, "init", "--yes")
    (by_init / ".buildassets/init.patch").unlink()
    assert read_tree(by_git) == read_tree(by_init)


def test_no_patch_is_written_behind_a_link(tmp_path: Path) -> None:
    project, outside = tmp_path / "site", tmp_path / "outside"
    write_tree(project, {"app.py": "from flask import Flask\n\napp = Flask(__name__)\n"})
    outside.mkdir()
    (project / ".buildassets").symlink_to(outside)
    before = read_tree(project)
    done = run(project, "init", "--yes")
    assert (done.returncode, "error[init/write]: `.buildassets` is a link" in done.stderr) == (2, True)
    assert (read_tree(project), read_tree(outside)) == (before, {})


@pytest.mark.parametrize("text", [FLASK["app.py"], "\ufefffrom flask import Flask\r\n\r\napp = Flask(__name__)"])
def test_patch_takes_everything_back(text: str, tmp_path: Path) -> None:
    write_tree(tmp_path, {**FLASK, "app.py": text.encode(), ".gitignore": "*.pyc"})
    before = read_tree(tmp_path)
    assert "undo: git apply -R .buildassets/init.patch\n" in run(tmp_path, "init", "--yes").stderr
    assert read_tree(tmp_path) != before
    subprocess.run([find_tool("git"), "apply", "-R", ".buildassets/init.patch"], cwd=tmp_path, check=True)
    (tmp_path / ".buildassets/init.patch").unlink()
    assert read_tree(tmp_path) == before


def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    run(write_tree(tmp_path, FLASK), "init", "--yes")
    before = read_tree(tmp_path)
    done = run(tmp_path, "init", "--yes")
    assert (done.returncode, done.stdout) == (0, "")
    assert "nothing to do" in done.stderr
    assert read_tree(tmp_path) == before


@pytest.mark.parametrize(("answer", "is_written"), [("y", True), ("n", False), ("", False)])
def test_init_asks_on_a_terminal(answer: str, is_written: bool, tmp_path: Path) -> None:
    import pty

    write_tree(tmp_path, FLASK)
    master, slave = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "buildassets", "init"],
        cwd=tmp_path,
        env=environment(),
        stdin=slave,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as asking:
        os.write(master, f"{answer}\n".encode())
        _, printed = asking.communicate(timeout=60)
    os.close(slave)
    os.close(master)
    assert asking.returncode == (0 if is_written else 1)
    assert (b"\nnext: " in printed) is is_written
    assert (tmp_path / "buildassets.toml").exists() is is_written


def test_json_is_one_document(tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, FLASK), "init", "--dry-run", "--json")
    document = json.loads(done.stdout)
    assert document["framework"] == "flask"
    assert document["written"] is False
    assert "app.py" in [edit["file"] for edit in document["edits"]]


def test_a_pyproject_gets_the_table(tmp_path: Path) -> None:
    write_tree(tmp_path, {**FLASK, "pyproject.toml": "[project]\nname = 'x'\n"})
    run(tmp_path, "init", "--yes")
    config = load_config(start=str(tmp_path))
    assert config.file == str(tmp_path / "pyproject.toml")
    assert [root.shown for root in config.sources] == ["assets"]
    assert not (tmp_path / "buildassets.toml").exists()


def test_a_configuration_that_is_there_is_kept(tmp_path: Path) -> None:
    write_tree(tmp_path, {**ASKING, "buildassets.toml": 'sources = ["css"]\n', "css/a.css": "a {}"})
    run(tmp_path, "init", "--yes")
    assert (tmp_path / "buildassets.toml").read_text() == 'sources = ["css"]\n'
    assert LINE in (tmp_path / "app.py").read_text()


@pytest.mark.parametrize(
    ("system", "files"),
    [
        ("compressor", {**DJANGO, "site1/settings.py": SETTINGS.format(apps="'compressor',", more="")}),
        ("webassets", {**FLASK, "extra.py": "from flask_assets import Bundle, Environment\n"}),
        ("webassets", {**FLASK, "extra.py": "import webassets\n"}),
        ("whitenoise", {**FLASK, "extra.py": "from whitenoise import WhiteNoise\n"}),
        ("pipeline", {**DJANGO, "site1/settings.py": SETTINGS.format(apps="'pipeline',", more="")}),
    ],
)  # fmt: skip
def test_third_party_asset_system_is_left_alone_and_migrate_is_named(system: str, files: Tree, tmp_path: Path) -> None:
    write_tree(tmp_path, files)
    before = read_tree(tmp_path)
    done = run(tmp_path, "init", "--yes")
    assert done.returncode == 1
    assert f"`buildassets migrate {system}`" in done.stderr
    assert read_tree(tmp_path) == before


def test_our_application_is_the_first_of_django(tmp_path: Path) -> None:
    run(write_tree(tmp_path, DJANGO), "init", "--yes")
    settings = (tmp_path / "site1/settings.py").read_text()
    assert "INSTALLED_APPS = [\n    'buildassets.runtime.django',\n    'django.contrib.admin',\n" in settings
    assert "BUILDASSETS" not in settings


def test_storage_alone_is_written_where_applications_are_computed(tmp_path: Path) -> None:
    settings = "import plugins\nSTATIC_URL = '/static/'\nINSTALLED_APPS = plugins.found()\n"
    assert (
        run(write_tree(tmp_path, {**DJANGO, "site1/settings.py": settings, **ADMIN}), "init", "--yes").returncode == 0
    )
    after = (tmp_path / "site1/settings.py").read_text()
    assert after.startswith(settings)
    assert STORAGE in after
    assert "'buildassets.runtime.django'" not in after


@pytest.mark.parametrize(
    ("settings", "root"),
    [
        ("import os\nBASE_DIR = os.path.dirname(os.path.dirname(__file__))\n", 'os.path.join(BASE_DIR, "staticfiles")'),
        ("BASE_DIR = Path(__file__).parent.parent\n", 'BASE_DIR / "staticfiles"'),
        ("BASE_DIR = somewhere()\n", None),
        ("STATIC_ROOT = 'all'\n", None),
    ],
)
def test_static_root_is_written_where_there_is_none(settings: str, root: str | None, tmp_path: Path) -> None:
    settings += "INSTALLED_APPS = ['django.contrib.admin', 'django.contrib.staticfiles']\n"
    run(write_tree(tmp_path, {**DJANGO, "site1/settings.py": settings}), "init", "--yes")
    after = (tmp_path / "site1/settings.py").read_text()
    assert (f"\nSTATIC_ROOT = {root}  # " in after) is (root is not None)
    assert STORAGE in after


STORAGE = "buildassets.runtime.django.storage.ReleaseStaticFilesStorage"
NOISE = "whitenoise.storage.CompressedManifestStaticFilesStorage"
DEFAULT = '"default": {"BACKEND": "django.core.files.storage.FileSystemStorage"}'
PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"
LENIENT = {"strict": False, "required": False}
AS_BEFORE = '"OPTIONS": {"strict": False, "required": False}'
ADMIN: Tree = {"templates/a.html": "{% load static %}"}


def test_static_tags_use_the_release_where_the_project_has_no_storages(tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, DJANGO), "init", "--yes", "--json")
    values: dict[str, Any] = {}
    exec((tmp_path / "site1/settings.py").read_text().replace("Path(__file__)", "Path('/a/b/c')"), values)
    assert values["STORAGES"]["staticfiles"] == {"BACKEND": STORAGE, "OPTIONS": LENIENT}
    assert values["STORAGES"]["default"] == {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    assert json.loads(done.stdout)["by_hand"] == []


@pytest.mark.parametrize(
    ("setting", "after"),
    [
        (
            "STORAGES = {'default': mine()}",
            f'STORAGES = {{"staticfiles": {{"BACKEND": "{STORAGE}", {AS_BEFORE}}}, \'default\': mine()}}',
        ),
        (
            f"STORAGES = {{'staticfiles': {{'BACKEND': '{NOISE}'}}}}",
            f"STORAGES = {{'staticfiles': {{'BACKEND': \"{STORAGE}\"}}}}",
        ),
        (
            f"STORAGES = {{'staticfiles': {{'BACKEND': '{PLAIN}'}}}}",
            f"STORAGES = {{'staticfiles': {{'BACKEND': \"{STORAGE}\", {AS_BEFORE}}}}}",
        ),
        (f"STATICFILES_STORAGE = '{NOISE}'", f'STORAGES = {{{DEFAULT}, "staticfiles": {{"BACKEND": "{STORAGE}"}}}}'),
        (
            f"STATICFILES_STORAGE = '{PLAIN}'",
            f'STORAGES = {{{DEFAULT}, "staticfiles": {{"BACKEND": "{STORAGE}", {AS_BEFORE}}}}}',
        ),
        (f"STATICFILES_STORAGE = '{NOISE}'\nDEFAULT_FILE_STORAGE = 'x.Y'", f'STATICFILES_STORAGE = "{STORAGE}"'),
        (
            f"if not DEBUG:\n    STATICFILES_STORAGE = '{NOISE}'",
            f'    STORAGES = {{{DEFAULT}, "staticfiles": {{"BACKEND": "{STORAGE}"}}}}',
        ),
    ],
)
def test_our_storage_takes_the_place_of_another_and_is_as_strict(setting: str, after: str, tmp_path: Path) -> None:
    settings = SETTINGS.format(apps="", more=setting)
    done = run(write_tree(tmp_path, {**DJANGO, "site1/settings.py": settings, **ADMIN}), "init", "--yes")
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "site1/settings.py").read_text()
    assert f"\n{after}\n" in text
    assert text.count(STORAGE) == 1


@pytest.mark.parametrize(
    ("body", "is_edited", "is_lenient"),
    [
        ("    manifest_strict = False\n", True, True),
        ("    def url(self, name, force=False):\n        try:\n            return super().url(name)\n"
         "        except ValueError:\n            return name\n", True, True),
        ("    pass\n", True, False),
        ("    location = 'x'\n", False, False),
    ],
)  # fmt: skip
def test_storage_of_the_project_is_replaced_where_it_only_changes_unknown_names(
    body: str, is_edited: bool, is_lenient: bool, tmp_path: Path
) -> None:
    storage = "from django.contrib.staticfiles.storage import ManifestStaticFilesStorage as M\n"
    module = f"{storage.removesuffix(' as M' + chr(10))}\n\nclass Own(ManifestStaticFilesStorage):\n{body}"
    setting = "STORAGES = {'staticfiles': {'BACKEND': 'site1.storage.Own'}}"
    files: Tree = {"site1/settings.py": SETTINGS.format(apps="", more=setting), "site1/storage.py": module, **ADMIN}
    assert run(write_tree(tmp_path, {**DJANGO, **files}), "init", "--yes").returncode == int(not is_edited)
    after = (tmp_path / "site1/settings.py").read_text()
    assert (STORAGE in after, AS_BEFORE in after) == (is_edited, is_lenient)


@pytest.mark.parametrize("version", ["Django==3.2.25", "django>=3.1,<4.2", "django~=3.2", "django<4"])
def test_django_that_ignores_storages_is_refused(version: str, tmp_path: Path) -> None:
    before = read_tree(write_tree(tmp_path, {**DJANGO, "requirements.txt": f"{version}\n"}))
    done = run(tmp_path, "init", "--yes")
    assert done.returncode == 1
    assert (
        f"error[init/django]: `requirements.txt` asks for a Django that ignores `STORAGES`: `{version}`" in done.stderr
    )
    assert read_tree(tmp_path) == before


@pytest.mark.parametrize(
    "version", ["django", "Django>=3.2", "django>=4.2,<6", "django~=4.2", "django==5.*", "django-x<3"]
)
def test_django_that_may_read_storages_is_set_up(version: str, tmp_path: Path) -> None:
    write_tree(tmp_path, {**DJANGO, "requirements.txt": f"{version}\n"})
    assert run(tmp_path, "init", "--dry-run").returncode == 0


def test_settings_of_tests_keep_their_plain_storage(tmp_path: Path) -> None:
    beside = {
        "site1/live.py": f"from .settings import *\nSTATICFILES_STORAGE = '{NOISE}'\n",
        "site1/ci.py": f"from .settings import *\nSTATICFILES_STORAGE = '{PLAIN}'\n",
    }
    settings = SETTINGS.format(apps="", more=f"STATICFILES_STORAGE = '{PLAIN}'")
    run(write_tree(tmp_path, {**DJANGO, "site1/settings.py": settings, **ADMIN, **beside}), "init", "--yes")
    changed = [name for name in ("settings", "live", "ci") if STORAGE in (tmp_path / f"site1/{name}.py").read_text()]
    assert changed == ["live"]


@pytest.mark.parametrize(
    "setting",
    [
        f"STORAGES = {{'staticfiles': {{'BACKEND': '{PLAIN}', 'OPTIONS': {{}}}}}}",
        "STORAGES = {'staticfiles': {'BACKEND': 'my.S3'}}",
        "STATICFILES_STORAGE = 'my.S3'",
    ],
)
def test_storage_that_is_not_known_stops_everything(setting: str, tmp_path: Path) -> None:
    settings = SETTINGS.format(apps="", more=setting)
    page = "<head>\n  <title>x</title>\n</head>\n"
    write_tree(tmp_path, {**DJANGO, "site1/settings.py": settings, "templates/base.html": "{% load static %}" + page})
    before = read_tree(tmp_path)
    done = run(tmp_path, "init", "--yes")
    assert done.returncode == 1
    assert "error[init/by-hand]: cannot edit `site1/settings.py` safely: nothing is written" in done.stderr
    assert "write by hand, `site1/settings.py`, below line 4, " in done.stderr
    assert STORAGE in done.stderr[done.stderr.index("so that `{% static %}` uses the release") :]
    assert read_tree(tmp_path) == before


def test_nothing_is_written_without_django_s_static_files(tmp_path: Path) -> None:
    settings = "from pathlib import Path\nBASE_DIR = Path(__file__).parent.parent\nINSTALLED_APPS = ['shop']\n"
    before = read_tree(write_tree(tmp_path, {**DJANGO, "site1/settings.py": settings, **ADMIN}))
    done = run(tmp_path, "init", "--yes")
    assert (done.returncode, "error[init/not-asked]: `django.contrib.staticfiles` is" in done.stderr) == (1, True)
    assert read_tree(tmp_path) == before


_VISIT = """
import re
from wsgiref.util import setup_testing_defaults
from mysite.wsgi import application
def get(path):
    environ = {"PATH_INFO": path, "HTTP_HOST": "127.0.0.1"}
    setup_testing_defaults(environ)
    return b"".join(application(environ, lambda status, headers: print(path, status))).decode()
print(*re.findall(r'(?:href|src)="(/[^"]*)"', get("/")))
"""


@pytest.mark.parametrize("builds", [True, False])
def test_page_of_django_has_the_urls_of_the_release_if_there_is_one(builds: bool, tmp_path: Path) -> None:
    image = '{% load static %}<img alt="" src="{% static "img/logo.svg" %}">'
    files: Tree = {"home/static/img/logo.svg": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 4"/>'}
    project = fresh(tmp_path / "site", "django", {**files, "home/__init__.py": ""}, image)
    settings = project / "mysite/settings.py"
    live = "INSTALLED_APPS += ['home']\nALLOWED_HOSTS = ['*']\n"
    settings.write_text(settings.read_text().replace("DEBUG = True", "DEBUG = False") + live)
    assert init(project, "--yes").returncode == 0
    collect = ["manage.py", "collectstatic", "--noinput", "-v0"]
    for arguments in (*([collect] if builds else []), ["-c", _VISIT]):
        command = [sys.executable, *arguments]
        done = subprocess.run(command, cwd=project, env=developer(), capture_output=True, text=True, check=True)
    shown = re.sub(r"[0-9a-f]{12}", "HASH", done.stdout)
    assert shown == f"/ 200 OK\n/static/img/logo{'.HASH' if builds else ''}.svg\n"


@pytest.mark.parametrize(("settings", "code"), [("", 0), ("raise SystemExit('no')", 1)])
def test_a_check_of_django_is_run_where_it_is_asked_for(settings: str, code: int, tmp_path: Path) -> None:
    project = fresh(tmp_path / "site", "django", {})
    with (project / "mysite/settings.py").open("a") as file:
        file.write(f"\nopen('ran', 'w')\n{settings}\n")
    assert init(project, "--yes").returncode == 0
    assert not (project / "ran").exists()
    subprocess.run([find_tool("git"), "apply", "-R", ".buildassets/init.patch"], cwd=project, check=True)
    done = init(project, "--yes", "--check")
    assert (project / "ran").exists()
    assert done.returncode == code
    assert ("`manage.py check` finds nothing wrong" in done.stderr) is (code == 0)


def test_settings_that_others_import_are_edited_where_the_applications_are(tmp_path: Path) -> None:
    base = f"{DJANGO['site1/settings.py']!s}"
    files: Tree = {"site1/settings.py": "from .base import *\nDEBUG = True\n", "site1/base.py": base}
    run(write_tree(tmp_path, {**DJANGO, **files}), "init", "--yes")
    assert (tmp_path / "site1/settings.py").read_text() == files["site1/settings.py"]
    assert STORAGE in (tmp_path / "site1/base.py").read_text()


def test_missing_framework_is_noted(tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, {"static/a.css": "a {}"}), "init", "--dry-run")
    assert "note: no framework is found" in done.stderr


@pytest.mark.parametrize("name", ["app.py", ".gitignore"])
def test_a_link_out_of_the_project_is_not_written_through(name: str, tmp_path: Path) -> None:
    project = write_tree(tmp_path / "site", FLASK)
    outside = tmp_path / "outside"
    outside.write_text(str({**FLASK, ".gitignore": "*.pyc\n"}[name]))
    (project / name).unlink(missing_ok=True)
    (project / name).symlink_to(outside)
    before = outside.read_bytes()
    done = run(project, "init", "--yes")
    is_needed = name != ".gitignore"
    assert done.returncode == int(is_needed)
    assert outside.read_bytes() == before
    assert f"write by hand, `{name}`, a link out of the project, below line " in done.stderr
    assert (project / "buildassets.toml").exists() is not is_needed


def test_an_application_of_another_framework_is_noted(tmp_path: Path) -> None:
    api = "from fastapi import FastAPI\n\napi = FastAPI()\n"
    done = run(write_tree(tmp_path, {**FLASK, "api.py": api}), "init", "--yes")
    assert (
        "note: `api.py` makes an application of fastapi too, which is left unchanged: see docs/frameworks/starlette.md"
        in done.stderr
    )
    assert (tmp_path / "api.py").read_text() == api


def test_two_applications_are_left_alone_and_the_lines_printed(tmp_path: Path) -> None:
    app = "from flask import Flask\n\none = Flask(__name__)\ntwo = Flask(__name__)\n"
    done = run(write_tree(tmp_path, {**FLASK, "app.py": app}), "init", "--yes")
    assert (tmp_path / "app.py").read_text() == app
    assert LINE.replace("app", "one") in done.stderr


def test_the_file_s_line_ends_and_mode_stay(tmp_path: Path) -> None:
    app = "from flask import Flask\r\n\r\napp = Flask(__name__)\r\n"
    write_tree(tmp_path, {**FLASK, "app.py": app})
    (tmp_path / "app.py").chmod(0o755)
    run(tmp_path, "init", "--yes")
    content = (tmp_path / "app.py").read_bytes()
    assert f"app = Flask(__name__)\r\n{LINE}\r\n".encode() in content
    assert content.count(b"\n") == content.count(b"\r\n")
    assert (tmp_path / "app.py").stat().st_mode & 0o777 == 0o755


def test_nothing_of_the_project_is_run(tmp_path: Path) -> None:
    bomb = "open('ran', 'w')\nfrom flask import Flask\napp = Flask(__name__)\n"
    write_tree(tmp_path, {**FLASK, "app.py": bomb, "manage.py": "open('ran', 'w')\n"})
    run(tmp_path, "init", "--yes")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("files", "command"),
    [
        ({}, "buildassets watch -- flask --app app --debug run"),
        ({"uv.lock": ""}, "uv run buildassets watch -- flask --app app --debug run"),
        ({"app.py": "", "shop/__init__.py": FLASK["app.py"]}, "buildassets watch -- flask --app shop --debug run"),
        ({"app.py": "", "a/b.py": "import fastapi\nit = fastapi.FastAPI()\n"},
         "buildassets watch -- uvicorn a.b:it --reload"),
    ],
)  # fmt: skip
def test_the_command_that_serves_the_project_is_named(files: Tree, command: str, tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, {**FLASK, **files}), "init", "--dry-run", "--json")
    assert json.loads(done.stdout)["next"] == [command]


@pytest.mark.parametrize(
    ("lock", "command"), [("uv.lock", "uv add buildassets"), ("poetry.lock", "poetry add buildassets")]
)
def test_the_command_of_the_project_s_installer_is_named(lock: str, command: str, tmp_path: Path) -> None:
    project = "[project]\nname = 'x'\ndependencies = ['flask']\n"
    done = run(write_tree(tmp_path, {**FLASK, lock: "", "pyproject.toml": project}), "init", "--dry-run")
    assert f"`{command}`" in done.stderr


@pytest.mark.parametrize(("files", "line"), [
    ({"app.py": "from flask import Flask\n\ndef create_app():\n    app = Flask(__name__)\n    return app\n"},
     f"    app = Flask(__name__)\n    {LINE}\n    return app\n"),
    ({"app.py": "import flask\napp = flask.Flask(\n    __name__,\n)\n"}, f")\n{LINE}\n"),
    ({"app.py": "from __future__ import annotations\nfrom flask import Flask\napp: Flask = Flask(__name__)"},
     f"app: Flask = Flask(__name__)\n{LINE}"),
    ({"app.py": "from quart import Quart\napp = Quart(__name__)\n"}, LINE.replace("Flask", "Quart")),
    ({"app.py": "from fastapi import FastAPI\nassets = 1\napp = FastAPI()\n"},
     "app = FastAPI()\nStarletteAssets(app, near=__file__, static=True, strict=False, required=False)\n"),
    ({"app.py": "from fastapi import FastAPI\napp = FastAPI()\n", "web/b": "",
      "templates/a.html": "{{ url_for('web', path='/a') }}", "static/a.css": ""},
     'StarletteAssets(app, near=__file__, static="web", strict=False, required=False)\n'),
])  # fmt: skip
def test_the_line_is_inserted_where_it_works(files: Tree, line: str, tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, files), "init", "--yes")
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "app.py").read_text()
    assert line in text
    compile(text, "app.py", "exec")


def test_no_template_and_no_deployment_is_edited(tmp_path: Path) -> None:
    page = "<head>\n  <link rel=stylesheet href='/static/site.css'>\n</head>\n"
    more = {"templates/base.html": page, "static/site.css": "a {}", "Dockerfile": "RUN buildassets build\n"}
    before = read_tree(write_tree(tmp_path, {**ASKING, **more}))
    assert run(tmp_path, "init", "--yes").returncode == 0
    changed = {name for name, text in read_tree(tmp_path).items() if before.get(name) != text}
    assert changed == {"app.py", "buildassets.toml", ".gitignore", ".buildassets/init.patch"}


def test_the_smallest_engines_are_locked_and_shown(tmp_path: Path) -> None:
    (tmp_path / "site/node_modules/esbuild").mkdir(parents=True)
    project = write_tree(tmp_path / "site", FLASK)
    assert run(project, "init", "--yes", "--smallest").returncode == 0
    assert "under its `engines`" not in run(project, "init", "--yes", "--smallest").stderr
    engines = load_config(start=str(project)).engines
    assert (engines.css, engines.js) == ("lightningcss", "esbuild")


def test_on_a_terminal_the_smallest_engines_are_offered(tmp_path: Path) -> None:
    import pty

    (tmp_path / "node_modules/esbuild").mkdir(parents=True)
    write_tree(tmp_path, FLASK)
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "buildassets", "init"]
    with subprocess.Popen(command, cwd=tmp_path, env=environment(), stdin=slave, stdout=slave, stderr=slave) as asking:
        os.close(slave)
        os.write(master, b"s\ny\n")
        printed = b""
        while chunk := _read(master):
            printed += chunk
        asking.wait(60)
    os.close(master)
    assert b"give the smallest results" in printed
    assert b'\x1b[32m+css = "lightningcss"\x1b[0m' in printed
    assert load_config(start=str(tmp_path)).engines.js == "esbuild"


SCRIPT = "\n".join(f"function name{number**5}(first) {{ return first + {number**7}; }}" for number in range(1500))


def test_the_gain_of_the_smallest_engines_is_named_for_this_project(tmp_path: Path) -> None:
    write_tree(tmp_path, {**ASKING, "static/a.js": SCRIPT})
    done = run(tmp_path, "init", "--dry-run")
    assert re.search(r'visitors would load less: with `js = "esbuild"` about [\d.]+ kB of [\d.]+ kB', done.stderr)
    assert json.loads(run(tmp_path, "init", "--dry-run", "--json").stdout)["savings"][0]["engine"] == "esbuild"


def test_plain_offers_no_other_engines(tmp_path: Path) -> None:
    write_tree(tmp_path, {**ASKING, "static/a.js": SCRIPT})
    done = run(tmp_path, "init", "--yes", "--plain")
    assert (done.returncode, "smallest" in done.stderr) == (0, False)
    assert load_config(start=str(tmp_path)).engines.js == "rjsmin"
    assert run(tmp_path, "init", "--yes", "--plain", "--smallest").returncode == 2


EQUIPPED: Tree = {
    **FLASK,
    "buildassets.lock": '[tools.esbuild]\nversion = "0.28.2"\nlicense = "MIT"\n',
    "requirements.txt": "flask\nbuildassets[lightningcss]\n",
    "Dockerfile": "RUN buildassets tools install && buildassets build\n",
}


def test_yes_takes_the_smallest_engines_that_a_project_and_its_deployment_have(tmp_path: Path) -> None:
    assert run(write_tree(tmp_path, EQUIPPED), "init", "--yes").returncode == 0
    engines = load_config(start=str(tmp_path)).engines
    assert (engines.css, engines.js) == ("lightningcss", "esbuild")


@pytest.mark.parametrize("missing", ["buildassets.lock", "requirements.txt", "Dockerfile"])
def test_yes_takes_no_engine_that_is_not_there_or_that_no_deployment_installs(missing: str, tmp_path: Path) -> None:
    run(write_tree(tmp_path, {name: text for name, text in EQUIPPED.items() if name != missing}), "init", "--yes")
    engines = load_config(start=str(tmp_path)).engines
    assert (engines.css, engines.js) == ("builtin", "rjsmin")


def test_what_deployment_needs_for_the_smallest_engines_is_named(tmp_path: Path) -> None:
    write_tree(tmp_path, {**ASKING, "static/a.css": "a{}"})
    done = run(tmp_path, "init", "--dry-run", "--smallest")
    assert "deployment also needs `buildassets tools install` before each build" in done.stderr
    assert 'run `pip install "buildassets[lightningcss]"`, and list it' in done.stderr


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # the way Linux reports that the other end is closed
        return b""


def test_packages_of_npm_that_modules_import_become_a_source_root(tmp_path: Path) -> None:
    files: Tree = {"static/a.js": "import 'lit';", "node_modules/lit/package.json": '{"main": "i.js"}'}
    write_tree(tmp_path, {**ASKING, **files, "node_modules/lit/i.js": "export {};"})
    assert run(tmp_path, "init", "--yes").returncode == 0
    assert [(root.shown, root.npm) for root in load_config(start=str(tmp_path)).sources] == [
        ("static", False),
        ("node_modules", True),
    ]
    assert run(tmp_path, "build").returncode == 0


@pytest.mark.parametrize(
    ("scripts", "has_root"),
    [
        ({"static/app.js": "import 'lit';", "static/m.ts": "const one: number = 1;"}, True),
        ({"static/app.js": "import './part.js';", "static/part.js": "import 'lit';", "static/m.tsx": ""}, True),
        ({"static/app.js": "call()", "static/m.ts": "import 'lit';"}, False),
    ],
)
def test_a_bundle_of_typescript_brings_its_own_packages_and_no_others(
    scripts: Tree, has_root: bool, tmp_path: Path
) -> None:
    files: Tree = {"node_modules/lit/package.json": '{"main": "i.js"}', "node_modules/esbuild/x.js": ""}
    assert run(write_tree(tmp_path, {**ASKING, **files, **scripts}), "init", "--yes").returncode == 0
    config = load_config(start=str(tmp_path))
    assert len(config.module_bundles) == 1
    assert [root.shown for root in config.sources if root.npm] == ["node_modules"] * has_root


def test_a_configuration_in_a_folder_above_is_the_one_that_is_set_up(tmp_path: Path) -> None:
    write_tree(tmp_path, {**ASKING, "buildassets.toml": "", "assets/a.css": "a {}", "sub/x.txt": ""})
    done = run(tmp_path / "sub", "init", "--yes")
    assert "note: the configuration is `../buildassets.toml`, so the project in its folder is set up" in done.stderr
    assert (tmp_path / ".gitignore").exists()
    assert not (tmp_path / "sub/buildassets.toml").exists()


def test_a_configuration_that_is_kept_gets_its_engines_by_hand(tmp_path: Path) -> None:
    done = run(
        write_tree(tmp_path, {**ASKING, "buildassets.toml": "", "assets/a.css": ""}), "init", "--yes", "--smallest"
    )
    assert 'is kept: write `css = "lightningcss", js = "esbuild"` under its `engines`' in done.stderr
    assert not (tmp_path / "buildassets.lock").exists()


def test_lines_that_load_the_first_sheet_are_written_by_hand(tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, FLASK), "init", "--yes")
    lines = '    {{ livereload() }}\n    {{ stylesheet("css/site.css") }}\n'
    assert f"write by hand, in the `<head>` of your pages:\n{lines}" in done.stderr
    assert (tmp_path / "assets/css/site.css").exists()


@pytest.mark.parametrize(
    "text",
    [
        "from flask import Flask\ndef make():\n\tapp = Flask(__name__)\n\treturn app\n",
        "def make():\n    from flask import Flask\n    app = Flask(__name__)\n    return app\n",
        "import abc\n@abc.abstractmethod\ndef make():\n    from flask import Flask\n    app = Flask(__name__)\n",
        "from flask import Flask\n\x0capp = Flask(__name__)\n",
        "from flask import Flask; app = Flask(__name__); app.debug = True\n",
        "from flask import Flask\ndef make(): app = Flask(__name__); return app\n",
        "from flask import Flask\rapp = Flask(__name__)\rx = 1\r",
        "from flask import Flask; x = (\n    1)\napp = Flask(__name__)\n",
    ],
)
def test_a_module_is_edited_so_that_it_stays_python(text: str, tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, {**FLASK, "app.py": text}), "init", "--yes")
    after = (tmp_path / "app.py").read_bytes().decode()
    compile(after, "app.py", "exec")
    assert (LINE in after) is ("write by hand, `app.py`" not in done.stderr)


def test_a_line_that_makes_the_application_is_followed_at_its_indentation(tmp_path: Path) -> None:
    text = "from flask import Flask\ndef make():\n\tapp = Flask(__name__)\n\treturn app\n"
    run(write_tree(tmp_path, {**FLASK, "app.py": text}), "init", "--yes")
    assert f"\n\t{LINE}\n\treturn app\n" in (tmp_path / "app.py").read_text()


def test_an_import_is_above_the_function_that_makes_the_application(tmp_path: Path) -> None:
    text = "def make():\n    from flask import Flask\n    app = Flask(__name__)\n    return app\n"
    run(write_tree(tmp_path, {**FLASK, "app.py": text}), "init", "--yes")
    after = (tmp_path / "app.py").read_text()
    assert after.startswith("from buildassets.runtime.flask import FlaskAssets\ndef make():\n")
    assert f"\n    {LINE}\n    return app\n" in after


def test_binary_gitignore_stays_and_its_lines_are_printed(tmp_path: Path) -> None:
    write_tree(tmp_path, {**FLASK, ".gitignore": b"# g\xe9n\xe9r\xe9\nsecret.env\n"})
    done = run(tmp_path, "init", "--yes")
    assert (tmp_path / ".gitignore").read_bytes() == b"# g\xe9n\xe9r\xe9\nsecret.env\n"
    assert "write by hand, `.gitignore`, a line each:\n    build/\n    .buildassets/\n" in done.stderr


@pytest.mark.parametrize(
    ("files", "line"),
    [
        (FLASK, 'app.config.setdefault("BUILDASSETS_MANIFEST", "public/site/manifest.json")\nFlaskAssets(app, '),
        ({**FLASK, "app.py": "", "shop/__init__.py": FLASK["app.py"]}, '"../public/site/manifest.json")\n'),
        (
            {"app.py": "import fastapi\nit = fastapi.FastAPI()\n"},
            'StarletteAssets(it, manifest="public/site/manifest.json", ',
        ),
    ],
)
def test_manifest_is_that_of_the_existing_configuration(files: Tree, line: str, tmp_path: Path) -> None:
    write_tree(tmp_path, {**files, "buildassets.toml": 'output = "public/site"\n'})
    assert run(tmp_path, "init", "--yes").returncode == 0
    assert line in "\n".join(one.read_text() for one in sorted(tmp_path.rglob("*.py")))
    assert (tmp_path / ".gitignore").read_text() == "public/site/\n.buildassets/\n"


def test_a_wrong_configuration_is_reported_and_nothing_written(tmp_path: Path) -> None:
    write_tree(tmp_path, {**ASKING, "buildassets.toml": 'sorces = ["static"]\n'})
    before = read_tree(tmp_path)
    done = run(tmp_path, "init", "--yes")
    assert done.returncode == 2
    assert "error[config/unknown-key]: unknown key `sorces`" in done.stderr
    assert read_tree(tmp_path) == before


@pytest.mark.parametrize("last", ["OTHERS + ['shop']", "['shop', 'django.contrib.staticfiles']"])
def test_effective_list_of_applications_is_edited(last: str, tmp_path: Path) -> None:
    settings = SETTINGS.format(apps="'django.contrib.admin',", more=f"INSTALLED_APPS = {last}")
    done = run(write_tree(tmp_path, {**DJANGO, "site1/settings.py": settings}), "init", "--yes")
    after = (tmp_path / "site1/settings.py").read_text()
    assert done.returncode == 0, done.stderr
    line = (
        "'buildassets.runtime.django', 'shop'" if last.startswith("[") else '"buildassets.runtime.django", *INSTALLED'
    )
    assert after.count(f"INSTALLED_APPS = [{line}") == after.count("buildassets.runtime.django") - after.count(STORAGE)


def test_textual_base_dir_is_not_divided(tmp_path: Path) -> None:
    settings = SETTINGS.format(apps="", more="BASE_DIR = str(Path(__file__).parent.parent)")
    run(write_tree(tmp_path, {**DJANGO, "site1/settings.py": settings, **ADMIN}), "init", "--yes")
    after = (tmp_path / "site1/settings.py").read_text()
    assert (STORAGE in after, "STATIC_ROOT" in after) == (True, False)


@pytest.mark.parametrize("settings", [b"x = = 1\n", b'print "x"\n', b"x = 1\0\n"])
def test_settings_that_are_not_python_are_left_to_the_user(tmp_path: Path, settings: bytes) -> None:
    write_tree(tmp_path, {**DJANGO, "site1/settings.py": settings, **ADMIN})
    before = read_tree(tmp_path)
    done = run(tmp_path, "init", "--yes")
    assert done.returncode == 1
    assert "error[init/by-hand]: cannot edit `site1/settings.py` safely: nothing is written" in done.stderr
    assert read_tree(tmp_path) == before

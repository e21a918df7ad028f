"""Mistakes of newcomers to Django's side, and the whole message that each gets."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import write_tree
from tests.runtime.django.forks import run_in_fork
from tests.runtime.django.project import PROJECT, manage, write_project

_OURS = '"buildassets.runtime.django", '
_WITHOUT_US = str(PROJECT["settings.py"]).replace(_OURS, "")
_WSGI = """import os
from buildassets.runtime.django.{interface} import get_{interface}_application
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "{settings}")
application = get_{interface}_application()
"""


def last_line(folder: Path, program: str) -> str:
    """Return the last line that a program prints to stderr, without the name of the error's module."""
    done = run_in_fork(folder, program)
    assert done.returncode == 1, done.stderr
    return done.stderr.splitlines()[-1].rpartition("exceptions.")[2]


def packaged(folder: Path, name: str, settings: str, interface: str = "wsgi") -> Path:
    """A project whose settings are `mysite.settings`, and whose `name` asks for `settings`."""
    write_project(folder)
    (folder / "mysite").mkdir()
    (folder / "settings.py").rename(folder / "mysite/settings.py")
    main = str(PROJECT["manage.py"]).replace('"settings"', '"mysite.settings"')
    return write_tree(folder, {"manage.py": main, name: _WSGI.format(settings=settings, interface=interface)})


@pytest.mark.parametrize("interface", ["wsgi", "asgi"])
@pytest.mark.parametrize(("settings", "missing"), [("settings", "settings"), ("mysite.setings", "mysite.setings")])
def test_settings_that_are_named_wrong(tmp_path: Path, interface: str, settings: str, missing: str) -> None:
    packaged(tmp_path, f"mysite/{interface}.py", settings, interface)
    assert last_line(tmp_path, f"import mysite.{interface}") == (
        f"ImproperlyConfigured: DJANGO_SETTINGS_MODULE is `{settings}`, and there is no module `{missing}`: "
        f"write `mysite.settings`, as `manage.py` has it, in `mysite/{interface}.py`"
    )


def test_django_that_is_too_old(tmp_path: Path) -> None:
    write_project(tmp_path)
    settings = re.sub(r"^STORAGES.*$", "", (tmp_path / "settings.py").read_text(), flags=re.MULTILINE)
    program = """
import os, django
from django.conf import global_settings
os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
del global_settings.STORAGES  # which came with Django 4.2
django.setup()
from buildassets.runtime.django.options import has_release_storage
has_release_storage()
"""
    assert last_line(write_tree(tmp_path, {"settings.py": settings}), program).startswith(
        "ImproperlyConfigured: buildassets needs Django 4.2 or newer, and this is "
    )


def test_settings_that_are_named_wrong_without_manage(tmp_path: Path) -> None:
    (packaged(tmp_path, "mysite/wsgi.py", "settings") / "manage.py").unlink()
    assert last_line(tmp_path, "import mysite.wsgi").endswith(
        ": write it with its package, as in `mysite.settings`, in `mysite/wsgi.py`"
    )


def test_release_of_settings_that_are_named_wrong(tmp_path: Path) -> None:
    write_tree(
        packaged(tmp_path, "mysite/wsgi.py", "settings"),
        {"use.py": "from buildassets.runtime.django import assets\nassets()\n"},
    )
    done = subprocess.run(
        [sys.executable, "use.py"],
        cwd=tmp_path,
        env={"DJANGO_SETTINGS_MODULE": "settings"},
        capture_output=True,
        text=True,
    )
    assert done.stderr.splitlines()[-1].endswith("write `mysite.settings`, as `manage.py` has it, in `use.py`")


def test_module_that_the_settings_import_is_named_by_python(tmp_path: Path) -> None:
    packaged(tmp_path, "mysite/wsgi.py", "mysite.settings")
    settings = (tmp_path / "mysite/settings.py").read_text()
    write_tree(tmp_path, {"mysite/settings.py": f"import gone\n{settings}"})
    assert last_line(tmp_path, "import mysite.wsgi") == "ModuleNotFoundError: No module named 'gone'"


def test_application_that_is_forgotten_and_no_release(tmp_path: Path) -> None:
    write_tree(write_project(tmp_path), {"settings.py": _WITHOUT_US})
    done = manage(tmp_path, "shell", "-c", "from django.templatetags.static import static; static('polls/style.css')")
    assert "`buildassets.runtime.django` is not in INSTALLED_APPS of `settings`: `manage.py assets`, " in done.stderr
    assert done.stderr.splitlines()[-1] == (
        f"buildassets.errors.ManifestError: cannot read the manifest `{tmp_path}/build/manifest.json`: no such file "
        'or directory; add "buildassets.runtime.django" to INSTALLED_APPS, and run `manage.py assets build`, '
        "which it brings"
    )


def test_application_that_is_forgotten_with_a_release(tmp_path: Path) -> None:
    assert manage(write_project(tmp_path), "assets", "build").returncode == 0
    write_tree(tmp_path, {"settings.py": _WITHOUT_US})
    program = "from django.templatetags.static import static; print(static('polls/style.css'))"
    done = manage(tmp_path, "shell", "-v0", "-c", program)
    assert done.stdout.startswith("/static/polls/style.")
    assert (
        "RuntimeWarning: `buildassets.runtime.django` is not in INSTALLED_APPS of `settings`: `manage.py assets`, "
        "`{% load buildassets %}` and the system checks are missing; "
        'add "buildassets.runtime.django" to INSTALLED_APPS\n'
    ) in done.stderr


def test_collecting_without_the_application(tmp_path: Path) -> None:
    write_tree(write_project(tmp_path), {"settings.py": _WITHOUT_US})
    done = manage(tmp_path, "collectstatic", "--noinput")
    assert done.stderr.splitlines()[-1] == (
        f"CommandError: cannot read the manifest `{tmp_path}/build/manifest.json`: no such file or directory; "
        'add "buildassets.runtime.django" to INSTALLED_APPS, and run `manage.py assets build`, which it brings'
    )


def test_settings_without_ours(tmp_path: Path) -> None:
    ours = ("BUILDASSETS", "STORAGES")
    settings = "\n".join(one for one in str(PROJECT["settings.py"]).splitlines() if not one.startswith(ours))
    write_tree(write_project(tmp_path), {"settings.py": settings})
    assert (
        '?: (buildassets.E001) settings have no BUILDASSETS = {"manifest": …}, the path of the manifest\n'
        '\tHINT: write `BUILDASSETS = {"manifest": BASE_DIR / "build/manifest.json"}` in `settings`\n'
    ) in manage(tmp_path, "check").stderr


def test_manifest_that_is_a_folder(tmp_path: Path) -> None:
    write_project(tmp_path, BUILDASSETS='{"manifest": BASE_DIR / "build"}')
    message = (
        f'BUILDASSETS["manifest"] is the folder `{tmp_path}/build`; '
        f"name the manifest in it, `{tmp_path}/build/manifest.json`"
    )
    for made in (False, True):
        if made:
            (tmp_path / "build").mkdir()
        built = manage(tmp_path, "assets", "build")
        assert (built.returncode, built.stderr) == (1, f"CommandError: {message}\n")
        assert f"(buildassets.E001) {message}\n" in manage(tmp_path, "check").stderr


def test_key_that_is_misspelt(tmp_path: Path) -> None:
    write_project(tmp_path, BUILDASSETS='{"manifset": BASE_DIR / "build/manifest.json"}')
    done = manage(tmp_path, "assets", "build")
    assert done.stderr == "CommandError: BUILDASSETS has the unknown key `manifset`; did you mean `manifest`?\n"


@pytest.mark.parametrize(
    ("verb", "hint"), [("buidl", "did you mean `build`?"), ("zzz", "use one of `build`, `watch`, `check`")]
)
def test_verb_that_is_misspelt(tmp_path: Path, verb: str, hint: str) -> None:
    done = manage(write_project(tmp_path), "assets", verb)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == f"manage.py assets: error: argument verb: unknown verb `{verb}`; {hint}"

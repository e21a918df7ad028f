"""`manage.py assets`: the compiler with options from Django's settings."""

import json
from pathlib import Path
from typing import Any

import asgiref
import django
import pytest
import sqlparse

import buildassets
from tests.conftest import read_tree, write_tree
from tests.runtime.django.project import manage, manage_apart, write_project


def entries(folder: Path) -> dict[str, Any]:
    """Return the entries of the manifest."""
    document: dict[str, Any] = json.loads((folder / "build/manifest.json").read_text())
    return dict(document["assets"])


def content(folder: Path, name: str) -> str:
    file: str = entries(folder)[name]["file"]
    return (folder / "build/assets" / file).read_text()


def test_build_takes_what_the_finders_find(tmp_path: Path) -> None:
    done = manage(write_project(tmp_path), "assets", "build")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert done.stderr.startswith("built 5 assets (")
    assert sorted(entries(tmp_path)) == [
        "brand/logo.svg",
        "polls/extra.js",
        "polls/style.css",
        "shared.css",
        "shop/cart.css",
    ]


def test_precedence_is_that_of_django(tmp_path: Path) -> None:
    manage(write_project(tmp_path), "assets", "build")
    assert "red" in content(tmp_path, "shared.css")
    write_tree(tmp_path, {"site/shared.css": "a { color: green }"})
    manage(tmp_path, "assets", "build")
    assert "green" in content(tmp_path, "shared.css")


def test_sources_of_the_configuration_come_first(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": 'sources = ["own"]\nminify = false\n', "own/shared.css": "/* own */"})
    done = manage(write_project(tmp_path), "assets", "build")
    assert done.returncode == 0, done.stderr
    assert content(tmp_path, "shared.css") == "/* own */"
    assert len(entries(tmp_path)) == 5


def test_references_may_begin_with_static_url(tmp_path: Path) -> None:
    write_tree(write_project(tmp_path), {"site/root.css": "a { background: url(/static/brand/logo.svg) }"})
    manage(tmp_path, "assets", "build")
    assert entries(tmp_path)["root.css"]["references"] == ["brand/logo.svg"]


def test_options_are_passed_through(tmp_path: Path) -> None:
    write_project(tmp_path)
    done = manage(
        tmp_path, "assets", "build", "--json", "--mode", "development", "-o", "elsewhere", "--settings=settings"
    )
    assert json.loads(done.stdout)["output"] == "elsewhere"
    assert not (tmp_path / "build").exists()


@pytest.mark.parametrize(("verbosity", "lines"), [("0", 0), ("1", 2)])  # the second notes which Sass
def test_verbosity_is_that_of_the_verb(tmp_path: Path, verbosity: str, lines: int) -> None:
    done = manage(write_project(tmp_path), "assets", "-v", verbosity, "build")
    assert len(done.stderr.splitlines()) == lines


@pytest.mark.parametrize("verb", ["build", "check"])
def test_errors_are_those_of_the_verb(tmp_path: Path, verb: str) -> None:
    write_tree(write_project(tmp_path), {"polls/static/polls/style.css": "a { background: url(gone.png) }"})
    done = manage(tmp_path, "assets", verb)
    assert done.returncode == 1
    assert "error[reference/missing]: cannot find `polls/gone.png`\n" in done.stderr
    assert "--> polls/static/polls/style.css:1:" in done.stderr


def test_the_check_reads_the_templates_of_the_settings(tmp_path: Path) -> None:
    where = '[BASE_DIR / "pages"]'
    templates = f'[{{"BACKEND": "django.template.backends.jinja2.Jinja2", "DIRS": {where}}}]'
    write_tree(write_project(tmp_path, TEMPLATES=templates), {"pages/a.html": '{{ static("polls/stlye.css") }}'})
    done = manage(tmp_path, "assets", "check")
    assert done.returncode == 1
    assert "no asset is named `polls/stlye.css`\n  --> pages/a.html:1:12\n" in done.stderr
    assert done.stderr.count("error[") == 1


def test_wrong_usage_is_that_of_the_verb(tmp_path: Path) -> None:
    done = manage(write_project(tmp_path), "assets", "build", "--jobs", "none")
    assert done.returncode == 2
    assert done.stderr.startswith("Usage: manage.py assets build [OPTIONS]")
    assert "Invalid value for '--jobs'" in done.stderr


def test_wrong_settings_end_without_a_traceback(tmp_path: Path) -> None:
    done = manage(write_project(tmp_path, BUILDASSETS='{"manifest": 1}'), "assets", "build")
    assert done.returncode == 1
    assert done.stderr == 'CommandError: BUILDASSETS["manifest"] is 1; make it a path, or None for no release\n'


def test_call_from_python_returns_the_output(tmp_path: Path) -> None:
    write_tree(write_project(tmp_path), {"brand/logo.svg": "<svg>"})
    program = """
import io
from django.core.management import CommandError, call_command
out, err = io.StringIO(), io.StringIO()
call_command("assets", "check", "--json", stdout=out, stderr=err)
assert '"ok": true' in out.getvalue(), out.getvalue()
try:
    call_command("assets", "build", "--jobs", "none", stdout=out, stderr=err)
except CommandError as fault:
    print(fault, fault.returncode)
"""
    done = manage(tmp_path, "shell", "-c", program)
    assert done.stdout.endswith("`manage.py assets build` ended with 2 2\n"), done.stderr


@pytest.fixture
def final_image(tmp_path: Path) -> dict[str, str]:
    """The environment of a Python that has Django and this package, but none of its requirements."""
    for module in (asgiref, buildassets, django, sqlparse):
        package = Path(module.__file__ or "").parent
        (tmp_path / "packages").mkdir(exist_ok=True)
        (tmp_path / "packages" / package.name).symlink_to(package)
    return {"PYTHONPATH": str(tmp_path / "packages")}


def test_command_without_a_compiler_names_the_package_to_install(tmp_path: Path, final_image: dict[str, str]) -> None:
    write_project(tmp_path)
    for arguments in (["assets", "build"], ["runserver", "--with-assets"]):
        done = manage_apart(tmp_path, *arguments, environment=final_image, options=["-S"])
        assert done.returncode == 1
        assert done.stderr.startswith("CommandError: the compiler is not installed here")
        assert "pip install buildassets" in done.stderr


def test_other_commands_work_without_a_compiler(tmp_path: Path, final_image: dict[str, str]) -> None:
    manage(write_project(tmp_path), "assets", "build")
    assert manage_apart(tmp_path, "check", environment=final_image, options=["-S"]).returncode == 0
    done = manage_apart(tmp_path, "collectstatic", "--noinput", environment=final_image, options=["-S"])
    assert done.returncode == 0, done.stderr


def test_compiler_is_loaded_by_none_of_the_other_commands(tmp_path: Path) -> None:
    heavy = ("buildassets.cli", "buildassets.compiler", "click", "sass")
    program = f"import sys; print([name for name in sys.modules if name.startswith({heavy})])"
    done = manage_apart(write_project(tmp_path), "shell", "-c", program)
    assert done.stdout.splitlines()[-1] == "[]"


def test_installed_packages_are_taken_as_they_were_built(tmp_path: Path) -> None:
    program = (
        "from buildassets.runtime.django.compiler import compiler_command\n"
        "print(*compiler_command('build').command, sep='\\n')"
    )
    applications = '[*INSTALLED_APPS, *(f"django.contrib.{one}" for one in ("admin", "auth", "contenttypes"))]'
    tables = manage(
        write_project(tmp_path, INSTALLED_APPS=applications), "shell", "-v0", "-c", program
    ).stdout.splitlines()
    vendored = [table for table in tables if "vendored = true" in table]
    assert len(vendored) == 1
    assert "contrib/admin/static" in vendored[0]


def test_applications_without_a_folder_are_passed_over(tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(write_project(tmp_path) / "zipped.zip", "w") as archive:
        archive.writestr("packed/__init__.py", "")
        archive.writestr("packed/static/packed.css", "a {}")
    settings = "import sys\nsys.path.insert(0, 'zipped.zip')\n" + (tmp_path / "settings.py").read_text()
    write_tree(tmp_path, {"settings.py": settings + 'INSTALLED_APPS += ["packed"]\n'})
    done = manage(tmp_path, "assets", "build")
    assert done.returncode == 0, done.stderr
    assert "packed.css" not in entries(tmp_path)


_FINDER = """
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage


class Finder(BaseFinder):
    def list(self, ignore_patterns):
        storage = FileSystemStorage("found")
        storage.prefix = "own"
        yield "a[1].css", storage

    def find(self, path, find_all=False, **rest):
        return []
"""


def test_finder_that_somebody_wrote_gives_what_it_lists(tmp_path: Path) -> None:
    write_project(tmp_path, STATICFILES_FINDERS='["finder.Finder"]')
    write_tree(tmp_path, {"finder.py": _FINDER, "found/a[1].css": "a {}", "found/a1.css": "a {}"})
    assert manage(tmp_path, "assets", "build").returncode == 0
    assert list(entries(tmp_path)) == ["own/a[1].css"]


def test_release_is_not_a_source_of_itself(tmp_path: Path) -> None:
    write_project(tmp_path, STATICFILES_DIRS='[BASE_DIR / "build/assets", BASE_DIR / "site"]')
    manage(tmp_path, "assets", "build")
    first = read_tree(tmp_path / "build")
    manage(tmp_path, "assets", "build")
    assert read_tree(tmp_path / "build") == first


def test_collectstatic_and_the_command_agree(tmp_path: Path) -> None:
    manage(write_project(tmp_path), "assets", "build")
    done = manage(tmp_path, "collectstatic", "--noinput")
    assert done.returncode == 0, done.stderr
    collected = read_tree(tmp_path / "collected")
    assert read_tree(tmp_path / "build/assets").items() <= collected.items()
    assert collected["shared.css"] == b"/* of the polls */ a { color: red }"

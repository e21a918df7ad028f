"""`buildassets migrate compressor`: what it lists, and what it writes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import write_tree
from tests.runtime.django.forks import run_buildassets

SETTINGS = """
SECRET_KEY = "of no use"
STATIC_URL = "/static/"
INSTALLED_APPS = ["compressor", "django.contrib.staticfiles"]
TEMPLATES = [{"BACKEND": "django.template.backends.jinja2.Jinja2",
    "OPTIONS": {"extensions": ["compressor.contrib.jinja2ext.CompressorExtension"]}}]
COMPRESS_OFFLINE = True
COMPRESS_FILTERS = {"css": ["compressor.filters.css_default.CssAbsoluteFilter"]}
COMPRESS_OWN = 1
LIBSASS_ADDITIONAL_INCLUDE_PATHS = ["sass"]
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    manage = 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop_settings")\n'
    application = {"compressor/__init__.py": ""}  # which settings that are imported have installed
    return write_tree(tmp_path, {"manage.py": manage, "shop_settings.py": SETTINGS, **application})


def test_every_setting_is_accounted_for_and_nothing_is_written(project: Path) -> None:
    done = run_buildassets(project, "migrate", "compressor", "--json")
    lines = json.loads(done.stdout)["lines"]
    assert [(one["file"], one["line"], one["outcome"]) for one in lines] == [
        *(("shop_settings.py", 1, "changed"),) * 2,
        ("shop_settings.py", 3, "taken over"),
        *(("shop_settings.py", line, "changed") for line in (4, 6)),
        ("shop_settings.py", 7, "changed"),
        ("shop_settings.py", 8, "taken over"),
        ("shop_settings.py", 9, "not possible"),
        ("shop_settings.py", 10, "taken over"),
        ("manage.py", 1, "changed"),
        ("buildassets.toml", 1, "changed"),  # without Django there are no sources
        ("buildassets.toml", 3, "changed"),  # the folder of load paths is not there
    ]
    notes = "\n".join(one["note"] for one in lines)
    for wanted in (
        "`compressor`: put",
        "CompressorExtension`: it is",
        "`COMPRESS_OWN`: not known",
        "BUILDASSETS",
        "STOR",
    ):
        assert wanted in notes
    assert not (project / "buildassets.toml").exists()


def test_write_makes_a_configuration_that_a_build_takes(project: Path) -> None:
    assert run_buildassets(project, "migrate", "compressor", "--write").returncode == 0
    written = (project / "buildassets.toml").read_text()
    assert 'load_paths = ["sass"]' in written
    assert 'css = "none"' in written
    write_tree(project, {"assets/a.css": "a { top: 0 }"})
    assert run_buildassets(project, "build").returncode == 0


@pytest.mark.parametrize("filters", ['[["x"]]', "[name()]", "[1, None]"])
def test_filters_that_are_not_texts_are_listed(project: Path, filters: str) -> None:
    with (project / "shop_settings.py").open("a") as file:
        file.write(f'COMPRESS_FILTERS = {{"css": {filters}}}\n')
    done = run_buildassets(project, "migrate", "compressor", "--json")
    assert done.returncode == 0, done.stderr
    lines = json.loads(done.stdout)["lines"]
    assert any(one["outcome"] == "not possible" and "COMPRESS_FILTERS" in one["note"] for one in lines)


def test_a_configuration_that_is_there_stays(project: Path) -> None:
    write_tree(project, {"buildassets.toml": "minify = false\n"})
    done = run_buildassets(project, "migrate", "compressor", "--write")
    assert done.returncode == 2
    assert (project / "buildassets.toml").read_text() == "minify = false\n"


def test_settings_that_cannot_be_loaded_change_nothing_for_the_process(tmp_path: Path) -> None:
    program = f"""
import os, sys
from buildassets.errors import ConfigError
from buildassets.migrate.compressor import plan
from buildassets.migrate.plan import ProjectToMigrate
from buildassets.foundation.permission import IMPORTING

before = list(sys.path)
try:
    plan(ProjectToMigrate({str(tmp_path)!r}, "no_such.settings", IMPORTING, lambda _: None))
except ConfigError as failure:
    print(failure.diagnostics[0].message)
print("DJANGO_SETTINGS_MODULE" in os.environ, sys.path == before)
"""
    kept = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run([sys.executable, "-c", program], env=kept, capture_output=True, text=True, check=True)
    message, rest = done.stdout.splitlines()
    assert "cannot load the settings" in message
    assert rest == "False True"


def listed(project: Path, *, settings: str | None = None) -> tuple[list[dict[str, str]], str]:
    """Return the lines of `migrate compressor --json`, and the configuration."""
    named = ["--settings", settings] if settings else []
    done = run_buildassets(project, "migrate", "compressor", "--json", *named)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    return document["lines"], document["file"]


def test_project_without_manage_py_is_not_told_to_edit_it(project: Path) -> None:
    (project / "manage.py").unlink()
    lines, _ = listed(project, settings="shop_settings")
    assert {one["file"] for one in lines} == {"shop_settings.py", "buildassets.toml"}
    shown = run_buildassets(project, "migrate", "compressor", "--settings", "shop_settings").stderr
    assert shown.endswith("then django-admin assets build --settings shop_settings\n")


def test_literal_filters_are_read_where_code_may_change_any_setting(project: Path) -> None:
    with (project / "shop_settings.py").open("a") as file:
        file.write("globals().update({})\n")
    lines, configuration = listed(project, settings="shop_settings")
    assert [one["outcome"] for one in lines if "COMPRESS_FILTERS" in one["note"]] == ["taken over"]
    assert 'css = "none"' in configuration


@pytest.mark.parametrize("more", ["", "globals().update({})\n"], ids=["read", "imported"])
@pytest.mark.parametrize("name", ["STATIC_ROOT", "COMPRESS_ROOT"])
def test_sheets_that_earlier_builds_wrote_are_not_listed(name: str, more: str, project: Path) -> None:
    with (project / "shop_settings.py").open("a") as file:
        file.write(f"import os\n{name} = os.path.join(os.path.dirname(__file__), 'dist')\n{more}")
    write_tree(project, {"dist/CACHE/css/output.0123456789ab.css": "a { background: url(gone.png) }"})
    lines, configuration = listed(project, settings="shop_settings")
    assert [one for one in lines if one["file"].startswith("dist")] == []
    assert "missing" not in configuration


def test_settings_that_storages_and_finder_use_are_taken_over(project: Path) -> None:
    with (project / "shop_settings.py").open("a") as file:
        file.write('COMPRESS_STORAGE = "compressor.storage.GzipCompressorFileStorage"\n')
        file.write('COMPRESS_OFFLINE_MANIFEST_STORAGE_ALIAS = "own"\nCOMPRESS_CACHE_BACKEND = "own"\n')
    lines, _ = listed(project)
    outcomes = {one["text"].partition(" ")[0]: one["outcome"] for one in lines}
    assert outcomes["COMPRESS_STORAGE"] == outcomes["COMPRESS_OFFLINE_MANIFEST_STORAGE_ALIAS"] == "taken over"
    assert outcomes["COMPRESS_CACHE_BACKEND"] == "taken over"

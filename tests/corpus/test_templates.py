"""The templates of published packages, checked against their own static files: no false report, and every name seen."""

import os
import re
import shutil
from pathlib import Path

import pytest

from buildassets.compiler.check import CheckResult
from tests.building import check, load_config
from tests.conftest import write_tree
from tests.corpus.wheels import wheels

pytestmark = pytest.mark.corpus

# Templates of packages' own tests that name files which nobody ever wrote.
KNOWN_MISSING = {"css/custom.css", "js/custom.js"}


def checked(folder: Path, package: str, settings: str) -> CheckResult:
    """Templates and static files of `package`, against one another: files stand for what is in them."""
    shutil.copytree(wheels() / package, folder / package, copy_function=_empty_unless_template)
    roots = [
        os.path.relpath(path, folder)
        for path, _, _ in os.walk(folder / package)
        if path.endswith("/static") and "/static/" not in path and "project_template" not in path
    ]
    listed = ", ".join(f'"{root}"' for root in sorted(roots))
    write_tree(folder, {"buildassets.toml": f"sources = [{listed}]\nminify = false\n[templates]\n{settings}\n"})
    return check(load_config(start=str(folder)), mode="development")


def _empty_unless_template(source: str, target: str) -> None:
    if "/static/" in source:
        Path(target).touch()
    else:
        shutil.copy(source, target)


@pytest.mark.parametrize(
    ("package", "settings", "names", "unchecked"),
    [
        ("django", 'engine = "django"', 33, 0),
        ("oscar", 'engine = "django"', 30, 0),
        ("rest_framework", 'engine = "django"', 22, 0),
        ("wagtail", 'engine = "django"\nfunctions = ["versioned_static"]', 48, 1),
        ("flask_admin", 'functions = ["admin_static.url"]', 32, 2),
        ("flask_security", "", 0, 6),
    ],
)
def test_names_in_published_templates(tmp_path: Path, package: str, settings: str, names: int, unchecked: int) -> None:
    result = checked(tmp_path, package, settings)
    reported = [found for found in result.diagnostics if found.code.startswith("template/")]
    missing = {re.findall("`(.*)`", found.message)[0] for found in reported if found.code == "template/missing"}
    assert missing <= KNOWN_MISSING
    assert {found.code for found in reported} <= {"template/missing"}
    assert (result.templates.names, len(result.templates.unchecked)) == (names, unchecked)


@pytest.mark.parametrize("package", ["django", "oscar", "rest_framework"])
def test_removed_file_is_reported_wherever_it_is_named(tmp_path: Path, package: str) -> None:
    name = max(checked(tmp_path, package, 'engine = "django"').templates.used)
    (gone,) = (tmp_path / package).rglob(f"static/{name}")
    gone.unlink()
    result = check(load_config(start=str(tmp_path)), mode="development")
    reported = [found.location.file for found in result.diagnostics if name in found.message and found.location]
    naming = [path for path in (tmp_path / package).rglob("templates/**/*.*") if _names_it(path, name)]
    assert sorted(reported) == sorted(path.relative_to(tmp_path).as_posix() for path in naming)


def _names_it(path: Path, name: str) -> bool:
    return path.is_file() and re.search(rf"static ['\"]{re.escape(name)}['\"]", path.read_text("utf-8")) is not None

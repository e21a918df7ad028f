"""The package passes tests with the lowest versions of all its dependencies that pyproject.toml allows."""

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.conftest import NOT_SHOWN, missing_tool
from tests.environments import uv

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parents[1]
_PYTHON = (3, 11)  # the oldest that is supported: those of that age have no wheels for newer ones
_PARTS = (
    "tests/compiler/engines/test_rjsmin.py",
    *(f"tests/compiler/engines/sass/test_{name}.py" for name in ("sass", "libsass", "dart")),
    *("tests/compiler/engines/test_lightningcss.py", "tests/disk/test_codings.py", "tests/compiler/watch/events"),
    "tests/compiler/watch/test_loop.py::test_saved_partial_builds_its_importer",
    "tests/compiler/watch/test_loop.py::test_the_system_reports_changes_without_a_warning",
    "tests/release/publish/test_upload.py::test_a_second_publication_uploads_nothing",
    "tests/release/publish/test_upload.py::test_a_folder_holds_the_same_as_the_release_directory",
    *(f"tests/runtime/test_{name}.py" for name in ("jinja", "flask", "quart", "starlette", "litestar", "wsgi")),
    "tests/packages/registry/test_versions.py",
    "tests/runtime/django/test_templatetags.py",
)
_NOT_HERE = (
    *("linear", "proportion", "many_sheets", "without_end", "nested", "deep"),  # slow
    *("unknown_constant", "constants_are_made_once", "templates_compile"),  # run with Django 4.2
)


def oldest_python() -> str:
    """Return the program of the oldest Python that is supported."""
    if sys.version_info[:2] == _PYTHON:
        return sys.executable
    found = shutil.which("python{}.{}".format(*_PYTHON))
    if found is None:
        pytest.skip(f"{NOT_SHOWN}: there is no Python {'.'.join(map(str, _PYTHON))}")
    return found


def requirements() -> Iterator[str]:
    """Yield the requirements in pyproject.toml, of the package, its extras and its tests."""
    document = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    yield from document["project"]["dependencies"]
    for extra in document["project"]["optional-dependencies"].values():
        yield from extra
    yield from _group(document["dependency-groups"], "test")


def _group(groups: dict[str, list[str | dict[str, str]]], name: str) -> Iterator[str]:
    for one in groups[name]:
        if isinstance(one, str):
            yield one
        else:
            yield from _group(groups, one["include-group"])


def lowest(python: str) -> str:
    """Return the lowest versions that go together, as requirements of exactly these, a line each."""
    options = ("--quiet", "--no-header", "--no-annotate", "--all-extras", "--group=test", "--resolution=lowest-direct")
    command = [uv(), "pip", "compile", *options, f"--python={python}", "pyproject.toml"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        missing_tool(f"uv does not find the lowest versions: {done.stderr}")
    return done.stdout


def environment(python: str, pinned: str) -> Path:
    """Return the Python of a virtual environment with these, kept in `.cache` until they change."""
    folder = ROOT / ".cache/lowest"
    whole = folder / "whole"
    state = "\n".join([python, pinned, (ROOT / "pyproject.toml").read_text(encoding="utf-8")])
    if not whole.exists() or whole.read_text(encoding="utf-8") != state:
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([uv(), "venv", "--quiet", f"--python={python}", str(folder)], check=True)
        install = [uv(), "pip", "install", "--quiet", f"--python={folder / 'bin/python'}"]
        subprocess.run([*install, "--requirement=-"], input=pinned, text=True, check=True)
        subprocess.run([*install, "--no-deps", "--editable", str(ROOT)], check=True)
        whole.write_text(state, encoding="utf-8")
    return folder / "bin/python"


def test_lowest_promised_versions_pass_the_tests() -> None:
    python = oldest_python()
    pinned = lowest(python)
    promised = {
        canonicalize_name(one.name): Version(bound.version)
        for one in map(Requirement, requirements())
        for bound in one.specifier
        if bound.operator == ">=" and (one.marker is None or one.marker.evaluate())
    }
    found = dict(line.split("==") for line in pinned.splitlines())
    assert {name: Version(found[name]) for name in promised} == promised
    # Those of a shell that watches, or of the tests' own run, are not theirs.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    # Old libraries of storages forget sockets and tasks when a process of a test ends.
    unraisable = ("-W", "ignore::pytest.PytestUnraisableExceptionWarning")
    command = [str(environment(python, pinned)), "-m", "pytest", "-q", "-p", "no:cacheprovider", *unraisable]
    done = subprocess.run(
        [*command, "-k", " and ".join(f"not {word}" for word in _NOT_HERE), *_PARTS],
        cwd=ROOT,
        env=kept,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-8000:]
    assert " passed" in done.stdout

"""The fixture `stateless`, in a run of pytest as a user has it."""

import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.conftest import write_tree

PLUGIN = "buildassets.testing.pytest_plugin"


ALLOWED = [
    "with stateless(): pass",
    "(tmp_path / 'a').touch()\nwith stateless(): (tmp_path / 'a').read_text()",
    "with stateless(changes=['*/a.log']): (tmp_path / 'a.log').touch()",
    "with stateless(reads=['*.py']): open(__file__).close()",
    "with stateless(runs=True): subprocess.run('true')",
    "with stateless(reads=[], changes=['*/a.log']): (tmp_path / 'a.log').touch()",
    "with stateless() as accesses: open(__file__).close()\nassert len(accesses.reads) == 1",
]
FORBIDDEN = {
    "with stateless(): (tmp_path / 'a').touch()": "changes .*/a .open.\n    .*/test_[0-9]+.py:4 in test_it",
    "with stateless(reads=['*.mo']): open(__file__).close()": "opens .*/test_[0-9]+.py .open.",
    "with stateless(): subprocess.run(['true', 'x'])": "runs true x .subprocess.Popen.",
    "with stateless():\n    for n in range(50): (tmp_path / str(n)).mkdir()": "not stateless: 50 accesses",
}
ONE_ACCESS = "with stateless(): (tmp_path / 'a').mkdir()"
FAILURE_IN_BLOCK = "with stateless():\n    (tmp_path / 'a').touch()\n    assert 1 == 2"
BODIES = [*ALLOWED, *FORBIDDEN, ONE_ACCESS, FAILURE_IN_BLOCK]


@pytest.fixture(scope="module")
def failures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The reports of a suite with a test for each of the bodies; empty for those that passed."""
    folder = tmp_path_factory.mktemp("suite")
    for number, body in enumerate(BODIES):
        lines = "".join(f"    {line}\n" for line in body.splitlines())
        test = f"import os, pathlib, subprocess\n\ndef test_it(stateless, tmp_path):\n{lines}"
        write_tree(folder, {f"test_{number}.py": test})
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", PLUGIN, "-p", "no:cacheprovider", "--junit-xml=report.xml"],
        cwd=folder,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1, done.stdout
    cases = ElementTree.parse(folder / "report.xml").iter("testcase")
    reports = {case.attrib["classname"]: case.findtext("failure", "") for case in cases}
    return {body: reports[f"test_{number}"] for number, body in enumerate(BODIES)}


@pytest.mark.parametrize("body", ALLOWED)
def test_allowed_access_passes(failures: dict[str, str], body: str) -> None:
    assert failures[body] == ""


@pytest.mark.parametrize("body", FORBIDDEN)
def test_forbidden_access_fails_with_its_place(failures: dict[str, str], body: str) -> None:
    assert re.search(FORBIDDEN[body], failures[body]), failures[body]


def test_reported_stack_ends_with_the_test(failures: dict[str, str]) -> None:
    lines = failures[ONE_ACCESS].splitlines()
    places = [line.split(" in ")[1] for line in lines if re.match(r"(E +)?    /", line)]
    assert set(places) == {"test_it"}, failures[ONE_ACCESS]


def test_failure_in_the_block_is_reported_alone(failures: dict[str, str]) -> None:
    report = failures[FAILURE_IN_BLOCK]
    assert ("not stateless" in report, "assert 1 == 2" in report) == (False, True)


def test_run_without_the_fixture_loads_nothing_of_it(tmp_path: Path) -> None:
    program = f"import sys, pytest, {PLUGIN}; print(*(name for name in sys.modules if name.startswith('buildassets')))"
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == {"buildassets", "buildassets._version", "buildassets.testing", PLUGIN}

"""The corpus itself: fetched once, the same for all, and read by nobody half-way."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.corpus.packages import node_modules

pytestmark = pytest.mark.corpus

_ASK = "from tests.corpus.packages import node_modules; print(node_modules())"


def test_packages_are_fetched_at_the_versions_of_the_lock_file() -> None:
    assert '"version": "4.6.2"' in (node_modules() / "bootstrap4" / "package.json").read_text()


def test_processes_that_ask_at_once_get_the_same_folder() -> None:
    root = Path(__file__).parents[2]
    asked = [subprocess.Popen([sys.executable, "-c", _ASK], cwd=root, stdout=subprocess.PIPE) for _ in range(3)]
    assert {process.communicate()[0].decode().strip() for process in asked} == {str(node_modules())}

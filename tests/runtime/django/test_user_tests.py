"""The tests of a user's project run without a build."""

from pathlib import Path

from tests.conftest import write_tree
from tests.runtime.django.project import manage, write_project

_TESTS = """
from urllib.request import urlopen

from django.contrib.staticfiles.testing import StaticLiveServerTestCase
from django.test import SimpleTestCase


class Pages(SimpleTestCase):
    def test_page(self):
        self.assertEqual(self.client.get("/").content, b"/static/polls/style.css")


class Browsers(StaticLiveServerTestCase):
    databases = ()

    def test_static_files_are_served(self):
        with urlopen(f"{self.live_server_url}/static/polls/style.css") as answer:
            self.assertIn(b"logo.svg", answer.read())
"""


def test_tests_of_a_project_need_no_build(tmp_path: Path) -> None:
    write_tree(write_project(tmp_path, BUILDASSETS='{"manifest": None}'), {"polls/tests.py": _TESTS})
    done = manage(tmp_path, "test")
    assert done.returncode == 0, done.stderr
    assert "Ran 2 tests" in done.stderr


def test_project_without_that_setting_names_the_command(tmp_path: Path) -> None:
    write_tree(write_project(tmp_path), {"polls/tests.py": _TESTS})
    done = manage(tmp_path, "test")
    assert done.returncode == 1
    assert "no such file or directory; run `manage.py assets build`, or name another manifest" in done.stderr

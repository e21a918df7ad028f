"""Editable installs by pip: a build of the application builds the release of the package from its sources."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PATIENCE_SECONDS, wait_for, write_tree
from tests.wheels.installations import ended, new_environment, pip_install
from tests.wheels.projects import HATCH, SETUPTOOLS, write_package

pytestmark = pytest.mark.thorough


class Application:
    """An application in an environment with an editable package."""

    def __init__(self, folder: Path, pyproject: str = HATCH) -> None:
        self.package = write_package(folder / "cards", pyproject)
        self.python = new_environment(folder / "env")
        pip_install(self.python, "--editable", str(self.package))
        self.folder = write_tree(
            folder / "site", {"assets/app.css": "a { color: red }\n", "buildassets.toml": 'packages = ["cards"]\n'}
        )

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return ended([str(self.python), "-m", "buildassets", *arguments], self.folder)

    def sheet(self) -> str:
        """The package's sheet in the release of the application, after a build."""
        done = self.run("build")
        assert done.returncode == 0, done.stderr
        return self.released()

    def released(self) -> str:
        """The same in the present release; empty without one."""
        if not (self.folder / "build/manifest.json").exists():
            return ""
        manifest: dict[str, Any] = json.loads((self.folder / "build/manifest.json").read_text())
        file: str = manifest["assets"]["cards/css/card.css"]["file"]
        return (self.folder / "build/assets" / file).read_text()

    def remove_release(self) -> Path:
        """Remove the release that the installation made; return its folder."""
        release = self.package / "src/cards/release"
        subprocess.run(["rm", "-r", str(release)], check=True)
        return release


@contextmanager
def watching(application: Application, folder: Path | None = None) -> Iterator[Path]:
    """A watch in `folder`, by default that of the application; gives the file of what it prints."""
    folder = folder or application.folder
    log = folder / "watch.log"
    command = [str(application.python), "-m", "buildassets", "watch", "--port", "0"]
    with log.open("w") as output, subprocess.Popen(command, cwd=folder, stdout=output, stderr=output) as process:
        try:
            yield log
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE_SECONDS)


@pytest.mark.parametrize("pyproject", [HATCH, SETUPTOOLS], ids=["hatchling", "setuptools"])
def test_a_build_reads_the_sources_of_an_editable_package(pyproject: str, tmp_path: Path) -> None:
    application = Application(tmp_path, pyproject)
    assert "color:red" in application.sheet()
    write_tree(application.package, {"assets/css/card.css": ".card { color: blue }\n"})
    assert "color:blue" in application.sheet()
    application.remove_release()
    assert "color:blue" in application.sheet()


def test_a_new_file_in_the_sources_is_merged(tmp_path: Path) -> None:
    application = Application(tmp_path)
    application.sheet()
    write_tree(application.package, {"assets/css/more.css": "b { color: red }\n"})
    application.sheet()
    assert list((application.folder / "build/assets/cards/css").glob("more.*.css"))


def test_a_watch_builds_the_package_after_an_edit(tmp_path: Path) -> None:
    application = Application(tmp_path)
    with watching(application):
        wait_for(lambda: "color:red" in application.released())
        write_tree(application.package, {"assets/css/card.css": ".card { color: blue }\n"})
        wait_for(lambda: "color:blue" in application.released())


def test_a_watch_goes_on_after_an_error_in_the_package(tmp_path: Path) -> None:
    application = Application(tmp_path)
    with watching(application) as log:
        wait_for(lambda: "color:red" in application.released())
        write_tree(application.package, {"assets/css/card.css": "a { background: url(nothing.png) }\n"})
        wait_for(lambda: "wheel/build" in log.read_text())
        write_tree(application.package, {"assets/css/card.css": ".card { color: blue }\n"})
        wait_for(lambda: "color:blue" in application.released())


def test_a_watch_leaves_the_package_to_a_watch_of_its_own(tmp_path: Path) -> None:
    application = Application(tmp_path)
    with watching(application, application.package):
        wait_for((application.package / "src/cards/release/assets/livereload.json").exists)
        with watching(application):
            wait_for(lambda: "color:" in application.released())
            write_tree(application.package, {"assets/css/card.css": ".card { color: blue }\n"})
            wait_for(lambda: "blue" in application.released())
            assert json.loads((application.package / "src/cards/release/manifest.json").read_text())["livereload"]


def test_an_error_in_the_sources_names_the_package_and_the_command(tmp_path: Path) -> None:
    application = Application(tmp_path)
    write_tree(application.package, {"assets/css/card.css": "a { background: url(nothing.png) }\n"})
    done = application.run("build")
    assert done.returncode == 2
    assert "error[wheel/build]: cannot build `cards`, an editable install" in done.stderr
    place = "../cards/assets/css/card.css:1:21"
    assert f"note: error[reference/missing]: cannot find `css/nothing.png`, at {place}\n" in done.stderr
    assert "run `buildassets build` in `../cards`" in done.stderr
    assert not (application.folder / "build").exists()


@pytest.mark.parametrize("verb", [["check"], ["check", "--no-run"]])
def test_a_verb_that_does_not_build_names_the_command_that_does(verb: list[str], tmp_path: Path) -> None:
    application = Application(tmp_path)
    release = application.remove_release()
    done = application.run(*verb)
    assert done.returncode == 1
    assert "error[wheel/manifest]" in done.stderr
    assert "run `buildassets build` in `../cards`" in done.stderr
    assert not release.exists()


def test_packages_that_list_each_other_end(tmp_path: Path) -> None:
    application = Application(tmp_path)
    listing = HATCH.replace("[tool.buildassets]", '[tool.buildassets]\npackages = ["cards"]')
    write_tree(application.package, {"pyproject.toml": listing, "assets/css/card.css": ".card { color: blue }\n"})
    assert "color:blue" in application.sheet()

"""flit and uv_build, which have no hooks, by the recipes in the documentation."""

import re
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.conftest import write_tree
from tests.distributions import ROOT
from tests.wheels.installations import ended, new_environment, pip_install, programs
from tests.wheels.projects import EPOCH, SASS, WITHOUT_BACKEND, wheel_files, write_package

pytestmark = pytest.mark.thorough

PAGE = (ROOT / "docs/guides/wheels.md").read_text(encoding="utf-8").partition("## With flit or uv_build")[2]
COMMANDS = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)[0].replace("-m build", "-m build --no-isolation")
RECIPES = dict(zip(("flit", "uv_build"), re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)[:2], strict=True))


def repository(folder: Path, recipe: str) -> Path:
    """A package in a repository that ignores its release."""
    about = WITHOUT_BACKEND.replace('"1.0"', '"1.0"\ndescription = "Cards."', 1)
    write_package(folder, about + recipe, {**SASS, "src/cards/__init__.py": '"""Cards."""\n'})
    for words in ("init -q", "add -A", "-c user.name=A -c user.email=a@b.c commit -qm First"):
        subprocess.run(["git", *words.split()], cwd=folder, check=True)
    return folder


@pytest.fixture(params=RECIPES)
def package(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return repository(tmp_path / "cards", RECIPES[request.param])


def shell(folder: Path, commands: str = COMMANDS) -> "subprocess.CompletedProcess[str]":
    """Run the commands in `folder`, with the programs of the environment."""
    path = f"{programs()}:/usr/bin:/bin"
    return ended(["sh", "-e", "-c", commands], folder, PATH=path, SOURCE_DATE_EPOCH=EPOCH)


def distributions(folder: Path) -> tuple[Path, Path]:
    """The wheel and the source distribution that the commands make."""
    done = shell(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,), (source,) = folder.glob("dist/*.whl"), folder.glob("dist/*.tar.gz")
    return wheel, source


def test_the_wheel_has_the_present_release_and_no_sources(package: Path) -> None:
    distributions(package)
    write_tree(package, {"assets/css/card.css": ".card { color: blue }\n"})
    wheel, source = distributions(package)
    files = wheel_files(wheel)
    assert "cards/release/manifest.json" in files
    assert len([name for name in files if "/css/card." in name and name.endswith(".css")]) == 1
    assert not [name for name in files if name.endswith(".scss")]
    with tarfile.open(source) as archive:
        assert "django_cards-1.0/assets/css/_sea.scss" in archive.getnames()


def test_pip_installs_the_source_distribution_for_an_application(package: Path, tmp_path: Path) -> None:
    _, source = distributions(package)
    python = new_environment(tmp_path / "env")
    pip_install(python, str(source))
    site = write_tree(tmp_path / "site", {"assets/a.css": "", "buildassets.toml": 'packages = ["cards"]\n'})
    done = ended([str(python), "-m", "buildassets", "build"], site)
    assert done.returncode == 0, done.stderr
    assert list((site / "build/assets/cards/css").glob("page.*.css"))


def test_the_program_of_flit_leaves_an_ignored_release_out_without_an_option(tmp_path: Path) -> None:
    folder = repository(tmp_path / "cards", RECIPES["flit"])
    for option, is_there in ("--use-vcs", False), ("--no-use-vcs", True):
        done = shell(folder, f"buildassets build --quiet; flit build {option}")
        assert done.returncode == 0, done.stderr
        (wheel,) = folder.glob("dist/*.whl")
        assert ("cards/release/manifest.json" in wheel_files(wheel)) is is_there

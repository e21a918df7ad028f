"""The same release gives the same archive, on any Python, in any environment."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from buildassets.release.archive.read import FORMS, Form
from buildassets.release.archive.write import pack_folder
from tests.command import run
from tests.conftest import NOT_SHOWN, find_tool, write_tree
from tests.release.conftest import SITE

pytestmark = pytest.mark.thorough

SOURCE = Path(__file__).parents[2] / "src"
PROGRAM = """
import sys
from buildassets.release.archive.write import pack_folder
for form in sys.argv[2:]:
    print(form, pack_folder(sys.argv[1], "build", f"out.{form}", form).digest)
"""


@pytest.fixture(scope="session")
def digests(built_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[Form, str]:
    """Of the archive of the release in each form."""
    folder = tmp_path_factory.mktemp("archives")
    return {form: pack_folder(str(built_release), "build", str(folder / form), form).digest for form in FORMS}


def packed_by(python: str, release: Path, folder: Path, **environment: str) -> dict[str, str]:
    """The digests of the archives that another process writes into `folder`."""
    command = [python, "-c", PROGRAM, str(release), *FORMS]
    variables = {**os.environ, "PYTHONPATH": str(SOURCE), **environment}
    done = subprocess.run(command, cwd=folder, env=variables, stdout=subprocess.PIPE, text=True, check=True)
    return dict(line.split() for line in done.stdout.splitlines())


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13", "3.14"])
def test_every_python_packs_the_same_archive(
    built_release: Path, tmp_path: Path, digests: Mapping[Form, str], version: str
) -> None:
    by_pyenv = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
    pythons = [python for python in (shutil.which(f"python{version}"), *map(str, by_pyenv)) if python and runs(python)]
    if not pythons:
        pytest.skip(f"{NOT_SHOWN}: there is no Python {version}")
    assert packed_by(pythons[0], built_release, tmp_path) == digests


def runs(python: str) -> bool:
    """Whether it is more than a name that stands for one that is not installed."""
    return subprocess.run([python, "-c", ""], capture_output=True).returncode == 0


SURROUNDINGS = {
    "hash seed": {"PYTHONHASHSEED": "1"},
    "locale": {"LC_ALL": "C", "LANGUAGE": "et_EE"},
    "time zone": {"TZ": "Pacific/Kiritimati"},
    "date": {"SOURCE_DATE_EPOCH": "1"},
}


@pytest.mark.parametrize("variables", SURROUNDINGS.values(), ids=SURROUNDINGS)
def test_the_environment_does_not_change_the_archive(
    built_release: Path, tmp_path: Path, digests: Mapping[Form, str], variables: dict[str, str]
) -> None:
    assert packed_by(sys.executable, built_release, tmp_path, **variables) == digests


def test_the_order_of_names_in_a_folder_does_not_change_the_archive(
    built_release: Path, tmp_path: Path, digests: Mapping[Form, str]
) -> None:
    disorderfs, unmount = find_tool("disorderfs"), find_tool("fusermount", "fusermount3")
    mounted = tmp_path / "mounted"
    mounted.mkdir()
    if subprocess.run([disorderfs, "--shuffle-dirents=yes", built_release, mounted], capture_output=True).returncode:
        pytest.skip(f"{NOT_SHOWN}: this machine cannot mount")
    try:
        for _ in range(3):
            assert packed_by(sys.executable, mounted, tmp_path) == digests
    finally:
        subprocess.run([unmount, "-u", mounted], check=True)


BUILD = f"{sys.executable} -m buildassets build -q --no-cache"
PACK = f"{sys.executable} -m buildassets pack -q -o out."


def test_reprotest_finds_no_difference(tmp_path: Path) -> None:
    """It builds and packs twice, with another folder, home, locale, time zone, date, umask, kernel, host, and so on."""
    reprotest, _, _ = (find_tool(name) for name in ("reprotest", "disorderfs", "faketime"))
    write_tree(tmp_path / "site", SITE)
    # Another user could not read this virtual environment; a host name and a mount are for root.
    vary = "+all,-user_group" if os.geteuid() == 0 else "+all,-user_group,-domain_host,-fileordering"
    command = [reprotest, f"--vary={vary}", "-c", " && ".join([BUILD, *(PACK + form for form in FORMS)])]
    done = subprocess.run([*command, "site", "out.*"], cwd=tmp_path, capture_output=True, text=True)
    assert "Reproduction successful" in done.stdout, done.stdout + done.stderr
    assert all(f"./out.{form}\n" in done.stdout for form in FORMS)


@pytest.mark.parametrize("options", [["--jobs", "1", "--no-cache"], ["--jobs", "4"]], ids=str)
def test_the_way_of_building_does_not_change_the_archive(
    tmp_path: Path, digests: Mapping[Form, str], options: list[str]
) -> None:
    site = write_tree(tmp_path / "elsewhere", SITE)
    for _ in range(2):  # the second time with what the first has kept
        shutil.rmtree(site / "build", ignore_errors=True)
        assert run(site, "build", "-q", *options).returncode == 0
        assert run(site, "pack", "-q", "-o", "../a.zip").returncode == 0
        assert hashlib.sha256((tmp_path / "a.zip").read_bytes()).hexdigest() == digests["zip"]

"""Published Python packages as test input, fetched with pip at the versions and hashes of a list, such as `wheels.txt`.

They lie beside those of npm, unpacked, one folder for each state of the list. None of them is installed; only what
`compressor.txt` lists is imported, by a process of its own.
"""

import shutil
import subprocess
import sys
import tarfile
import zipfile
from hashlib import sha256
from pathlib import Path

from tests.conftest import missing_tool
from tests.corpus.packages import FETCH_TIMEOUT_SECONDS, cache_folder, only_one_process

_HERE = Path(__file__).resolve().parent


def wheels(name: str = "wheels", form: str = "--only-binary=:all:") -> Path:
    """The folder into which all that the list `name` has are unpacked. Where they cannot be fetched: as `node_modules`.

    `--no-binary=:all:` is the `form` of source archives.
    """
    listed = _HERE / f"{name}.txt"
    packages = cache_folder() / f"{name}-{sha256(listed.read_bytes()).hexdigest()[:12]}"
    if not packages.is_dir():
        with only_one_process():
            if not packages.is_dir():
                _fetch(listed, form, packages)
    return packages


def _fetch(listed: Path, form: str, packages: Path) -> None:
    staging = packages.with_name(f"incoming-{listed.stem}")
    shutil.rmtree(staging, ignore_errors=True)
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", form, "--require-hashes"]
    try:
        fetch = subprocess.run(
            [*command, "--dest", staging / "archives", "--requirement", listed],
            capture_output=True,
            text=True,
            timeout=FETCH_TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        missing_tool(f"pip did not fetch the packages of {listed.name} within {FETCH_TIMEOUT_SECONDS} seconds")
    if fetch.returncode:
        missing_tool(f"pip could not fetch the packages of {listed.name}:\n{fetch.stderr}")
    for archive in sorted((staging / "archives").iterdir()):
        _unpack(archive, staging / "unpacked")
    (staging / "unpacked").rename(packages)
    shutil.rmtree(staging)


def _unpack(archive: Path, folder: Path) -> None:
    if archive.suffix == ".whl":
        zipfile.ZipFile(archive).extractall(folder)
    else:
        with tarfile.open(archive) as file:
            file.extractall(folder, filter="data")

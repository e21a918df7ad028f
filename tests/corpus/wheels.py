"""Published Python packages as test input, fetched with pip at the versions and hashes of `wheels.txt`.

They lie beside those of npm, unpacked, one folder for each state of the list. None of them is installed or imported.
"""

import shutil
import subprocess
import sys
import zipfile
from hashlib import sha256
from pathlib import Path

from tests.corpus.packages import FETCH_TIMEOUT_SECONDS, cache_folder, only_one_process, unavailable

_LIST = Path(__file__).resolve().with_name("wheels.txt")


def wheels() -> Path:
    """The folder into which all are unpacked. Where they cannot be fetched: as `node_modules`."""
    packages = cache_folder() / f"wheels-{sha256(_LIST.read_bytes()).hexdigest()[:12]}"
    if not packages.is_dir():
        with only_one_process():
            if not packages.is_dir():
                _fetch(packages)
    return packages


def _fetch(packages: Path) -> None:
    staging = packages.with_name("incoming-wheels")
    shutil.rmtree(staging, ignore_errors=True)
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--only-binary=:all:",
        "--require-hashes",
    ]
    try:
        fetch = subprocess.run(
            [*command, "--dest", staging / "wheels", "--requirement", _LIST],
            capture_output=True,
            text=True,
            timeout=FETCH_TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        unavailable(f"pip did not fetch the packages of {_LIST.name} within {FETCH_TIMEOUT_SECONDS} seconds")
    if fetch.returncode:
        unavailable(f"pip could not fetch the packages of {_LIST.name}:\n{fetch.stderr}")
    for wheel in sorted((staging / "wheels").iterdir()):
        zipfile.ZipFile(wheel).extractall(staging / "unpacked")
    (staging / "unpacked").rename(packages)
    shutil.rmtree(staging)

"""Published packages as test input, fetched with npm at the versions of `package-lock.json`.

They lie in a cache folder (`$BUILDASSETS_CORPUS`, or else `.cache/corpus` in the checkout), one folder for each state
of the lock file, fetched once however many test processes ask. No script of a package is ever run.
"""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import pytest

from tests.conftest import find_tool

_HERE = Path(__file__).resolve().parent
_LISTS = ("package.json", "package-lock.json")
_FETCH_TIMEOUT_SECONDS = 600


def node_modules() -> Path:
    """The folder of the packages. Where they cannot be fetched, the test fails under CI and is skipped elsewhere."""
    cache = Path(os.environ.get("BUILDASSETS_CORPUS") or _HERE.parents[1] / ".cache" / "corpus")
    listed = b"".join((_HERE / name).read_bytes() for name in _LISTS)
    packages = cache / sha256(listed).hexdigest()[:12]
    if not packages.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        with _only_one_process(cache / "lock"):
            if not packages.is_dir():
                _fetch(packages)
    return packages / "node_modules"


@contextmanager
def _only_one_process(lock: Path) -> Iterator[None]:
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _fetch(packages: Path) -> None:
    """Fetch beside `packages` and rename, so that a fetch that was cut short is never taken for a whole one."""
    npm = find_tool("npm")
    staging = packages.with_name("incoming")
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir()
    try:
        for name in _LISTS:
            shutil.copy(_HERE / name, staging)
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--legacy-peer-deps"]
        fetch = subprocess.run(
            command, cwd=staging, capture_output=True, text=True, timeout=_FETCH_TIMEOUT_SECONDS, check=False
        )
        if fetch.returncode:
            _unavailable(f"npm could not fetch the packages of tests/corpus:\n{fetch.stderr}")
        staging.rename(packages)
    except subprocess.TimeoutExpired:
        _unavailable(f"npm did not fetch the packages of tests/corpus within {_FETCH_TIMEOUT_SECONDS} seconds")


def _unavailable(reason: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)

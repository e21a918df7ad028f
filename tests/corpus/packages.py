"""Published packages as test input, fetched with npm at the versions of `package-lock.json`.

They lie in a cache folder (`$BUILDASSETS_CORPUS`, or else `.cache/corpus` in the checkout), one folder for each state
of the lock file, fetched once however many test processes ask. No script of a package is ever run.

Where a package has dozens of files of one kind, or large ones, an oracle judges some of them; all of them where
`$BUILDASSETS_WHOLE_CORPUS` is set.
"""

import math
import os
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path
from zlib import crc32

from buildassets.disk.locks import locked
from tests.conftest import find_tool, missing_tool

_HERE = Path(__file__).resolve().parent
_LISTS = ("package.json", "package-lock.json")
FETCH_TIMEOUT_SECONDS = 600
_MOST_FILES = 30  # of a package with the same ending
_MOST_BYTES = 300_000  # of these together; one is judged whatever its size is


def node_modules(project: str = ".") -> Path:
    """The folder of the packages. Where they cannot be fetched, the test fails under CI and is skipped elsewhere.

    `project` is a folder in this one, with lists of its own.
    """
    return packages_of(_HERE / project)


@cache
def packages_of(lists: Path) -> Path:
    """The same for the packages that the two files in the folder `lists` name."""
    listed = b"".join((lists / name).read_bytes() for name in _LISTS)
    packages = cache_folder() / sha256(listed).hexdigest()[:12]
    if not packages.is_dir():
        with only_one_process():
            if not packages.is_dir():
                _fetch(packages, lists)
    return packages / "node_modules"


def sampled(files: Iterable[Path]) -> list[Path]:
    """Return `files` in order; of those of one package that have the same ending, at most so many and so many bytes.

    Their names alone decide which: tests that ask about the same files share what the parsers find in them.
    """
    kinds: dict[tuple[str, ...], list[Path]] = defaultdict(list)
    for path in sorted(files):
        kinds[_kind(path)].append(path)
    choose = list if os.environ.get("BUILDASSETS_WHOLE_CORPUS") else _chosen
    return sorted(path for alike in kinds.values() for path in choose(alike))


def _chosen(alike: list[Path]) -> list[Path]:
    chosen: list[Path] = []
    left_bytes = _MOST_BYTES
    for path in sorted(alike, key=lambda path: crc32(path.relative_to(node_modules()).as_posix().encode())):
        size = path.stat().st_size
        if not chosen or (size <= left_bytes and len(chosen) < _MOST_FILES):
            chosen.append(path)
            left_bytes -= size
    return chosen


def _kind(path: Path) -> tuple[str, ...]:
    """The package of the file, and its ending: `.min.js` is another one than `.js`."""
    parts = path.relative_to(node_modules()).parts
    return (*parts[: 2 if parts[0].startswith("@") else 1], ".min" if ".min" in path.suffixes else "", path.suffix)


def cache_folder() -> Path:
    """The folder of all that is fetched."""
    return Path(os.environ.get("BUILDASSETS_CORPUS") or _HERE.parents[1] / ".cache" / "corpus")


@contextmanager
def only_one_process() -> Iterator[None]:
    """Keep every other process from fetching meanwhile."""
    cache_folder().mkdir(parents=True, exist_ok=True)
    with locked(str(cache_folder()), limit_seconds=math.inf):
        yield


def _fetch(packages: Path, lists: Path) -> None:
    """Fetch beside `packages` and rename, so that a fetch that was cut short is never taken for a whole one."""
    npm = find_tool("npm")
    staging = packages.with_name("incoming")
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir()
    try:
        for name in _LISTS:
            shutil.copy(lists / name, staging)
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--legacy-peer-deps"]
        fetch = subprocess.run(
            command, cwd=staging, capture_output=True, text=True, timeout=FETCH_TIMEOUT_SECONDS, check=False
        )
        if fetch.returncode:
            missing_tool(f"npm could not fetch the packages of {lists.name}:\n{fetch.stderr}")
        staging.rename(packages)
    except subprocess.TimeoutExpired:
        missing_tool(f"npm did not fetch the packages of {lists.name} within {FETCH_TIMEOUT_SECONDS} seconds")


def run_tool(folder: Path, name: str, *arguments: str, project: str = ".") -> None:
    """Run the npm command `name` in `folder`, which then has the packages of `project` in reach."""
    find_tool("node")
    packages = folder / "node_modules"
    if not packages.exists():
        packages.symlink_to(node_modules(project))
    command = [str(packages / ".bin" / name), *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr

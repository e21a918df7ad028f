"""The peers and the files: fetched once, at fixed versions, into `.cache/benchmarks`.

What npm and PyPI have is fixed by the lock file and the list in `peers/`; what Debian has, by its release.
"""

import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent
PEERS: Final = HERE / "peers"
CACHE: Final = HERE.parent / ".cache" / "benchmarks"
DEBIAN_PACKAGES: Final = (
    "brotli",
    "git",
    "gzip",
    "php-cli",
    "php-symfony-asset-mapper",
    "php-symfony-config",
    "ruby",
    "ruby-actionpack",
    "ruby-rails-propshaft",
    "ruby-railties",
    "ruby-sassc",
    "ruby-sprockets",
    "ruby-terser",
    "wrk",
)
_OF_NPM: Final = ("package.json", "package-lock.json")
_NPM: Final = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--legacy-peer-deps"]


class MissingError(Exception):
    """A contender cannot be run here; the text says why."""


def install_debian_packages() -> None:
    """Install what Debian has of the peers, as root."""
    subprocess.run(["apt-get", "install", "-y", "--no-install-recommends", *DEBIAN_PACKAGES], check=True)


def python() -> str:
    """The Python of the virtual environment that has the peers from PyPI."""
    folder = _fetched([PEERS / "requirements.txt"], _fetch_from_pypi)
    return str(folder / "bin" / "python")


def pypi_version(package: str) -> str:
    """The version of a package that `requirements.txt` fixes."""
    lines = (PEERS / "requirements.txt").read_text("utf-8").splitlines()
    return dict(line.split("==") for line in lines)[package]


def node_modules(listed_in: Path = PEERS) -> Path:
    """The folder of packages from npm, those of the peers by default. Raises MissingError.

    `package.json` and `package-lock.json` in the folder `listed_in` name them.
    """
    return _fetched([listed_in / name for name in _OF_NPM], _fetch_from_npm) / "node_modules"


def npm_version(package: str) -> str:
    """The version of a package that lies in the folder."""
    return said("node", "-p", f"require('{node_modules() / package}/package.json').version")


def executable(pattern: str) -> str:
    """The executable of this machine's kind among the packages from npm. Raises MissingError where there is none."""
    found = sorted(node_modules().glob(pattern))
    if not found:
        raise MissingError(f"npm brought no `{pattern}` for this machine")
    return str(found[0])


def corpus() -> Path:
    """The packages of tests/corpus, asked of a process of its own, so that this one stays small."""
    ask = "from tests.corpus.packages import node_modules; print(node_modules())"
    answer = subprocess.run([sys.executable, "-c", ask], cwd=HERE.parent, stdout=subprocess.PIPE, text=True, check=True)
    return Path(answer.stdout.strip())


def debian_version(package: str) -> str:
    """The version of an installed package, without Debian's own part of it. Raises MissingError."""
    found = said("dpkg-query", "--show", "--showformat", "${Version}", package)
    return found.rpartition(":")[2].partition("-")[0].partition("+")[0]


def said(*command: str) -> str:
    """What `command` printed. Raises MissingError with its last words where it fails."""
    try:
        run = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise MissingError(f"`{command[0]}` is not installed: see `--install`") from None
    if run.returncode:
        lines = (run.stderr or run.stdout).strip().splitlines() or [f"exit code {run.returncode}"]
        raise MissingError(f"`{command[0]}`: {lines[-1]}; see `--install`")
    return run.stdout.strip()


def _fetched(lists: Sequence[Path], fetch: Callable[[Sequence[Path], Path], None]) -> Path:
    """The folder that `fetch` filled by these lists, now or before; half of it is never left."""
    listed = b"".join(one.read_bytes() for one in lists)
    folder = CACHE / f"{lists[0].stem}-{sha256(listed).hexdigest()[:12]}"
    if not folder.is_dir():
        CACHE.mkdir(parents=True, exist_ok=True)
        try:
            fetch(lists, folder)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
    return folder


def _fetch_from_pypi(lists: Sequence[Path], folder: Path) -> None:
    said(sys.executable, "-m", "venv", str(folder))
    said(str(folder / "bin" / "python"), "-m", "pip", "install", "--requirement", str(lists[0]))


def _fetch_from_npm(lists: Sequence[Path], folder: Path) -> None:
    folder.mkdir()
    for one in lists:
        shutil.copy(one, folder)
    said(*_NPM, "--prefix", str(folder))

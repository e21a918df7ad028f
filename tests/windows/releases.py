"""Builds projects, and writes the digests of what comes out: `python -m tests.windows.releases FOLDER DIGESTS`.

Run on Linux first, then on Windows by `test_same_bytes.py`, which compares the digests.
"""

import base64
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from tests.conftest import read_tree, write_tree
from tests.corpus.packages import node_modules
from tests.packages.published import PACKAGES, archives

_ROOT: Final = Path(__file__).parents[2]
# Results, and the page that needs Tailwind, whose program is not among the wheels.
_NOT_COPIED: Final = shutil.ignore_patterns("build", ".buildassets", "visit.*")
_SUFFIXES: Final = ("css", "js", "svg")
_MOST_PACKAGES: Final = 40
_MOST_FILES: Final = 3  # of a package, with one ending
_MOST_BYTES: Final = 60_000
_ARCHIVES: Final = ("release.tar.gz", "release.zip")
_ESBUILD: Final = "@esbuild/win32-x64"
Digests = Mapping[str, Mapping[str, str]]


def digests(folder: Path) -> Digests:
    """Return the digests of all files of the releases of the example and of packages, and of their archives."""
    example = folder / "example"
    shutil.copytree(_ROOT / "example_project", example, ignore=_NOT_COPIED)
    packages = folder / "packages"
    sources = "".join(f'  {{ path = "{name}", prefix = "{name}" }},\n' for name in _copied_packages(packages))
    (packages / "buildassets.toml").write_bytes(f'missing = "ignore"\nsources = [\n{sources}]\n'.encode())
    return {project.name: _digests(project) for project in (example, packages)}


def _copied_packages(folder: Path) -> Iterator[str]:
    """Copy some files of each package into a folder of its name, and return the names."""
    top = node_modules()
    packages = sorted(path.parent for path in [*top.glob("*/package.json"), *top.glob("@*/*/package.json")])
    files = {package: [file for suffix in _SUFFIXES for file in _some_files(package, suffix)] for package in packages}
    for package in [package for package in packages if files[package]][:_MOST_PACKAGES]:
        for file in files[package]:
            copy = folder / file.relative_to(top)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
        yield package.relative_to(top).as_posix()


def _some_files(package: Path, suffix: str) -> list[Path]:
    files = (
        path for path in sorted(package.rglob(f"*.{suffix}")) if "node_modules" not in path.relative_to(package).parts
    )
    return [path for path in files if 0 < path.stat().st_size < _MOST_BYTES][:_MOST_FILES]


def _digests(project: Path) -> Mapping[str, str]:
    for arguments in (["build", "-q"], *(["pack", "-q", "-o", archive] for archive in _ARCHIVES)):
        subprocess.run([sys.executable, "-m", "buildassets", *arguments], cwd=project, check=True)
    contents = read_tree(project / "build") | {name: (project / name).read_bytes() for name in _ARCHIVES}
    return {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}


def _fetch_for_windows() -> None:
    """Fetch what tests on Windows cannot, as npm does not run there; esbuild gets its place among the packages."""
    archives(PACKAGES)
    lock = json.loads((_ROOT / "tests/corpus/package-lock.json").read_text(encoding="utf-8"))
    listed = lock["packages"][f"node_modules/{_ESBUILD}"]
    (path,) = archives((f"{_ESBUILD}@{listed['version']}",)).glob("*.tgz")
    sha512 = base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()
    assert listed["integrity"] == f"sha512-{sha512}"
    program = node_modules() / _ESBUILD / "esbuild.exe"
    with tarfile.open(path) as archive:
        file = archive.extractfile("package/esbuild.exe")
        assert file is not None
        write_tree(program.parent, {program.name: file.read()})


if __name__ == "__main__":
    _fetch_for_windows()
    Path(sys.argv[2]).write_text(json.dumps(digests(Path(sys.argv[1])), indent=1, sort_keys=True), encoding="utf-8")

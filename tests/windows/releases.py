"""Builds projects, and writes the digests of what comes out: `python -m tests.windows.releases FOLDER DIGESTS`.

Run on Linux first, then on Windows by `test_same_bytes.py`, which compares the digests.
"""

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.conftest import read_tree
from tests.corpus.packages import node_modules

_ROOT: Final = Path(__file__).parents[2]
_MOST_PACKAGES: Final = 40
_MOST_FILES: Final = 3  # of a package, with one ending
_MOST_BYTES: Final = 60_000
_ARCHIVES: Final = ("release.tar.gz", "release.zip")
Digests = Mapping[str, Mapping[str, str]]


def digests(folder: Path) -> Digests:
    """Return the digests of all files of the releases of the example and of packages, and of their archives."""
    example = folder / "example"
    shutil.copytree(_ROOT / "example_project", example, ignore=shutil.ignore_patterns("build", ".buildassets"))
    packages = folder / "packages"
    packages.mkdir()
    (packages / "buildassets.toml").write_bytes(_settings_of_packages(packages).encode())
    return {project.name: _digests(project) for project in (example, packages)}


def _settings_of_packages(folder: Path) -> str:
    """Copy some files of each package, and return the settings by which they are released."""
    found = node_modules()
    tops = sorted(path.parent for path in [*found.glob("*/package.json"), *found.glob("@*/*/package.json")])
    sources: list[str] = []
    for top in tops:
        if len(sources) == _MOST_PACKAGES:
            break
        name = top.relative_to(found).as_posix()
        files = [file for suffix in ("css", "js", "svg") for file in _some_files(top, suffix)]
        for file in files:
            copy = folder / name / file.relative_to(top)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
        if files:
            sources.append(f'  {{ path = "{name}", prefix = "{name}" }},\n')
    return f'missing = "ignore"\nsources = [\n{"".join(sources)}]\n'


def _some_files(top: Path, suffix: str) -> list[Path]:
    files = (path for path in sorted(top.rglob(f"*.{suffix}")) if "node_modules" not in path.relative_to(top).parts)
    return [path for path in files if 0 < path.stat().st_size < _MOST_BYTES][:_MOST_FILES]


def _digests(project: Path) -> Mapping[str, str]:
    for arguments in (["build", "-q"], *(["pack", "-q", "-o", archive] for archive in _ARCHIVES)):
        subprocess.run([sys.executable, "-m", "buildassets", *arguments], cwd=project, check=True)
    contents = read_tree(project / "build") | {name: (project / name).read_bytes() for name in _ARCHIVES}
    return {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(json.dumps(digests(Path(sys.argv[1])), indent=1, sort_keys=True), encoding="utf-8")

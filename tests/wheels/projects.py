"""Projects of packages with a release, as their authors write them, and their distributions."""

import json
import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

from tests.conftest import Tree, write_tree
from tests.wheels.packages import FILES

EPOCH = "1700000000"
_PROJECT = """[project]
name = "django-cards"
version = "1.0"

[project.entry-points."buildassets.releases"]
cards = "cards.release"

[tool.buildassets]
output = "src/cards/release"

[build-system]
"""
WITHOUT_BACKEND = _PROJECT.removesuffix("[build-system]\n")
HATCH = f"""{_PROJECT}requires = ["hatchling", "buildassets"]
build-backend = "hatchling.build"

[tool.hatch.build.hooks.buildassets]

[tool.hatch.build.targets.wheel]
packages = ["src/cards"]
"""
SETUPTOOLS = f"""{_PROJECT}requires = ["setuptools", "buildassets"]
build-backend = "setuptools.build_meta"

[tool.setuptools.cmdclass]
build_py = "buildassets.wheels.setuptools.BuildPy"
sdist = "buildassets.wheels.setuptools.SDist"

[tool.setuptools.packages.find]
where = ["src"]
"""
SASS: Tree = {"assets/css/_sea.scss": "$sea: #036;\n", "assets/css/page.scss": "@use 'sea';\na { color: sea.$sea }\n"}
PACKAGE: Tree = {**FILES, "src/cards/__init__.py": "", ".gitignore": "release/\n.buildassets/\n"}


def write_package(folder: Path, pyproject: str, files: Tree | None = None) -> Path:
    """Write the project of a package to `folder`; gives that."""
    return write_tree(folder, {**PACKAGE, "pyproject.toml": pyproject, **(files or {})})


def editable_path(folder: Path, packages: dict[str, Path]) -> str:
    """Describe `packages`, by the name of their release, in `folder` as installed editable; return the PYTHONPATH."""
    for name, package in packages.items():
        origin = json.dumps({"dir_info": {"editable": True}, "url": package.as_uri()})
        information = {
            "METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
            "entry_points.txt": f"[buildassets.releases]\n{name} = {name}.release\n",
            "direct_url.json": origin,
        }
        write_tree(folder / f"{name}-1.0.dist-info", information)
    return os.pathsep.join(map(str, (folder, *(package / "src" for package in packages.values()))))


def wheel_files(wheel: Path) -> dict[str, bytes]:
    """The files of a wheel, each with its content."""
    with ZipFile(wheel) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert len(names) == len(set(names))
        return {name: archive.read(name) for name in names}


def run(*command: str, folder: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run Python with these arguments in `folder`."""
    return subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env={**os.environ, "SOURCE_DATE_EPOCH": EPOCH, **environment},
        capture_output=True,
        text=True,
        timeout=300,
    )

"""Builds by the command line, as a user runs it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from buildassets.manifest.model import Manifest, loads
from tests.command import run


@dataclass(frozen=True, slots=True)
class Release:
    """The release that a build left in `folder`, and what it printed for people."""

    folder: Path
    manifest: Manifest
    messages: str

    def path(self, logical: str) -> Path:
        """The file of the asset `logical`."""
        return self.folder / "assets" / self.manifest.assets[logical].file


def build(folder: Path, config: str, *arguments: str) -> Release:
    """Build in `folder` with `config` as its configuration; any exit code but 0 fails the test."""
    (folder / "buildassets.toml").write_text(config)
    done = run(folder, "build", *arguments)
    assert done.returncode == 0, done.stderr
    return released(folder, done.stderr)


def released(folder: Path, messages: str = "") -> Release:
    """The release that a build has left in `folder` with these messages."""
    release = folder / "build"
    return Release(release, loads((release / "manifest.json").read_text()), messages)


def source_root(path: Path, prefix: str = "", include: Sequence[str] = ()) -> str:
    """A source root as an item of `sources` in a configuration."""
    globs = ", ".join(f'"{glob}"' for glob in include)
    return f'{{ path = "{path}", prefix = "{prefix}", include = [{globs}] }}'

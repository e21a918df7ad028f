"""Who is compared: how each is made ready, the command that does the whole work, and what it leaves out of it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

from tree import Tree

HERE: Final = Path(__file__).resolve().parent
PEERS: Final = HERE / "peers"
CACHE: Final = HERE.parent / ".cache" / "benchmarks"
DEBIAN_PACKAGES: Final = (
    "php-cli",
    "php-symfony-asset-mapper",
    "ruby",
    "ruby-actionpack",
    "ruby-railties",
    "ruby-sprockets",
)
OURS: Final = "buildassets"
_DJANGO: Final = "5.2.19"
_ESBUILD: Final = "0.28.2"
_COPIED_BY_ESBUILD: Final = (".gif", ".html", ".jpg", ".json", ".map", ".png", ".svg", ".ttf", ".wasm", ".woff2")


class MissingError(Exception):
    """A contender cannot be run here; the text says why."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where one contender works: it reads `tree` and writes `output`, and `settings` is a folder of its own."""

    tree: Tree
    output: Path
    settings: Path


@dataclass(frozen=True, slots=True)
class Command:
    """What to run, and the version of the program that does the work."""

    arguments: Sequence[str]
    version: str


@dataclass(frozen=True, slots=True)
class Contender:
    """One row. `prepare` installs what is wanting and raises MissingError where it cannot; what `is_slow` runs once."""

    name: str
    leaves_out: str
    prepare: Callable[[Place], Command]
    is_slow: bool = False


def contenders(propshaft: Path | None) -> list[Contender]:
    """All of them, the limits first. `propshaft` is a checkout of Propshaft, which is not installed by name."""
    return [
        Contender("`cp -r`", "all but the bytes", _copy),
        Contender("read, hash, write", "all but the names", _read_hash_write),
        Contender(OURS, "integrity, as the peers make none", lambda place: _buildassets(place, "none")),
        Contender("buildassets, sha384", "", lambda place: _buildassets(place, "sha384")),
        Contender("Propshaft", "JS imports, integrity", lambda place: _propshaft(place, propshaft)),
        Contender("AssetMapper", "JS imports (left to an import map), integrity", _asset_mapper),
        Contender("Django", "JS imports, integrity", _django),
        Contender("Django, JS modules", "integrity", lambda place: _django(place, "--modules"), is_slow=True),
        Contender("Sprockets", "all references, integrity", _sprockets),
        Contender("esbuild", "manifest, integrity; modules become chunks", _esbuild),
    ]


def _copy(place: Place) -> Command:
    return Command(["cp", "-r", str(place.tree.folder), str(place.output)], "")


def _read_hash_write(place: Place) -> Command:
    program = str(HERE / "read_hash_write.py")
    return Command([sys.executable, program, str(place.tree.folder), str(place.output)], sys.version.split()[0])


def _buildassets(place: Place, integrity: str) -> Command:
    config = place.settings / "buildassets.toml"
    config.write_text(
        f'sources = ["{place.tree.folder}"]\noutput = "{place.output}"\nmissing = "warn"\n'
        f'minify = false\ncompress = []\nintegrity = "{integrity}"\n'
    )
    return Command([sys.executable, "-m", "buildassets", "build", "--config", str(config)], version("buildassets"))


def _propshaft(place: Place, checkout: Path | None) -> Command:
    if checkout is None:
        raise MissingError("name a checkout with `--propshaft DIR`")
    ruby = ["ruby", "-I", str(checkout / "lib")]
    found = _said(*ruby, "-r", "action_dispatch", "-r", "propshaft/version", "-e", "puts Propshaft::VERSION")
    return Command([*ruby, str(PEERS / "propshaft.rb"), str(place.tree.folder), str(place.output)], found)


def _asset_mapper(place: Place) -> Command:
    _said("php", "-r", "require 'Symfony/Component/AssetMapper/autoload.php';")
    program = str(PEERS / "asset_mapper.php")
    found = _said("dpkg-query", "--show", "--showformat", "${Version}", "php-symfony-asset-mapper")
    return Command(["php", program, str(place.tree.folder), str(place.output)], found.partition("+")[0])


def _sprockets(place: Place) -> Command:
    found = _said("ruby", "-r", "sprockets", "-e", "puts Sprockets::VERSION")
    return Command(["ruby", str(PEERS / "sprockets.rb"), str(place.tree.folder), str(place.output)], found)


def _django(place: Place, *options: str) -> Command:
    folder = CACHE / f"django-{_DJANGO}"
    python = str(folder / "bin" / "python")
    if not folder.is_dir():
        _install(
            folder, [sys.executable, "-m", "venv", str(folder)], [python, "-m", "pip", "install", f"django=={_DJANGO}"]
        )
    program = str(PEERS / "collectstatic.py")
    return Command([python, program, str(place.tree.folder), str(place.output), *options], _DJANGO)


def _esbuild(place: Place) -> Command:
    folder = CACHE / f"esbuild-{_ESBUILD}"
    if not folder.is_dir():
        flags = ["--ignore-scripts", "--no-audit", "--no-fund"]
        _install(folder, ["npm", "install", "--prefix", str(folder), *flags, f"esbuild@{_ESBUILD}"])
    programs = list(folder.glob("node_modules/@esbuild/*/bin/esbuild"))
    if not programs:
        raise MissingError("npm brought no executable for this machine")
    options = [
        "--bundle",  # without it esbuild does not follow references
        "--splitting",
        "--format=esm",
        "--packages=external",
        "--entry-names=[dir]/[name]-[hash]",
        "--asset-names=[dir]/[name]-[hash]",
        "--chunk-names=chunks/[name]-[hash]",
        f"--outbase={place.tree.folder}",
        f"--outdir={place.output}",
        "--log-level=error",
        *(f"--loader:{suffix}=copy" for suffix in _COPIED_BY_ESBUILD),
    ]
    files = [os.path.join(place.tree.folder, name) for name in place.tree.files]
    return Command([str(programs[0]), *options, *files], _ESBUILD)


def _install(folder: Path, *commands: Sequence[str]) -> None:
    """Run `commands`, which fill `folder`; leaves no half of it."""
    CACHE.mkdir(parents=True, exist_ok=True)
    try:
        for command in commands:
            _said(*command)
    except MissingError:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _said(*command: str) -> str:
    """What `command` printed. Raises MissingError with its last words where it fails."""
    try:
        run = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise MissingError(f"`{command[0]}` is not installed: see `--install`") from None
    if run.returncode:
        lines = (run.stderr or run.stdout).strip().splitlines() or [f"exit code {run.returncode}"]
        raise MissingError(f"`{command[0]}`: {lines[0]}; see `--install`")
    return run.stdout.strip()

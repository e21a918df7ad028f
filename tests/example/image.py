"""Replays a Dockerfile without Docker: each stage in an empty folder with an empty virtual environment.

It knows the few instructions that the example's and those of docs/deploy/docker.md have. It replaces the base image:
the interpreter of the tests stands in for Python's, their node for Node's. `USER` changes nobody here, since nobody
else may read the folders of a test, and what `RUN --mount` would keep is not kept.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import venv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import find_tool
from tests.environments import uv

_WITHOUT_EFFECT = {"ENV", "EXPOSE", "HEALTHCHECK", "USER", "CMD"}


@dataclass(frozen=True)
class Instruction:
    """One line: `COPY`, and what follows it."""

    name: str
    rest: str

    @property
    def command(self) -> list[str]:
        """The command of a CMD or a HEALTHCHECK in its exec form."""
        command: list[str] = json.loads(self.rest[self.rest.index("[") :])
        return command


@dataclass(frozen=True)
class Stage:
    """A stage as built: the folder that stands for `/`, with a virtual environment in `venv`."""

    root: Path
    instructions: tuple[Instruction, ...]

    @property
    def folder(self) -> Path:
        """The working directory."""
        return _inside(self.root, [one.rest for one in self.instructions if one.name == "WORKDIR"][-1])

    @property
    def python(self) -> str:
        """The interpreter."""
        return str(self.root / "venv/bin/python")

    def last(self, name: str) -> Instruction:
        """The last instruction of this name."""
        return [one for one in self.instructions if one.name == name][-1]

    def environment(self, **more: str) -> dict[str, str]:
        """Return the environment of a process in it, without a home."""
        own = [str(self.root / folder) for folder in ("bin", "venv/bin", "usr/local/bin")]
        path = os.pathsep.join([*own, os.environ["PATH"]])
        words = [word for one in self.instructions if one.name == "ENV" for word in shlex.split(one.rest)]
        return {"PATH": path, **dict(word.split("=", 1) for word in words), **more}


def read(dockerfile: str) -> dict[str, tuple[str, list[Instruction]]]:
    """The stages by name: what each is FROM, and its instructions."""
    stages: dict[str, tuple[str, list[Instruction]]] = {}
    own: list[Instruction] = []
    for line in re.sub(r"\\\n", " ", dockerfile).splitlines():
        name, _, rest = line.partition(" ")
        if name == "FROM":
            base, stage = rest.split(" AS ")
            own = []
            stages[stage] = base, own
        elif name and not name.startswith("#"):
            own.append(Instruction(name, rest.strip()))
    return stages


class Replay:
    """Builds stages from `context`; pip gets our package as `wheel`. `made_once` keeps what was built."""

    def __init__(self, context: Path, wheel: Path, made_once: Callable[[str, Callable[[Path], object]], Path]) -> None:
        self._stages = read((context / "Dockerfile").read_text())
        self._context = context
        self._wheel = wheel
        self._made_once = made_once

    def stage(self, name: str) -> Stage:
        """The stage `name`, with all that it copies from built before."""
        instructions = tuple(self._lineage(name))
        return Stage(self._made_once(f"stage-{name}", lambda root: self._build(root, name, instructions)), instructions)

    def _lineage(self, name: str) -> list[Instruction]:
        base, own = self._stages[name]
        return [*self._lineage(base), *own] if base in self._stages else own

    def _base(self, name: str) -> str:
        base, _ = self._stages[name]
        return self._base(base) if base in self._stages else base

    def _build(self, root: Path, name: str, instructions: tuple[Instruction, ...]) -> None:
        venv.create(root / "venv", symlinks=True)
        self._give_pip(root)
        if self._base(name).startswith("node:"):
            (root / "usr/local/bin").mkdir(parents=True)
            (root / "usr/local/bin/node").symlink_to(find_tool("node", "nodejs"))
        for number, one in enumerate(instructions, start=1):
            stage = Stage(root, instructions[:number])
            if one.name == "WORKDIR":
                stage.folder.mkdir(parents=True, exist_ok=True)
            elif one.name == "COPY":
                self._copy(stage, shlex.split(one.rest))
            elif one.name == "RUN":
                command = re.sub(r"^(--mount=\S+ )+", "", one.rest)
                subprocess.run(["sh", "-ec", command], cwd=stage.folder, env=stage.environment(), check=True)
            else:
                assert one.name in _WITHOUT_EFFECT, f"{one.name} cannot be replayed"

    def _give_pip(self, root: Path) -> None:
        """A `pip` that installs into the virtual environment, and takes our package for what the index would have.

        It is uv, which keeps packages between stages and takes a tenth of the time.
        """
        constraint = root / "constraint.txt"
        constraint.write_text(f"buildassets @ {self._wheel.as_uri()}\n")
        script = root / "bin/pip"
        script.parent.mkdir()
        reached = {name: value for name, value in os.environ.items() if name.startswith(("UV_", "SSL_"))}
        known = " ".join(
            f"{name}={shlex.quote(value)}" for name, value in {**reached, "UV_CONSTRAINT": str(constraint)}.items()
        )
        script.write_text(
            "#!/bin/sh\n"
            'for word; do shift; [ "$word" = --no-cache-dir ] || set -- "$@" "$word"; done\n'
            f'{known} exec {uv()} pip "$@" --python {root}/venv/bin/python --quiet\n'
        )
        script.chmod(0o755)

    def _copy(self, stage: Stage, words: list[str]) -> None:
        origin = self._context
        if words[0].startswith("--from="):
            origin = self.stage(words.pop(0).partition("=")[2]).root
        *sources, target = words
        place = _inside(stage.folder, target)
        for source in (_inside(origin, source) for source in sources):
            if source.is_dir():
                shutil.copytree(source, place, symlinks=True, dirs_exist_ok=True, ignore=self._ignored(source))
            else:
                place.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, place)

    def _ignored(self, source: Path) -> Callable[[str, list[str]], set[str]]:
        """Return what a copy of `source` leaves out: names that `.dockerignore` lists at the top of the context."""
        file = self._context / ".dockerignore"
        names = set(file.read_text().split()) if file.exists() and source == self._context else set()
        return lambda folder, found: names & set(found) if Path(folder) == source else set()


def _inside(folder: Path, path: str) -> Path:
    return folder / path.lstrip("/")

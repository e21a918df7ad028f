"""The README's examples are run as they stand."""

import os
import re
import subprocess
import sys
from pathlib import Path

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def blocks(heading: str) -> list[tuple[str, str]]:
    """The fenced blocks below a heading: (language, text)."""
    section = README.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"```(\w+)\n(.*?)```", section, re.DOTALL)


def test_sixty_seconds_of_the_readme_work(tmp_path: Path) -> None:
    (_, build), (_, built), (_, program), (_, printed) = blocks("In sixty seconds")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    shell = subprocess.run(
        ["bash", "-euc", build],
        cwd=tmp_path,
        env={**os.environ, "PATH": path, "LC_ALL": "C"},
        capture_output=True,
        text=True,
    )
    assert (shell.returncode, shell.stdout) == (0, built), shell.stderr
    python = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True)
    assert (python.returncode, python.stdout) == (0, printed), python.stderr


def test_the_readme_takes_four_minutes_to_read() -> None:
    assert len(README.split()) <= 1000


def test_what_is_typed_first_is_there() -> None:
    (_, typed), *_ = blocks("Try it")
    targets = re.findall(r"^make ([\w-]+)", typed, re.MULTILINE)
    rules = (Path(__file__).parents[2] / "Makefile").read_text(encoding="utf-8")
    assert targets == ["demo", "serve", "test"]
    assert all(f"\n{target}:" in rules for target in targets)

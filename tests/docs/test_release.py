"""The commands of docs/deploy/release.md are run as they stand."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.conftest import read_tree, write_tree

PAGE = (Path(__file__).parents[2] / "docs/deploy/release.md").read_text(encoding="utf-8")


def test_commands_of_the_page_succeed(tmp_path: Path) -> None:
    commands = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)[0]
    write_tree(tmp_path, {"assets/css/app.css": "a { color: tan }\n" * 20, "assets/a.png": b"\x89PNG"})
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(["bash", "-euc", commands], cwd=tmp_path, env={**os.environ, "PATH": path}, check=True)
    assert read_tree(tmp_path / "release") == read_tree(tmp_path / "build")


def test_the_commands_about_signatures_do_what_the_page_describes(tmp_path: Path) -> None:
    section = PAGE.partition("\n## Signatures\n")[2].partition("\n## ")[0]
    commands = "\n".join(re.findall(r"```sh\n(.*?)```", section, re.DOTALL))
    write_tree(tmp_path, {"assets/css/app.css": "a { color: tan }\n"})
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    command = ["bash", "-euc", f"buildassets build\n{commands}"]
    done = subprocess.run(command, cwd=tmp_path, env={**os.environ, "PATH": path}, capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "Signature Verified Successfully"), done.stderr

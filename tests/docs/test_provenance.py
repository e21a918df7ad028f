"""The programs of docs/deploy/provenance.md are run as they stand."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.conftest import write_tree

PAGE = (Path(__file__).parents[2] / "docs/deploy/provenance.md").read_text(encoding="utf-8")


def test_statement_is_checked_by_the_command_of_the_page(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/app.css": "a { color: tan }", "assets/jquery.js": "/*! jQuery v3.7.1 | (c) */\n"})
    (command,), (program,) = (re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL) for language in ("sh", "python"))
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(["bash", "-euc", command], cwd=tmp_path, env={**os.environ, "PATH": path}, check=True)
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True)
    assert '"jQuery"' in (tmp_path / "build.cdx.json").read_text()

"""docs/explain/parallel.md: its program runs as it stands, and its numbers are those of the code."""

import re
import subprocess
import sys
from pathlib import Path

from buildassets.compiler.transform.scheduler import BYTES_PER_WORKER, LEAST_COMPILED_BYTES, NATIVE_BYTES_PER_WORKER
from tests.conftest import write_tree

PAGE = (Path(__file__).parents[2] / "docs/explain/parallel.md").read_text(encoding="utf-8")


def test_the_program_builds(tmp_path: Path) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    write_tree(tmp_path, {"assets/a.js": "call( 1 )\n" * 90_000, "assets/b.js": "call( 2 )\n" * 90_000})
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "build/manifest.json").exists()


def test_the_numbers_are_those_of_the_code() -> None:
    assert f"for every {BYTES_PER_WORKER // 1000} kB" in PAGE
    assert f"less than {2 * BYTES_PER_WORKER // 1000} kB" in PAGE
    assert f"one worker for every {NATIVE_BYTES_PER_WORKER // 1000} kB" in PAGE
    assert f"at least {LEAST_COMPILED_BYTES // 1000} kB" in PAGE

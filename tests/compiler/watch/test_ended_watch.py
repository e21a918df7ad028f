"""A watch that a signal ends, or kills, leaves no process."""

import signal
from pathlib import Path

import pytest

from tests.cli.watching import watching
from tests.compiler.watch.test_loop import SITE
from tests.conftest import PATIENCE_SECONDS, children, wait_for, write_tree

pytestmark = pytest.mark.thorough


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGKILL"])
@pytest.mark.parametrize("engine", ["libsass", "dart-sass"])
def test_no_process_stays_behind(tmp_path: Path, engine: str, name: str) -> None:
    sheet = '@import "theme"; a { color: $ink }\n'
    write_tree(tmp_path, {**SITE, "buildassets.toml": f'engines.scss = "{engine}"\n', "assets/css/app.scss": sheet})
    with watching(tmp_path) as watch:
        watch.next()
        (tmp_path / "assets/css/_theme.scss").write_text("$ink: tan;\n")
        watch.next()
        started = children(watch.process.pid)
        assert started
        watch.process.send_signal(getattr(signal, name))
        watch.process.wait(timeout=PATIENCE_SECONDS)
        wait_for(lambda: not any(Path(f"/proc/{one}").exists() for one in started))

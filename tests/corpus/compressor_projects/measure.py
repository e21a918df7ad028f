"""Print the CPU seconds that published projects take with django-compressor and with what takes its place.

`python -m tests.corpus.compressor_projects.measure [PROJECT…]` prints a line for each figure. A template of the
project's environment is edited meanwhile, and written back.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.conftest import write_tree
from tests.corpus.compressor_projects.projects import PRETIX, compress, environment, migrate, run

_TEMPLATES: Final = {
    "pretix": "pretix/presale/templates/pretixpresale/base.html",
    "horizon": "openstack_dashboard/templates/base.html",
    "weblate": "weblate/templates/base.html",
}
_COLUMNS: Final = (
    "collectstatic",
    "compress",
    "first build",
    "nothing changed",
    "another environment variable",
    "a template changed",
    "start of Django",
    "first build with copies",
    "gzip -9 and brotli -q 11",
)


def _seconds(work: Callable[[], object]) -> float:
    before = os.times()
    work()
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


@contextmanager
def _edited(file: Path) -> Iterator[None]:
    content = file.read_bytes()
    try:
        file.write_bytes(content + b"\n<!-- edited -->\n")
        yield
    finally:
        file.write_bytes(content)


def _figures(project: str, folder: Path) -> Iterator[float]:
    theirs, ours, copied = (folder / name for name in ("theirs", "ours", "copied"))
    for side in (theirs, ours, copied):
        write_tree(side, {"pretix.cfg": PRETIX.format(folder=side)})
    yield _seconds(lambda: run(project, "theirs", theirs, "-m", "django", "collectstatic", "--noinput", "-v0"))
    yield _seconds(lambda: compress(project, "theirs", theirs))
    migrate(project, ours)
    for _ in range(2):
        yield _seconds(lambda: compress(project, "ours", ours))
    os.environ["CI_JOB_ID"] = "2"
    yield _seconds(lambda: compress(project, "ours", ours))
    site = next(environment(project).glob("lib/*/site-packages"))
    with _edited(site / _TEMPLATES[project]):
        yield _seconds(lambda: compress(project, "ours", ours))
    yield _seconds(lambda: run(project, "ours", ours, "-c", "import django; django.setup()"))
    migrate(project, copied, copies=("gzip", "br"))
    yield _seconds(lambda: compress(project, "ours", copied))
    yield _seconds(lambda: _copy(copied / "build/assets"))


def _copy(assets: Path) -> None:
    """Compress by the two programs what the build has compressed, several files with each start of one."""
    for suffix, command in (".gz", ["gzip", "-9kS", ".measured"]), (".br", ["brotli", "-q", "11", "-kS", ".measured"]):
        copied = [copy.with_suffix("") for copy in sorted(assets.rglob(f"*{suffix}"))]
        for start in range(0, len(copied), 500):
            subprocess.run([*command, *copied[start : start + 500]], check=True)
        for made in assets.rglob("*.measured"):
            made.unlink()


def main() -> None:
    """Print the figures of each project that the command line names, or of all."""
    for project in sys.argv[1:] or _TEMPLATES:
        with tempfile.TemporaryDirectory() as folder:
            figures = _figures(project, Path(folder).resolve())
            for column, seconds in zip(_COLUMNS, figures, strict=True):
                sys.stdout.write(f"{project:8} {column:30} {seconds:6.1f}\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main()

"""Published packages built with workers and without, by every set of engines."""

import os
from pathlib import Path

import pytest

from buildassets.compiler.transform import scheduler
from tests.conftest import read_tree
from tests.corpus.building import build, source_root
from tests.corpus.packages import node_modules

pytestmark = pytest.mark.corpus

SETTINGS = """
sources = [{roots}]
compress = []
source_maps = {source_maps}
exclude = ["**/*.map"]

[engines]
scss = "{scss}"
css = "{css}"
js = "{js}"
"""


@pytest.mark.parametrize(
    ("scss", "css", "js", "source_maps"),
    [("libsass", "builtin", "rjsmin", "true"), ("dart-sass", "lightningcss", "esbuild", "false")],
)
def test_workers_change_no_byte(
    scss: str, css: str, js: str, source_maps: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduler, "NATIVE_BYTES_PER_WORKER", scheduler.BYTES_PER_WORKER)  # so that workers are used
    os.symlink(node_modules(), tmp_path / "node_modules")
    sheets = ["scss/bootstrap-reboot.scss", "scss/bootstrap-grid.scss"]
    folders = {
        "bootstrap": sheets,
        "leaflet": ["dist/**"],
        "highlight.js": ["es/languages/[a-c]*.js"],
        "d3": ["dist/*.js"],
    }
    roots = ", ".join(source_root(node_modules() / name, name, globs) for name, globs in folders.items())
    settings = SETTINGS.format(roots=roots, scss=scss, css=css, js=js, source_maps=source_maps)
    releases = {}
    for jobs in ("1", "3"):
        release = build(tmp_path, f'output = "build"\n{settings}', "--no-cache", "--jobs", jobs)
        releases[jobs] = (read_tree(release.folder), release.messages.rpartition("\nbuilt ")[0])
        release.folder.rename(tmp_path / f"build{jobs}")
    assert releases["1"] == releases["3"]

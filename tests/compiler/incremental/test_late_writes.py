"""What is written or added while a build is at work counts as changed for the next one."""

import os
import time
from pathlib import Path

import pytest

from buildassets.compiler.build_if_changed import build_if_changed
from buildassets.compiler.cache.looked_at import Decided, LookedAt
from buildassets.compiler.kept import Kept
from buildassets.compiler.request import BuildRequest
from buildassets.compiler.result import BuildResult
from buildassets.disk.files import content_of
from tests.building import load_config, released
from tests.conftest import Tree, settle, write_tree

SITE: Tree = {"assets/a.scss": "", "assets/b.css": "b { c: d }\n", "buildassets.toml": 'engines.scss = "libsass"\n'}


@pytest.mark.parametrize("is_kept", [True, False], ids=["one process", "two processes"])
@pytest.mark.parametrize("has_release", [True, False], ids=["added", "first build"])
def test_source_that_is_written_after_it_was_read_is_compiled_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_kept: bool, has_release: bool
) -> None:
    site = write_tree(tmp_path / "site", SITE)
    kept = Kept()

    def build() -> BuildResult:
        config = load_config(start=str(site))
        return build_if_changed(
            BuildRequest(config=config, cache=str(tmp_path / "cache"), kept=kept if is_kept else None)
        )

    if has_release:
        (site / "assets/a.scss").unlink()
        build()
        (site / "assets/a.scss").touch()
        settle()
    read = content_of

    def read_and_write(path: str) -> bytes:
        content = read(path)
        if path.endswith("a.scss") and not content:
            Path(path).write_text("a { b: c }")
            os.utime(path, (1_700_000_000,) * 2)
        return content

    monkeypatch.setattr("buildassets.compiler.transform.draft.content_of", read_and_write)
    assert released(site, build(), "a.css") == ""
    settle()
    assert "b:c" in released(site, build(), "a.css")


def test_name_that_comes_into_a_folder_while_a_first_build_lists_it_counts_as_changed(tmp_path: Path) -> None:
    looked_at, folder, began_ns = LookedAt(), str(tmp_path), time.time_ns()
    (tmp_path / "late.css").touch()
    assert looked_at.keep(Decided(inputs=[folder], outputs=(), folders=[folder]), began_ns)
    assert looked_at.changed() == {folder}
    settle()
    looked_at.changed()
    assert looked_at.changed() == frozenset()

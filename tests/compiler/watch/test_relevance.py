from pathlib import Path

import pytest

from buildassets.compiler.watch.events.protocol import FileChange, Phase
from buildassets.compiler.watch.relevance import WatchedPaths, watched
from tests.conftest import write_tree


@pytest.fixture
def looked_at(tmp_path: Path) -> WatchedPaths:
    """What is watched of a project with one sheet, a partial from elsewhere, and one that was not found."""
    write_tree(tmp_path, {"site/assets/css/a.css": "", "lib/scss/_b.scss": "", "site/build/manifest.json": ""})
    inputs = ["site/assets", "site/assets/css", "site/assets/css/a.css", "lib/scss/_b.scss", "lib/none/deep/_c.scss"]
    return watched(
        [str(tmp_path / name) for name in inputs],
        [str(tmp_path / "site/assets")],
        [str(tmp_path / "site/build")],
        [str(tmp_path / "site")],
    )


def test_folders_of_all_inputs_are_covered_and_none_else(looked_at: WatchedPaths, tmp_path: Path) -> None:
    covered = {str(Path(folder).relative_to(tmp_path)) for folder in looked_at.folders}
    assert covered == {".", "site", "site/assets", "site/assets/css", "lib/scss", "lib"}


@pytest.mark.parametrize(
    ("name", "phase", "of_names", "matters"),
    [
        ("site/assets/css/a.css", Phase.DONE, False, True),
        ("site/assets/css/unread.css", Phase.DONE, False, True),
        ("site/assets/css/new.css", Phase.DONE, True, True),
        ("site/assets/css/a.css~", Phase.DONE, True, False),
        ("site/assets/css/.a.css.swp", Phase.DONE, True, False),
        ("site/assets/css/a.css___jb_tmp___", Phase.DONE, True, False),
        ("site/assets", Phase.GONE, True, True),
        ("lib/scss/_b.scss", Phase.DONE, False, True),
        ("lib/scss/_unread.scss", Phase.DONE, False, False),
        ("lib/none", Phase.DONE, True, True),
        ("lib/none/deep", Phase.DONE, True, True),
        ("lib/other", Phase.DONE, True, False),
        ("site/app.log", Phase.DONE, True, False),
        ("site", Phase.GONE, True, True),
        ("other", Phase.DONE, True, False),
        ("site/build", Phase.DONE, True, False),
        ("site/build", Phase.GONE, True, True),
        ("site/build/manifest.json", Phase.GONE, True, False),
    ],
)
def test_change_matters(
    looked_at: WatchedPaths, tmp_path: Path, name: str, phase: Phase, of_names: bool, matters: bool
) -> None:
    assert looked_at.matters(FileChange(str(tmp_path / name), phase, of_names)) is matters


@pytest.mark.parametrize(
    ("name", "phase", "matters"),
    [
        ("site/build/manifest.json", Phase.GONE, True),
        ("site/build/assets/css/a.0123.css", Phase.GONE, True),
        ("site/build/assets/css", Phase.GONE, True),
        ("site/build/assets", Phase.GONE, True),
        ("site/build/manifest.json", Phase.DONE, False),
        ("site/build/assets/css/a.4567.css", Phase.GONE, False),
    ],
)
def test_missing_file_of_the_release_matters(
    looked_at: WatchedPaths, tmp_path: Path, name: str, phase: Phase, matters: bool
) -> None:
    outputs = [str(tmp_path / "site/build" / path) for path in ("manifest.json", "assets/css/a.0123.css")]
    looked_at = looked_at.with_release(outputs)
    assert str(tmp_path / "site/build/assets/css") in looked_at.covered
    assert looked_at.matters(FileChange(str(tmp_path / name), phase, of_names=True)) is matters


def test_unknown_path_matters(looked_at: WatchedPaths) -> None:
    assert looked_at.matters(FileChange(""))

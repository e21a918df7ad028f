"""Settings that name nothing."""

from pathlib import Path

import pytest

from tests.building import only
from tests.command import built
from tests.conftest import Tree

FILES: Tree = {"assets/a.css": "a { b: c }\n", "assets/t/x.ejs": "x", "assets/i.png": "", "styles/s.scss": ""}
EMBEDDED = '[data_urls]\ninclude = ["{}"]\n'
PREFIXED = 'sources = [{ path = "assets", prefix = "lib" }]\n'


@pytest.mark.parametrize(
    ("settings", "message", "hint"),
    [
        ('exclude = ["assets/a.css"]', "`assets/a.css` in `exclude` matches nothing", "did you mean `a.css`?"),
        ('exclude = ["./assets/**"]', "`./assets/**` in `exclude` matches nothing", "did you mean `**`?"),
        (PREFIXED + 'exclude = ["assets/*.map"]', "`assets/*.map` in `exclude` matches", "did you mean `lib/*.map`?"),
        ('raw = ["t/*.ejs", "assets/t/*.ejs"]', "`assets/t/*.ejs` in `raw` matches", "did you mean `t/*.ejs`?"),
        ('raw = ["t/*.ejs", "t/y.ejs"]', "`t/y.ejs` in `raw` matches nothing", None),
        ('raw = ["**"]\n' + EMBEDDED.format("img/*.png"), "`img/*.png` in `data_urls.include` matches", None),
        ('raw = ["**"]\nload_paths = ["style"]', "the load path `style` is not a folder", "did you mean `styles`?"),
    ],
)
def test_a_pattern_without_a_match_is_a_warning(tmp_path: Path, settings: str, message: str, hint: str | None) -> None:
    result = built(tmp_path, FILES, settings)
    (found,) = (one for one in result.diagnostics if one.code != "source/uncompiled")
    assert (found.code, found.is_error) == ("config/unmatched", False)
    assert found.message.startswith(message)
    assert hint is None or found.hint == hint


@pytest.mark.parametrize(
    "settings",
    [
        'exclude = ["node_modules", "*.map", "vendor/**", "css/none.css"]',
        'raw = ["**/*.ejs", "*.tmpl"]',
        'raw = ["x.ejs"]\nload_paths = ["styles"]',
        'raw = ["**"]\n' + EMBEDDED.format("*.png"),
    ],
)
def test_patterns_that_match_or_need_not_are_left_alone(tmp_path: Path, settings: str) -> None:
    files = {**FILES, "assets/t/x.ejs": ""} if "raw" in settings else {"assets/a.css": ""}
    assert not built(tmp_path, files, settings + "\n").diagnostics


def test_a_folder_called_as_its_root_may_be_excluded(tmp_path: Path) -> None:
    assert not built(
        tmp_path, {"assets/assets/a.css": "", "assets/b.css": ""}, 'exclude = ["assets/a.css"]'
    ).diagnostics


def test_the_warning_is_at_the_setting(tmp_path: Path) -> None:
    assert only(built(tmp_path, {"assets/a.css": ""}, 'exclude = ["assets/*.css"]')).location is not None

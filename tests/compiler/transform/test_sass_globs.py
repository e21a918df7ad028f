"""Globs in imports of Sass, as sass-rails has them, with both engines."""

from pathlib import Path

import pytest

from buildassets.compiler.transform.sass_globs import with_globs_written_out
from tests.building import codes, released
from tests.command import built, run
from tests.conftest import Tree, write_tree

SHEETS: Tree = {
    "assets/mixins/_b.scss": "$b: 2px;",
    "assets/mixins/a.scss": "$a: 1px;",
    "assets/mixins/c.css": "c { top: 0 }",
    "assets/mixins/deep/_d.scss": "$d: 3px;",
    "assets/mixins/notes.txt": "no sheet",
}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('@import "mixins/*";', '@import "mixins/_b", "mixins/a", "mixins/c";'),
        ("@import 'mixins/*'", '@import "mixins/_b", "mixins/a", "mixins/c";'),
        ('@import "mixins/_*";', '@import "mixins/_b";'),
        ('@import "mixins/*.css";', '@import "mixins/c";'),
        ('@import "x", "mixins/deep/*";', '@import "x", "mixins/deep/_d";'),
        ('@import "mixins/**/*";', '@import "mixins/_b", "mixins/a", "mixins/c", "mixins/deep/_d";'),
        ('@import "*";', '@import "other";'),
        ('@import "none/*"; a {}', " a {}"),
        ('// @import "mixins/*";', '// @import "mixins/*";'),
        ('/* @import "mixins/*"; */', '/* @import "mixins/*"; */'),
        ("a { content: '@import \"mixins/*\";' }", "a { content: '@import \"mixins/*\";' }"),
        ('@import url("a*");', '@import url("a*");'),
        ('@import "http://h/*";', '@import "http://h/*";'),
        ('@import "plain";', '@import "plain";'),
    ],
)
def test_a_glob_is_written_out(tmp_path: Path, written: str, expected: str) -> None:
    write_tree(tmp_path, {**SHEETS, "assets/app.scss": written, "assets/other.scss": ""})
    assert with_globs_written_out(written, str(tmp_path / "assets/app.scss"))[0] == expected


@pytest.mark.parametrize("engine", ["libsass", "dart-sass"])
def test_both_engines_take_them(tmp_path: Path, engine: str) -> None:
    sheet = '@import "mixins/**/*";\na { width: $a + $b + $d }'
    settings = f'minify = false\ncompress = []\n[engines]\nscss = "{engine}"\n'
    result = built(tmp_path, {**SHEETS, "assets/app.scss": sheet}, settings)
    assert [code for code in codes(result) if code != "scss/deprecated"] == []
    assert "width: 6px" in released(tmp_path, result, "app.css")


def test_a_new_sheet_that_a_glob_matches_is_found_by_the_next_build(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/app.scss": '@import "parts/**/*";', "assets/parts/_a.scss": "a { top: 0 }"})
    assert run(tmp_path, "build", "-q").returncode == 0
    assert "wrote nothing" in run(tmp_path, "build").stderr
    write_tree(tmp_path, {"assets/parts/_b.scss": "b { top: 0 }"})
    assert run(tmp_path, "build", "-q").returncode == 0
    (sheet,) = (file for file in (tmp_path / "build/assets").glob("app.*.css") if "b{" in file.read_text())
    assert sheet.read_text().startswith("a{top:0}b{top:0}")


@pytest.mark.parametrize("text", ['@import "' * 5000, "@import " + '"a*",' * 5000, "/*" * 5000, "'" * 9999])
def test_unclosed_text_takes_linear_time(tmp_path: Path, text: str) -> None:
    with_globs_written_out(text, str(tmp_path / "a.scss"))

"""What esbuild prints, as diagnostics; the samples are its own words."""

from pathlib import Path

import pytest

from buildassets.compiler.engines.esbuild.messages import diagnostics_of, read_messages
from buildassets.foundation.diagnostics import Diagnostic, Location
from tests.conftest import write_tree

TWO = """\
▲ [WARNING] Duplicate key "a" in object literal [duplicate-object-key]

    src/a.ts:2:8:
      2 │ p({ a: "ü", a: 2 });
        ╵             ^

  The original key "a" is here:

    src/a.ts:2:4:
      2 │ p({ a: "ü", a: 2 });
        ╵     ^

✘ [ERROR] Could not resolve "./gone"

    src/b.ts:1:7:
      1 │ import "./gone";
        ╵        ~~~~~~~~

  You can mark the path "./gone" as external to exclude it from the bundle, which will remove this error and leave the unresolved path in the bundle.

1 warning and 1 error
"""  # noqa: E501 - it prints such lines


def read(printed: str, folder: Path) -> list[Diagnostic]:
    return list(diagnostics_of(read_messages(printed), str(folder), lambda path: Path(path).name, Location("toml")))


@pytest.fixture
def two(tmp_path: Path) -> list[Diagnostic]:
    write_tree(tmp_path, {"src/a.ts": '// ü\np({ a: "ü", a: 2 });\n', "src/b.ts": 'import "./gone";'})
    return read(TWO, tmp_path)


def test_each_message_is_a_diagnostic(two: list[Diagnostic]) -> None:
    assert [(one.is_error, one.code, one.message) for one in two] == [
        (False, "bundle/esbuild", "duplicate key `a` in object literal"),
        (True, "bundle/missing", "cannot find `./gone`"),
    ]


def test_note_keeps_its_place_and_the_kind_its_name(two: list[Diagnostic]) -> None:
    assert two[0].notes == ("the original key `a` is here: a.ts:2:5", "esbuild calls this `duplicate-object-key`")


def test_advice_on_options_of_esbuild_is_left_out(two: list[Diagnostic]) -> None:
    assert two[1].notes == ()


def test_columns_are_bytes_there_and_characters_here(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.ts": "\n/* üü𝒳 */ let 1;"})
    printed = '✘ [ERROR] Expected identifier but found "1"\n\n    a.ts:2:19:\n      2 │ /* … */ let 1;\n        ╵ ~~\n'
    (found,) = read(printed, tmp_path)
    assert found.location == Location("a.ts", 2, 15, 2, "/* üü𝒳 */ let 1;", 15)


def test_message_without_a_place_has_that_of_the_setting(tmp_path: Path) -> None:
    (found,) = read('✘ [ERROR] Invalid target "es1999" in "--target=es1999"\n\n1 error\n', tmp_path)
    assert found.location == Location("toml")


def test_name_with_quotes_is_read(tmp_path: Path) -> None:
    (message,) = read_messages('✘ [ERROR] Could not resolve "./a\\"b"\n')
    assert message.unresolved == './a"b'


def test_line_that_is_not_a_message_is_skipped() -> None:
    assert read_messages("Segmentation fault\n\n  a: b\n") == []


def test_file_that_is_gone_has_no_excerpt(tmp_path: Path) -> None:
    (found,) = read("✘ [ERROR] Oh\n\n    gone.ts:3:1:\n      3 │ x\n        ╵ ^\n", tmp_path)
    assert found.location == Location("gone.ts", 3, 2, 1, "", 2)

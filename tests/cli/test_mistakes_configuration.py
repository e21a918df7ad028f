"""Mistakes in the configuration, and what is reported of each: the whole message as a user sees it."""

from pathlib import Path

from buildassets.compiler.config.key_table import NAMES
from tests.cli.mistakes import mistaken
from tests.command import release_site, run
from tests.conftest import write_tree


def test_a_key_that_is_set_twice(tmp_path: Path) -> None:
    write_tree(
        tmp_path, {"buildassets.toml": 'minify = true\nsources = ["assets"]\nminify = false\n', "assets/a.css": ""}
    )
    assert mistaken(tmp_path, "build") == (
        2,
        """
error[config/syntax]: the key `minify` is set twice
  --> buildassets.toml:3:1
   |
3  | minify = false
   | ^^^^^^
note: first set at `buildassets.toml:1:1`

hint: remove one of the two
""",
    )


def test_a_table_that_is_declared_twice(tmp_path: Path) -> None:
    write_tree(
        tmp_path, {"buildassets.toml": '[engines]\nscss = "libsass"\n\n[engines]\njs = "none"\n', "assets/a.css": ""}
    )
    assert mistaken(tmp_path, "build") == (
        2,
        """
error[config/syntax]: the table `engines` is declared twice
  --> buildassets.toml:4:2
   |
4  | [engines]
   |  ^^^^^^^
note: first declared at `buildassets.toml:1:2`

hint: write all its keys below one header
""",
    )


def test_a_bundle_that_is_named_twice(tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        {
            "pyproject.toml": '[tool.buildassets.bundles]\n"js/site.js" = ["a.js"]\n"js/site.js" = ["b.js"]\n',
            "assets/a.css": "",
        },
    )
    assert mistaken(tmp_path, "build") == (
        2,
        """
error[config/syntax]: the key `tool.buildassets.bundles."js/site.js"` is set twice
  --> pyproject.toml:3:1
   |
3  | "js/site.js" = ["b.js"]
   | ^^^^^^^^^^^^
note: first set at `pyproject.toml:2:1`

hint: remove one of the two
""",
    )


def test_a_key_that_is_twice_in_an_inline_table(tmp_path: Path) -> None:
    write_tree(
        tmp_path, {"buildassets.toml": 'sources = [{ path = "a", prefix = "x", path = "b" }]\n', "assets/a.css": ""}
    )
    assert mistaken(tmp_path, "build") == (
        2,
        """
error[config/syntax]: the key `sources[0].path` is set twice
  --> buildassets.toml:1:40
   |
1  | sources = [{ path = "a", prefix = "x", path = "b" }]
   |                                        ^^^^
note: first set at `buildassets.toml:1:14`

hint: remove one of the two
""",
    )


def test_a_word_for_a_boolean(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": 'minify = "yes"\n', "assets/a.css": ""})
    assert mistaken(tmp_path, "build") == (
        2,
        """
error[config/type]: `minify` is a string, not a boolean
  --> buildassets.toml:1:10
   |
1  | minify = "yes"
   |          ^^^^^

hint: write `true` or `false`, without quotes
""",
    )


def test_a_string_for_an_array(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": 'sources = "assets"\n', "assets/a.css": ""})
    assert mistaken(tmp_path, "build") == (
        2,
        """
error[config/type]: `sources` is a string, not an array
  --> buildassets.toml:1:11
   |
1  | sources = "assets"
   |           ^^^^^^^^

hint: write it in brackets: `["assets"]`
""",
    )


def test_a_boolean_as_python_writes_it(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": "minify = False\n", "assets/a.css": ""})
    assert mistaken(tmp_path, "build") == (
        2,
        """
error[config/syntax]: invalid value
  --> buildassets.toml:1:10
   |
1  | minify = False
   |          ^

hint: write `false`
""",
    )


def test_a_text_without_quotes(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": "output = build\n", "assets/a.css": ""})
    assert mistaken(tmp_path, "build") == (
        2,
        """
error[config/syntax]: invalid value
  --> buildassets.toml:1:10
   |
1  | output = build
   |          ^

hint: write text in straight quotes: `"build"`
""",
    )


def test_a_backslash_in_a_path(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": 'output = "public\\build"\n', "assets/a.css": ""})
    assert mistaken(tmp_path, "build") == (
        2,
        r"""
error[config/value]: `output` holds a control character, `\b`
  --> buildassets.toml:1:10
   |
1  | output = "public\build"
   |          ^^^^^^^^^^^^^^

hint: write `/`, or put the text in single quotes: between double ones a backslash begins an escape
""",
    )


def test_a_boolean_for_one_of_several_words(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": "integrity = true\n", "assets/a.css": ""})
    assert mistaken(tmp_path, "build") == (
        2,
        """
error[config/type]: `integrity` is a boolean, not a string
  --> buildassets.toml:1:13
   |
1  | integrity = true
   |             ^^^^

hint: use one of `sha256`, `sha384`, `sha512`, `none`
""",
    )


def test_a_boolean_for_an_array(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": "compress = false\n", "assets/a.css": ""})
    assert mistaken(tmp_path, "build") == (
        2,
        """
error[config/type]: `compress` is a boolean, not an array or a table
  --> buildassets.toml:1:12
   |
1  | compress = false
   |            ^^^^^

hint: write `[]` for none
""",
    )


def test_a_number_for_a_table(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": "retain = 3\n", "assets/a.css": ""})
    assert mistaken(tmp_path, "build") == (
        2,
        """
error[config/type]: `retain` is an integer, not a table
  --> buildassets.toml:1:10
   |
1  | retain = 3
   |          ^

hint: write a table, as in `{ key = value }`
""",
    )


def test_a_key_that_is_spelled_wrong(tmp_path: Path) -> None:
    write_tree(tmp_path, {"pyproject.toml": '[tool.buildassets]\nsource = ["assets"]\n', "assets/a.css": ""})
    assert mistaken(tmp_path, "build") == (
        2,
        """
error[config/unknown-key]: unknown key `source`
  --> pyproject.toml:2:1
   |
2  | source = ["assets"]
   | ^^^^^^

hint: did you mean `sources`?
""",
    )


def test_a_value_that_is_spelled_wrong(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": 'missing = "warning"\n', "assets/a.css": ""})
    assert mistaken(tmp_path, "build") == (
        2,
        """
error[config/value]: `missing` cannot be `warning`
  --> buildassets.toml:1:11
   |
1  | missing = "warning"
   |           ^^^^^^^^^

hint: did you mean `warn`?
""",
    )


def test_an_engine_that_there_is_not(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": '[engines]\njs = "terser"\n', "assets/a.css": ""})
    assert mistaken(tmp_path, "build") == (
        2,
        """
error[config/value]: `engines.js` cannot be `terser`
  --> buildassets.toml:2:6
   |
2  | js = "terser"
   |      ^^^^^^^^

hint: use one of `rjsmin`, `esbuild`, `none`, or install the package that has it
""",
    )


def test_a_query_of_browserslist(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": 'browsers = ["> 0.5%", "last 2 versions"]\n', "assets/a.css": ""})
    assert mistaken(tmp_path, "build") == (
        2,
        """
error[config/value]: `browsers[0]` cannot be `> 0.5%`
  --> buildassets.toml:1:13
   |
1  | browsers = ["> 0.5%", "last 2 versions"]
   |             ^^^^^^^^

hint: use one of `chrome`, `edge`, `firefox`, `ios`, `opera`, `safari`, as in `safari 16.4`

error[config/value]: `browsers[1]` cannot be `last 2 versions`
  --> buildassets.toml:1:23
   |
1  | browsers = ["> 0.5%", "last 2 versions"]
   |                       ^^^^^^^^^^^^^^^^^

hint: use one of `chrome`, `edge`, `firefox`, `ios`, `opera`, `safari`, as in `safari 16.4`
""",
    )


def test_a_size_with_a_unit_that_there_is_not(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": '[budgets]\n"a.css" = "60 kilobytes"\n', "assets/a.css": ""})
    assert mistaken(tmp_path, "build") == (
        2,
        """
error[config/value]: `budgets."a.css"` cannot be `60 kilobytes`
  --> buildassets.toml:2:11
   |
2  | "a.css" = "60 kilobytes"
   |           ^^^^^^^^^^^^^^

hint: write a size such as `60 kB`, `60 KiB` or `61440`
""",
    )


def test_the_header_of_pyproject_in_a_file_of_our_own(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": "[tool.buildassets]\nminify = false\n", "assets/a.css": ""})
    assert mistaken(tmp_path, "build") == (
        2,
        """
error[config/unknown-key]: unknown key `tool`
  --> buildassets.toml:1:2
   |
1  | [tool.buildassets]
   |  ^^^^

hint: leave `tool.buildassets` out of the headers: in this file the keys are at the top
""",
    )


def test_a_table_of_pyproject_without_tool(tmp_path: Path) -> None:
    write_tree(tmp_path, {"pyproject.toml": '[buildassets]\nsources = ["front"]\n', "front/a.css": ""})
    assert mistaken(tmp_path, "build") == (
        2,
        """
error[config/no-sources]: there are no sources: no `sources` are named, and there is no folder `assets/` or `static/`
  --> pyproject.toml:1:2
   |
1  | [buildassets]
   |  ^^^^^^^^^^^

hint: write `[tool.buildassets]` for `[buildassets]`
""",
    )


def test_a_table_of_pyproject_with_a_dash(tmp_path: Path) -> None:
    write_tree(tmp_path, {"pyproject.toml": '[tool.build-assets]\nsources = ["front"]\n', "front/a.css": ""})
    assert mistaken(tmp_path, "build") == (
        2,
        """
error[config/no-sources]: there are no sources: no `sources` are named, and there is no folder `assets/` or `static/`
  --> pyproject.toml:1:7
   |
1  | [tool.build-assets]
   |       ^^^^^^^^^^^^

hint: write `[tool.buildassets]` for `[tool.build-assets]`
""",
    )


def test_a_source_root_that_is_spelled_wrong(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": 'sources = ["asset"]\n', "assets/a.css": ""})
    assert mistaken(tmp_path, "build") == (
        2,
        """
error[config/source]: the source root `asset` does not exist
  --> buildassets.toml:1:12
   |
1  | sources = ["asset"]
   |            ^^^^^^^

hint: did you mean `assets`?
""",
    )


def test_a_folder_with_nothing_to_build(tmp_path: Path) -> None:
    write_tree(tmp_path, {"README.md": "x"})
    assert mistaken(tmp_path, "build") == (
        2,
        """
error[config/no-sources]: there are no sources: no `sources` are named, and there is no folder `assets/` or `static/`
note: there is no `buildassets.toml`, and no `pyproject.toml` with `[tool.buildassets]`, here or above

hint: create `assets/`, or name your folders in `sources`
""",
    )


def test_the_folder_above_the_project(tmp_path: Path) -> None:
    write_tree(tmp_path, {"site/buildassets.toml": "", "site/assets/a.css": ""})
    assert mistaken(tmp_path, "build") == (
        2,
        """
error[config/no-sources]: there are no sources: no `sources` are named, and there is no folder `assets/` or `static/`
note: there is no `buildassets.toml`, and no `pyproject.toml` with `[tool.buildassets]`, here or above

hint: change to `site/`, or name the configuration: `--config site/buildassets.toml`
""",
    )


def test_sources_in_a_folder_below(tmp_path: Path) -> None:
    write_tree(tmp_path, {"src/assets/a.css": "", "src/app.py": ""})
    assert mistaken(tmp_path, "build") == (
        2,
        """
error[config/no-sources]: there are no sources: no `sources` are named, and there is no folder `assets/` or `static/`
note: there is no `buildassets.toml`, and no `pyproject.toml` with `[tool.buildassets]`, here or above

hint: name the folder in `sources`: `sources = ["src/assets"]`
""",
    )


def test_a_folder_for_a_configuration(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a.css": "", "conf/x": ""})
    assert mistaken(tmp_path, "build", "--config", "conf") == (
        2,
        """
error[config/unreadable]: cannot read `conf`: is a directory
  --> conf

hint: name a file that exists
""",
    )


def test_a_configuration_that_is_not_there(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a.css": "", "buildassets.toml": ""})
    assert mistaken(tmp_path, "build", "--config", "buildasset.toml") == (
        2,
        """
error[config/unreadable]: cannot read `buildasset.toml`: no such file or directory
  --> buildasset.toml

hint: did you mean `buildassets.toml`?
""",
    )


def test_a_configuration_in_json(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a.css": "", "buildassets.json": '{"minify": true}\n'})
    assert mistaken(tmp_path, "build", "--config", "buildassets.json") == (
        2,
        """
error[config/syntax]: invalid statement
  --> buildassets.json:1:1
   |
1  | {"minify": true}
   | ^

hint: write a line `key = value` for each setting; the file is TOML, neither JSON nor YAML
""",
    )


def test_a_release_directory_that_is_the_source_root(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a.css": ""})
    assert mistaken(tmp_path, "build", "-o", "assets") == (
        2,
        """
error[config/output]: `assets` is both a source root and the release directory

hint: choose another folder for `output`
""",
    )


def test_a_release_directory_in_a_source_root_is_passed_over(tmp_path: Path) -> None:
    release_site(tmp_path, {"assets/a.css": "a {}\n"}, "-o", "assets/x")
    assert "wrote nothing" in run(tmp_path, "build", "-o", "assets/x").stderr


def test_a_bundle_that_names_no_file(tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        {
            "buildassets.toml": '[bundles]\n"js/site.js" = ["js/menu.js", "js/tab.js"]\n',
            "assets/js/menu.js": "f(1);\n",
            "assets/js/tabs.js": "f(1);\n",
        },
    )
    assert mistaken(tmp_path, "build") == (
        1,
        """
error[bundle/empty]: `js/tab.js` in the bundle `js/site.js` matches no source
  --> buildassets.toml:2:31
   |
2  | "js/site.js" = ["js/menu.js", "js/tab.js"]
   |                               ^^^^^^^^^^^

hint: did you mean `js/tabs.js`?

failed with 1 error; there is no release yet
""",
    )


def test_an_import_map_that_names_no_asset(tmp_path: Path) -> None:
    write_tree(
        tmp_path, {"buildassets.toml": '[importmap]\nlit = "vendor/lit/index.js"\n', "assets/vendor/lit.js": "f(1);\n"}
    )
    assert mistaken(tmp_path, "build") == (
        1,
        """
error[importmap/missing]: import map entry `lit` names no asset: `vendor/lit/index.js`
  --> buildassets.toml:2:7
   |
2  | lit = "vendor/lit/index.js"
   |       ^^^^^^^^^^^^^^^^^^^^^

hint: write the logical path of an asset, or an absolute URL

failed with 1 error; there is no release yet
""",
    )


def test_a_script_over_its_budget(tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        {
            "buildassets.toml": '[budgets]\n"app.js" = "20 B"\n',
            "assets/app.js": "document.body.append('hello, world, how are you');\n",
        },
    )
    assert mistaken(tmp_path, "build") == (
        1,
        """
error[budget/exceeded]: `app.js` is 50 B after gzip, 30 B over its budget of 20 B
  --> buildassets.toml:2:12
   |
2  | "app.js" = "20 B"
   |            ^^^^^^

hint: make it smaller, or raise its budget

failed with 1 error; there is no release yet
""",
    )


def test_types_that_browsers_refuse(tmp_path: Path) -> None:
    types = '[types]\n".css" = "text/plain"\n".js" = "text/foo"\n".mjs" = "application/JavaScript"\n'
    write_tree(tmp_path, {"buildassets.toml": types, "assets/a.css": ""})
    assert mistaken(tmp_path, "build") == (
        2,
        """
error[config/value]: `types.".css"` cannot be `text/plain`: browsers take no style sheet of that type
  --> buildassets.toml:2:10
   |
2  | ".css" = "text/plain"
   |          ^^^^^^^^^^^^

hint: write `text/css`, or leave it out

error[config/value]: `types.".js"` cannot be `text/foo`: browsers take no script of that type
  --> buildassets.toml:3:9
   |
3  | ".js" = "text/foo"
   |         ^^^^^^^^^^

hint: write `text/javascript`, or leave it out
""",
    )


def test_a_key_that_no_table_has(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": "zzz = 1\n", "assets/a.css": ""})
    assert mistaken(tmp_path, "build") == (
        2,
        f"""
error[config/unknown-key]: unknown key `zzz`
  --> buildassets.toml:1:1
   |
1  | zzz = 1
   | ^^^

hint: use one of {", ".join(f"`{name}`" for name in sorted(NAMES))}
""",
    )


def test_a_key_of_a_source_root_at_the_top(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": 'prefer = "source"\n', "assets/a.css": ""})
    assert mistaken(tmp_path, "build") == (
        2,
        """
error[config/unknown-key]: unknown key `prefer`
  --> buildassets.toml:1:1
   |
1  | prefer = "source"
   | ^^^^^^

hint: put it into an element of `sources`, as in `{ path = "assets", prefer = "compiled" }`
""",
    )


def test_the_whole_file_system_as_a_source_root(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": 'sources = ["/"]\n'})
    assert mistaken(tmp_path, "build") == (
        2,
        """
error[config/source]: the source root `/` is the whole file system
  --> buildassets.toml:1:12
   |
1  | sources = ["/"]
   |            ^^^

hint: name the folder that your assets are in
""",
    )


def test_bundles_without_quotes(tmp_path: Path) -> None:
    bundles = '[bundles]\nx.css = ["a.css"]\ny.min.js = { files = ["b.js"] }\n'
    write_tree(tmp_path, {"buildassets.toml": bundles, "assets/a.css": ""})
    assert mistaken(tmp_path, "build") == (
        2,
        """
error[config/value]: `bundles.x.css` is a key in a table, as dots part keys
  --> buildassets.toml:2:3
   |
2  | x.css = ["a.css"]
   |   ^^^

hint: put the path in quotes: `"x.css"`

error[config/value]: `bundles.y.min.js` is a key in a table, as dots part keys
  --> buildassets.toml:3:7
   |
3  | y.min.js = { files = ["b.js"] }
   |       ^^

hint: put the path in quotes: `"y.min.js"`
""",
    )


def test_a_setting_below_the_header_of_bundles(tmp_path: Path) -> None:
    bundles = '[bundles]\n"x.css" = ["a.css"]\nentries = ["x.css"]\n'
    write_tree(tmp_path, {"buildassets.toml": bundles, "assets/a.css": ""})
    assert mistaken(tmp_path, "build") == (
        2,
        """
error[config/value]: `bundles.entries` is not a bundle, but a setting
  --> buildassets.toml:3:1
   |
3  | entries = ["x.css"]
   | ^^^^^^^

hint: put `entries` above `[bundles]`: keys below a header belong to its table
""",
    )


def test_bundles_with_one_fault_each(tmp_path: Path) -> None:
    bundles = '[bundles]\n"x.css" = "a.css"\n"y.css" = { file = ["a.css"] }\n'
    write_tree(tmp_path, {"buildassets.toml": bundles, "assets/a.css": ""})
    assert mistaken(tmp_path, "build") == (
        2,
        """
error[config/type]: `bundles."x.css"` is a string, not an array
  --> buildassets.toml:2:11
   |
2  | "x.css" = "a.css"
   |           ^^^^^^^

hint: write it in brackets: `["a.css"]`

error[config/unknown-key]: unknown key `bundles."y.css".file`
  --> buildassets.toml:3:13
   |
3  | "y.css" = { file = ["a.css"] }
   |             ^^^^

hint: did you mean `files`?
""",
    )


def test_an_integrity_of_another_length(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": 'integrity = "sha1"\n', "assets/a.css": ""})
    assert mistaken(tmp_path, "build") == (
        2,
        """
error[config/value]: `integrity` cannot be `sha1`
  --> buildassets.toml:1:13
   |
1  | integrity = "sha1"
   |             ^^^^^^

hint: use one of `sha256`, `sha384`, `sha512`, `none`
""",
    )


def test_patterns_of_bundles_in_another_syntax(tmp_path: Path) -> None:
    bundles = '[bundles]\n"x.js" = ["js/{a,b}.js", "js", "!js/b.js"]\n'
    write_tree(tmp_path, {"buildassets.toml": bundles, "assets/js/a.js": "a()\n", "assets/js/b.js": "b()\n"})
    assert mistaken(tmp_path, "check") == (
        1,
        """
error[bundle/empty]: `js/{a,b}.js` in the bundle `x.js` matches no source
  --> buildassets.toml:2:11
   |
2  | "x.js" = ["js/{a,b}.js", "js", "!js/b.js"]
   |           ^^^^^^^^^^^^^

hint: write a pattern for each: `js/a.js`, `js/b.js`; braces have no special meaning

error[bundle/empty]: `js` in the bundle `x.js` matches no source
  --> buildassets.toml:2:26
   |
2  | "x.js" = ["js/{a,b}.js", "js", "!js/b.js"]
   |                          ^^^^

hint: it is a folder: write `js/*.js`

error[bundle/empty]: `!js/b.js` in the bundle `x.js` matches no source
  --> buildassets.toml:2:32
   |
2  | "x.js" = ["js/{a,b}.js", "js", "!js/b.js"]
   |                                ^^^^^^^^^^

hint: name the files that are wanted: no pattern takes away what others match

3 errors, 0 warnings
""",
    )


def test_a_glob_for_what_esbuild_begins_with(tmp_path: Path) -> None:
    bundles = '[bundles]\n"x.js" = { files = ["js/*.js"], bundle = true }\n'
    write_tree(tmp_path, {"buildassets.toml": bundles, "assets/js/a.js": "a()\n"})
    assert mistaken(tmp_path, "check") == (
        1,
        """
error[bundle/empty]: `js/*.js` in the bundle `x.js` is not a file
  --> buildassets.toml:2:21
   |
2  | "x.js" = { files = ["js/*.js"], bundle = true }
   |                     ^^^^^^^^^

hint: name one file: esbuild begins with it and takes what it imports

1 error, 0 warnings
""",
    )


def test_a_script_in_a_bundle_of_style_sheets(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": '[bundles]\n"x.css" = ["*"]\n', "assets/a.js": "a()\n"})
    assert mistaken(tmp_path, "check") == (
        1,
        """
error[bundle/kind]: `assets/a.js` cannot be joined into `x.css`: it is not a style sheet
  --> buildassets.toml:2:11
   |
2  | "x.css" = ["*"]
   |           ^^^^^

hint: name its kind in the pattern, as in `css/*.css`

1 error, 0 warnings
""",
    )


def test_a_budget_of_no_asset(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": '[budgets]\n"b.css" = "1 kB"\n"aa.css" = 1\n', "assets/a.css": "\n"})
    assert mistaken(tmp_path, "check") == (
        1,
        """
error[budget/unknown]: there is no asset `b.css`
  --> buildassets.toml:2:11
   |
2  | "b.css" = "1 kB"
   |           ^^^^^^

hint: name an asset by its logical path, as in `a.css`, or several by a glob

error[budget/unknown]: there is no asset `aa.css`
  --> buildassets.toml:3:12
   |
3  | "aa.css" = 1
   |            ^

hint: did you mean `a.css`?

2 errors, 0 warnings
""",
    )

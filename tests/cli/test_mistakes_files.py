"""Mistakes in files and references, and what is reported of each: the whole message as a user sees it."""

from pathlib import Path

import pytest

from tests.cli.mistakes import mistaken, unprivileged
from tests.command import run
from tests.conftest import write_tree


def test_a_first_build_that_fails(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/app.css": "a { background: url(b.svg) }\n"})
    assert mistaken(tmp_path, "build") == (
        1,
        """
error[reference/missing]: cannot find `b.svg`
  --> assets/app.css:1:21
   |
1  | a { background: url(b.svg) }
   |                     ^^^^^
note: looked in `assets/`

failed with 1 error; there is no release yet
""",
    )


def test_an_import_of_a_package_in_a_sheet(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/css/tw.css": '@import "milligram";\n'})
    assert mistaken(tmp_path, "build") == (
        1,
        """
error[reference/missing]: cannot find `css/milligram`
  --> assets/css/tw.css:1:10
   |
1  | @import "milligram";
   |          ^^^^^^^^^
note: looked in `assets/`

hint: write the path of a sheet in a source root: browsers look for it next to this one, not among packages

failed with 1 error; there is no release yet
""",
    )


@pytest.mark.parametrize(
    ("rule", "hint"),
    [
        (
            '@import url("tailwindcss");',
            'write `@import "tailwindcss"` for Tailwind to compile it: what has `url()` is left to the browser',
        ),
        ('@import "tailwindcs";', "did you mean `tailwindcss`?"),
        ('@import "tailwind-css";', "did you mean `tailwindcss`?"),
    ],
)
def test_an_import_that_is_meant_for_tailwind(tmp_path: Path, rule: str, hint: str) -> None:
    write_tree(tmp_path, {"assets/a.css": f"{rule}\n"})
    code, shown = mistaken(tmp_path, "build")
    assert (code, f"hint: {hint}\n" in shown) == (1, True)


def test_missing_sheet_among_others(tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        {
            "assets/css/app.css": "a { background: url(hero.css) }\n",
            "assets/css/print.css": "",
            "assets/css/base.css": "",
        },
    )
    assert mistaken(tmp_path, "build") == (
        1,
        """
error[reference/missing]: cannot find `css/hero.css`
  --> assets/css/app.css:1:21
   |
1  | a { background: url(hero.css) }
   |                     ^^^^^^^^
note: looked in `assets/`

failed with 1 error; there is no release yet
""",
    )


def test_missing_script_among_others(tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        {"assets/js/app.js": 'import "./cart.js";\n', "assets/js/main.js": "f(1);\n", "assets/js/tabs.js": "f(2);\n"},
    )
    assert mistaken(tmp_path, "build") == (
        1,
        """
error[reference/missing]: cannot find `js/cart.js`
  --> assets/js/app.js:1:9
   |
1  | import "./cart.js";
   |         ^^^^^^^^^
note: looked in `assets/`

failed with 1 error; there is no release yet
""",
    )


def test_a_name_in_another_case(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/css/app.css": "a { background: url(../img/Logo.png) }\n", "assets/img/logo.png": "x"})
    assert mistaken(tmp_path, "build") == (
        1,
        """
error[reference/missing]: cannot find `img/Logo.png`
  --> assets/css/app.css:1:21
   |
1  | a { background: url(../img/Logo.png) }
   |                     ^^^^^^^^^^^^^^^
note: looked in `assets/`

hint: did you mean `img/logo.png`?

failed with 1 error; there is no release yet
""",
    )


def test_backslashes_in_a_url(tmp_path: Path) -> None:
    write_tree(
        tmp_path, {"assets/css/app.css": "a { background: url(..\\img\\logo.png) }\n", "assets/img/logo.png": "x"}
    )
    assert mistaken(tmp_path, "build") == (
        1,
        r"""
error[reference/missing]: cannot find `css/..imglogo.png`
  --> assets/css/app.css:1:21
   |
1  | a { background: url(..\img\logo.png) }
   |                     ^^^^^^^^^^^^^^^
note: looked in `assets/`

hint: write `../img/logo.png`: in a URL of CSS a backslash begins an escape

failed with 1 error; there is no release yet
""",
    )


def test_a_string_that_is_never_closed(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/app.js": 'f("never closed);\n'})
    assert mistaken(tmp_path, "build") == (
        1,
        """
error[js/syntax]: unclosed string
  --> assets/app.js:1:3
   |
1  | f("never closed);
   |   ^^^^^^^^^^^^^^^

hint: close it in its line with the quote that it begins with

failed with 1 error; there is no release yet
""",
    )


def test_an_import_without_a_suffix(tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        {"assets/js/app.js": 'import { f } from "./lib";\nf(1);\n', "assets/js/lib.js": "export const f = alert;\n"},
    )
    assert mistaken(tmp_path, "build") == (
        1,
        """
error[reference/missing]: cannot find `js/lib`
  --> assets/js/app.js:1:20
   |
1  | import { f } from "./lib";
   |                    ^^^^^
note: looked in `assets/`

hint: write `./lib.js`, or set `resolve = "bundler"`, which finds it

failed with 1 error; there is no release yet
""",
    )


def test_a_comma_too_many_in_a_web_manifest(tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        {"assets/site.webmanifest": '{\n  "name": "x",\n  "icons": [{ "src": "a.png" },]\n}\n', "assets/a.png": "x"},
    )
    assert mistaken(tmp_path, "build") == (
        0,
        """
warning[json/syntax]: `assets/site.webmanifest` is not JSON: there is a comma before `]`
  --> assets/site.webmanifest:3:31
   |
3  |   "icons": [{ "src": "a.png" },]
   |                               ^

hint: remove comments and trailing commas, and write texts in double quotes

built 2 assets (53 B) into `build/`, wrote 3 files, 0.00 s
""",
    )


def test_a_reference_to_a_broken_link(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a.css": "a { background: url(logo.png) }\n"})
    (tmp_path / "assets/logo.png").symlink_to("../../shared/logo.png")
    assert mistaken(tmp_path, "build") == (
        1,
        """
warning[source/link-dangling]: skipped `assets/logo.png`: it is a link that leads nowhere
  --> assets/logo.png

hint: correct or delete the link, or leave it out with `exclude`

error[reference/missing]: cannot find `logo.png`
  --> assets/a.css:1:21
   |
1  | a { background: url(logo.png) }
   |                     ^^^^^^^^
note: `logo.png` is a link that leads nowhere

failed with 1 error; there is no release yet
""",
    )


def test_a_sheet_in_latin_1(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a.css": "a::after { content: 'caf\xe9' }\n".encode("latin-1")})
    assert mistaken(tmp_path, "build") == (
        1,
        """
error[source/encoding]: byte 0xe9 is not UTF-8
  --> assets/a.css:1:25
   |
1  | a::after { content: 'caf�' }
   |                         ^

hint: save the file as UTF-8

failed with 1 error; there is no release yet
""",
    )


def test_an_image_of_sixty_megabytes(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/img/hero.png": b"\x89PNG" + bytes(60_000_000)})
    assert mistaken(tmp_path, "build") == (
        0,
        """
warning[source/large]: `img/hero.png` is 60.0 MB, which pages wait for
  --> assets/img/hero.png

hint: make it smaller: no more pixels than pages show, as WebP or AVIF; `warn` under `[images]` in `buildassets.toml` sets what is too large

built 1 asset (60.0 MB) into `build/`, wrote 2 files, 0.00 s
""",  # noqa: E501
    )


def test_a_name_in_a_template_that_is_spelled_wrong(tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        {
            "buildassets.toml": '[templates]\ndirs = ["templates"]\n',
            "assets/css/app.css": "",
            "templates/base.html": "<head>\n{{ stylesheet('css/ap.css') }}\n",
        },
    )
    assert mistaken(tmp_path, "check") == (
        1,
        """
error[template/missing]: no asset is named `css/ap.css`
  --> templates/base.html:2:16
   |
2  | {{ stylesheet('css/ap.css') }}
   |                ^^^^^^^^^^

hint: did you mean `css/app.css`?

checked 1 name in 1 template
1 error, 0 warnings
""",
    )


def test_a_name_in_a_template_with_its_source_root(tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        {
            "buildassets.toml": '[templates]\ndirs = ["templates"]\n',
            "assets/css/app.css": "",
            "templates/base.html": "<head>\n{{ stylesheet('assets/css/app.css') }}\n",
        },
    )
    assert mistaken(tmp_path, "check") == (
        1,
        """
error[template/missing]: no asset is named `assets/css/app.css`
  --> templates/base.html:2:16
   |
2  | {{ stylesheet('assets/css/app.css') }}
   |                ^^^^^^^^^^^^^^^^^^

hint: did you mean `css/app.css`?

checked 1 name in 1 template
1 error, 0 warnings
""",
    )


def test_a_folder_of_templates_that_is_spelled_wrong(tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        {"buildassets.toml": '[templates]\ndirs = ["template"]\n', "assets/css/app.css": "", "templates/base.html": ""},
    )
    assert mistaken(tmp_path, "check") == (
        1,
        """
error[template/folder]: there is no folder of templates `template`
  --> buildassets.toml:2:9
   |
2  | dirs = ["template"]
   |         ^^^^^^^^^^

hint: did you mean `templates`?

1 error, 0 warnings
""",
    )


def test_two_sources_of_one_name(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a.css": "a { b: c }\n", "assets/a.scss": "a { b: c }\n"})
    assert mistaken(tmp_path, "build") == (
        1,
        """
error[source/duplicate]: `assets/a.css` and `assets/a.scss` both make `a.css`
  --> assets/a.scss

hint: choose with `prefer = "compiled"` or `prefer = "source"` in `sources`, rename one of them, or leave it \
out with `exclude`

failed with 1 error; there is no release yet
""",
    )


def test_a_source_that_may_not_be_read(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a.css": ""})
    (tmp_path / "assets/a.css").chmod(0)
    assert unprivileged(tmp_path, "build") == (
        1,
        """
error[source/unreadable]: cannot read `assets/a.css`: permission denied
  --> assets/a.css

hint: check its permissions, or leave it out with `exclude`

failed with 1 error; there is no release yet
""",
    )


def test_a_folder_that_may_not_be_read(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a.css": "", "assets/img/a.png": ""})
    (tmp_path / "assets/img").chmod(0)
    assert unprivileged(tmp_path, "build") == (
        1,
        """
error[source/unreadable]: cannot read the folder `assets/img`: permission denied
  --> assets/img

hint: check its permissions, or leave it out with `exclude`

failed with 1 error; there is no release yet
""",
    )


@pytest.mark.parametrize(("path", "reason"), [("notes", "it is not a folder"), ("notes/cache", "not a directory")])
@pytest.mark.parametrize("asset", ["a.css", "a.bin"])
def test_a_cache_in_which_nothing_can_be_kept_is_a_warning(tmp_path: Path, path: str, reason: str, asset: str) -> None:
    write_tree(tmp_path, {"buildassets.toml": "", f"assets/{asset}": "a {}\n", "notes": ""})
    for _ in range(2):
        done = run(tmp_path, "build", "--cache-dir", path)
        assert done.returncode == 0
        assert f"warning[config/cache]: the cache `{path}` cannot be used: {reason}\n" in done.stderr
    assert "warning" not in run(tmp_path, "build", "--no-cache").stderr


def test_a_release_directory_that_may_not_be_written(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a.css": ""})
    (tmp_path / "build").mkdir(mode=0o555)
    assert unprivileged(tmp_path, "build") == (
        1,
        """
error[output/unwritable]: cannot write the release directory `build`: permission denied
  --> build

hint: check the permissions and the free space there, or name another folder with `-o` or as `output`

failed with 1 error; there is no release yet
""",
    )


def test_a_web_manifest_that_is_not_closed(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/site.webmanifest": '{"a":1'})
    assert mistaken(tmp_path, "check") == (
        0,
        """
warning[json/syntax]: `assets/site.webmanifest` is not JSON: unclosed `{`
  --> assets/site.webmanifest:1:1
   |
1  | {"a":1
   | ^

hint: close it with `}`

0 errors, 1 warning
""",
    )

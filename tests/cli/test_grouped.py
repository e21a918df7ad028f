"""All references to one missing asset are one fault where a person reads of them."""

import json
from pathlib import Path

import pytest

from tests.command import run
from tests.conftest import Tree, write_tree

SITE: Tree = {
    "buildassets.toml": "",
    **{f"assets/css/{name}.css": "a { background: url(gone.png) }\nb { src: url(gone.png) }\n" for name in "abcd"},
    "assets/css/e.css": "a { background: url(lost.png) }\n",
}


def test_references_to_one_missing_asset_are_one_error(tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, SITE), "build")
    assert done.stderr.count("error[reference/missing]") == 2
    assert "cannot find `css/gone.png`\n  --> assets/css/a.css:1:21\n" in done.stderr
    others = "`assets/css/a.css:2:14`, `assets/css/b.css:1:21`, `assets/css/b.css:2:14`"
    assert f"note: also referred to from {others}, `assets/css/c.css:1:21`, `assets/css/c.css:2:14` and 2 more\n" in (
        done.stderr
    )


def test_summary_names_the_setting_for_missing_references(tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, SITE), "build")
    way = '`missing = "warn"` makes missing references warnings'
    assert done.stderr.endswith(f"\nfailed with 2 errors; there is no release yet; {way}\n")
    assert run(tmp_path, "check").stderr.endswith(f"\n2 errors, 0 warnings; {way}\n")
    write_tree(tmp_path, {"buildassets.toml": 'missing = "warn"\n'})
    done = run(tmp_path, "check")
    assert (done.returncode, done.stderr.splitlines()[-1]) == (0, "0 errors, 2 warnings")
    done = run(tmp_path, "build")
    assert (done.returncode, way in done.stderr) == (0, False)


def test_names_of_one_missing_asset_in_templates_are_one_error(tmp_path: Path) -> None:
    pages = {f"templates/{name}.html": "{{ asset('gone.css') }}\n{{ asset('gone.css') }}\n" for name in "ab"}
    done = run(write_tree(tmp_path, {"assets/a.css": "", **pages, "templates/c.html": "{{ image('b.png') }}"}), "check")
    assert done.stderr.count("error[template/missing]") == 2
    others = "`templates/a.html:2:11`, `templates/b.html:1:11`, `templates/b.html:2:11`"
    assert f"note: also referred to from {others}\n" in done.stderr
    assert done.stderr.endswith("\n2 errors, 0 warnings\n")


def test_summary_names_the_setting_only_for_the_errors_that_it_changes(tmp_path: Path) -> None:
    write_tree(tmp_path, {**SITE, "templates/a.html": "{{ asset('x.css') }}{{ asset('y.css') }}"})
    assert run(tmp_path, "check").stderr.endswith(
        '\n4 errors, 0 warnings; `missing = "warn"` makes 2 of the errors warnings\n'
    )
    write_tree(tmp_path, {"buildassets.toml": 'missing = "warn"\n'})
    assert run(tmp_path, "check").stderr.endswith("\n2 errors, 2 warnings\n")


def test_summary_does_not_name_the_setting_for_files_that_links_keep_out(tmp_path: Path) -> None:
    for name in "ab":
        write_tree(tmp_path, {f"else/{name}.png": "", f"assets/{name}.css": f"a {{ background: url({name}.png) }}"})
        (tmp_path / f"assets/{name}.png").symlink_to(tmp_path / f"else/{name}.png")
    done = run(tmp_path, "build")
    assert (done.stderr.count("error[reference/missing]"), '`missing = "warn"`' in done.stderr) == (2, False)


def test_json_and_annotations_have_each_reference(tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, SITE), "build", "--json", GITHUB_ACTIONS="true", CI="true")
    assert len(json.loads(done.stdout)["diagnostics"]) == 9
    assert done.stderr.count("::error ") == 9


PACKAGES: Tree = {
    "buildassets.toml": 'load_paths = ["node_modules"]\n[engines]\nscss = "dart-sass"\n',
    "node_modules/grid/_grid.scss": "a { width: (1/3); color: red(blue) }\n",
    "assets/a.scss": '@use "grid/grid";\n',
}


def test_deprecations_in_packages_are_one_line_at_each_build(tmp_path: Path) -> None:
    write_tree(tmp_path, PACKAGES)
    place = "`node_modules/grid/_grid.scss:1:13`"
    line = f"warning[scss/package-deprecated]: 3 deprecations in Sass sheets of packages, as in {place}\n\n"
    for _ in range(3):
        assert run(tmp_path, "build").stderr.startswith(f"{line}built ")
    assert run(tmp_path, "check").stderr == f"{line}0 errors, 1 warning\n"
    assert run(tmp_path, "build", "--no-cache", GITHUB_ACTIONS="true", CI="true").stderr.count("::warning") == 1
    assert len(json.loads(run(tmp_path, "build", "--json").stdout)["diagnostics"]) == 3


def test_sheet_with_deprecations_of_packages_is_rebuilt_alone(tmp_path: Path) -> None:
    write_tree(tmp_path, {**PACKAGES, "assets/b.css": "b{c:d}"})
    run(tmp_path, "build")
    write_tree(tmp_path, {"assets/a.scss": '@use "grid/grid";\na { b: c }\n'})
    done = run(tmp_path, "build", "-v")
    assert "3 deprecations in Sass sheets of packages" in done.stderr
    assert "b.css" not in done.stderr


GATHERED: Tree = {
    "buildassets.toml": 'sources = ["assets", { path = "theirs", vendored = true }]\n[engines]\njs = "rjsmin"\n',
    "assets/a.css": "",
    **{f"theirs/{name}.js": "f({;\n" for name in "abc"},
}


def test_all_places_of_a_gathered_diagnostic_are_in_json(tmp_path: Path) -> None:
    write_tree(tmp_path, GATHERED)
    for _ in range(2):  # the second has nothing to do
        (found,) = json.loads(run(tmp_path, "build", "--json").stdout)["diagnostics"]
        assert found["message"] == "browsers run nothing of 3 scripts in `theirs/`"
        assert [place["file"] for place in (found["location"], *found["others"])] == [
            f"theirs/{name}.js" for name in "abc"
        ]


def test_all_places_of_a_gathered_diagnostic_are_listed_with_verbose(tmp_path: Path) -> None:
    note = "note: also `theirs/b.js:1:3`, `theirs/c.js:1:3`\n"
    write_tree(tmp_path, GATHERED)
    for _ in range(2):
        assert note in run(tmp_path, "build", "-v").stderr
    assert note in run(tmp_path, "check", "-v").stderr
    assert "theirs/b.js" not in run(tmp_path, "build").stderr


def test_all_places_of_a_gathered_diagnostic_are_relative_to_a_workspace(tmp_path: Path) -> None:
    write_tree(tmp_path, {f"x/{path}": text for path, text in GATHERED.items()})
    write_tree(tmp_path, {"buildassets-workspace.toml": 'projects = ["x"]\n'})
    done = run(tmp_path, "build", "--workspace", "-v")
    assert "note: also `x/theirs/b.js:1:3`, `x/theirs/c.js:1:3`\n" in done.stderr


def test_all_references_to_a_missing_asset_are_listed_with_verbose(tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, SITE), "build", "-v")
    assert "`assets/css/d.css:1:21`, `assets/css/d.css:2:14`\n" in done.stderr


@pytest.mark.parametrize(
    ("files", "settings", "code", "others"),
    [
        (
            {f"theirs/{name}.js": "new Worker('w.js');" for name in "abc"} | {"theirs/w.js": "f()"},
            'sources = [{ path = "theirs", vendored = true }]\n',
            "reference/worker",
            ["theirs/b.js", "theirs/c.js"],
        ),
        ({f"assets/{name}.less": "" for name in "abc"}, "", "source/uncompiled", ["assets/b.less", "assets/c.less"]),
        (
            {f"assets/{name}.scss": "a { color: $gone }" for name in "abc"}
            | {"assets/z.scss": '$gone: red; @import "a", "b", "c";'},
            "",
            "source/part",
            ["assets/b.scss", "assets/c.scss"],
        ),
    ],
)
def test_each_gathered_diagnostic_has_all_places(
    tmp_path: Path, files: Tree, settings: str, code: str, others: list[str]
) -> None:
    write_tree(tmp_path, {"buildassets.toml": settings, "assets/own.css": "", **files})
    found = json.loads(run(tmp_path, "build", "--json").stdout)["diagnostics"]
    (gathered,) = (one for one in found if one["code"] == code)
    assert [place["file"] for place in gathered["others"]] == others

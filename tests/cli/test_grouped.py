"""All references to one missing asset are one fault where a person reads of them."""

import json
from pathlib import Path

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


def test_json_and_annotations_have_each_reference(tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, SITE), "build", "--json", GITHUB_ACTIONS="true", CI="true")
    assert len(json.loads(done.stdout)["diagnostics"]) == 9
    assert done.stderr.count("::error ") == 9

"""The report of `check` on templates."""

import json
import subprocess
import sys
from pathlib import Path

from buildassets.cli.show.output import UNPARSED
from tests.command import environment, release_site, run
from tests.conftest import Tree, read_tree, write_tree

SITE: Tree = {
    "buildassets.toml": "",
    "assets/css/app.css": "a { b: c }\n",
    "assets/old.svg": "<svg/>",
    "templates/a.html": '{{ asset("css/app.css") }}\n{{ asset(name) }}\n',
}


def test_a_missing_name_exits_with_1(tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, {**SITE, "templates/b.html": '{{ asset("css/ap.css") }}'}), "check")
    assert done.returncode == 1
    assert "error[template/missing]: no asset is named `css/ap.css`\n  --> templates/b.html:1:11\n" in done.stderr


def test_quiet_prints_data_and_no_messages_but_errors(tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, SITE), "check", "-q")
    assert (done.returncode, done.stdout, done.stderr) == (0, "not used: old.svg\n", "")
    write_tree(tmp_path, {"templates/b.html": '{{ asset("css/ap.css") }}'})
    done = run(tmp_path, "check", "-q")
    assert (done.returncode, done.stdout) == (1, "not used: old.svg\n")
    assert done.stderr.startswith("error[template/missing]: no asset is named `css/ap.css`\n")
    assert done.stderr.endswith("\nhint: did you mean `css/app.css`?\n\n")


def test_check_prints_a_summary(tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, SITE), "check")
    assert (done.returncode, done.stdout) == (0, "not used: old.svg\n")
    summary = [
        "checked 1 name in 1 template",
        "could not check 1 name that templates compute; `-v` or `--json` lists them",
    ]
    assert done.stderr.splitlines() == [*summary, "0 errors, 0 warnings"]


def test_esbuild_is_offered_where_scripts_are_not_parsed(tmp_path: Path) -> None:
    write_tree(tmp_path, {**SITE, "vendor/b.js": "b()\n"})
    write_tree(tmp_path, {"buildassets.toml": 'sources = ["assets", { path = "vendor", vendored = true }]\n'})
    assert "esbuild" not in run(tmp_path, "check", PATH="").stderr
    write_tree(tmp_path, {"assets/js/a.js": "const a = {x: 1,, y: 2}\n"})
    done = run(tmp_path, "check", PATH="")
    assert (done.returncode, done.stderr.splitlines()[-2:]) == (0, [UNPARSED, "0 errors, 0 warnings"])
    assert "`buildassets tools install esbuild`" in UNPARSED
    assert "esbuild" not in run(tmp_path, "check", "-q", PATH="").stderr


def test_verbose_lists_what_could_not_be_checked(tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, SITE), "check", "-v")
    assert done.stderr.startswith("not checked: templates/a.html:2:4: {{ asset(name) }}\n")


def test_json_has_all_of_it(tmp_path: Path) -> None:
    document = json.loads(run(write_tree(tmp_path, SITE), "check", "--json").stdout)
    assert document["unused"] == ["old.svg"]
    unchecked = [{"file": "templates/a.html", "line": 2, "column": 4}]
    assert document["templates"] == {"files": 1, "names": 1, "unchecked": unchecked, "not_built": []}


def test_names_that_may_be_right_are_a_line_with_places(tmp_path: Path) -> None:
    views = "def url_for(endpoint, **values): ...\n"
    write_tree(tmp_path, {**SITE, "views.py": views})
    write_tree(tmp_path, {"templates/a.html": "{{ url_for('static', filename='a.js') }}"})
    done = run(tmp_path, "check", "-v")
    reason = "that the `url_for` of `views.py:1` may change"
    assert done.returncode == 0
    assert "not built: templates/a.html:1:32: {{ url_for('static', filename='a.js') }}\n" in done.stderr
    assert f"not built: 1 name {reason}, such as `a.js`; `-v` or `--json` lists them\n" in done.stderr
    (listed,) = json.loads(run(tmp_path, "check", "--json").stdout)["templates"]["not_built"]
    place = {"file": "templates/a.html", "line": 1, "column": 32}
    assert listed == {"reason": reason, "names": ["a.js"], "places": [place]}


def test_a_build_knows_nothing_of_templates_and_check_writes_nothing(tmp_path: Path) -> None:
    write_tree(tmp_path, {**SITE, "templates/b.html": '{{ asset("gone") }}'})
    before = read_tree(tmp_path)
    assert run(tmp_path, "check").returncode == 1
    assert read_tree(tmp_path) == before
    assert run(tmp_path, "build").returncode == 0


COUNTED: Tree = {
    **SITE,
    "buildassets.toml": '[commands.up]\nfrom = "up"\nto = "txt"\nrun = ["python", "up.py", "{path}"]\n',
    "up.py": 'import sys\nopen("runs", "a").write("x")\nprint(open(sys.argv[1]).read().upper())\n',
    "assets/a.up": "a",
}


def test_check_reads_the_cache_and_writes_nothing_to_it(tmp_path: Path) -> None:
    release_site(tmp_path, COUNTED)
    before = read_tree(tmp_path)
    assert (run(tmp_path, "check").returncode, read_tree(tmp_path)) == (0, before)
    (tmp_path / "assets/a.up").write_text("b")
    for runs in ("xx", "xxx"):
        assert run(tmp_path, "check").returncode == 0
        assert read_tree(tmp_path) == {**before, "assets/a.up": b"b", "runs": runs.encode()}


WITH_OTHERS: Tree = {
    **SITE,
    "buildassets.toml": 'sources = ["assets", { path = "theirs", prefix = "admin", vendored = true }]\n',
    **{f"theirs/{number}.js": "" for number in range(100)},
}


def test_unused_third_party_assets_are_counted(tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, WITH_OTHERS), "check")
    assert (done.returncode, done.stdout) == (0, "not used: old.svg\n")
    assert "not used: 100 third-party assets, such as `admin/0.js`; `-v` lists them\n" in done.stderr
    assert len(run(tmp_path, "check", "-v").stdout.splitlines()) == 101
    assert len(json.loads(run(tmp_path, "check", "--json").stdout)["unused"]) == 101


def test_unreached_third_party_assets_are_counted(tmp_path: Path) -> None:
    config = str(WITH_OTHERS["buildassets.toml"]) + 'entries = ["css/app.css"]\n'
    done = run(write_tree(tmp_path, {**WITH_OTHERS, "buildassets.toml": config}), "check")
    assert done.stdout == "not reached: old.svg\n"
    assert "not reached: 100 third-party assets, such as `admin/0.js`; `-v` lists them\n" in done.stderr


def test_errors_are_printed_after_unused_assets(tmp_path: Path) -> None:
    write_tree(tmp_path, {**SITE, "templates/b.html": '{{ asset("css/ap.css") }}'})
    command = f"exec {sys.executable} -m buildassets check 2>&1"
    done = subprocess.run(["sh", "-c", command], cwd=tmp_path, env=environment(), capture_output=True, text=True)
    assert [line.split(":")[0] for line in done.stdout.splitlines() if ":" in line][:2] == [
        "not used",
        "error[template/missing]",
    ]

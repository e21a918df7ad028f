"""Commands of the configuration at the command line: watched, checked, explained, interrupted."""

import json
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.cli.processes import started
from tests.cli.watching import watching
from tests.command import run
from tests.conftest import PATIENCE_SECONDS, Tree, wait_for, write_tree

COMPILER = """
import pathlib, sys
with open("runs", "a") as runs:
    print(sys.argv[1], file=runs)
text = pathlib.Path(sys.argv[1]).read_text()
if "none" in text:
    sys.exit(f"{sys.argv[1]}:1:5: there is no colour `none`")
theme = pathlib.Path("less/theme.less")
print(text.replace("@red", theme.read_text().strip() if theme.exists() else "unset"))
"""
SITE: Tree = {
    "buildassets.toml": """
[commands.less]
from = "less"
to = "css"
run = ["python", "tools/less.py", "{path}"]
inputs = ["less/**"]
problem = '^(?P<file>[^:]+):(?P<line>\\d+):(?P<column>\\d+): (?P<message>.*)$'
""",
    "tools/less.py": COMPILER,
    "assets/a.less": "a { color: @red }\n",
    "assets/b.less": "b { color: blue }\n",
    "less/theme.less": "#f00\n",
}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return write_tree(tmp_path, SITE)


def runs(folder: Path) -> list[str]:
    path = folder / "runs"
    return path.read_text().split() if path.exists() else []


def test_a_build_with_nothing_to_do_runs_nothing(site: Path) -> None:
    for _ in range(3):
        assert run(site, "build").returncode == 0
    before = runs(site)
    done = run(site, "build")
    assert "wrote nothing" in done.stderr
    assert runs(site) == before


def test_verbose_build_prints_why_a_command_ran(site: Path) -> None:
    run(site, "build")
    run(site, "build")
    write_tree(site, {"less/theme.less": "#00f"})
    done = run(site, "build", "-v")
    assert "a.css: less/theme.less changed\n" in done.stderr


def test_a_command_is_watched(site: Path) -> None:
    with watching(site, "--port", "0") as watch:
        assert watch.next()["ok"]
        write_tree(site, {"assets/a.less": "a { color: tan }\n"})
        watch.until_released("a.css", b"a { color: tan }\n\n")
        assert runs(site)[-1] == "assets/a.less"
        write_tree(site, {"assets/a.less": "a { color: none }\n"})
        while not (found := watch.next()["diagnostics"]):
            pass
        assert [one["code"] for one in found] == ["command/problem"]
        write_tree(site, {"assets/a.less": "a { color: @red }\n"})
        watch.until_released("a.css", b"a { color: #f00 }\n\n")
        write_tree(site, {"less/theme.less": "#00f"})
        watch.until_released("a.css", b"a { color: #00f }\n\n")
        write_tree(site, {"tools/less.py": COMPILER.replace("print(text", "print('x{}', text")})
        watch.until_released("a.css", b"x{} a { color: #00f }\n\n")


def test_a_watch_sees_files_of_a_set_come_and_go(site: Path) -> None:
    with watching(site, "--port", "0") as watch:
        watch.next()
        (site / "less/theme.less").unlink()
        watch.until_released("a.css", b"a { color: unset }\n\n")
        write_tree(site, {"less/theme.less": "#00f"})
        watch.until_released("a.css", b"a { color: #00f }\n\n")


def test_the_one_asset_of_a_command_is_watched(tmp_path: Path) -> None:
    config = 'commands.x = { output = "all.css", run = ["sh", "-c", "cat data/*.css"], inputs = ["data/*.css"] }'
    write_tree(tmp_path, {"buildassets.toml": config, "data/a.css": "a{}", "assets/b.css": "b{}"})
    with watching(tmp_path, "--port", "0") as watch:
        assert sorted(watch.next()["assets"]) == ["all.css", "b.css"]
        write_tree(tmp_path, {"data/a.css": "c{}"})
        watch.until_released("all.css", b"c{}")
        write_tree(tmp_path, {"data/d.css": "d{}"})
        watch.until_released("all.css", b"c{}d{}")


def test_a_watch_finds_a_program_that_appears(site: Path) -> None:
    config = SITE["buildassets.toml"]
    assert isinstance(config, str)
    write_tree(site, {"buildassets.toml": config.replace('"python", "tools/less.py"', '"./less"'), "assets/b.less": ""})
    with watching(site, "--port", "0") as watch:
        assert [one["code"] for one in watch.next()["diagnostics"]] == ["command/absent"]
        (site / "new").write_text('#!/bin/sh\ncat "$1"')
        (site / "new").chmod(0o755)
        (site / "new").rename(site / "less.sh")
        (site / "less.sh").rename(site / "tools/less")
        write_tree(site, {"buildassets.toml": config.replace('"python", "tools/less.py"', '"tools/less"')})
        watch.until_released("a.css", b"a { color: @red }\n")


def test_watch_rebuilds_when_a_file_that_the_first_build_reported_is_fixed(tmp_path: Path) -> None:
    config = """
commands.x = { from = "less", to = "css", run = ["sh", "tool.sh", "{path}"], problem = '(?P<file>less/.*):(?P<line>1)' }
"""
    tool = 'if grep -q none less/a.txt; then echo less/a.txt:1 >&2; exit 1; fi; cat "$1"'
    write_tree(
        tmp_path, {"buildassets.toml": config, "tool.sh": tool, "less/a.txt": "none", "assets/a.less": "a { b: c }"}
    )
    with watching(tmp_path, "--port", "0") as watch:
        assert watch.next()["diagnostics"][0]["location"]["file"] == "less/a.txt"
        write_tree(tmp_path, {"less/a.txt": "some"})
        watch.until_released("a.css", b"a { b: c }")


def test_check_without_running_anything(site: Path) -> None:
    write_tree(site, {"templates/p.html": '{{ asset("a.css") }}{{ asset("c.css") }}'})
    done = run(site, "check", "--no-run")
    assert done.returncode == 1
    assert "error[template/missing]: no asset is named `c.css`" in done.stderr
    assert "did not run `less`: what these make, and what that refers to, is not checked\n" in done.stderr
    assert runs(site) == []


def test_check_without_running_lists_nothing_as_left_over(site: Path) -> None:
    """The sheet that was not made may refer to what nothing else refers to."""
    write_tree(site, {"templates/p.html": '{{ asset("a.css") }}', "assets/only-in-less.svg": "<svg/>"})
    assert "not used: only-in-less.svg\n" in run(site, "check").stdout
    done = run(site, "check", "--no-run")
    assert (done.returncode, done.stdout) == (0, "")


def test_check_runs_commands_by_default(site: Path) -> None:
    write_tree(site, {"assets/a.less": "a { color: none }"})
    done = run(site, "check")
    assert done.returncode == 1
    assert "error[command/problem]: there is no colour `none`\n  --> assets/a.less:1:5\n" in done.stderr
    document: dict[str, Any] = json.loads(run(site, "check", "--no-run", "--json").stdout)
    assert (document["ok"], document["not_run"]) == (True, ["less"])


def test_check_without_running_does_not_import_what_the_configuration_names(tmp_path: Path) -> None:
    module = "import pathlib; pathlib.Path('imported').touch()"
    write_tree(tmp_path, {"buildassets.toml": 'webassets = "bundles:env"', "bundles.py": module, "assets/a.css": ""})
    done = run(tmp_path, "check", "--no-run")
    assert (done.returncode, (tmp_path / "imported").exists()) == (0, False)
    assert "warning[config/not-run]" in done.stderr


@pytest.mark.parametrize(
    "settings", ["", '[engines]\njs = "esbuild"\n', '[bundles]\n"b.js" = { files = ["a.js"], bundle = true }\n']
)
def test_check_without_running_leaves_the_projects_own_esbuild(tmp_path: Path, settings: str) -> None:
    planted = "#!/bin/sh\ntouch planted-ran; echo 0.28.0\n"
    write_tree(tmp_path, {"buildassets.toml": settings, "assets/a.js": "let a", "node_modules/.bin/esbuild": planted})
    (tmp_path / "node_modules/.bin/esbuild").chmod(0o755)
    done = run(tmp_path, "check", "--no-run")
    assert not (tmp_path / "planted-ran").exists()
    is_refused = "`node_modules/.bin/esbuild` is not run: it lies in the project" in done.stderr
    assert is_refused or not settings or shutil.which("esbuild")


def test_check_without_running_leaves_the_projects_own_tailwind_and_its_plugins(tmp_path: Path) -> None:
    planted = "#!/bin/sh\ntouch planted-ran; echo 'tailwindcss v4.1.0'\n"
    plugin = "import fs from 'node:fs'; fs.writeFileSync('plugin-ran', ''); export default () => {}"
    sheet = '@import "tailwindcss";\n@plugin "./plugin.mjs";\n'
    write_tree(tmp_path, {"assets/a.css": sheet, "assets/plugin.mjs": plugin})
    write_tree(tmp_path, {"node_modules/.bin/tailwindcss": planted, "node_modules/@tailwindcss/cli/package.json": "{}"})
    (tmp_path / "node_modules/.bin/tailwindcss").chmod(0o755)
    done = run(tmp_path, "check", "--no-run")
    ran = [path.name for path in tmp_path.rglob("*-ran")]
    assert (ran, "config/not-run" in done.stderr or "lies in the project" in done.stderr) == ([], True)


def test_explain_shows_the_command(site: Path) -> None:
    run(site, "build")
    done = run(site, "explain", "a.css")
    lines = done.stdout.split("\n")
    where = lines.index("made by the command `less`:")
    assert lines[where + 1 : where + 3] == ["  python tools/less.py '{path}'", "  python (wheel)"]
    assert "  less/theme.less" in lines
    assert "  a.css: up to date" in lines
    document = json.loads(run(site, "explain", "a.css", "--json").stdout)
    assert document["command"] == {"name": "less", "run": ["python", "tools/less.py", "{path}"]}


def test_explain_shows_why_an_asset_is_out_of_date(site: Path) -> None:
    run(site, "build")
    write_tree(site, {"less/new.less": ""})
    assert "a.css: less changed" in run(site, "explain", "a.css").stdout


def test_provenance_has_commands_and_their_scripts(site: Path) -> None:
    assert run(site, "build", "--provenance").returncode == 0
    predicate = json.loads((site / "build.intoto.json").read_text())["predicate"]
    definition = predicate["buildDefinition"]
    assert definition["externalParameters"]["settings"]["commands"]["less"]["run"][1] == "tools/less.py"
    names = {one["name"] for one in definition["resolvedDependencies"]}
    assert {"tools/less.py", "a.less", "less/theme.less", "buildassets.toml"} <= names
    assert predicate["runDetails"]["builder"]["version"]["less"] == "python (wheel)"


def test_diff_names_the_setting(site: Path) -> None:
    run(site, "build", "-o", "old")
    config = SITE["buildassets.toml"]
    assert isinstance(config, str)
    write_tree(site, {"buildassets.toml": config.replace('"{path}"]', '"{path}", "more"]'), "less/theme.less": "#0f0"})
    run(site, "build")
    assert "theme.less" in run(site, "diff", "old", "build").stdout


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("jobs", ["1", "4"])
def test_interrupted_build_leaves_no_command_running(tmp_path: Path, number: int, code: int, jobs: str) -> None:
    slow = "echo $$ >> pids; sleep 600 & sleep 600"
    config = f"commands.x = {{ from = 'less', to = 'css', run = ['sh', '-c', '{slow}'] }}"
    write_tree(tmp_path, {"buildassets.toml": config, "assets/a.less": "a", "assets/b.less": "b"})
    count = 1 if jobs == "1" else 2
    with started(tmp_path, "build", "--jobs", jobs) as process:
        wait_for(lambda: (tmp_path / "pids").exists() and len((tmp_path / "pids").read_text().split()) == count)
        process.send_signal(number)
        _, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert (process.returncode, "Traceback" in err) == (code, False)
    for pid in (tmp_path / "pids").read_text().split():
        wait_for(lambda pid=pid: not Path(f"/proc/{pid}").exists())  # type: ignore[misc]  # mypy knows no such lambda

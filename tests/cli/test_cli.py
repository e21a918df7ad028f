import json
import os
import random
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from buildassets import __version__
from tests.cli.processes import is_gone, program_of, started
from tests.command import BROKEN, SITE, environment, run
from tests.compiler.conftest import SHOUT, write_package
from tests.conftest import PATIENCE_SECONDS, Tree, children, read_tree, wait_for, write_tree


def test_build_reports_on_stderr_only(tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, SITE), "build")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.startswith("built 2 assets (")
    assert "into `build/`" in done.stderr


def test_third_party_sources_may_lack_files(tmp_path: Path) -> None:
    write_tree(tmp_path, {**SITE, "lib/a.css": "a { background: url(gone.png) }", "lib/b.scss": "@use 'gone'"})
    done = run(tmp_path, "build", "--also", "{ path = 'lib', prefix = 'lib', vendored = true }", "--url", "/static/")
    assert done.returncode == 0
    assert "warning[reference/missing]: cannot find `lib/gone.png`" in done.stderr
    manifest = json.loads((tmp_path / "build/manifest.json").read_text())
    assert sorted(manifest["assets"]) == ["css/app.css", "img/a.svg", "lib/a.css"]
    assert manifest["url"] == "/static/"


def test_quiet_prints_nothing(tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, SITE), "build", "-q")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_verbose_names_each_file_written(tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, SITE), "build", "-v")
    assert "wrote build/manifest.json\n" in done.stderr


def test_errors_exit_with_1_and_are_shown(tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, BROKEN), "build")
    assert done.returncode == 1
    assert "error[reference/missing]: cannot find `css/b.svg`\n  --> assets/css/broken.css:1:21\n" in done.stderr
    assert "\x1b" not in done.stderr


def test_a_wrong_configuration_exits_with_2(tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, {**SITE, "buildassets.toml": "minfy = true\n"}), "build")
    assert done.returncode == 2
    assert "buildassets.toml:1:1" in done.stderr
    assert "`minify`" in done.stderr


@pytest.mark.parametrize("arguments", [["bild"], ["build", "--no-such"], ["build", "--jobs", "0"], ["explain"]])
def test_wrong_usage_exits_with_2(tmp_path: Path, arguments: list[str]) -> None:
    done = run(write_tree(tmp_path, SITE), *arguments)
    assert done.returncode == 2
    assert "Usage:" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("verb", ["build", "check"])
def test_json_is_one_document(tmp_path: Path, verb: str) -> None:
    done = run(write_tree(tmp_path, BROKEN), verb, "--json")
    document = json.loads(done.stdout)
    assert (done.returncode, done.stderr, document["ok"]) == (1, "", False)
    assert document["diagnostics"][0]["code"] == "reference/missing"
    assert document["diagnostics"][0]["location"]["column"] == 21


def test_json_reports_a_wrong_configuration(tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, {**SITE, "buildassets.toml": "minfy = true\n"}), "build", "--json")
    assert done.returncode == 2
    assert json.loads(done.stdout)["diagnostics"][0]["code"] == "config/unknown-key"


def test_json_names_the_assets(tmp_path: Path) -> None:
    document = json.loads(run(write_tree(tmp_path, SITE), "build", "--json").stdout)
    assert sorted(document["assets"]) == ["css/app.css", "img/a.svg"]
    assert document["written"][-1] == "manifest.json"
    assert document["manifest"] == "build/manifest.json"
    assert document["release"] == json.loads((tmp_path / "build/manifest.json").read_text())["release"]


def test_ci_gets_annotations(tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, BROKEN), "build", CI="true")
    assert "::error col=21,endColumn=26,file=assets/css/broken.css,line=1,title=reference/missing::" in done.stderr


@pytest.mark.parametrize("name", ["GITLAB_CI", "CIRCLECI", "JENKINS_URL"])
def test_a_system_without_annotations_gets_none(tmp_path: Path, name: str) -> None:
    done = run(write_tree(tmp_path, BROKEN), "build", CI="true", **{name: "true"})
    assert "error[reference/missing]: " in done.stderr
    assert "::error" not in done.stderr
    assert "##vso" not in done.stderr


def test_azure_pipelines_gets_annotations_of_its_form(tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, BROKEN), "build", TF_BUILD="True")
    place = "sourcepath=assets/css/broken.css;linenumber=1;columnnumber=21"
    assert f"\n##vso[task.logissue type=error;code=reference/missing;{place}]cannot find " in done.stderr
    assert "::error" not in done.stderr


def test_check_writes_nothing(tmp_path: Path) -> None:
    before = read_tree(write_tree(tmp_path, SITE))
    assert run(tmp_path, "check").returncode == 0
    assert read_tree(tmp_path) == before


def test_check_lists_what_no_entry_reaches(tmp_path: Path) -> None:
    write_tree(tmp_path, {**SITE, "buildassets.toml": 'entries = ["css/*"]\n', "assets/old.png": "", "assets/a.js": ""})
    assert run(tmp_path, "check").stdout == "not reached: a.js\nnot reached: old.png\n"
    assert json.loads(run(tmp_path, "check", "--json").stdout)["unreached"] == ["a.js", "old.png"]


def test_sources_and_output_come_from_the_command_line(tmp_path: Path) -> None:
    write_tree(tmp_path, {"one/a.css": "a{}", "two/b.css": "b{}"})
    done = run(tmp_path, "build", "one", "two", "-o", "out", "--json")
    assert sorted(json.loads(done.stdout)["assets"]) == ["a.css", "b.css"]
    assert (tmp_path / "out/manifest.json").exists()


def test_output_of_an_engine_is_kept_from_stdout(tmp_path: Path) -> None:
    packages = str(write_package(tmp_path, "shouting", "print('imported')" + SHOUT, {"shout": "Shout"}))
    files = {"buildassets.toml": 'engines.txt = "shout"', "assets/a.txt": "a"}
    path = os.pathsep.join((packages, os.environ.get("PYTHONPATH", "")))
    done = run(write_tree(tmp_path, files), "build", "--json", PYTHONPATH=path)
    assert list(json.loads(done.stdout)["assets"]) == ["a.txt"]
    assert done.stderr == "imported\n"


def test_explain_shows_an_asset_from_all_sides(tmp_path: Path) -> None:
    run(write_tree(tmp_path, SITE), "build")
    shown = run(tmp_path, "explain", "img/a.svg").stdout
    assert shown.startswith("img/a.svg → img/a.")
    assert "made of:\n  img/a.svg\n" in shown
    assert "referred to by:\n  css/app.css\n" in shown
    assert "refers to:\n  img/a.svg → img/a." in run(tmp_path, "explain", "css/app.css").stdout


def test_explain_names_the_engines_that_an_asset_went_through(tmp_path: Path) -> None:
    files = {"assets/a.scss": "a { b: c }", "assets/b.css": "a { b: c }", "assets/c.js": "f( 1 )", "assets/d.png": ""}
    run(write_tree(tmp_path, files), "build")
    printed = {path: run(tmp_path, "explain", path).stdout for path in ("a.css", "b.css", "c.js", "d.png")}
    engines = {
        path: re.findall(r"^  (\w+): ", text.partition("engines:")[2], re.MULTILINE) for path, text in printed.items()
    }
    assert engines == {"a.css": ["css", "scss"], "b.css": ["css"], "c.js": ["js"], "d.png": []}


def test_explain_as_json(tmp_path: Path) -> None:
    run(write_tree(tmp_path, SITE), "build")
    document = json.loads(run(tmp_path, "explain", "img/a.svg", "--json").stdout)
    assert document["referrers"] == ["css/app.css"]
    assert document["lexers"].startswith(("native", "python ("))


@pytest.mark.parametrize("options", [("--version", "-v"), ("-v", "--version")])
def test_verbose_version_shows_which_lexers_run(options: tuple[str, str], tmp_path: Path) -> None:
    done = run(tmp_path, *options, BUILDASSETS_NATIVE="0")
    assert done.stdout == f"buildassets, version {__version__}\nlexers: python (`BUILDASSETS_NATIVE` is `0`)\n"


STYLED: Tree = {
    "assets/css/_theme.scss": "$colour: red;\n",
    "assets/css/app.scss": '@use "theme" as *; a { color: $colour }\n',
    "assets/js/app.js": "call( 1 )\n",
    "assets/logo.png": "",
}


def test_verbose_prints_why_engines_ran(tmp_path: Path) -> None:
    write_tree(tmp_path, STYLED)
    first = run(tmp_path, "build", "-v").stderr
    assert "css/app.css: it was never built before\n" in first
    assert "js/app.js: it was never built before\n" in first
    write_tree(tmp_path, {"assets/css/_theme.scss": "$colour: tan;\n"})
    second = run(tmp_path, "build", "-v").stderr
    assert "css/app.css: assets/css/_theme.scss changed\n" in second
    assert "js/app.js: " not in second


def test_json_has_the_reasons_why_engines_ran(tmp_path: Path) -> None:
    run(write_tree(tmp_path, STYLED), "build")
    write_tree(tmp_path, {"assets/css/_theme.scss": "$colour: tan;\n"})
    document = json.loads(run(tmp_path, "build", "--json").stdout)
    assert document["anew"] == {"css/app.css": "assets/css/_theme.scss changed"}


def test_explain_shows_whether_the_cache_is_up_to_date(tmp_path: Path) -> None:
    run(write_tree(tmp_path, STYLED), "build")
    assert run(tmp_path, "explain", "css/app.css").stdout.endswith("in the cache:\n  css/app.css: up to date\n")
    run(tmp_path, "build", "--mode", "development", "-o", "elsewhere")
    assert json.loads(run(tmp_path, "explain", "css/app.css", "--json").stdout)["cache"] == {"css/app.css": None}
    (tmp_path / "assets/css/_theme.scss").unlink()
    shown = run(tmp_path, "explain", "css/app.css").stdout
    assert shown.endswith("in the cache:\n  css/app.css: assets/css/_theme.scss is gone\n")
    assert "in the cache" not in run(tmp_path, "explain", "logo.png").stdout


def test_explain_shows_the_cache_state_of_each_member_of_a_bundle(tmp_path: Path) -> None:
    settings = 'entries = ["all.css"]\n[bundles]\n"all.css" = ["css/app.css", "css/base.css"]\n'
    write_tree(tmp_path, {**STYLED, "buildassets.toml": settings, "assets/css/base.css": "a { b: c }"})
    assert run(tmp_path, "build").returncode == 0
    write_tree(tmp_path, {"assets/css/_theme.scss": "$colour: tan;\n"})
    cached = json.loads(run(tmp_path, "explain", "all.css", "--json").stdout)["cache"]
    assert cached == {"css/app.css": "assets/css/_theme.scss changed", "css/base.css": None}


def test_explain_names_the_nearest_asset(tmp_path: Path) -> None:
    run(write_tree(tmp_path, SITE), "build")
    done = run(tmp_path, "explain", "css/ap.css")
    assert done.returncode == 1
    assert "hint: did you mean `css/app.css`?" in done.stderr


def test_explain_before_a_build_hints_at_a_build(tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, SITE), "explain", "css/app.css")
    assert done.returncode == 1
    assert "hint: run `buildassets build` first" in done.stderr


def test_colour_and_progress_are_for_terminals(tmp_path: Path) -> None:
    write_tree(tmp_path, BROKEN)
    assert b"\x1b[1;31merror[reference/missing]\x1b[0m" in on_terminal(tmp_path)
    assert b"\x1b[1;31m" not in on_terminal(tmp_path, NO_COLOR="1")


def on_terminal(folder: Path, **more: str) -> bytes:
    """Return the output of `build` on a terminal."""
    import pty

    master, slave = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "buildassets", "build"], cwd=folder, stderr=slave, env=environment(**more)
    ) as child:
        os.close(slave)
        printed = b""
        while True:
            try:
                chunk = os.read(master, 4096)
            except OSError:  # the way Linux reports that the other end is closed
                break
            if not chunk:
                break
            printed += chunk
        child.wait(timeout=60)
    os.close(master)
    return printed


# Creates a file in the working directory when it begins, and never ends.
SLEEPY = SHOUT.replace(
    "return Compiled", "import pathlib, time; pathlib.Path('begun').touch(); time.sleep(600); return Compiled"
)


def with_package(site: Path) -> dict[str, str]:
    """Return the environment in which engines of the packages in `site` are found."""
    return environment(PYTHONPATH=os.pathsep.join((str(site), *filter(None, sys.path))))


@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
def test_interrupted_build_leaves_the_release_unchanged(tmp_path: Path, name: str, code: int) -> None:
    run(write_tree(tmp_path, SITE), "build")
    before = read_tree(tmp_path / "build")
    site = write_package(tmp_path, "sleepy", SLEEPY, {"sleepy": "Shout"})
    write_tree(tmp_path, {"buildassets.toml": '[engines]\nnap = "sleepy"\n', "assets/a.nap": "", "assets/b.js": "f()"})
    with started(tmp_path, "build", "--jobs", "1", env=with_package(site)) as child:
        wait_for((tmp_path / "begun").exists)
        child.send_signal(getattr(signal, name))
        assert child.wait(timeout=PATIENCE_SECONDS) == code
    assert read_tree(tmp_path / "build") == before


@pytest.mark.parametrize(
    ("name", "code", "kill"), [("SIGINT", 130, "killpg"), ("SIGTERM", 143, "kill"), ("SIGHUP", 129, "kill")]
)
def test_interrupted_build_leaves_no_process(tmp_path: Path, name: str, code: int, kill: str) -> None:
    site = write_package(tmp_path, "sleepy", SLEEPY, {"sleepy": "Shout"})
    files = {f"assets/{name}.nap": "" for name in range(40)}
    files["assets/0.scss"] = "@while true { $a: 1 }\n"  # which is begun with the first of the others
    write_tree(tmp_path, {"buildassets.toml": '[engines]\nnap = "sleepy"\n', **files})
    with started(tmp_path, "build", "--jobs", "2", env=with_package(site)) as child:
        wait_for((tmp_path / "begun").exists)
        wait_for(lambda: any("sass" in program_of(one) for one in children(child.pid)))
        getattr(os, kill)(child.pid, getattr(signal, name))
        _, printed = child.communicate(timeout=PATIENCE_SECONDS)
        assert (child.returncode, printed.strip()) == (code, "")
        wait_for(lambda: is_gone(child.pid))


def test_interrupted_build_does_not_wait_for_sass(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": "", "assets/a.scss": "@while true { $a: 1 }\n", "assets/b.css": ""})
    with started(tmp_path, "build", "--jobs", "2") as child:
        wait_for(lambda: any("sass" in program_of(one) for one in children(child.pid)))
        child.terminate()
        assert child.wait(timeout=PATIENCE_SECONDS) == 143
        wait_for(lambda: is_gone(child.pid))


@pytest.mark.parametrize(("jobs", "has_workers"), [("1", False), ("2", True)])
def test_only_more_than_one_job_has_workers(tmp_path: Path, jobs: str, has_workers: bool) -> None:
    parent = SHOUT.replace("given.text", "str(__import__('os').getppid())")
    site = write_package(tmp_path, "parents", parent, {"parents": "Shout"})
    files = {f"assets/{name}.parent": "" for name in range(40)}
    write_tree(tmp_path, {"buildassets.toml": '[engines]\nparent = "parents"\n', **files})
    with started(tmp_path, "build", "--jobs", jobs, env=with_package(site)) as child:
        assert child.wait(timeout=PATIENCE_SECONDS) == 0
    parents = {content for name, content in read_tree(tmp_path / "build/assets").items() if name.endswith(".txt")}
    assert (str(os.getpid()).encode() not in parents) == has_workers


def test_interrupted_build_does_not_compress_the_rest(tmp_path: Path) -> None:
    text = random.Random(0).randbytes(100_000).hex()
    files = {f"assets/{number}.txt": f"{number}{text}" for number in range(100)}
    write_tree(tmp_path, {"buildassets.toml": 'compress = ["br"]\n', **files})
    with started(tmp_path, "build") as child:
        wait_for(lambda: list((tmp_path / "build").rglob("*.br")))
        child.send_signal(signal.SIGINT)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 130
    assert used.ru_utime < 6  # all of it would take 12 seconds
    assert list((tmp_path / "build").iterdir()) == []


def test_an_output_that_is_a_file_is_a_wrong_configuration(tmp_path: Path) -> None:
    write_tree(tmp_path, {**SITE, "build": "a file"})
    done = run(tmp_path, "build")
    assert done.returncode == 2
    assert "error[config/output]" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_full_disk_is_an_error(tmp_path: Path) -> None:
    write_tree(tmp_path, SITE)
    limited = f"ulimit -f 0; trap '' XFSZ; exec {sys.executable} -m buildassets build"
    done = subprocess.run(
        ["bash", "-c", limited], cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert "error[output/unwritable]" in done.stderr
    assert [path.name for path in (tmp_path / "build").iterdir()] == []

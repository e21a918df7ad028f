"""Verbs that read a project which nobody has read start no program of it and import no module of it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from buildassets.programs.places import lies_in_project
from tests.command import release_site, run
from tests.conftest import Tree, read_tree, write_tree
from tests.packages.installed import put_tool

_NATIVE = "node_modules/@esbuild/linux-x64/bin/esbuild"
_SHEET = {"assets/t.css": '@import "tailwindcss"; @plu/**/gin "./e.js";', "assets/e.js": "export default () => {}"}
_CONFIGURED = {**_SHEET, "assets/t.css": '@import "tailwindcss"; @con/**/fig "./e.js";'}
_DEEP: Tree = {
    "assets/t.css": '@import "tailwindcss"; @import "evilpkg/deep";',
    "node_modules/evilpkg/package.json": '{"exports": {"./deep": ["./x.css"]}}',
    "node_modules/evilpkg/x.css": '@plugin "./e.js";',
    "node_modules/evilpkg/e.js": "export default () => {}",
}


def trap(folder: Path, name: str) -> None:
    """Write a program into the project that leaves the file `ran` behind."""
    path = folder / name
    write_tree(folder, {name: f"#!/bin/sh\ntouch {folder / 'ran'}\necho 0.28.0\n"})
    path.chmod(0o755)


@pytest.mark.parametrize(
    "tree", [_SHEET, {**_SHEET, "assets/t.css": '@import "tailwindcss"; @con/**/fig "./e.js";'}, _DEEP]
)
@pytest.mark.usefixtures("_tailwind_that_leaves_a_trace")
def test_sheet_for_tailwind_is_one_warning_and_its_asset_is_known(tmp_path: Path, tree: Tree) -> None:
    site = write_tree(tmp_path / "site", {"templates/a.html": "{{ asset('t.css') }}", **tree})
    done = run(site, "check", "--no-run")
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("warning[config/not-run]") == 1
    assert not (tmp_path / "ran").exists()


@pytest.fixture
def _tailwind_that_leaves_a_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a Tailwind on PATH, outside of the project, and none in a wheel."""
    trap(tmp_path, "bin/tailwindcss")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr("buildassets.compiler.engines.tailwind.command._in_wheel", lambda _: None)


@pytest.mark.parametrize(
    ("settings", "files", "name"),
    [
        ('[engines]\njs = "esbuild"\n', {"assets/a.js": "a ( )\n"}, "a.js"),
        ('[bundles]\n"b.js" = { files = ["a.js"], bundle = true }\n', {"assets/a.js": "export {}\n"}, "b.js"),
        ("", {"assets/a.ts": "import './b.js'\n", "assets/b.ts": "export const b: number = 1\n"}, "a.js"),
        ('[engines]\nscss = "sass"\n', {"assets/a.scss": "a { b { c: d } }\n"}, "a.css"),
    ],
)
def test_tool_of_the_project_is_a_warning_and_the_rest_is_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: str, files: Tree, name: str
) -> None:
    template = f"{{{{ asset({name!r}) }}}} {{{{ asset('missing.css') }}}}"
    write_tree(tmp_path, {**files, "buildassets.toml": settings, "templates/a.html": template})
    trap(tmp_path, _NATIVE)
    trap(tmp_path, "node_modules/.bin/sass")
    monkeypatch.setenv("PATH", str(tmp_path / "node_modules/.bin"))
    done = run(tmp_path, "check", "--no-run")
    assert done.stderr.count("warning[config/not-run]") == 1, done.stderr
    assert "1 error, 1 warning" in done.stderr, done.stderr
    assert "no asset is named `missing.css`" in done.stderr
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("system", ["vite", "webassets"])
def test_a_plan_starts_no_tool_of_the_project_and_names_what_it_leaves_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system: str
) -> None:
    bundles = (
        "from webassets import *\ne = Environment('assets', '/')\ne.register('b', Bundle('b.css', output='c.css'))"
    )
    tree = {
        "vite.config.js": "",
        "templates/a.html": "{{ asset('a.js') }}",
        "assets/b.css": "a {}",
        "bundles.py": bundles,
    }
    write_tree(tmp_path, {**tree, "assets/a.ts": "import './b.js'", "assets/b.ts": "export const b: number = 1\n"})
    trap(tmp_path, _NATIVE)
    monkeypatch.setenv("PATH", str(tmp_path / "node_modules/.bin"))
    notes = [one["note"] for one in json.loads(run(tmp_path, "migrate", system, "--json").stdout)["lines"]]
    assert [one for one in notes if one.endswith("so it is not checked here: `buildassets check` does it")], notes
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "name", ["buildassets.cli.parse.commands.run", "buildassets.disk.locks._lock_file", "jinja2.nodes.Expr"]
)
def test_only_an_extension_of_ours_or_of_jinja_is_made(tmp_path: Path, name: str) -> None:
    settings = f'[templates]\nextensions = ["{name}", "buildassets.compat.pipeline.PipelineExtension"]\n'
    site = write_tree(tmp_path, {"buildassets.toml": settings, "assets/a.css": "", "templates/a.html": ""})
    done = run(site, "check", "--no-run")
    assert done.returncode == 0, done.stderr
    assert f"the Jinja extension `{name}` is not loaded" in done.stderr
    assert done.stderr.count("warning[config/not-run]") == 1


@pytest.mark.parametrize(
    ("file", "options", "named"),
    [
        *((".env", [], ""), (".flaskenv", [], ""), ("dev.env", [], "dev.env"), ("dev.env", ["-e", "dev.env"], "")),
        *(("dev.env", ["-edev.env"], ""), ("dev.env", ["--env-file=dev.env"], "")),
        ("dev.env", ["--env-file", "dev.env"], ""),
    ],
)
def test_variables_that_the_project_sets_reach_no_verb_of_flask_that_runs_nothing(
    tmp_path: Path, file: str, options: list[str], named: str
) -> None:
    trap = f"open({str(tmp_path / 'ran')!r}, 'w').close()\n"
    tree = {"assets/a.css": "", "app.py": "", "evil/sitecustomize.py": trap, file: "PYTHONPATH=evil\n"}
    flask = str(Path(sys.executable).with_name("flask"))
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment |= {"FLASK_ENV_FILE": named} if named else {}
    arguments = [flask, *options, "assets", "check", "--no-run"]
    done = subprocess.run(arguments, cwd=write_tree(tmp_path, tree), env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("verb", ["clean --all", "clean", "pack", "unpack --replace release.tar"])
def test_release_of_another_project_is_not_the_one_that_a_project_may_configure(tmp_path: Path, verb: str) -> None:
    victim = release_site(tmp_path / "victim", {"assets/a.css": "a {}\n"})
    write_tree(tmp_path / "site", {"buildassets.toml": 'output = "../victim/build"\n', "assets/a.css": ""})
    before = read_tree(victim)
    run(tmp_path / "site", "pack", str(victim / "build"), "-o", "release.tar")
    done = run(tmp_path / "site", *verb.split())
    assert done.returncode in (1, 2)
    assert "`../victim/build` lies outside of the project" in done.stderr
    assert read_tree(victim) == before


@pytest.mark.parametrize("verb", ["clean --all", "pack"])
@pytest.mark.parametrize("has_own", [True, False])
def test_a_repository_around_several_does_not_make_them_one_project(
    tmp_path: Path, verb: str, has_own: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    victim = release_site(tmp_path / "victim", {"assets/a.css": "a {}\n"})
    own = {".git/HEAD": ""} if has_own else {}
    write_tree(tmp_path, {".git/HEAD": "", **{f"site/{name}": text for name, text in own.items()}})
    write_tree(tmp_path / "site", {"buildassets.toml": 'output = "../victim/build"\n', "assets/a.css": ""})
    before = read_tree(victim)
    assert "`../victim/build` lies outside of the project" in run(tmp_path / "site", *verb.split()).stderr
    assert read_tree(victim) == before


def test_extension_of_jinja_is_not_imported(tmp_path: Path) -> None:
    site = write_tree(
        tmp_path / "site",
        {
            "assets/a.css": "",
            "templates/a.html": "{{ asset('a.css') }}",
            "buildassets.toml": '[templates]\nextensions = ["jinja2.ext.do", "evilmod.Ext"]\n',
            "evilmod.py": f"open({str(tmp_path / 'ran')!r}, 'w')",
        },
    )
    done = run(site, "check", "--no-run")
    assert done.returncode == 0, done.stderr
    assert "warning[config/not-run]: the Jinja extension `evilmod.Ext` is not loaded" in done.stderr
    assert "jinja2.ext.do" not in done.stderr.partition("evilmod")[0]
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "settings", ['[engines]\njs = "esbuild"\n', '[bundles]\n"b.js" = { files = ["a.js"], bundle = true }\n']
)
@pytest.mark.parametrize("verb", [("doctor",), ("tools", "list"), ("check", "--no-run")], ids=" ".join)
def test_esbuild_of_the_project_does_not_run(tmp_path: Path, settings: str, verb: tuple[str, ...]) -> None:
    write_tree(tmp_path, {"assets/a.js": "export {}", "buildassets.toml": settings})
    trap(tmp_path, _NATIVE)
    done = run(tmp_path, *verb)
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "ran").exists(), done.stderr
    if verb[0] != "check":
        assert "not known without running it" in done.stdout + done.stderr


@pytest.mark.parametrize("verb", [("doctor",), ("tools", "list"), ("check", "--no-run")], ids=" ".join)
def test_programs_of_the_project_do_not_run_though_they_are_on_path(tmp_path: Path, verb: tuple[str, ...]) -> None:
    engines = '[engines]\njs = "esbuild"\nscss = "sass"\n'
    write_tree(tmp_path, {"assets/a.js": "", "assets/a.scss": "", "buildassets.toml": engines, ".git/HEAD": ""})
    for name in ("esbuild", "sass", "tailwindcss", "git", "node", "npm"):
        trap(tmp_path, f"node_modules/.bin/{name}")
    path = f"{tmp_path / 'node_modules/.bin'}{os.pathsep}{os.environ['PATH']}"
    assert "Traceback" not in run(tmp_path, *verb, PATH=path).stderr
    assert not (tmp_path / "ran").exists()


def test_build_uses_esbuild_of_the_project_also_by_path(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a.js": "a( 1 )", "buildassets.toml": '[engines]\njs = "esbuild"\n'})
    trap(tmp_path, "node_modules/.bin/esbuild")
    run(tmp_path, "build", PATH=f"{tmp_path / 'node_modules/.bin'}{os.pathsep}{os.environ['PATH']}")
    assert (tmp_path / "ran").exists()


def test_locked_tool_in_a_folder_of_the_project_does_not_run(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a.js": "a( 1 )", "buildassets.toml": '[engines]\njs = "esbuild"\n'})
    put_tool(tmp_path, tmp_path / ".tools", "esbuild", "0.28.0", f"#!/bin/sh\ntouch {tmp_path / 'ran'}\n")
    tools = str(tmp_path / ".tools")
    run(tmp_path, "check", "--no-run", BUILDASSETS_TOOLS_DIR=tools)
    assert not (tmp_path / "ran").exists()
    run(tmp_path, "build", BUILDASSETS_TOOLS_DIR=tools)
    assert (tmp_path / "ran").exists()


def test_interpreters_own_environment_in_the_project_is_used(tmp_path: Path) -> None:
    assert not lies_in_project(sys.executable, str(Path(sys.prefix).parent))
    assert lies_in_project(str(tmp_path / "a/b"), str(tmp_path))
    assert lies_in_project(str(tmp_path / "node_modules/.bin/a"), str(tmp_path / "sites/one"))
    assert not lies_in_project(str(tmp_path / "bin/a"), str(tmp_path / "sites/one"))


def test_doctor_in_a_folder_that_looks_like_a_bare_repository_runs_nothing(tmp_path: Path) -> None:
    config = f'[core]\nbare = false\nworktree = .\nfsmonitor = "touch {tmp_path / "ran"}; false"\n'
    tree = {"HEAD": "ref: refs/heads/k", "objects/k": "", "refs/k": "", "config": config}
    site = write_tree(
        tmp_path / "site", {**tree, "assets/a.css": "", "build/manifest.json": "", "buildassets.lock": ""}
    )
    done = run(site, "doctor", "--json")
    assert json.loads(done.stdout)
    assert not (tmp_path / "ran").exists()


_READING = [
    "list",
    "report --json",
    "explain css/app.css",
    "clean --dry-run",
    "verify",
    "pack -o a.tar",
    "tools list",
    "vendor verify",
]


@pytest.mark.parametrize("verb", _READING)
def test_verb_that_reads_a_release_imports_no_module_of_the_project(tmp_path: Path, verb: str) -> None:
    project = release_site(tmp_path)
    trap = f"open({str(tmp_path / 'ran')!r}, 'w').close()\n"
    settings = 'webassets = "trap"\n[templates]\ndirs = ["templates"]\nextensions = ["trap.Trap"]\n'
    write_tree(
        project, {"trap.py": trap, "buildassets.toml": settings, "templates/page.html": "{{ asset('css/app.css') }}"}
    )
    done = run(project, *verb.split())
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("kind", ["css", "js", "svg"])
def test_engine_of_the_project_itself_is_left_out_with_a_warning(tmp_path: Path, kind: str) -> None:
    trap = f"open({str(tmp_path / 'ran')!r}, 'w').close()\n"
    files = {
        "lib/trap.py": trap,
        "lib/trap-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: trap\nVersion: 1\n",
        "lib/trap-1.dist-info/entry_points.txt": "[buildassets.engines]\ntrap = trap:Trap\n",
        "assets/a.css": "a { color: red }\n",
        "buildassets.toml": f'[engines]\n{kind} = "trap"\n',
    }
    done = run(write_tree(tmp_path, files), "check", "--no-run", PYTHONPATH=str(tmp_path / "lib"))
    assert done.returncode == 0, done.stderr
    assert "warning[config/not-run]: the engine `trap` is not loaded" in done.stderr
    assert not (tmp_path / "ran").exists()


def test_compiler_of_the_project_itself_is_a_warning_of_doctor(tmp_path: Path) -> None:
    files = {
        "lib/trap.py": f"open({str(tmp_path / 'ran')!r}, 'w').close()\n",
        "lib/trap-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: trap\nVersion: 1\n",
        "lib/trap-1.dist-info/entry_points.txt": "[buildassets.engines]\ntrap = trap:Trap\n",
        "assets/a.less": "a { color: red }\n",
        "buildassets.toml": '[engines]\nless = "trap"\n',
    }
    done = run(write_tree(tmp_path, files), "doctor", PYTHONPATH=str(tmp_path / "lib"))
    assert done.returncode == 0, done.stderr
    assert "warning[doctor/engine]: the engine `trap` of the package `trap` is not loaded" in done.stderr
    assert not (tmp_path / "ran").exists()


def test_engine_of_an_editable_install_is_the_project_s(tmp_path: Path) -> None:
    where = write_tree(
        tmp_path,
        {
            "site/assets/a.css": "a { color: red }\n",
            "site/buildassets.toml": '[engines]\ncss = "trap"\n',
            "lib/trap.py": f"open({str(tmp_path / 'ran')!r}, 'w').close()\n",
            "lib/trap-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: trap\nVersion: 1\n",
            "lib/trap-1.dist-info/entry_points.txt": "[buildassets.engines]\ntrap = trap:Trap\n",
            "lib/trap-1.dist-info/direct_url.json": json.dumps(
                {"url": (tmp_path / "site").as_uri(), "dir_info": {"editable": True}}
            ),
        },
    )
    done = run(where / "site", "check", "--no-run", PYTHONPATH=str(where / "lib"))
    assert "warning[config/not-run]: the engine `trap` is not loaded" in done.stderr
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("command", [[str(Path(sys.executable).with_name("flask")), "assets"], ["-m", "buildassets"]])
def test_module_of_the_working_directory_takes_the_place_of_none_that_is_needed(
    tmp_path: Path, command: list[str]
) -> None:
    trap = f"open({str(tmp_path / 'ran')!r}, 'w').close()\n"
    names = ("rjsmin.py", "tomllib.py") if "-m" in command else ("buildassets.py", "click.py", "rjsmin.py")
    write_tree(tmp_path, {"assets/a.js": "a ( )\n", "app.py": "", **dict.fromkeys(names, trap)})
    done = subprocess.run([sys.executable, *command, "check", "--no-run"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("verb", ["check --no-run", "doctor", "tools list"])
def test_program_that_a_tool_starts_by_its_name_is_none_of_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    """A script of npm begins with `#!/usr/bin/env node`."""
    trap(tmp_path, "site/node_modules/.bin/node")
    site = write_tree(tmp_path / "site", {"buildassets.toml": '[engines]\njs = "esbuild"\n', "assets/a.js": "a()\n"})
    write_tree(tmp_path, {"bin/esbuild": "#!/usr/bin/env node\n"})
    (tmp_path / "bin/esbuild").chmod(0o755)
    folders = [str(site / "node_modules/.bin"), str(tmp_path / "bin"), os.environ["PATH"]]
    monkeypatch.setenv("PATH", os.pathsep.join(folders))
    run(site, *verb.split())
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("verb", "module"),
    [
        ("list", "jinja2"),
        ("lsp", "lsprotocol"),
        ("migrate jammit", "yaml"),
        (f"pack build --sign ed25519:{'A' * 43}=", "cryptography"),
    ],
)
def test_package_that_is_used_where_it_is_installed_is_not_taken_from_the_project(
    tmp_path: Path, verb: str, module: str
) -> None:
    trap = f"open({str(tmp_path / 'ran')!r}, 'w').close()\n"
    tree = {
        "src/sitecustomize.py": "",
        f"src/{module}.py": trap,
        "config/assets.yml": "a: 1\n",
        "assets/a.css": "a {}\n",
    }
    write_tree(tmp_path, {**tree, "templates/a.html": "{{ asset('a.css') }}", "app.py": "from flask import Flask\n"})
    run(tmp_path, "build")
    program = str(Path(sys.executable).with_name("buildassets"))
    variables = {**os.environ, "PYTHONPATH": str(tmp_path / "src")}
    subprocess.run([program, *verb.split()], cwd=tmp_path, env=variables, stdin=subprocess.DEVNULL, capture_output=True)
    assert not (tmp_path / "ran").exists()


def test_module_next_to_a_repository_is_not_of_an_installed_package(tmp_path: Path) -> None:
    repository = write_tree(
        tmp_path / "repository",
        {
            "trap.py": f"open({str(tmp_path / 'ran')!r}, 'w').close()\n",
            "trap.egg-info/PKG-INFO": "Metadata-Version: 2.1\nName: trap\nVersion: 1\n",
            "trap.egg-info/entry_points.txt": "[buildassets.engines]\ntrap = trap:Trap\n",
            "site/assets/a.css": "a { color: red }\n",
            "site/buildassets.toml": '[engines]\ncss = "trap"\n',
        },
    )
    done = run(repository / "site", "check", "--no-run", PYTHONPATH=str(repository))
    assert "warning[config/not-run]: the engine `trap` is not loaded" in done.stderr, done.stderr
    assert not (tmp_path / "ran").exists()

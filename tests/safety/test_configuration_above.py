"""Files above a project that start programs count only where nobody but this user, or root, decides about them."""

import os
from pathlib import Path

import pytest

from tests.command import run, run_apart
from tests.conftest import NOT_SHOWN, write_tree
from tests.corpus.packages import node_modules
from tests.wheels.projects import WITHOUT_BACKEND, editable_path, write_package

_NOBODY = 65534
_COMMAND = '[commands.x]\noutput = "x.txt"\nrun = ["sh", "-c", "touch {folder}/ran; echo"]\n'
_PACKAGE = 'output = "src/cards/release"\n'
_PROGRAM = "#!/bin/sh\ntouch {folder}/ran\necho 0.28.0\n"
_WAYS = ("owner", "link", "folder")

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows shows no owner of files")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A project without a configuration, in a folder that others may have written."""
    return write_tree(tmp_path / "shared/site", {"assets/a.css": "a { b: c }\n", "assets/b.js": "let b = 1\n"})


def give(path: Path, user: int = _NOBODY) -> None:
    """Make `path` a file of another user, which only root can do."""
    if os.getuid() != 0:
        pytest.skip(f"{NOT_SHOWN}: only root gives files to other users")
    os.chown(path, user, user, follow_symlinks=False)


def plant(path: Path, text: str, way: str) -> None:
    """Write `text` to `path` so that another user may decide, in the `way` that is named, what the file holds."""
    write_tree(path.parent, {path.name: text.replace("{folder}", str(path.parent))})
    if way == "owner":
        give(path)
    elif way == "link":
        path.rename(path.parent / "elsewhere")
        path.symlink_to("elsewhere")
    else:
        path.parent.chmod(0o1777)


@pytest.mark.parametrize("way", _WAYS)
@pytest.mark.parametrize("verb", ["build", "check", "explain a.css", "list", "clean", "doctor"])
def test_configuration_of_another_user_above_is_an_error(site: Path, verb: str, way: str) -> None:
    plant(site.parent / "buildassets.toml", _COMMAND, way)
    done = run(site, *verb.split())
    assert done.returncode == (1 if verb == "doctor" else 2), done.stderr
    assert "`../buildassets.toml` is not used: " in done.stderr
    assert f"`BUILDASSETS_TRUST={site.parent / 'buildassets.toml'}`" in done.stderr
    assert not (site.parent / "ran").exists()


@pytest.mark.parametrize("way", _WAYS)
def test_table_of_another_user_above_is_an_error(site: Path, way: str) -> None:
    plant(site.parent / "pyproject.toml", '[tool.buildassets]\nsources = ["site/assets"]\n', way)
    assert "error[config/owner]: `../pyproject.toml` is not used" in run(site, "build").stderr


@pytest.mark.parametrize("way", _WAYS)
def test_pyproject_of_another_user_above_without_our_table_is_passed_over(site: Path, way: str) -> None:
    plant(site.parent / "pyproject.toml", '[project]\nname = "x"\n', way)
    assert run(site, "build").returncode == 0


@pytest.mark.parametrize("way", _WAYS)
def test_workspace_of_another_user_above_is_an_error(site: Path, way: str) -> None:
    plant(site.parent / "buildassets-workspace.toml", 'projects = ["site"]\n', way)
    assert (
        "error[config/owner]: `../buildassets-workspace.toml` is not used" in run(site, "build", "--workspace").stderr
    )


@pytest.mark.parametrize("way", _WAYS)
def test_workspace_of_uv_of_another_user_above_is_an_error(site: Path, way: str) -> None:
    plant(site.parent / "pyproject.toml", '[tool.uv.workspace]\nmembers = ["site"]\n', way)
    assert "error[config/owner]: `../pyproject.toml` is not used" in run(site, "build", "--workspace").stderr


def test_project_of_another_user_in_a_workspace_is_an_error(site: Path) -> None:
    write_tree(site.parent, {"buildassets-workspace.toml": 'projects = ["*"]\n', "site/buildassets.toml": _COMMAND})
    for path in (site, site / "buildassets.toml"):
        give(path)
    done = run(site.parent, "build", "--workspace")
    assert "error[config/owner]: `site/buildassets.toml` is not used: it belongs to " in done.stderr
    assert done.returncode == 2


@pytest.mark.parametrize("way", _WAYS)
@pytest.mark.parametrize(
    "settings",
    ['[engines]\njs = "esbuild"\n', '[commands.x]\noutput = "x.txt"\nrun = ["esbuild"]\n'],
    ids=["engine", "command"],
)
def test_program_in_node_modules_of_another_user_above_does_not_run(site: Path, settings: str, way: str) -> None:
    write_tree(site, {"buildassets.toml": settings})
    modules = site.parent / "node_modules"
    write_tree(modules, {".bin/esbuild": _PROGRAM.replace("{folder}", str(site.parent))})
    (modules / ".bin/esbuild").chmod(0o755)
    if way == "owner":
        give(modules)
    elif way == "link":
        modules.rename(site.parent / "elsewhere")
        modules.symlink_to("elsewhere")
    else:
        modules.chmod(0o777)
    done = run(site, "build")
    assert f"`{modules}` is not used: " in done.stderr
    assert done.returncode == 1
    assert not (site.parent / "ran").exists()


def test_linked_package_in_node_modules_of_another_user_does_not_run(site: Path, tmp_path: Path) -> None:
    write_tree(site, {"buildassets.toml": '[engines]\njs = "esbuild"\n'})
    home = write_tree(tmp_path / "home/esbuild", {f"node_modules/@esbuild/{_platform()}/bin/esbuild": _PROGRAM})
    (home / f"node_modules/@esbuild/{_platform()}/bin/esbuild").chmod(0o755)
    (site.parent / "node_modules").mkdir()
    (site.parent / "node_modules/esbuild").symlink_to(home)
    give(site.parent / "node_modules")
    assert f"`{site.parent / 'node_modules'}` is not used: it belongs to" in run(site, "build").stderr


def _platform() -> str:
    machine = os.uname().machine
    return f"linux-{ {'x86_64': 'x64', 'aarch64': 'arm64'}.get(machine, machine) }"


def test_plugin_of_tailwind_from_node_modules_of_another_user_does_not_run(site: Path) -> None:
    write_tree(site, {"assets/t.css": '@import "tailwindcss"; @plugin "evil";'})
    write_tree(site.parent / "node_modules/evil", {"package.json": "{}", "index.js": "throw 1"})
    (site.parent / "node_modules").chmod(0o777)
    done = run(site, "build")
    assert f"error[tailwind/unavailable]: `{site.parent / 'node_modules'}` is not used" in done.stderr


@pytest.mark.corpus
def test_package_in_node_modules_of_another_user_is_not_bundled(site: Path) -> None:
    settings = '[bundles]\n"c.js" = { files = ["b.js"], bundle = true }\n'
    write_tree(site, {"buildassets.toml": settings, "assets/b.js": 'import "evil"\n'})
    (site / "node_modules").symlink_to(node_modules())
    write_tree(site.parent / "node_modules/evil", {"package.json": "{}", "index.js": "alert(1)"})
    (site.parent / "node_modules").chmod(0o777)
    assert f"error[config/owner]: `{site.parent / 'node_modules'}` is not used" in run(site, "build").stderr


def test_plugin_of_tailwind_counts_that_belongs_to_who_owns_the_project(site: Path) -> None:
    write_tree(site, {"assets/css/t.css": '@import "tailwindcss"; @plugin "own";', "buildassets.toml": ""})
    write_tree(site / "node_modules/own", {"package.json": "{}", "index.js": "export default () => {}"})
    for path in (site, *site.rglob("*")):
        give(path)
    assert "is not used" not in run(site, "build").stderr


@pytest.mark.parametrize("name", ["buildassets.toml", "buildassets.lock"])
def test_file_of_a_third_user_in_the_repository_is_an_error(site: Path, name: str) -> None:
    write_tree(site, {".git/HEAD": "", "buildassets.toml": "", name: ""})
    give(site / name)
    assert f"error[config/owner]: `{name}` is not used: it belongs to " in run(site, "build").stderr


@pytest.mark.parametrize(("folder", "shown"), [("", "buildassets.toml"), ("sub", "../buildassets.toml")])
def test_files_of_who_owns_the_repository_count(site: Path, folder: str, shown: str) -> None:
    write_tree(
        site, {".git/HEAD": "", "buildassets.toml": 'sources = ["assets"]\n', "buildassets.lock": "", "sub/a": ""}
    )
    for path in (site, *site.rglob("*")):
        give(path)
    done = run(site / folder, "build", "-v")
    assert done.returncode == 0, done.stderr
    assert f"`{shown}` belongs to `nobody` (user 65534), who owns the repository\n" in done.stderr


def test_repository_of_another_user_does_not_decide_in_a_folder_of_ours(site: Path) -> None:
    write_tree(site.parent, {".git/HEAD": "", "buildassets.toml": 'sources = ["site/assets"]\n'})
    for path in (site.parent, site.parent / ".git", site.parent / "buildassets.toml"):
        give(path)
    assert "error[config/owner]: `../buildassets.toml` is not used: it belongs to " in run(site, "build").stderr


def test_own_configuration_above_the_repository_counts(site: Path) -> None:
    write_tree(site.parent, {"site/.git/HEAD": "", "buildassets.toml": 'sources = ["site/assets"]\n'})
    assert run(site, "build").returncode == 0
    assert (site.parent / "build/manifest.json").exists()


def test_configuration_counts_above_in_a_folder_of_this_users_own_group(site: Path) -> None:
    write_tree(site.parent, {"buildassets.toml": 'sources = ["site/assets"]\n'})
    os.chown(site.parent, -1, os.getgid())
    site.parent.chmod(0o775)
    assert run(site, "build").returncode == 0


@pytest.mark.parametrize("listed", ["shared/buildassets.toml", "shared"])
def test_listed_file_counts(site: Path, tmp_path: Path, listed: str) -> None:
    plant(site.parent / "buildassets.toml", 'sources = ["site/assets"]\n', "link")
    trusted = os.pathsep.join(["relative", str(tmp_path / listed)])
    assert run(site, "build", BUILDASSETS_TRUST=trusted).returncode == 0


def test_named_file_counts(site: Path) -> None:
    plant(site.parent / "buildassets.toml", 'sources = ["site/assets"]\n', "link")
    assert run(site, "build", "--config", "../buildassets.toml").returncode == 0


def test_build_with_nothing_to_do_repeats_nothing_of_another_user(site: Path) -> None:
    plant(site.parent / "buildassets.toml", 'sources = ["site/assets"]\n', "link")
    assert run(site, "build", BUILDASSETS_TRUST=str(site.parent)).returncode == 0
    done = run_apart(site, "build")
    assert "error[config/owner]" in done.stderr


def test_doctor_names_a_configuration_above(site: Path) -> None:
    write_tree(site.parent, {"buildassets.toml": 'sources = ["site/assets"]\n'})
    done = run(site, "doctor")
    assert f"the configuration is `{site.parent / 'buildassets.toml'}`, above the repository\n" in done.stderr


@pytest.mark.parametrize(("mode", "who"), [(0o666, "go"), (0o646, "o")])
def test_a_configuration_that_others_may_write_has_the_command_that_ends_that(site: Path, mode: int, who: str) -> None:
    file = site.parent / "buildassets.toml"
    plant(file, 'sources = ["site/assets"]\n', "folder")
    file.parent.chmod(0o755)
    file.chmod(mode)
    assert f"hint: run `chmod {who}-w {file}`, or read it; if you trust it" in run(site, "build").stderr
    file.chmod(0o644)
    assert run(site, "build").returncode == 0


def test_a_relative_path_in_the_variable_does_not_count_and_is_reported(site: Path) -> None:
    plant(site.parent / "buildassets.toml", 'sources = ["site/assets"]\n', "folder")
    done = run(site, "build", BUILDASSETS_TRUST="../buildassets.toml")
    assert done.returncode == 2
    note = "note: `BUILDASSETS_TRUST` lists `../buildassets.toml`, which is not absolute, and does not count"
    assert note in done.stderr


@pytest.mark.parametrize("way", ["owner", "folder"])
def test_commands_of_an_editable_package_of_another_user_do_not_run(site: Path, tmp_path: Path, way: str) -> None:
    package = write_package(site.parent / "cards", WITHOUT_BACKEND, {"buildassets.toml": _PACKAGE})
    write_tree(site, {"buildassets.toml": 'packages = ["cards"]\n'})
    path = editable_path(tmp_path / "lib", {"cards": package})
    assert run(site, "build", PYTHONPATH=path).returncode == 0
    write_tree(package, {"buildassets.toml": _PACKAGE + _COMMAND.replace("{folder}", str(tmp_path))})
    if way == "owner":
        for one in (package, package / "buildassets.toml"):
            give(one)
    else:
        package.chmod(0o777)
    done = run(site, "build", PYTHONPATH=path)
    assert "error[config/owner]: `../cards` is not used: " in done.stderr
    assert done.returncode == 2
    assert not (tmp_path / "ran").exists()
    assert run(site, "build", PYTHONPATH=path, BUILDASSETS_TRUST=str(package)).returncode == 0
    assert (tmp_path / "ran").exists()

"""`buildassets.build`, `check`, `load_config`: what the commands do, for Python programs."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import buildassets
from buildassets import ConfigError, build, check, load_config
from tests.command import run
from tests.conftest import read_tree, settle, write_tree

SITE = {
    "pyproject.toml": "[tool.buildassets]\n",
    "assets/css/app.scss": "$color: red;\np { color: $color }\n",
    "assets/js/app.js": "call( 1 )\n",
}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return write_tree(tmp_path / "site", SITE)


@pytest.mark.parametrize("mode", ["production", "development"])
def test_build_writes_what_the_command_writes(site: Path, mode: str) -> None:
    assert run(site, "build", "--no-cache", "--mode", mode, "-o", "other").returncode == 0
    config = load_config(start=site)
    assert build(config, mode=mode, jobs=1).succeeded  # type: ignore[arg-type]  # a word of the two
    assert read_tree(site / "build") == read_tree(site / "other")


def test_second_build_has_nothing_to_do(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settle()
    first = build(load_config(start=site))
    monkeypatch.setitem(sys.modules, "buildassets.compiler.build", None)  # importing it again would fail
    second = build(load_config(start=site))
    assert second.written == ()
    assert second.manifest
    assert first.manifest
    assert dict(second.manifest.assets) == dict(first.manifest.assets)


def test_command_continues_a_build_in_python(site: Path) -> None:
    settle()
    build(load_config(start=site))
    done = run(site, "build")
    assert done.returncode == 0
    assert "wrote nothing" in done.stderr


def test_build_without_the_cache_writes_only_the_release(site: Path) -> None:
    build(load_config(start=site), use_cache=False)
    assert sorted(path.name for path in site.iterdir()) == ["assets", "build", "pyproject.toml"]


def test_cache_is_kept_in_the_given_folder(site: Path, tmp_path: Path) -> None:
    build(load_config(start=site), cache_dir=str(tmp_path / "kept"))
    assert (tmp_path / "kept").is_dir()
    assert not (site / ".buildassets").exists()


def test_a_cache_in_a_source_root_is_refused(site: Path) -> None:
    with pytest.raises(ConfigError, match="source root"):
        build(load_config(start=site), cache_dir=str(site / "assets"))


def test_a_fault_in_a_source_is_a_diagnostic_and_leaves_the_release(site: Path) -> None:
    build(load_config(start=site))
    before = read_tree(site / "build")
    write_tree(site, {"assets/css/app.scss": "p { color: $missing }\n"})
    result = build(load_config(start=site))
    assert (result.succeeded, [found.location and found.location.file for found in result.diagnostics]) == (
        False,
        ["assets/css/app.scss"],
    )
    assert read_tree(site / "build") == before


def test_builds_run_at_the_same_time(tmp_path: Path) -> None:
    sites = [write_tree(tmp_path / str(number), SITE) for number in range(4)]
    with ThreadPoolExecutor(4) as executor:
        results = list(executor.map(lambda site: build(load_config(start=site)), sites))
    assert all(result.succeeded for result in results)
    assert len({json.dumps(sorted(map(str, read_tree(site / "build").items()))) for site in sites}) == 1


def test_check_writes_nothing(site: Path) -> None:
    before = read_tree(site)
    result = check(load_config(start=site), jobs=1)
    assert (result.diagnostics, read_tree(site)) == ((), before)


def test_options_replace_settings_of_the_file(site: Path) -> None:
    write_tree(site, {"more/x.js": ""})
    config = load_config("pyproject.toml", start=site, sources=["more"], output="out", url="/static/")
    assert ([root.path for root in config.sources], config.output, config.url) == (
        [str(site / "more")],
        str(site / "out"),
        "/static/",
    )


def test_settings_file_is_given_by_its_path(site: Path) -> None:
    assert load_config(site / "pyproject.toml").folder == str(site)


@pytest.mark.parametrize("name", ["sources", "also", "templates"])
def test_one_path_instead_of_several_is_refused(site: Path, name: str) -> None:
    with pytest.raises(TypeError, match=f"`{name}` is a sequence of paths"):
        load_config(start=site, **{name: "assets"})  # type: ignore[arg-type]  # as a program without types has it


@pytest.mark.parametrize("function", [build, check])
def test_zero_jobs_are_refused(site: Path, function: object) -> None:
    with pytest.raises(ValueError, match="`jobs` is 0"):
        function(load_config(start=site), jobs=0)  # type: ignore[operator]  # either of them


def test_importing_the_package_loads_no_compiler() -> None:
    program = "import sys, buildassets; print([one for one in sys.modules if one.startswith('buildassets.')])"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "['buildassets._version']"


def test_each_public_name_exists() -> None:
    for name in buildassets.__all__:
        assert getattr(buildassets, name) is not None

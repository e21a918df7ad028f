"""One cache for several clones, users and machines: a result of one place is found in another, or built again."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.command import Finished, environment, run
from tests.compiler.conftest import SHOUT, write_package
from tests.conftest import Tree, read_tree, write_tree

SETTINGS = """
sources = ["assets", { path = "../shared", prefix = "shared" }]
load_paths = ["lib", "../theme"]
compress = ["gzip"]
"""
SITE: Tree = {
    "site/buildassets.toml": SETTINGS,
    "site/assets/app.scss": '@use "own" as *; @use "colours" as *; a { background: url(a.svg); color: $ink }\n',
    "site/assets/_own.scss": ".own { width: 1px }\n",
    "site/assets/plain.css": "a { top: 0 }\n",
    "site/assets/wrong.css": "a { content: 'x }\n",
    "site/assets/b.js": "call( 1 )\n",
    "site/assets/a.svg": "<svg/>",
    "site/lib/_colours.scss": "$ink: red;\n",
    "shared/odd.css": "b { content: 'x }\n",
    "shared/c.js": "call( 2 )\n",
    "theme/_unused.scss": "",
}
# What libsass compiles, too.
IMPORTING = '@import "own"; @import "colours"; a { background: url(a.svg); color: $ink }\n'
MADE = ["app.css", "b.js", "plain.css", "shared/c.js", "shared/odd.css", "wrong.css"]


class Clones:
    """Clones of one repository in folders of their own, built with one cache."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: Tree = SITE
        self.cache = folder / "cache"
        self.environment: dict[str, str] = {}

    def clone(self, name: str, files: Tree | None = None) -> Path:
        """A new clone, of `files` in place of its own if they are given; gives the folder of its project."""
        return write_tree(self.folder / name, self.files if files is None else files) / "site"

    def build(self, site: Path, *arguments: str, **variables: str) -> dict[str, Any]:
        """Build `site`; return the document that the command prints."""
        arguments = ("--json", "--cache-dir", str(self.cache), *arguments)
        done = self._build(site, *arguments, **variables)
        assert "Traceback" not in done.stderr, done.stderr
        document: dict[str, Any] = json.loads(done.stdout)
        assert document["ok"], done.stdout
        return document

    def clean(self, site: Path, *arguments: str) -> Mapping[str, bytes]:
        """Return the release of a build without a cache, of a copy of `site` and the folders next to it."""
        copy = self.folder / "clean"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(site.parent, copy, ignore=shutil.ignore_patterns("build"))
        assert self._build(copy / site.name, "-q", "--no-cache", *arguments).returncode == 0
        return released(copy / site.name)

    def _build(self, site: Path, *arguments: str, **variables: str) -> Finished:
        """Run a build; in a process that has imported no package yet, where another is to go before one."""
        variables = {**self.environment, **variables}
        if "PYTHONPATH" not in variables:
            return run(site, "build", *arguments, **variables)
        command = [sys.executable, "-m", "buildassets", "build", *arguments]
        return subprocess.run(command, cwd=site, env=environment(**variables), capture_output=True, text=True)


def released(site: Path) -> Mapping[str, bytes]:
    """Return the files of the release."""
    return read_tree(site / "build")


@pytest.fixture
def clones(tmp_path: Path) -> Clones:
    return Clones(tmp_path)


def linked(clones: Clones) -> Path:
    clones.clone("there")
    (clones.folder / "link").symlink_to("there")
    return clones.folder / "link/site"


def in_pyproject(clones: Clones) -> Path:
    site = clones.clone("there")
    (site / "buildassets.toml").unlink()
    (site / "pyproject.toml").write_text("[tool.buildassets]" + SETTINGS)
    return site


def with_new_times(clones: Clones) -> Path:
    site = clones.clone("there")
    for path in site.parent.rglob("*"):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    return site


ELSEWHERE: dict[str, tuple[Callable[[Clones], Path], dict[str, str]]] = {
    "another folder": (lambda clones: clones.clone("there"), {}),
    "a folder of another depth": (lambda clones: clones.clone("much/deeper/there"), {}),
    "a folder behind a link": (linked, {}),
    "the same settings in the other file": (in_pyproject, {}),
    "other times": (with_new_times, {}),
    "another home": (lambda clones: clones.clone("there"), {"HOME": "/nowhere", "USER": "other"}),
    "another time zone and locale": (lambda clones: clones.clone("there"), {"TZ": "Asia/Tokyo", "LC_ALL": "C"}),
    "a path that leads nowhere": (
        lambda clones: clones.clone("there"),
        {"PATH": f"/nowhere{os.pathsep}{os.environ['PATH']}"},
    ),
}


@pytest.mark.parametrize("where", ELSEWHERE)
@pytest.mark.parametrize("engine", ["libsass", "dart-sass"])
def test_cache_entries_are_found_from_elsewhere(clones: Clones, where: str, engine: str) -> None:
    settings = f'{SETTINGS}[engines]\nscss = "{engine}"\n'
    files = {**SITE, "site/buildassets.toml": settings, "site/assets/app.scss": IMPORTING}
    here = clones.clone("here", files)
    first = clones.build(here)
    assert sorted(first["anew"]) == MADE
    place, variables = ELSEWHERE[where]
    clones.files = {**SITE, "site/assets/app.scss": IMPORTING}
    there = place(clones)
    for name in ("buildassets.toml", "pyproject.toml"):
        if (there / name).exists():
            with (there / name).open("a") as file:
                table = "engines" if name == "buildassets.toml" else "tool.buildassets.engines"
                file.write(f'[{table}]\nscss = "{engine}"\n')
    second = clones.build(there, **variables)
    assert second["anew"] == {}
    assert second["diagnostics"] == first["diagnostics"]
    assert released(there) == released(here)


def test_cache_entries_with_source_maps_are_found_from_elsewhere(clones: Clones) -> None:
    files = {**SITE, "site/buildassets.toml": SETTINGS + "source_maps = true\n"}
    here, there = clones.clone("here", files), clones.clone("there", files)
    clones.build(here)
    assert clones.build(there)["anew"] == {}
    assert released(there) == released(here) == clones.clean(there)


def test_another_umask_lets_others_read_the_cache(clones: Clones) -> None:
    site = clones.clone("here")
    clones.build(site)
    for path in clones.cache.rglob("*"):
        assert path.stat().st_mode & 0o044 == 0o044 & ~umask()


def umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def edit(name: str, text: str) -> Callable[[Clones, Path], None]:
    def change(_: Clones, site: Path) -> None:
        write_tree(site.parent, {name: text})

    return change


def settings(text: str) -> Callable[[Clones, Path], None]:
    return edit("site/buildassets.toml", SETTINGS + text)


def same_size_and_time(_: Clones, site: Path) -> None:
    path = site / "lib/_colours.scss"
    path.write_text("$ink: tan;\n")
    os.utime(path, (1_700_000_000, 1_700_000_000))


def link_elsewhere(_: Clones, site: Path) -> None:
    (site / "lib/_colours.scss").unlink()
    (site / "lib/_other").write_text("$ink: tan;\n")
    (site / "lib/_colours.scss").symlink_to("_other")


def package_in_front(name: str) -> Callable[[Clones, Path], None]:
    """Another version of a package, whose version is the same, goes before the one that is installed."""

    def change(clones: Clones, _: Path) -> None:
        module = __import__(name)
        folder = clones.folder / "in front"
        folder.mkdir()
        text = Path(str(module.__file__)).read_text()
        (folder / f"{name}.py").write_text(text + "\n# patched\n")
        clones.environment["PYTHONPATH"] = str(folder)

    return change


MISSES: dict[str, tuple[Callable[[Clones, Path], None], list[str]]] = {
    "a source": (edit("site/assets/b.js", "call( 3 )\n"), ["b.js"]),
    "a partial": (edit("site/assets/_own.scss", ".own { width: 2px }\n"), ["app.css"]),
    "a partial of a load path": (edit("site/lib/_colours.scss", "$ink: tan;\n"), ["app.css"]),
    "a partial of the same size and time": (same_size_and_time, ["app.css"]),
    "a partial that is a link": (link_elsewhere, ["app.css"]),
    "a partial that goes before another": (edit("site/assets/_colours.scss", "$ink: tan;\n"), ["app.css"]),
    "a source of another root": (edit("shared/c.js", "call( 4 )\n"), ["shared/c.js"]),
    "the prefix of URLs": (settings('url = "/static/"\n'), ["app.css", "b.js", "shared/c.js"]),
    "another folder to look in": (
        edit("site/buildassets.toml", SETTINGS.replace('["lib", "../theme"]', '["../theme", "lib"]')),
        ["app.css"],
    ),
    "source maps": (settings("source_maps = true\n"), MADE),
    "directives": (settings("directives = true\n"), MADE),
    "no minifying": (settings("minify = false\n"), ["app.css"]),
    "another minifier": (settings('[engines]\ncss = "lightningcss"\n'), [one for one in MADE if one.endswith(".css")]),
    "no engine for a kind": (settings('[engines]\ncss = "none"\n'), ["app.css"]),
    "another name": (
        edit("site/buildassets.toml", SETTINGS.replace('prefix = "shared"', 'prefix = "common"')),
        ["common/c.js", "common/odd.css"],
    ),
    "a patched minifier of scripts": (package_in_front("rjsmin"), ["b.js", "shared/c.js"]),
}


@pytest.mark.parametrize("what", MISSES)
def test_change_rebuilds_exactly_its_assets(clones: Clones, what: str) -> None:
    clones.build(clones.clone("here"))
    change, expected = MISSES[what]
    there = clones.clone("there")
    change(clones, there)
    assert sorted(clones.build(there)["anew"]) == sorted(expected)
    assert released(there) == clones.clean(there)


def test_another_sass_rebuilds_its_sheets(clones: Clones) -> None:
    by_engine = f'{SETTINGS}[engines]\nscss = "%s"\n'
    clones.files = {**SITE, "site/assets/app.scss": IMPORTING, "site/buildassets.toml": by_engine % "libsass"}
    clones.build(clones.clone("here"))
    there = clones.clone("there")
    (there / "buildassets.toml").write_text(by_engine % "dart-sass")
    assert list(clones.build(there)["anew"]) == ["app.css"]


def test_reason_names_the_file_relative_to_the_clone(clones: Clones) -> None:
    clones.build(clones.clone("here"))
    there = clones.clone("there")
    (there / "lib/_colours.scss").write_text("$ink: tan;\n")
    assert clones.build(there)["anew"] == {"app.css": "lib/_colours.scss changed"}


def test_two_states_with_other_partials_are_found_in_turn(clones: Clones) -> None:
    sites = []
    for number, text in enumerate(('@use "colours" as *; a { color: $ink }', "a { color: red }", '@use "own" as *;')):
        site = clones.clone(f"{number}")
        (site / "assets/app.scss").write_text(text)
        clones.build(site)
        sites.append(site)
    for site in sites:
        shutil.rmtree(site / "build")
        assert clones.build(site)["anew"] == {}


ENGINES = SETTINGS + '[engines]\nmd = "shout"\n'


def test_engine_from_another_path_is_a_change(clones: Clones) -> None:
    files = {**SITE, "site/buildassets.toml": ENGINES, "site/assets/d.md": "Hello"}
    site = clones.clone("here", files)
    first = write_package(clones.folder / "first", "shouting", SHOUT, {"shout": "Shout"})
    clones.environment["PYTHONPATH"] = str(first)
    clones.build(site)
    assert content(site, "d.txt") == b"HELLO"
    louder = SHOUT.replace("upper()", "upper() + '!'")
    clones.environment["PYTHONPATH"] = str(
        write_package(clones.folder / "second", "shouting", louder, {"shout": "Shout"})
    )
    clones.build(site)
    assert content(site, "d.txt") == b"HELLO!"


def test_engine_upgraded_in_place_is_a_change(clones: Clones) -> None:
    files = {**SITE, "site/buildassets.toml": ENGINES, "site/assets/d.md": "Hello"}
    site = clones.clone("here", files)
    package = write_package(clones.folder, "shouting", SHOUT, {"shout": "Shout"})
    clones.environment["PYTHONPATH"] = str(package)
    clones.build(site)
    clones.build(site)
    module = package / "shouting.py"
    # Of another length, as Python takes bytecode for that of a source of the same second and length.
    module.write_text(SHOUT.replace("upper()", "lower().strip()"))
    assert clones.build(site)["anew"] == {"d.txt": "the settings or an engine changed"}
    assert content(site, "d.txt") == b"hello"
    assert clones.build(clones.clone("there", files))["anew"] == {}


def test_another_requirement_of_an_engine_is_a_change(clones: Clones) -> None:
    files = {**SITE, "site/buildassets.toml": ENGINES, "site/assets/d.md": "Hello"}
    site = clones.clone("here", files)
    package = write_package(clones.folder, "shouting", SHOUT, {"shout": "Shout"})
    clones.environment["PYTHONPATH"] = str(package)
    clones.build(site)
    metadata = "Metadata-Version: 2.1\nName: needed\nVersion: {}\n"
    write_tree(package, {"needed-1.0.dist-info/METADATA": metadata.format("1.0")})
    assert clones.build(site)["anew"].keys() == {"d.txt"}


def test_package_in_front_of_an_installed_one_is_a_change_for_a_no_op_build(clones: Clones) -> None:
    site = clones.clone("here")
    folder = clones.folder / "in front"
    folder.mkdir()
    clones.environment["PYTHONPATH"] = str(folder)
    for _ in range(2):
        clones.build(site)
    import rjsmin

    (folder / "rjsmin.py").write_text(Path(rjsmin.__file__).read_text() + "\n# patched\n")
    assert sorted(clones.build(site)["anew"]) == ["b.js", "shared/c.js"]


def content(site: Path, logical: str) -> bytes:
    """Return the content of an asset of the release."""
    file: str = json.loads((site / "build/manifest.json").read_text())["assets"][logical]["file"]
    return (site / "build/assets" / file).read_bytes()

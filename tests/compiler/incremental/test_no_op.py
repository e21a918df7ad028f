"""A second build does nothing, until a file or setting changes that the first depends on."""

import os
import shutil
import sys
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from buildassets.compiler.engines.esbuild.command import natives
from buildassets.compiler.incremental.no_op import kept_or_built
from buildassets.compiler.request import BuildRequest
from buildassets.compiler.result import BuildResult, LastBuild
from buildassets.packages.tools.kinds import TOOLS, platform_of
from tests.building import build, load_config
from tests.compiler.incremental.builder import SITE, Builder, clean_release, released
from tests.conftest import Tree, lexers_in_python, settle, write_tree


@pytest.fixture
def builder(tmp_path: Path) -> Builder:
    return Builder(write_tree(tmp_path, SITE))


def test_a_second_build_does_nothing_and_reports_the_same(builder: Builder) -> None:
    first = builder()
    second = builder()
    assert builder.worked == 1
    assert second.manifest == first.manifest
    assert second.diagnostics == first.diagnostics
    assert [found.code for found in second.diagnostics] == ["css/syntax"]
    assert second.written == ()


CHANGES: dict[str, Callable[[Path], object]] = {
    "a source": lambda folder: (folder / "assets/img/a.svg").write_text("<svg></svg>"),
    "a partial": lambda folder: (folder / "assets/css/_theme.scss").write_text("$colour: tan;\n"),
    "a partial of a load path": lambda folder: (folder / "lib/_found.scss").write_text("b { color: tan }\n"),
    "a new source": lambda folder: (folder / "assets/img/b.svg").write_text("<svg/>"),
    "a new source in a new folder": lambda folder: write_tree(folder, {"assets/new/b.svg": "<svg/>"}),
    "a partial that goes before another": lambda folder: (folder / "assets/css/_found.scss").write_text(""),
    "a folder that goes before another": lambda folder: write_tree(folder, {"assets/css/far/_off.scss": ""}),
    "the original of a source with a map": lambda folder: (folder / "assets/lib/one.ts").write_text("1"),
    "a source that nothing compiles": lambda folder: (folder / "assets/js/new.coffee").write_text("x"),
    "a source less": lambda folder: (folder / "assets/js/unclosed.css").unlink(),
    "the settings": lambda folder: (folder / "pyproject.toml").write_text("[tool.buildassets]\nload_paths = ['lib']\n"),
    "other settings go before": lambda folder: (folder / "buildassets.toml").write_text("load_paths = ['lib']"),
    "an output": lambda folder: next((folder / "build/assets/img").glob("*.svg")).write_text("<g/>"),
    "an output less": lambda folder: next((folder / "build/assets/css").glob("app.*.css")).unlink(),
    "the manifest": lambda folder: (folder / "build/manifest.json").unlink(),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_built_as_a_clean_build_would(builder: Builder, change: str) -> None:
    builder()
    CHANGES[change](builder.folder)
    assert builder().succeeded
    assert builder.worked == 2
    assert released(builder.folder) == clean_release(builder.folder)


def test_the_files_of_a_folder_that_goes_before_another_may_come_later(builder: Builder) -> None:
    builder()
    (builder.folder / "assets/css/far").mkdir()
    builder()
    write_tree(builder.folder, {"assets/css/far/_off.scss": ""})
    assert builder().succeeded
    assert released(builder.folder) == clean_release(builder.folder)


def check_out(folder: Path, changed: Mapping[str, str]) -> None:
    """Write all sources and settings again, some of them `changed`."""
    for name, text in {**SITE, **changed}.items():
        (folder / name).unlink()
        write_tree(folder, {name: text})


def test_a_checkout_of_the_same_files_is_not_a_change(builder: Builder) -> None:
    first = builder()
    check_out(builder.folder, {})
    assert builder().manifest == first.manifest
    assert builder.worked == 1
    check_out(builder.folder, {})
    (builder.folder / "assets/img/a.svg").write_text("<svg></svg>")
    assert builder().succeeded
    assert builder.worked == 2


# Files of which a build keeps no digest for its own sake.
UNKEPT: Tree = {
    "assets/a.json": '{"a":  1}\n',
    "assets/a.html": "<p>  a  </p>\n",
    "assets/site.webmanifest": '{"name":  "a"}\n',
    "assets/a.svg": '<svg  xmlns="http://www.w3.org/2000/svg"><g/></svg>\n',
    "assets/utf16.svg": "<svg/>".encode("utf-16"),
    "buildassets.lock": "version = 1\n\n[tools]\n",
    "node_modules/.package-lock.json": "{}\n",
    "../shared/b.svg": '<svg  xmlns="http://www.w3.org/2000/svg"><g/></svg>\n',
    "buildassets.toml": '[[sources]]\npath = "assets"\n[[sources]]\npath = "../shared"\n',
}


@pytest.mark.parametrize("name", UNKEPT)
def test_a_file_that_is_written_again_unchanged_is_not_a_change(tmp_path: Path, name: str) -> None:
    builder = Builder(write_tree(tmp_path / "site", UNKEPT))
    assert builder().succeeded
    file = builder.folder / name
    held = file.read_bytes()
    file.unlink()
    file.write_bytes(held)
    assert builder().succeeded
    assert builder.worked == 1
    file.write_bytes(held + b"\n")
    builder()
    assert builder.worked == 2


@pytest.mark.parametrize("record", [".pnpm/lock.yaml", ".yarn-integrity", ".yarn-state.yml"])
def test_a_tool_that_another_installer_than_npm_adds_is_a_change(tmp_path: Path, record: str) -> None:
    builder = Builder(write_tree(tmp_path / "site", {**SITE, f"node_modules/{record}": "a"}))
    builder()
    builder()
    assert builder.worked == 1
    write_tree(builder.folder, {"node_modules/.bin/esbuild": "", f"node_modules/{record}": "b"})
    builder()
    assert builder.worked == 2


@pytest.mark.parametrize("record", ["node_modules/.pnpm/lock.yaml", "node_modules/.yarn-state.yml", "bun.lock"])
def test_another_version_of_a_package_is_a_change(tmp_path: Path, record: str) -> None:
    builder = Builder(write_tree(tmp_path / "site", {**SITE, record: "1"}))
    builder()
    write_tree(builder.folder, {record: "2"})
    builder()
    assert builder.worked == 2


def test_a_release_restored_with_its_sources_is_not_a_change(tmp_path: Path) -> None:
    icon = "<svg>" + "<g/>" * 1000 + "</svg>"
    builder = Builder(write_tree(tmp_path / "site", {**SITE, "assets/img/large.svg": icon}))
    builder()
    assert list((builder.folder / "build/assets/img").glob("large.*.svg.gz"))
    builder.folder.rename(tmp_path / "stored")
    shutil.copytree(tmp_path / "stored", builder.folder, copy_function=shutil.copyfile)
    before = released(builder.folder)
    builder()
    assert builder.worked == 1
    output = next((builder.folder / "build/assets/img").glob("*.svg.gz"))
    output.write_bytes(b"x")
    builder()
    assert builder.worked == 2
    assert released(builder.folder) == before


@pytest.mark.parametrize("hashed_by", ["library", "python"])
@pytest.mark.parametrize("changed", [{}, {"assets/many/7.css": "a { top: 7Px }\n"}])
def test_the_changed_ones_of_many_restored_files_are_built(tmp_path: Path, hashed_by: str, changed: Tree) -> None:
    many = {f"assets/many/{number}.css": f"a {{ top: {number}px }}\n" for number in range(100)}
    builder = Builder(write_tree(tmp_path / "site", {**SITE, **many}))
    builder()
    builder.folder.rename(tmp_path / "stored")
    shutil.copytree(tmp_path / "stored", builder.folder, copy_function=shutil.copyfile)
    write_tree(builder.folder, changed)
    with lexers_in_python() if hashed_by == "python" else nullcontext():
        for _ in range(2):
            assert builder().succeeded
            assert builder.worked == 1 + len(changed)
    assert released(builder.folder) == clean_release(builder.folder)


@pytest.mark.parametrize(
    "changed",
    [
        {"assets/css/_theme.scss": "$colour: tan;\n"},
        {"assets/img/a.svg": "<svg ></svg>"},
        {"lib/_found.scss": "b { color: tan }\n"},
        {"pyproject.toml": "[tool.buildassets]\nload_paths = ['lib']\n"},
    ],
)
@pytest.mark.parametrize("ways", [1, 2])
def test_a_checkout_of_other_files_is_built_as_a_clean_build_would(
    builder: Builder, changed: Mapping[str, str], ways: int
) -> None:
    builder()
    for other in (changed, {}, changed)[-ways:]:
        check_out(builder.folder, other)
        assert builder().succeeded
        assert released(builder.folder) == clean_release(builder.folder)
        shutil.rmtree(builder.folder.parent / f"{builder.folder.name} copied")


def test_a_source_that_is_written_during_the_build_is_built_again(builder: Builder) -> None:
    config = load_config(start=str(builder.folder))
    partial = builder.folder / "assets/css/_theme.scss"

    def work(*, last: LastBuild | None) -> BuildResult:
        result = build(config, last=last)
        partial.write_text("$colour: tan;\n")
        return result

    settle()
    kept_or_built(BuildRequest(config=config, cache=str(builder.folder / ".cache")), work)
    builder()
    assert builder.worked == 1
    assert released(builder.folder) == clean_release(builder.folder)


def test_a_release_that_another_builder_replaces_at_once_is_built_again(builder: Builder) -> None:
    config = load_config(start=str(builder.folder))
    write_tree(builder.folder, {"others/a.css": "a { top: 1px }\n"})
    theirs = replace(config, sources=(replace(config.sources[0], path=str(builder.folder / "others")),))

    def work(*, last: LastBuild | None) -> BuildResult:
        result = build(config, last=last)
        assert build(theirs).succeeded
        return result

    settle()
    kept_or_built(BuildRequest(config=config, cache=str(builder.folder / ".cache")), work)
    builder()
    assert builder.worked == 1
    assert released(builder.folder) == clean_release(builder.folder)


def test_a_source_root_that_disappears_during_the_build_is_reported_by_the_next(builder: Builder) -> None:
    config = load_config(start=str(builder.folder))

    def work(*, last: LastBuild | None) -> BuildResult:
        result = build(config, last=last)
        shutil.rmtree(builder.folder / "assets")
        return result

    settle()
    assert kept_or_built(BuildRequest(config=config, cache=str(builder.folder / ".cache")), work).succeeded
    result = kept_or_built(
        BuildRequest(config=config, cache=str(builder.folder / ".cache")),
        lambda *, last: build(config, last=last),
    )
    assert [found.code for found in result.diagnostics] == ["source/unreadable"]


def test_each_mode_is_a_separate_build(builder: Builder) -> None:
    builder()
    builder("development")
    assert builder.worked == 2


def test_a_failed_build_is_tried_again(builder: Builder) -> None:
    (builder.folder / "assets/css/app.scss").write_text("a { color: $none }")
    builder()
    assert not builder().succeeded
    assert builder.worked == 2


def test_an_uncompiled_source_is_also_reported_by_a_build_that_does_nothing(tmp_path: Path) -> None:
    builder = Builder(write_tree(tmp_path, {"buildassets.toml": "", "assets/a.js": "", "assets/b.coffee": ""}))
    first = builder()
    assert [found.code for found in first.diagnostics] == ["source/uncompiled"]
    assert builder().diagnostics == first.diagnostics
    assert builder.worked == 1


def test_a_package_that_a_directive_finds_decides_a_build(tmp_path: Path) -> None:
    tree: Tree = {
        "buildassets.toml": 'directives = true\nload_paths = ["first", "packages"]\n',
        "assets/a.js": "//= require one\n",
        "first/.keep": "",
        "packages/one/package.json": '{"main": "a.js"}',
        "packages/one/a.js": "a();",
        "packages/one/b.js": "b();",
    }
    changes: list[tuple[Tree, str]] = [
        ({"packages/one/a.js": "aa();"}, "aa();"),
        ({"packages/one/package.json": '{"main": "b.js"}'}, "b();"),
        ({"packages/one.js": "file();"}, "file();"),
        ({"first/one/index.js": "first();"}, "first();"),
    ]
    builder = Builder(write_tree(tmp_path / "site", tree))
    assert builder().succeeded
    for number, (change, expected) in enumerate(changes):
        write_tree(builder.folder, change)
        result = builder()
        assert result.manifest is not None
        file = builder.folder / "build/assets" / result.manifest.assets["a.js"].file
        assert file.read_text().startswith(expected)
        builder()
        assert builder.worked == number + 2


@pytest.mark.skipif(sys.platform == "win32", reason="a script is no program there")
@pytest.mark.parametrize("place", ["site/tell", "site/node_modules/.bin/tell", "node_modules/.bin/tell"])
def test_a_program_that_is_nearer_than_that_on_path_is_taken(
    tmp_path: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def program(path: Path, text: str) -> None:
        write_tree(path.parent, {path.name: f"#!/bin/sh\necho '{text}'\n"})
        path.chmod(0o755)

    program(tmp_path / "bin/tell", "a { order: 1 }")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=os.pathsep)
    settings = '[commands.tell]\nfrom = "tell"\nto = "css"\nrun = ["tell"]\n'
    builder = Builder(write_tree(tmp_path / "site", {"buildassets.toml": settings, "assets/a.tell": ""}))
    assert builder().succeeded
    program(tmp_path / place, "a { order: 2 }")
    assert builder().succeeded
    assert b"a{order:2}" in released(builder.folder).values()


@pytest.mark.parametrize(
    "name",
    [
        ".bin/esbuild",
        *(os.path.relpath(path, os.path.realpath("node_modules")) for path in natives("node_modules")),
        ".bin/tailwindcss",
        "@tailwindcss/cli/package.json",
        f"sass-embedded-{platform_of(TOOLS['dart-sass'])}/dart-sass/src/dart",
    ],
)
def test_a_tool_that_appears_nearer_is_a_change(builder: Builder, name: str) -> None:
    builder()
    write_tree(builder.folder / "node_modules", {name: ""})
    builder()
    assert builder.worked == 2


ICON_FILES: Tree = {"assets/a.css": "", "icons/x.svg": '<svg xmlns="http://www.w3.org/2000/svg"/>'}
ICONS = '[icons]\n"i.svg" = { dir = "icons", used_only = true }\n'


@pytest.mark.parametrize(
    ("given", "template"),
    [
        ({"buildassets.toml": ICONS}, "app/templates/a.html"),
        ({"buildassets.toml": ICONS}, "app/blog/templates/blog/a.html"),
        (
            {"buildassets.toml": f'[templates]\ndirs = ["app/*/pages"]\n{ICONS}'},
            "app/blog/pages/a.html",
        ),
        ({"buildassets.toml": ICONS, "manage.py": ""}, "app/jinja2/a.html"),
    ],
)
def test_a_template_in_a_new_folder_is_a_change(tmp_path: Path, given: Tree, template: str) -> None:
    builder = Builder(write_tree(tmp_path / "site", {**ICON_FILES, **given}))
    builder()
    write_tree(builder.folder, {"notes/x.txt": ""})
    builder()
    write_tree(builder.folder, {template: '{{ icon("x") }}'})
    assert builder().succeeded
    built = builder.worked
    builder()
    assert builder.worked == built
    assert released(builder.folder) == clean_release(builder.folder)

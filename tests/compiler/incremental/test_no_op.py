"""A second build does nothing; and whatever could have changed the first makes it work again."""

import shutil
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from buildassets.compiler.build import build
from buildassets.compiler.config.load import load_config
from buildassets.compiler.config.values import Mode
from buildassets.compiler.incremental.no_op import incremental
from buildassets.compiler.result import BuildResult, LastBuild
from buildassets.compiler.write.release_directory import release_files
from buildassets.manifest import loads
from tests.conftest import Tree, lexers_in_python, read_tree, settle, write_tree
from tests.corpus.packages import node_modules

SITE: Tree = {
    "pyproject.toml": '[tool.buildassets]\ncompress = ["gzip"]\nsource_maps = true\nload_paths = ["lib"]\n',
    "assets/css/app.scss": '@use "theme" as *; @use "found"; @use "far/off";\n'
    "a { color: $colour; background: url(../img/a.svg) }\n",
    "assets/css/_theme.scss": "$colour: red;\n",
    "assets/img/a.svg": "<svg/>",
    "assets/js/unclosed.css": 'a { content: "x }\n',  # a warning
    "assets/lib/one.js": "one()\n//# sourceMappingURL=one.js.map\n",
    "assets/lib/one.js.map": '{"version": 3, "sources": ["one.ts"], "names": [], "mappings": "AAAA"}',
    "assets/lib/one.ts": "one<number>()",
    "lib/_found.scss": "b { color: red }\n",
    "lib/far/_off.scss": "d { color: red }\n",
}


class Builder:
    """Builds a folder again and again; `worked` counts how often there was something to do."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.worked = 0

    def __call__(self, mode: Mode = "production", folder: str = ".cache") -> BuildResult:
        settle()
        config = load_config(start=str(self.folder))

        def work(*, last: LastBuild | None) -> BuildResult:
            self.worked += 1
            return build(config, mode=mode, cache=cache, last=last)

        cache = str(self.folder / folder)
        return incremental(config, mode, cache, work)


@pytest.fixture
def builder(tmp_path: Path) -> Builder:
    return Builder(write_tree(tmp_path, SITE))


def released(folder: Path) -> Tree:
    """The files that the manifest names, and the manifest."""
    files = read_tree(folder / "build")
    manifest = loads(files["manifest.json"].decode())
    names = [path.removeprefix(f"{folder}/build/") for path in release_files(f"{folder}/build", manifest)]
    return {name: files[name] for name in names}


def clean_release(folder: Path) -> Tree:
    """What a build without a past makes of the same files elsewhere."""
    copy = folder.parent / f"{folder.name} copied"
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("build", ".cache"))
    assert build(load_config(start=str(copy))).succeeded
    return released(copy)


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
def test_a_change_makes_the_next_build_as_a_clean_one(builder: Builder, change: str) -> None:
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
    """Write all sources and settings anew, some of them `changed`."""
    for name, text in {**SITE, **changed}.items():
        (folder / name).unlink()
        write_tree(folder, {name: text})


def test_a_checkout_of_the_same_files_leaves_nothing_to_do(builder: Builder) -> None:
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
def test_a_file_that_is_written_again_with_what_it_held_is_no_change(tmp_path: Path, name: str) -> None:
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


def test_a_release_that_is_restored_with_its_sources_leaves_nothing_to_do(tmp_path: Path) -> None:
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
def test_of_many_files_that_are_restored_those_that_hold_something_else_are_built(
    tmp_path: Path, hashed_by: str, changed: Tree
) -> None:
    many = {f"assets/many/{number}.css": f"a {{ top: {number}px }}\n" for number in range(150)}
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
    incremental(config, "production", str(builder.folder / ".cache"), work)
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
    incremental(config, "production", str(builder.folder / ".cache"), work)
    builder()
    assert builder.worked == 1
    assert released(builder.folder) == clean_release(builder.folder)


def test_a_source_root_that_goes_during_the_build_is_missed_by_the_next(builder: Builder) -> None:
    config = load_config(start=str(builder.folder))

    def work(*, last: LastBuild | None) -> BuildResult:
        result = build(config, last=last)
        shutil.rmtree(builder.folder / "assets")
        return result

    settle()
    assert incremental(config, "production", str(builder.folder / ".cache"), work).succeeded
    result = incremental(config, "production", str(builder.folder / ".cache"), lambda *, last: build(config, last=last))
    assert [found.code for found in result.diagnostics] == ["source/unreadable"]


def test_each_mode_is_a_build_of_its_own(builder: Builder) -> None:
    builder()
    builder("development")
    assert builder.worked == 2


def test_a_failed_build_is_tried_again(builder: Builder) -> None:
    (builder.folder / "assets/css/app.scss").write_text("a { color: $none }")
    builder()
    assert not builder().succeeded
    assert builder.worked == 2


def test_what_nothing_compiles_is_reported_by_a_build_that_does_nothing(tmp_path: Path) -> None:
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


FRONT: Tree = {
    "buildassets.toml": """
sources = ["assets", { path = "packages", prefix = "npm", npm = true }]
compress = []
[bundles]
"js/site.js" = { files = ["js/main.ts"], bundle = true }
""",
    "assets/js/main.ts": 'import { one } from "./one"; p(one);',
    "assets/js/tsconfig.json": '{"extends": "../base"}',
    "assets/base.json": '{"compilerOptions": {"target": "es2022"}}',
    "assets/js/one.js": "export const one = 1;",
    "assets/js/page.js": 'import { two } from "two"; p(two);',
    "packages/two/package.json": '{"exports": "./index.js", "type": "module"}',
    "packages/two/index.js": "export const two = 2;",
    "packages/two/other.js": "export const two = 22;",
}
FRONT_CHANGES: dict[str, Tree] = {
    "a part of a bundle": {"assets/js/one.js": "export const one = 11;"},
    "a part that goes before another": {"assets/js/one.ts": "export const one: number = 11;"},
    "the settings of TypeScript": {"assets/js/tsconfig.json": '{"compilerOptions": {"target": "es5"}}'},
    "the settings that those are based on": {"assets/base.json": '{"compilerOptions": {"target": "es2015"}}'},
    "a module of a package": {"packages/two/index.js": "export const two = 3;"},
    "what a package exports": {"packages/two/package.json": '{"exports": "./other.js", "type": "module"}'},
    "a package that is nearer": {"packages/two/node_modules/x/package.json": "{}"},
}


@pytest.mark.corpus
@pytest.mark.parametrize("change", FRONT_CHANGES)
def test_a_change_of_packages_and_bundles_is_built_as_a_clean_build_would(tmp_path: Path, change: str) -> None:
    builder = front_of(tmp_path, FRONT)
    folder = builder.folder
    assert builder().succeeded
    builder()
    write_tree(folder, FRONT_CHANGES[change])
    before = builder.worked
    assert builder().succeeded
    assert builder.worked == before + 1
    assert released(folder) == clean_release(folder)
    builder()
    assert builder.worked == before + 1


ROOT: Tree = {
    "buildassets.toml": 'compress = []\n[bundles]\n"js/site.js" = { files = ["js/main.ts"], bundle = true }\n',
    "package.json": '{"name": "root"}',
    "assets/js/main.ts": 'import { two } from "two"; import { used } from "./used"; p(two, used);',
    "assets/js/used.ts": 'export { default as used } from "../../package";',
    "../node_modules/two/package.json": '{"type": "module"}',
    "../node_modules/two/index.js": "export const two = 2;",
}
BASED: Tree = {
    "tsconfig.base.json": '{"compilerOptions": {"baseUrl": "."}}',
    "tsconfig.json": '{"extends": "./tsconfig.base"}',
}
ROOT_CHANGES: dict[str, tuple[Tree, Tree]] = {
    "settings of TypeScript": ({}, {"tsconfig.json": '{"compilerOptions": {"target": "es5"}}'}),
    "settings above the project": ({}, {"../tsconfig.json": '{"compilerOptions": {"target": "es5"}}'}),
    "settings of JavaScript": (
        {"jsconfig.json": "{}"},
        {"jsconfig.json": '{"compilerOptions": {"target": "es5"}}'},
    ),
    "settings that are nearer": (BASED, {"assets/tsconfig.json": '{"compilerOptions": {"target": "es5"}}'}),
    "a package that is nearer": ({}, {"node_modules/two/index.js": "export const two = 22;"}),
    "one beside another": (
        {"node_modules/three/index.js": ""},
        {"node_modules/two/index.js": "export const two = 22;"},
    ),
    "a package nearer to a folder above": ({}, {"assets/node_modules/two/index.js": "export const two = 22;"}),
    "a description that is nearer": ({}, {"assets/package.json": '{"sideEffects": false}'}),
    "a module in the place of a folder": (
        {"assets/js/used.ts": 'export { used } from "../../tools";', "tools/index.ts": "export const used = 1;"},
        {"tools.ts": "export const used = 11;"},
    ),
    "a module in the place of a description": ({}, {"package.js": "export default 3;"}),
    "a module that goes before a package": (BASED, {"two.js": "export const two = 22;"}),
    "a folder of modules that goes before a package": (BASED, {"two/index.js": "export const two = 22;"}),
    "a module that an alias finds first": (
        {"tsconfig.json": '{"compilerOptions": {"paths": {"two": ["./lib/*", "./lib/two", "../node_modules/two"]}}}'},
        {"lib/two.js": "export const two = 22;"},
    ),
}


def front_of(tmp_path: Path, tree: Tree) -> Builder:
    """A builder of `tree`, which esbuild bundles."""
    folder = write_tree(tmp_path / "front", tree)
    for name in ("esbuild", "@esbuild"):
        (tmp_path / "node_modules").mkdir(exist_ok=True)
        (tmp_path / "node_modules" / name).symlink_to(node_modules() / name)
    return Builder(folder)


@pytest.mark.corpus
@pytest.mark.parametrize("change", ROOT_CHANGES)
def test_what_appears_beside_settings_and_goes_before_is_built_as_a_clean_build_would(
    tmp_path: Path, change: str
) -> None:
    given, further = ROOT_CHANGES[change]
    builder = front_of(tmp_path, {**ROOT, **given})
    assert builder().succeeded
    builder()
    assert builder.worked == 1
    write_tree(builder.folder, further)
    assert builder().succeeded
    assert builder.worked == 2
    assert released(builder.folder) == clean_release(builder.folder)


@pytest.mark.corpus
@pytest.mark.parametrize(
    ("link", "name"), [("node_modules/pkg", "pkg"), ("node_modules/@s/pkg", "@s/pkg"), ("lib", "../../lib/index")]
)
def test_a_link_that_leads_to_another_package_is_built_anew(tmp_path: Path, link: str, name: str) -> None:
    stores = {
        f"{store}/{file}": text
        for store in ("one", "another")
        for file, text in {
            "package.json": f'{{"version": "{store}"}}',
            "index.js": f"export const two = '{store}';",
        }.items()
    }
    main = f'import {{ two }} from "{name}"; p(two);'
    builder = front_of(
        tmp_path, {**ROOT, "assets/js/main.ts": main, **{f"stores/{path}": stores[path] for path in stores}}
    )
    place = builder.folder / link
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(builder.folder / "stores/one")
    assert builder().succeeded
    builder()
    assert builder.worked == 1
    place.unlink()
    place.symlink_to(builder.folder / "stores/another")
    assert builder().succeeded
    assert builder.worked == 2
    assert [text for name, text in released(builder.folder).items() if name.endswith(".js")] == [
        b'var o="another";p(o);\n'
    ]


@pytest.mark.corpus
@pytest.mark.parametrize("given", [{}, {"tsconfig.json": "{}", "tsconfig.app.json": "{}", "node_modules/a/b.js": ""}])
def test_what_appears_beside_settings_and_means_nothing_to_them_is_no_change(tmp_path: Path, given: Tree) -> None:
    builder = front_of(tmp_path, {**ROOT, **given})
    result = builder()
    assert str(builder.folder) not in result.inputs  # whose new names would wake a watch
    for name in ("x", "main.ts", "node_modules/.cache/x", "docs/package.json"):
        write_tree(builder.folder, {name: ""} if given or not name.startswith("node") else {})
        builder()
    (builder.folder / "x").unlink()
    builder()
    assert builder.worked == 1

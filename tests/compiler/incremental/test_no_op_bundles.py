"""A change of anything that esbuild reads for a bundle makes the next build work again."""

from pathlib import Path

import pytest

from buildassets.manifest.model import loads
from tests.compiler.incremental.builder import Builder, clean_release, released
from tests.conftest import Tree, write_tree
from tests.corpus.packages import node_modules

pytestmark = [pytest.mark.thorough, pytest.mark.corpus]


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


@pytest.mark.parametrize("change", FRONT_CHANGES)
def test_a_change_of_a_package_or_bundle_is_built(tmp_path: Path, change: str) -> None:
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


@pytest.mark.parametrize("change", ROOT_CHANGES)
def test_a_new_file_that_takes_precedence_is_built(tmp_path: Path, change: str) -> None:
    given, further = ROOT_CHANGES[change]
    builder = front_of(tmp_path, {**ROOT, **given})
    assert builder().succeeded
    builder()
    assert builder.worked == 1
    write_tree(builder.folder, further)
    assert builder().succeeded
    assert builder.worked == 2
    assert released(builder.folder) == clean_release(builder.folder)


@pytest.mark.parametrize(
    ("link", "name"), [("node_modules/pkg", "pkg"), ("node_modules/@s/pkg", "@s/pkg"), ("lib", "../../lib/index")]
)
def test_a_link_that_leads_to_another_package_is_followed(tmp_path: Path, link: str, name: str) -> None:
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


@pytest.mark.parametrize("given", [{}, {"tsconfig.json": "{}", "tsconfig.app.json": "{}", "node_modules/a/b.js": ""}])
def test_a_new_file_that_no_settings_read_is_not_a_change(tmp_path: Path, given: Tree) -> None:
    builder = front_of(tmp_path, {**ROOT, "docs/x": "", **given})
    builder()
    for name in ("x", "main.ts", "node_modules/.cache/x", "docs/package.json"):
        write_tree(builder.folder, {name: ""} if given or not name.startswith("node") else {})
        builder()
    (builder.folder / "x").unlink()
    builder()
    assert builder.worked == 1


def test_a_template_of_a_new_blueprint_that_names_a_module_is_a_change(tmp_path: Path) -> None:
    builder = front_of(tmp_path, {"buildassets.toml": "", "assets/a.ts": "a();\n", "blog/__init__.py": ""})
    assert builder().succeeded
    write_tree(builder.folder, {"blog/templates/a.html": '{{ script("a.ts") }}'})
    assert builder().succeeded
    assert "a.js" in loads((builder.folder / "build/manifest.json").read_text()).assets

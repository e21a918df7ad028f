"""A build after an edit of modules in TypeScript, or of what decides them, gives what a build from the start gives."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.compiler.incremental.project import Project
from tests.conftest import Tree, write_tree
from tests.corpus.packages import node_modules

pytestmark = pytest.mark.corpus

SITE: Tree = {
    "buildassets.toml": "compress = []\n",
    "assets/index.html": '<script type="module" src="js/app.ts"></script>\n',
    "assets/js/app.ts": 'import { a } from "./a";\nimport { b } from "@/b";\nconsole.log(a as number, b);\n',
    "assets/js/a.ts": "export const a: number = 1;\nexport interface T {}\n",
    "assets/js/lib/b.tsx": "export const b = <i/>;\n",
    "assets/js/other/b.ts": "export const b = 2;\n",
    "assets/js/late.ts": "console.log(1 as number);\n",
    "assets/js/plain.js": "plain();\n",
    "assets/js/alone.ts": "console.log(2 as number);\n",
    "assets/js/importer.js": 'import "./alone.ts";\n',
    "templates/page.html": '{{ script("js/plain.js") }}',
    "tsconfig.json": '{"extends": "./base", "compilerOptions": {"paths": {"@/*": ["./assets/js/lib/*"]}}}',
    "base.json": '{"compilerOptions": {"jsx": "react", "jsxFactory": "h"}}',
}
BUNDLED: Tree = {
    "buildassets.toml": "compress = []\nminify = false\n"
    '[bundles]\n"js/all.js" = { files = ["js/main.js"], bundle = true }\n',
    "assets/js/main.js": 'import { part } from "./part.js";\npart();\n',
    "assets/js/part.js": "export const part = () => 1;\n",
    "assets/js/plain.js": "plain();\n",
    "assets/a.css": "a { b: c }\n",
}
EDITED: Mapping[str, Mapping[str, str | None]] = {
    "a module": {"assets/js/a.ts": "export const a: number = 2;\nexport interface T {}\n"},
    "a type only": {"assets/js/a.ts": "export const a: number = 1;\nexport interface T { x: 1 }\n"},
    "an import more": {"assets/js/a.ts": 'import "./late";\nexport const a: number = 1;\n'},
    "an import less": {"assets/js/app.ts": 'import { b } from "@/b";\nconsole.log(b);\n'},
    "the last import of a module": {"assets/js/importer.js": "importer();\n"},
    "an export less": {"assets/js/a.ts": "export const c: number = 1;\n"},
    "a type that is exported": {
        "assets/js/app.ts": 'export { T } from "./a";\nimport { b } from "@/b";\nconsole.log(b);\n'
    },
    "a film in the place of a module": {"assets/js/a.ts": ("G" + "\0" * 187) * 3},
    "a fault": {"assets/js/a.ts": "export const a: = 1;\n"},
    "a module that goes before another": {"assets/js/a.ts": None, "assets/js/a/index.ts": "export const a = 3;\n"},
    "the paths of tsconfig": {
        "tsconfig.json": '{"extends": "./base", "compilerOptions": {"paths": {"@/*": ["./assets/js/other/*"]}}}'
    },
    "what tsconfig extends": {"base.json": '{"compilerOptions": {"jsx": "react", "jsxFactory": "m"}}'},
    "a nearer tsconfig": {"assets/js/lib/tsconfig.json": '{"compilerOptions": {"jsx": "react"}}'},
    "no tsconfig": {"tsconfig.json": None},
    "a template that names a module": {"templates/page.html": '{{ script("js/late.ts") }}'},
    "a script that names a module": {"assets/js/plain.js": 'import "./late.ts";\n'},
    "a script beside a module": {"assets/js/late.js": "late();\n"},
    "a script in the place of a module": {"assets/js/a.ts": None, "assets/js/a.js": "export const a = 1;\n"},
    "a module in the place of a script": {"assets/js/plain.js": None, "assets/js/plain.ts": "plain();\n"},
}


@pytest.mark.parametrize("change", EDITED)
def test_an_edit_is_built_as_a_clean_build_would(tmp_path: Path, change: str) -> None:
    (tmp_path / "node_modules").symlink_to(node_modules())
    project = Project(write_tree(tmp_path, SITE))
    project.assert_as_a_clean_build()
    project.edit(EDITED[change])
    project.assert_as_a_clean_build()


def test_an_edit_of_a_part_of_a_bundle_leaves_other_drafts(tmp_path: Path) -> None:
    (tmp_path / "node_modules").symlink_to(node_modules())
    project = Project(write_tree(tmp_path, BUNDLED))
    result = project.edit({"assets/js/part.js": "export const part = () => 2;\n"})
    assert (result.reused, result.remade_for) == (2, None)
    project.assert_as_a_clean_build()

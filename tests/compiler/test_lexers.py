"""A release does not show whether the native lexers or those in Python made it."""

from pathlib import Path

import pytest

from tests.building import build, load_config, printed
from tests.conftest import Tree, lexers_in_python, need_library, read_tree, write_tree

SITE: Tree = {
    "buildassets.toml": 'source_maps = true\n[bundles]\n"all.js" = ["a.js", "b.js"]\n"all.css" = ["a.css", "b.css"]\n',
    "assets/a.css": '@import "b.css";\n/*! kept */ a > b { color : red ; background: url( "i.svg" ) ; }\n',
    "assets/b.css": "@media ( min-width : 1px ) { c::after { content: 'x  y' } } @font-face { src: url(i.svg) }",
    "assets/c.scss": "$a: 1px; d { e { top: $a + 1px } }",
    "assets/i.svg": "<svg/>",
    "assets/a.js": "function a ( b ) {\n  return b / 2 /* half */\n}\nvar c = `x  ${ a( 1 ) }  y`\n// end\n",
    "assets/b.js": "var d = /[/]  e/g.test( c )\n++d\n",
    "assets/m.mjs": "import { n } from './n.mjs'\nexport const o = () => import( './n.mjs' )\n",
    "assets/n.mjs": "export const n = new URL('i.svg', import.meta.url)\n",
}


@pytest.mark.parametrize("mode", ["production", "development"])
def test_release_is_the_same_with_either(mode: str, tmp_path: Path) -> None:
    need_library()
    native = released(tmp_path / "native", mode)
    with lexers_in_python():
        assert released(tmp_path / "python", mode) == native


def released(folder: Path, mode: str) -> dict[str, bytes]:
    result = build(load_config(start=str(write_tree(folder, SITE))), mode=mode)
    assert result.succeeded, printed(result)
    return read_tree(folder / "build")

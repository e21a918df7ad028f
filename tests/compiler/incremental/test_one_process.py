"""What a process that stays keeps is as a clean build would have it; each case was one of random edits."""

import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Final

import pytest
from PIL import Image

from buildassets.compiler.build_if_changed import build_if_changed
from buildassets.compiler.kept import Kept
from buildassets.compiler.request import BuildRequest
from buildassets.compiler.result import BuildResult
from buildassets.compiler.transform.engine_set import RunningEngines
from tests.building import load_config, manifest_of
from tests.conftest import Tree, settle, write_tree

PICTURES = '[images.variants]\n"*.png" = { widths = [2], formats = ["webp"] }\n'
IMPORT_MAP: Final = "dist/importmap.json"


def picture() -> bytes:
    """A PNG of 4 by 4 pixels."""
    content = BytesIO()
    Image.new("RGB", (4, 4)).save(content, "png")
    return content.getvalue()


def chunks(target: str) -> Tree:
    """What Vite builds with `build.chunkImportMap`: a chunk that imports `target` by a name that only a map has."""
    return {
        "buildassets.toml": 'sources = [{ path = "dist", manifest = "manifest.json" }]\ncompress = []\n',
        "dist/manifest.json": json.dumps({name: {"file": f"{name}-0123abcd.js"} for name in "abc"}),
        "dist/importmap.json": f'{{"imports": {{"./x.js": "./{target}"}}}}',
        "dist/a-0123abcd.js": 'import "./x.js";\n',
        "dist/b-0123abcd.js": "b();\n",
        "dist/c-0123abcd.js": "c();\n",
    }


class Staying:
    """Builds a folder again and again in this process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._kept = Kept()
        self._engines = RunningEngines()

    def build(self, files: Tree) -> BuildResult:
        """Write `files`, and build."""
        write_tree(self.folder, files)
        settle()
        config = load_config(start=str(self.folder))
        cache = str(self.folder / ".buildassets")
        return build_if_changed(BuildRequest(config=config, cache=cache, engines=self._engines, kept=self._kept))

    def close(self) -> None:
        """Close the engines."""
        self._engines.close()


@pytest.fixture
def staying(tmp_path: Path) -> Iterator[Staying]:
    staying = Staying(tmp_path / "site")
    yield staying
    staying.close()


def test_a_finding_moves_with_a_source_that_is_minified_to_the_same(staying: Staying) -> None:
    files = {"buildassets.toml": 'missing = "warn"\n', "assets/a.js": 'import "./none.js";\n'}
    (before,) = staying.build(files).diagnostics
    (after,) = staying.build({"assets/a.js": '  import "./none.js";\n'}).diagnostics
    assert before.location
    assert after.location
    assert after.location.column == before.location.column + 2


def test_a_picture_that_was_damaged_is_reported_though_the_folder_is_the_same(staying: Staying) -> None:
    assert staying.build({"buildassets.toml": PICTURES, "assets/a.png": picture()}).succeeded
    assert not staying.build({"assets/a.png": "no picture"}).succeeded


def test_an_edit_that_changes_no_reference_only_writes_what_it_touches(staying: Staying) -> None:
    files = {"assets/a.css": '@import "b.css";\n', "assets/b.css": "b { top: 0 }\n", "assets/c.css": "c { top: 0 }\n"}
    assert staying.build({"buildassets.toml": "compress = []\n", **files}).succeeded
    written = staying.build({"assets/b.css": "b { top: 1px }\n"}).written
    assert [name.partition(".")[0] for name in written] == ["assets/a", "assets/b", "manifest"]
    assert staying.build({}).written == ()


@pytest.mark.parametrize("before", [chunks("b-0123abcd.js")[IMPORT_MAP], "{}"])
def test_an_edit_of_the_import_map_of_vite_leads_chunks_elsewhere(staying: Staying, before: str) -> None:
    files = chunks("c-0123abcd.js")
    staying.build({**files, IMPORT_MAP: before})
    manifest = manifest_of(staying.build({IMPORT_MAP: files[IMPORT_MAP]}))
    assert manifest.assets["a-0123abcd.js"].references == ("c-0123abcd.js",)
    assert manifest.modules == {"x.js": "c-0123abcd.js"}

"""Hidden source maps: beside the release, named in no file, and found by the debug ID in script and map."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from buildassets.compiler.clean import clean_release
from buildassets.compiler.config.values import Mode
from buildassets.compiler.result import BuildResult
from buildassets.foundation.permission import BUILDING
from tests.building import released
from tests.command import built
from tests.conftest import Tree, read_tree

SETTINGS = 'source_maps = "hidden"\ncompress = []\n'
FILES: Tree = {
    "assets/js/app.js": 'function add(first, second) {\n  // both\n  return first + second;\n}\nimport "./b.js";\n',
    "assets/js/b.js": "export const picture = new URL('../i.svg', import.meta.url);\n\nexport const a = 1;\n",
    "assets/css/app.scss": "$a: red;\n.b { color: $a; background: url('../i.svg') }\n",
    "assets/i.svg": "<svg/>",
}


def hide_maps(folder: Path, files: Tree, more: str = "", mode: Mode = "production") -> BuildResult:
    return built(folder, files, SETTINGS + more, mode)


def hidden(folder: Path, result: BuildResult, path: str) -> Any:
    assert result.manifest is not None
    return json.loads((folder / "build.maps" / f"{result.manifest.assets[path].file}.map").read_text())


def debug_id(text: str) -> str:
    (found,) = re.findall(
        r"(?m)^//# debugId=([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$", "\n".join(text.split("\n")[-5:])
    )
    return str(found)


def test_no_map_is_in_the_release_and_no_file_names_one(tmp_path: Path) -> None:
    hide_maps(tmp_path, FILES)
    release = read_tree(tmp_path / "build")
    assert not [name for name in release if ".map" in name]
    assert not [name for name, content in release.items() if b"sourceMappingURL" in content]
    assert len(read_tree(tmp_path / "build.maps")) == 3


def test_script_and_map_have_the_same_debug_id(tmp_path: Path) -> None:
    result = hide_maps(tmp_path, FILES)
    found = debug_id(released(tmp_path, result, "js/app.js"))
    assert hidden(tmp_path, result, "js/app.js")["debugId"] == found
    assert UUID(found).version == 5
    assert found != debug_id(released(tmp_path, result, "js/b.js"))


def test_a_sheet_has_a_map_and_no_debug_id_as_the_proposal_has_none(tmp_path: Path) -> None:
    result = hide_maps(tmp_path, FILES)
    assert "debugId" not in hidden(tmp_path, result, "css/app.css")
    assert released(tmp_path, result, "css/app.css").endswith("}")


@pytest.mark.parametrize("path", ["js/app.js", "js/b.js", "css/app.css"])
def test_a_hidden_map_is_the_visible_one(tmp_path: Path, path: str) -> None:
    document = hidden(tmp_path / "a", hide_maps(tmp_path / "a", FILES), path)
    document.pop("debugId", None)
    visible = built(tmp_path / "b", FILES, "source_maps = true\ncompress = []\n")
    assert document == json.loads(released(tmp_path / "b", visible, f"{path}.map"))


def test_the_same_sources_have_the_same_debug_id_anywhere(tmp_path: Path) -> None:
    hide_maps(tmp_path / "a", FILES)
    hide_maps(tmp_path / "b", FILES)
    assert read_tree(tmp_path / "a/build.maps") == read_tree(tmp_path / "b/build.maps")
    assert read_tree(tmp_path / "a/build") == read_tree(tmp_path / "b/build")


def test_another_map_has_another_debug_id(tmp_path: Path) -> None:
    before = debug_id(released(tmp_path, hide_maps(tmp_path, FILES), "js/app.js"))
    edited = {**FILES, "assets/js/app.js": str(FILES["assets/js/app.js"]).replace("both", "all")}
    assert debug_id(released(tmp_path, hide_maps(tmp_path, edited), "js/app.js")) != before


def test_a_bundle_has_one(tmp_path: Path) -> None:
    files: Tree = {"assets/a.js": "var a = 1 ;\n", "assets/b.js": "var b = 2 ;\n"}
    result = hide_maps(tmp_path, files, '[bundles]\n"all.js" = ["a.js", "b.js"]\n')
    document = hidden(tmp_path, result, "all.js")
    assert document["sources"] == ["a.js", "b.js"]
    assert document["debugId"] == debug_id(released(tmp_path, result, "all.js"))


def test_map_comments_of_vendors_are_removed_with_their_maps(tmp_path: Path) -> None:
    mapped = json.dumps(
        {"version": 3, "sources": ["lib.ts"], "names": [], "mappings": "AAAA", "sourcesContent": ["let a"]}
    )
    files: Tree = {
        "assets/lib.min.js": "let a=1\n//# sourceMappingURL=lib.min.js.map\n",
        "assets/lib.min.js.map": mapped,
    }
    result = hide_maps(tmp_path, files)
    assert result.manifest is not None
    assert list(result.manifest.assets) == ["lib.min.js"]
    assert hidden(tmp_path, result, "lib.min.js")["sourcesContent"] == ["let a"]


@pytest.mark.parametrize("guard", ["", ")]}'\n"])
def test_maps_that_no_file_names_are_not_released_either(tmp_path: Path, guard: str) -> None:
    mapped = json.dumps({"version": 3, "sources": ["lib.ts"], "mappings": "AAAA", "sourcesContent": ["let secret"]})
    files: Tree = {
        "assets/lib.min.js": "let a=1\n",
        "assets/lib.min.js.map": guard + mapped,
        "assets/gone.js.map": guard + mapped,
        "assets/world.map": '{"rooms": []}',
    }
    result = hide_maps(tmp_path, files)
    assert result.manifest is not None
    assert list(result.manifest.assets) == ["lib.min.js", "world.map"]
    assert list(result.manifest.maps) == [f"{result.manifest.assets['lib.min.js'].file}.map"]


def test_the_manifest_records_each_map(tmp_path: Path) -> None:
    result = hide_maps(tmp_path, FILES)
    assert result.manifest is not None
    maps = read_tree(tmp_path / "build.maps")
    assert {name: one.size for name, one in result.manifest.maps.items()} == {
        name: len(content) for name, content in maps.items()
    }


def test_a_second_build_writes_nothing_and_a_lost_map_is_written_again(tmp_path: Path) -> None:
    hide_maps(tmp_path, FILES)
    assert hide_maps(tmp_path, {}).written == ()
    (lost,) = (tmp_path / "build.maps/css").iterdir()
    lost.unlink()
    assert hide_maps(tmp_path, {}).written == (f"../build.maps/css/{lost.name}",)


def test_the_folder_of_maps_holds_no_sources(tmp_path: Path) -> None:
    files: Tree = {"a.js": "let first = 1 ;\n"}
    hide_maps(tmp_path, files, 'sources = ["."]\n')
    result = hide_maps(tmp_path, {}, 'sources = ["."]\n')
    assert result.manifest is not None
    assert list(result.manifest.assets) == ["a.js"]


def test_cleaning_removes_the_maps_of_earlier_releases(tmp_path: Path) -> None:
    hide_maps(tmp_path, FILES)
    (before,) = (tmp_path / "build.maps/js").glob("app.*")
    result = hide_maps(tmp_path, {"assets/js/app.js": "let other = 1 ;\n", "build.maps/notes.txt": "mine"})
    assert result.manifest is not None
    clean_release(str(tmp_path / "build"), str, permission=BUILDING)
    assert not before.exists()
    assert read_tree(tmp_path / "build.maps").keys() == {*result.manifest.maps, "notes.txt"}


def test_a_place_in_the_stack_of_an_error_leads_to_the_source(tmp_path: Path, node: str) -> None:
    result = hide_maps(
        tmp_path, {"assets/fail.js": "function sail() {\n  // out\n\n  throw new Error('wind');\n}\nsail();\n"}
    )
    assert result.manifest is not None
    file = tmp_path / "build/assets" / result.manifest.assets["fail.js"].file
    source_map = json.dumps(str(tmp_path / "build.maps" / (file.name + ".map")))
    program = f"""
    const {{ SourceMap }} = require("node:module"), fs = require("node:fs");
    const map = new SourceMap(JSON.parse(fs.readFileSync({source_map})));
    try {{ require({json.dumps(str(file))}) }} catch (fault) {{
      const [, line, column] = /fail\\S+:(\\d+):(\\d+)/.exec(fault.stack);
      const {{ originalLine, originalSource }} = map.findEntry(line - 1, column - 1);
      console.log(originalSource, originalLine + 1);
    }}
    """
    done = subprocess.run([node, "-e", program], capture_output=True, text=True, check=True)
    assert done.stdout == "fail.js 4\n"

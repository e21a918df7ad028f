"""Which third-party maps are followed, and how one that cannot be followed is reported."""

import json
from base64 import b64encode
from pathlib import Path
from urllib.parse import quote

import pytest

from buildassets.compiler.languages.source_map.values import Origin
from buildassets.compiler.model import Source
from buildassets.compiler.transform.input_map import InputMap, input_map
from buildassets.foundation.diagnostics import render_text
from buildassets.foundation.media import Syntax
from buildassets.foundation.paths import LogicalPath
from tests.conftest import write_tree

MAP = {"version": 3, "sources": ["../src/a b.ts", "webpack://x/y.js", "/z.js"], "names": [], "mappings": "AAAA,CCAA"}


def followed(folder: Path, url: str, **files: str) -> InputMap:
    """The map of `assets/js/lib.js`, which names `url`; `files` stand in the source root `assets`."""
    text = f"a()\n//# sourceMappingURL={url}\n"
    write_tree(folder / "assets", {"js/lib.js": text, **{name.replace("__", "/"): one for name, one in files.items()}})
    source = Source(
        LogicalPath("js/lib.js"), str(folder / "assets/js/lib.js"), "assets/js/lib.js", 0, relative="js/lib.js"
    )
    return input_map(source, text, Syntax.JAVASCRIPT)


def origins(found: InputMap) -> tuple[Origin, ...]:
    assert found.source_map is not None, "\n".join(map(render_text, found.diagnostics))
    return found.source_map.origins


def test_map_next_to_the_file_is_followed(tmp_path: Path) -> None:
    found = followed(tmp_path, "maps/lib.js.map?v=1", **{"js/maps/lib.js.map": json.dumps(MAP)})
    assert found.inputs == (str(tmp_path / "assets/js/maps/lib.js.map"),)
    assert origins(found) == (
        Origin(str(tmp_path / "assets/js/src/a b.ts")),
        Origin("webpack://x/y.js", is_url=True),
        Origin("/z.js", is_url=True),
    )


@pytest.mark.parametrize("name", ["../src/a b.ts", "../src/a%20b.ts"])
@pytest.mark.parametrize("percent", [True, False])
def test_map_in_a_data_url_is_followed(tmp_path: Path, name: str, percent: bool) -> None:
    map_json = json.dumps({**MAP, "sources": [name, "b"], "sourcesContent": ["é"]}, ensure_ascii=False)
    encoded = quote(map_json) if percent else b64encode(map_json.encode()).decode()
    head = "application/json;charset=utf-8" + ("" if percent else ";base64")
    found = followed(tmp_path, f"data:{head},{encoded}")
    assert (found.inputs, origins(found)[0]) == ((), Origin(str(tmp_path / "assets/src/a b.ts"), "é"))


@pytest.mark.parametrize(
    "url",
    ["", "https://a.test/lib.js.map", "//a.test/lib.js.map", "/lib.js.map", "lib.js", "%00"],
)
def test_comment_that_names_no_map_is_not_a_fault(tmp_path: Path, url: str) -> None:
    assert followed(tmp_path, url) == InputMap()


@pytest.mark.parametrize("url", ["lib.js.map", "x\\y"])
def test_missing_map_is_an_absence_and_not_a_fault(tmp_path: Path, url: str) -> None:
    assert followed(tmp_path, url) == InputMap(absences=(str(tmp_path / "assets/js" / url),))


def test_map_outside_of_the_source_root_is_not_read(tmp_path: Path) -> None:
    write_tree(tmp_path, {"lib.js.map": json.dumps(MAP)})
    assert followed(tmp_path, "../../lib.js.map") == InputMap()
    (tmp_path / "assets/js/link.map").symlink_to(tmp_path / "lib.js.map")
    assert followed(tmp_path, "link.map") == InputMap()


@pytest.mark.parametrize(
    ("url", "content", "reason"),
    [
        ("a.map", "{", "it is not a source map of version 3"),
        ("a.map", '{"version": 2}', "it is not a source map of version 3"),
        ("data:application/json;base64,AAA", "", "its `data:` URL cannot be decoded"),
        ("data:,%ff", "", "its `data:` URL cannot be decoded"),
    ],
)
def test_damaged_map_is_a_warning(tmp_path: Path, url: str, content: str, reason: str) -> None:
    found = followed(tmp_path, url, **{"js/a.map": content})
    (fault,) = found.diagnostics
    assert (fault.code, fault.is_error, fault.notes[0]) == ("reference/damaged-map", False, reason)
    assert (fault.location.line, fault.location.column) == (2, 22)  # type: ignore[union-attr]  # it has one
    assert found.source_map is None


def test_folder_in_the_place_of_a_map_is_a_warning(tmp_path: Path) -> None:
    found = followed(tmp_path, "maps", **{"js/maps/x": ""})
    assert found.diagnostics[0].notes[0] == "it cannot be read: is a directory"


def test_long_url_is_cut_in_the_message(tmp_path: Path) -> None:
    (fault,) = followed(tmp_path, "data:," + "x" * 1_000_000).diagnostics
    assert len(render_text(fault)) < 2000

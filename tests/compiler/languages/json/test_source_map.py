"""The sources that a source map names: which are references, and what becomes of them in a build."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.compiler.languages.json.lexer import strings
from buildassets.compiler.languages.json.source_map import may_refer, scan
from buildassets.compiler.languages.reference import ReferenceKind
from buildassets.compiler.result import BuildResult
from tests.command import built

PLAIN = "compress = []\n"
MAPPED = "a()\n//# sourceMappingURL=a.min.js.map"


def urls(text: str) -> list[str]:
    return [one.url for one in scan(text)]


def source_map(*sources: str, **more: object) -> str:
    return json.dumps({"version": 3, "file": "a.min.js", "sources": sources, "names": [], "mappings": "AAAA", **more})


def sources(folder: Path, result: BuildResult, name: str = "js/a.min.js.map") -> list[str]:
    assert result.manifest is not None
    released = (folder / "build/assets" / result.manifest.assets[name].file).read_text()
    found: list[str] = json.loads(released)["sources"]
    return found


KEYS = ["sources", "sourceRoot", "names", "mappings", "s\\ources", "sources[]"]
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(["", "a.js", '"', "\\", "[", "]{", "é", "sources", '"sources":["b"]']),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
    max_leaves=12,
)


@given(
    st.dictionaries(st.sampled_from(KEYS), VALUES),
    st.sampled_from([None, 1]),
    st.booleans(),
    st.sampled_from(["", ",", "}", "\ufeff"]),
)
def test_flat_maps_are_scanned_as_any_json_is(document: object, indent: int | None, is_ascii: bool, more: str) -> None:
    text = json.dumps(document, indent=indent, ensure_ascii=is_ascii)
    text = more + text if more == "\ufeff" else text + more
    found = [*strings(text)]
    has_root = any(one.path == ("sourceRoot",) and one.value for one in found)
    expected = [one for one in found if one.path[:1] == ("sources",) and len(one.path) == 2 and one.value]
    named = [] if has_root else [(one.start, one.end, one.value) for one in expected]
    assert [(one.start, one.end, one.url) for one in scan(text)] == named


def test_sources_are_references_of_their_own_kind() -> None:
    text = source_map("../src/a.js", "b\u00e9.js")
    assert [(one.url, one.kind) for one in scan(text)] == [
        ("../src/a.js", ReferenceKind.ORIGINAL),
        ("b\u00e9.js", ReferenceKind.ORIGINAL),
    ]
    assert [text[one.start : one.end] for one in scan(text)] == ["../src/a.js", "b\\u00e9.js"]


@pytest.mark.parametrize(
    "text",
    [
        source_map("a.js", sourceRoot="src"),
        json.dumps({"version": 3, "sections": [{"map": {"sources": ["a.js"]}}]}),
        source_map(""),
        "no JSON",
        json.dumps(["sources", "a.js"]),
    ],
)
def test_other_names_are_none(text: str) -> None:
    assert urls(text) == []


def test_an_empty_root_is_none() -> None:
    assert urls(source_map("a.js", sourceRoot="")) == ["a.js"]


def test_a_map_that_holds_its_sources_is_not_read() -> None:
    assert may_refer([source_map("a.js").encode()])
    assert not may_refer([source_map("a.js", sourcesContent=["a()"]).encode()])
    assert not may_refer([b"\x00\x01"])


@pytest.mark.parametrize("size", [1, 2, 5, 15, 16, 17, 40])
def test_a_map_in_chunks_may_refer_as_the_whole_one(size: int) -> None:
    for content in (source_map("a.js"), source_map("a.js", sourcesContent=["a()"]), '"source"s"'):
        raw = content.encode()
        chunks = [raw[start : start + size] for start in range(0, len(raw), size)]
        assert may_refer(chunks) == may_refer([raw])


def test_a_source_that_is_an_asset_has_its_released_name(tmp_path: Path) -> None:
    text = source_map("../src/a.js", "gone.js", "webpack:///a.js")
    files = {"assets/js/a.min.js": MAPPED, "assets/js/a.min.js.map": text, "assets/src/a.js": "a( )"}
    result = built(tmp_path, files, PLAIN)
    assert result.diagnostics == ()
    assert result.manifest is not None
    original = result.manifest.assets["src/a.js"].file
    assert sources(tmp_path, result) == [f"../{original}", "gone.js", "webpack:///a.js"]


def test_a_map_that_names_its_own_script_makes_a_cycle(tmp_path: Path) -> None:
    files = {"assets/js/a.min.js": MAPPED, "assets/js/a.min.js.map": source_map("a.min.js")}
    result = built(tmp_path, files, PLAIN)
    assert result.manifest is not None
    script = result.manifest.assets["js/a.min.js"].file
    assert [f"js/{one}" for one in sources(tmp_path, result)] == [script]


def test_entries_reach_no_sources_through_a_map(tmp_path: Path) -> None:
    text = source_map("../src/a.js")
    files = {"assets/js/a.min.js": MAPPED, "assets/js/a.min.js.map": text, "assets/src/a.js": "a( )"}
    result = built(tmp_path, files, PLAIN + 'entries = ["js/*.js"]\n')
    assert result.manifest is not None
    assert list(result.manifest.assets) == ["js/a.min.js", "js/a.min.js.map"]
    assert sources(tmp_path, result) == ["../src/a.js"]


def test_a_map_that_is_not_text_is_released_unchanged(tmp_path: Path) -> None:
    raw = b'{"sources": ["a.js"]}\xff'
    result = built(tmp_path, {"assets/a.map": raw, "assets/a.js": "a()"}, PLAIN)
    assert result.diagnostics == ()
    assert result.manifest is not None
    assert (tmp_path / "build/assets" / result.manifest.assets["a.map"].file).read_bytes() == raw

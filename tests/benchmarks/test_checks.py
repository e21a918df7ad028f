import gzip
from pathlib import Path

import brotli
import pytest

from benchmarks.checks import compiled, compressed, fingerprinted, mentions
from tests.conftest import write_tree

COMPILED = {
    "site.0123456789ab.css": ".btn-outline-primary{color:red}",
    "vendor.0123456789ab.css": ".leaflet-pane{}.animate__bounce{}a{src:url(fa-solid-900-AbCd_123.woff2)}",
    "fa-solid-900-AbCd_123.woff2": "",
    "site-0123456789ab.js": 'jQuery;".bs.modal";"leaflet-zoom-box";"[data-map]"',
}


def found(folder: Path, files: dict[str, str]) -> set[str]:
    write_tree(folder, files)
    return set(compiled(folder).found)


@pytest.mark.parametrize(
    ("name", "text", "is_done"),
    [
        ("popper.0123456789ab.js", 'import a from "./createPopper.0123456789ab.js"', True),
        ("popper-4BCDEFGH.js", 'import a from "../chunks/a-4BCDEFGH.js"', True),
        ("popper.0123456789ab.js", 'import a from "./createPopper.js"', False),
        ("popper.js", 'import a from "./createPopper.0123456789ab.js"', False),
    ],
)
def test_imports_are_rewritten_where_none_is_left_in_a_hashed_file(
    tmp_path: Path, name: str, text: str, is_done: bool
) -> None:
    write_tree(tmp_path, {f"assets/@popperjs/core/dist/esm/{name}": text})
    assert ("JS imports" in fingerprinted(tmp_path).found) == is_done


def test_plain_names_next_to_hashed_ones_are_not_hashed_names(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.css": "", "b.css": "", "c.0123456789ab.css": ""})
    assert fingerprinted(tmp_path).found == ()
    write_tree(tmp_path, {"d.0123456789ab.css": ""})
    assert fingerprinted(tmp_path).found == ("hashed names",)


def test_a_compiled_site_has_all_parts(tmp_path: Path) -> None:
    assert found(tmp_path, COMPILED) == {"Sass", "CSS bundle", "JS bundle", "minified", "hashed names", "fonts"}


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("site.0123456789ab.css", ".other{}", "Sass"),
        ("vendor.0123456789ab.css", ".leaflet-pane{}", "CSS bundle"),
        ("site-0123456789ab.js", "jQuery", "JS bundle"),
        ("site.0123456789ab.css", ".btn-outline-primary {\n  color: red\n}\n", "minified"),
        ("site-0123456789ab.js", "// long\n" * 200_000, "minified"),
        ("plain.css", "", "hashed names"),
        ("vendor.0123456789ab.css", ".leaflet-pane{}.animate__bounce{src:url(fa-solid-900.woff2)}", "fonts"),
        ("vendor.0123456789ab.css", "a{src:url(/elsewhere/fa-solid-900-AbCd_123.woff2)}", "fonts"),
    ],
)
def test_each_part_of_a_compiled_site_is_missed(tmp_path: Path, name: str, text: str, kind: str) -> None:
    assert kind not in found(tmp_path, {**COMPILED, name: text})


def test_copies_count_where_they_unpack_to_their_file(tmp_path: Path) -> None:
    text = b"a {}" * 99
    (tmp_path / "a.0123456789ab.css").write_bytes(text)
    (tmp_path / "a.0123456789ab.css.gz").write_bytes(gzip.compress(text))
    (tmp_path / "a.0123456789ab.css.br").write_bytes(brotli.compress(text))  # type: ignore[no-untyped-call, unused-ignore]
    assert compressed(tmp_path).found == ("hashed names", "gzip", "brotli")
    (tmp_path / "a.0123456789ab.css.gz").write_bytes(gzip.compress(b"another"))
    assert compressed(tmp_path).found == ("hashed names", "brotli")


def test_text_is_looked_for_in_style_sheets_and_scripts_only(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a/b.css": "x edited-1 y", "c.txt": "edited-2"})
    assert mentions(tmp_path, "edited-1")
    assert not mentions(tmp_path, "edited-2")


def test_an_output_that_is_not_there_has_nothing(tmp_path: Path) -> None:
    left = fingerprinted(tmp_path / "none")
    assert (left.files, left.size_bytes, left.found) == (0, 0, ())

"""Names of chunks, and the files that each was made from."""

import pytest

from buildassets.compiler.bundle.esbuild_chunks import FreeNames, inputs_of, named_chunks
from buildassets.compiler.engines.esbuild.bundle import BundlePiece, Pieces
from buildassets.foundation.paths import LogicalPath

ENTRIES = (LogicalPath("js/app.js"), LogicalPath("js/admin.js"))
PIECES = Pieces(
    (
        BundlePiece("e0.js", b"", entry="/s/main.ts", style_sheet="e0.css", imports=("chunk-X.js",)),
        BundlePiece("e1.js", b"", entry="/s/admin.ts", imports=("chunk-X.js", "chunk-Y.js")),
        BundlePiece("late-A.js", b"", entry="/s/late.ts", imports=("chunk-Y.js",)),
        BundlePiece("chunk-X.js", b""),
        BundlePiece("chunk-Y.js", b""),
        BundlePiece("e0.css", b""),
        BundlePiece("files/s/a.svg", b"", made_of=("/s/a.svg",)),
    ),
    {
        "/s/main.ts": ("/s/shared.ts", "/s/late.ts"),
        "/s/admin.ts": ("/s/shared.ts",),
        "/s/late.ts": ("/s/a.svg",),
        "/s/shared.ts": (),
        "/s/a.svg": (),
    },
)


def test_chunks_are_called_after_what_loads_them() -> None:
    assert named_chunks(PIECES, ENTRIES, "js/chunks", FreeNames(ENTRIES)) == {
        "e0.js": "js/app.js",
        "e1.js": "js/admin.js",
        "late-A.js": "js/chunks/late.js",
        "chunk-X.js": "js/chunks/admin-app.js",
        "chunk-Y.js": "js/chunks/admin-late.js",
    }


def test_each_piece_is_made_from_what_its_entries_read() -> None:
    main = ("/s/a.svg", "/s/late.ts", "/s/main.ts", "/s/shared.ts")
    inputs = inputs_of(PIECES)
    assert inputs["e0.js"] == inputs["e0.css"] == main
    assert inputs["late-A.js"] == ("/s/a.svg", "/s/late.ts")
    assert inputs["chunk-X.js"] == ("/s/a.svg", "/s/admin.ts", "/s/late.ts", "/s/main.ts", "/s/shared.ts")


@pytest.mark.parametrize(
    ("taken", "expected"),
    [
        (set(), "a/b.min.js"),
        ({"a/b.min.js"}, "a/b.min-2.js"),
        ({"a/b.min.js", "a/b.min-2.js"}, "a/b.min-3.js"),
    ],
)
def test_a_name_that_is_taken_gets_a_number(taken: set[str], expected: str) -> None:
    names = FreeNames(taken)
    assert names.free("a", "b.min.js") == expected
    assert names.free("a", "b.min.js") != expected


def test_top_folder_has_no_slash() -> None:
    assert FreeNames(()).free("", "a.js") == "a.js"

from pathlib import Path

import pytest

from buildassets import build, load_config
from buildassets.compiler.config.values import Mode
from buildassets.manifest.model import Entry
from tests.compiler.images.pictures import HEIGHT, SIDEWAYS, WIDTH, app1, jpeg, picture, svg, tiff
from tests.conftest import Tree, write_tree


def entries(folder: Path, tree: Tree, mode: Mode = "production") -> dict[str, Entry]:
    write_tree(folder, tree)
    result = build(load_config(start=str(folder)), mode=mode)
    assert result.manifest is not None, result.diagnostics
    return dict(result.manifest.assets)


@pytest.mark.parametrize("mode", ["production", "development"])
def test_images_have_their_sizes_in_the_manifest(tmp_path: Path, mode: Mode) -> None:
    tree: Tree = {"assets/a.png": picture("PNG"), "assets/b.svg": svg('viewBox="0 0 3 4"'), "assets/c.css": "a{}"}
    sizes = {path: (entry.width, entry.height) for path, entry in entries(tmp_path, tree, mode=mode).items()}
    assert sizes == {"a.png": (WIDTH, HEIGHT), "b.svg": (3, 4), "c.css": (None, None)}


def test_a_damaged_picture_is_released_without_a_size(tmp_path: Path) -> None:
    (entry,) = entries(tmp_path, {"assets/a.png": b"\x89PNG\r\n\x1a\n" + b"x" * 50}).values()
    assert (entry.width, entry.height) == (None, None)


def test_a_picture_too_large_to_be_held_has_its_size(tmp_path: Path) -> None:
    large = jpeg(*[b"\xff\xe2\xff\xff" + bytes(65533)] * 40, app1(tiff(SIDEWAYS))) + bytes(9_000_000)
    (entry,) = entries(tmp_path, {"assets/a.jpg": large}).values()
    assert (entry.width, entry.height) == (HEIGHT, WIDTH)


def test_a_file_of_another_kind_has_no_size(tmp_path: Path) -> None:
    (entry,) = entries(tmp_path, {"assets/a.bin": picture("PNG")}).values()
    assert (entry.width, entry.height) == (None, None)


def test_an_image_that_changes_has_its_new_size(tmp_path: Path) -> None:
    entries(tmp_path, {"assets/a.svg": svg('width="3" height="4"')})
    (entry,) = entries(tmp_path, {"assets/a.svg": svg('width="5" height="6"')}).values()
    assert (entry.width, entry.height) == (5, 6)

from pathlib import Path

from buildassets.compiler.config.values import Mode
from buildassets.foundation.diagnostics import Diagnostic, render_text
from tests.building import build, load_config
from tests.conftest import Tree, write_tree


def warnings(folder: Path, tree: Tree, configuration: str, mode: Mode = "production") -> list[Diagnostic]:
    write_tree(folder, {**tree, "buildassets.toml": configuration})
    result = build(load_config(start=str(folder)), mode=mode)
    assert result.manifest is not None
    return list(result.diagnostics)


def test_an_image_of_more_than_a_megabyte_is_a_warning(tmp_path: Path) -> None:
    tree: Tree = {"assets/a.png": b"x" * 1_000_001, "assets/b.png": b"x" * 1_000_000, "assets/c.bin": b"x" * 2_000_000}
    (found,) = warnings(tmp_path, tree, "")
    assert (found.code, found.is_error, found.message) == (
        "source/large",
        False,
        "`a.png` is 1.0 MB, which pages wait for",
    )
    assert found.location is not None
    assert found.location.file == "assets/a.png"


def test_development_does_not_warn_of_images(tmp_path: Path) -> None:
    assert warnings(tmp_path, {"assets/a.png": b"x" * 1_000_001}, "", "development") == []


def test_the_limit_of_large_images_is_configurable(tmp_path: Path) -> None:
    tree: Tree = {"assets/a.png": "1234", "assets/b.svg": "<svg/>"}
    assert [found.message for found in warnings(tmp_path, tree, "images.warn = '5 B'")] == [
        "`b.svg` is 6 B, which pages wait for"
    ]
    assert warnings(tmp_path, tree, "images.warn = 0") == []


def test_large_third_party_images_are_one_line(tmp_path: Path) -> None:
    configuration = "images.warn = '3 B'\nsources = ['assets', { path = 'lib', prefix = 'lib', vendored = true }]\n"
    tree: Tree = {"assets/x.css": "a{}", "lib/a.png": "1234", "lib/b.png": "123456", "lib/c.png": "123"}
    (found,) = warnings(tmp_path, tree, configuration)
    assert render_text(found) == (
        "warning[source/large]: 2 images of `lib/` of more than 3 B\n"
        "  --> buildassets.toml:2:22\n"
        "   |\n"
        "2  | sources = ['assets', { path = 'lib', prefix = 'lib', vendored = true }]\n"
        "   |                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "note: the largest is `lib/b.png`: 6 B\n"
        "\n"
        "hint: `exclude` them if no page shows them; "
        "`warn` under `[images]` in `buildassets.toml` sets what is too large"
    )

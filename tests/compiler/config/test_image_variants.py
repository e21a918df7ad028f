"""`[images.variants]`: what may stand there, and what is reported of anything else."""

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from buildassets.compiler.config.values import ImageVariants
from buildassets.errors import ConfigError
from tests.building import load_config
from tests.conftest import write_tree


def variants(folder: Path, text: str) -> dict[str, ImageVariants]:
    write_tree(folder, {"buildassets.toml": f"[images.variants]\n{text}\n", "assets/a.css": ""})
    return dict(load_config(start=str(folder)).image_variants)


def test_widths_are_ascending_and_each_once(tmp_path: Path) -> None:
    found = variants(tmp_path, '"/a/*" = { widths = [960, 480, 960], formats = ["original"], quality = 55 }')
    assert found == {"./a/*": ImageVariants((480, 960), ("original",), 55)}


def test_formats_and_quality_have_defaults(tmp_path: Path) -> None:
    assert variants(tmp_path, '"*" = { widths = [480] }') == {"*": ImageVariants((480,), ("avif", "webp"), 80)}


def test_metadata_is_stripped_by_default(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": "", "assets/a.css": ""})
    assert load_config(start=str(tmp_path)).image_strip
    write_tree(tmp_path, {"buildassets.toml": "images.strip = false"})
    assert not load_config(start=str(tmp_path)).image_strip


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("{ formats = ['webp'] }", "`images.variants.x` has no `widths`"),
        ("{ widths = [480], formats = [] }", "`images.variants.x` has no `formats`"),
        ("{ widths = [0] }", "`images.variants.x.widths[0]` cannot be 0"),
        ("{ widths = [480, 20000] }", "`images.variants.x.widths[1]` cannot be 20000"),
        ("{ widths = ['480'] }", "`images.variants.x.widths[0]` is a string, not an integer"),
        ("{ widths = [480], formats = ['jpg'] }", "`images.variants.x.formats[0]` cannot be `jpg`"),
        ("{ widths = [480], quality = 101 }", "`images.variants.x.quality` is 101, which is out of range"),
        ("{ widths = [480], qualty = 80 }", "unknown key `images.variants.x.qualty`"),
        ("[480]", "`images.variants.x` is an array, not a table"),
    ],
)
def test_a_mistake_names_the_key(tmp_path: Path, text: str, line: str) -> None:
    with pytest.raises(ConfigError) as caught:
        variants(tmp_path, f"x = {text}")
    assert [fault.message for fault in caught.value.diagnostics] == [line]


def test_without_pillow_variants_are_an_error_and_all_else_works(tmp_path: Path) -> None:
    program = "import sys; sys.modules['PIL'] = None; from buildassets.cli.main import main; main()"
    write_tree(tmp_path, {"assets/a.css": "a{}"})
    Image.new("RGB", (40, 20)).save(tmp_path / "assets/a.png")
    command = [sys.executable, "-c", program, "build"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    (tmp_path / "buildassets.toml").write_text('[images.variants]\n"*" = { widths = [20] }\n')
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "error[config/unavailable]: variants of pictures need Pillow, which is not installed" in done.stderr
    assert 'hint: run `pip install --upgrade "buildassets[images]"`' in done.stderr

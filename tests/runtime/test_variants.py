"""The markup of pictures with variants, read as a browser reads it."""

from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment
from PIL import Image

from buildassets.runtime import AssetNotFound, Assets
from tests.building import build, load_config
from tests.conftest import write_tree
from tests.runtime.pages import elements

_VARIANTS = """
[images.variants]
"img/*" = { widths = [40, 80, 900], formats = ["webp", "avif"] }
"img/own/*" = { widths = [40, 80], formats = ["original"] }
"""


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    write_tree(folder, {"buildassets.toml": _VARIANTS, "assets/plain.svg": '<svg viewBox="0 0 4 2"/>'})
    for name in ("img/a.jpg", "img/b.webp", "img/own/c.png"):
        (folder / "assets" / name).parent.mkdir(parents=True, exist_ok=True)
        Image.linear_gradient("L").resize((120, 60)).convert("RGB").save(folder / "assets" / name)
    assert build(load_config(start=str(folder))).succeeded
    return folder / "build/manifest.json"


@pytest.fixture
def assets(manifest: Path) -> Assets:
    return Assets(manifest)


def srcset(assets: Assets, stem: str, suffix: str, *widths: int) -> str:
    return ", ".join(f"{assets.url(f'{stem}.{width}w.{suffix}')} {width}w" for width in widths)


def test_a_picture_offers_every_format_the_smallest_first(assets: Assets) -> None:
    markup = assets.picture("img/a.jpg", sizes="50vw", alt='a "b"', loading="lazy")
    assert elements(markup) == [
        ("picture", {}),
        ("source", {"type": "image/avif", "srcset": srcset(assets, "img/a", "avif", 40, 80), "sizes": "50vw"}),
        ("source", {"type": "image/webp", "srcset": srcset(assets, "img/a", "webp", 40, 80), "sizes": "50vw"}),
        (
            "img",
            {
                "src": assets.url("img/a.jpg"),
                "alt": 'a "b"',
                "loading": "lazy",
                "width": "120",
                "height": "60",
            },
        ),
    ]


def test_variants_in_the_format_of_the_source_are_in_the_image(assets: Assets) -> None:
    *_, (_, image) = elements(assets.picture("img/b.webp", width=60))
    assert image["srcset"] == srcset(assets, "img/b", "webp", 40, 80)
    assert (image["sizes"], image["width"], image["height"]) == ("100vw", "60", "30")
    assert [name for name, _ in elements(assets.picture("img/own/c.png"))] == ["picture", "img"]


def test_the_widest_variant_in_the_format_of_the_source_takes_the_place_of_that(assets: Assets) -> None:
    *_, (_, of_picture) = elements(assets.picture("img/own/c.png"))
    ((_, image),) = elements(assets.image("img/own/c.png", widths=[40]))
    assert of_picture["src"] == assets.url("img/own/c.80w.png")
    assert image["src"] == assets.url("img/own/c.40w.png")


def test_picture_without_variants_is_shown_unchanged(assets: Assets) -> None:
    _, (name, image) = elements(assets.picture("plain.svg", sizes="50vw"))
    assert (name, image["src"], "srcset" in image, "sizes" in image) == ("img", assets.url("plain.svg"), False, False)


@pytest.mark.parametrize("widths", [[40], 40, "40", (40, 900), "40w, 900"])
def test_an_image_offers_the_widths_that_are_asked_for(assets: Assets, widths: Any) -> None:
    ((_, image),) = elements(assets.image("img/own/c.png", widths=widths))
    assert image["srcset"] == srcset(assets, "img/own/c", "png", 40)


def test_an_image_without_variants_in_its_format_offers_webp(assets: Assets) -> None:
    ((_, image),) = elements(assets.image("img/a.jpg", sizes="10em"))
    assert (image["srcset"], image["sizes"]) == (srcset(assets, "img/a", "webp", 40, 80), "10em")


def test_an_image_without_widths_and_sizes_is_as_it_was(assets: Assets) -> None:
    ((_, image),) = elements(assets.image("img/a.jpg"))
    assert image.keys() == {"src", "alt", "width", "height"}


def test_widths_larger_than_the_picture_give_the_widest(assets: Assets) -> None:
    ((_, image),) = elements(assets.image("img/a.jpg", widths=[900, 1800]))
    assert image["srcset"] == srcset(assets, "img/a", "webp", 80)


def test_missing_width_is_not_an_asset(assets: Assets) -> None:
    with pytest.raises(AssetNotFound) as caught:
        assets.picture("img/a.jpg", widths=[40, 50])
    assert caught.value.name == "img/a.50w.avif"
    with pytest.raises(ValueError, match="`widths` cannot be 'wide'"):
        assets.picture("img/a.jpg", widths="wide")


def test_a_preload_matches_what_a_picture_shows(assets: Assets) -> None:
    ((_, link),) = elements(assets.preload("img/a.jpg", sizes="50vw"))
    _, (_, first), *_ = elements(assets.picture("img/a.jpg", sizes="50vw"))
    assert link == {
        "rel": "preload",
        "as": "image",
        "type": first["type"],
        "imagesrcset": first["srcset"],
        "imagesizes": first["sizes"],
    }


def test_a_preload_with_widths_matches_the_image(assets: Assets) -> None:
    ((_, link),) = elements(assets.preload("img/a.jpg", widths=[80], imagesizes="1em"))
    ((_, image),) = elements(assets.image("img/a.jpg", widths=[80], sizes="1em"))
    assert (link["imagesrcset"], link["imagesizes"]) == (image["srcset"], image["sizes"])
    ((_, plain),) = elements(assets.preload("img/a.jpg", widths=False))
    assert (plain["href"], "imagesrcset" in plain) == (assets.url("img/a.jpg"), False)


def test_an_early_hint_has_the_variants_and_an_address(assets: Assets) -> None:
    (hint,) = assets.early_hints("img/a.jpg")
    assert hint.startswith(f"<{assets.url('img/a.jpg')}>; rel=preload; as=image; ")
    assert f'imagesrcset="{srcset(assets, "img/a", "avif", 40, 80)}"' in hint


def test_a_template_of_jinja_writes_a_picture(assets: Assets) -> None:
    environment = Environment(autoescape=True, extensions=["buildassets.runtime.jinja.AssetsExtension"])
    environment.assets = assets  # type: ignore[attr-defined]  # Jinja's way to extend an environment
    written = environment.from_string("{{ picture('img/a.jpg', sizes='50vw', alt='') }}").render()
    assert written == assets.picture("img/a.jpg", sizes="50vw", alt="")

"""The markup of icons: `<svg>` that shows a symbol of the sprite, or has it inside."""

import pickle
from pathlib import Path
from typing import Any

import pytest
from jinja2 import DictLoader, Environment, TemplateSyntaxError

from buildassets.runtime import AssetNotFound, Assets
from tests.building import build, load_config
from tests.conftest import write_tree
from tests.runtime.pages import elements

SVG = 'xmlns="http://www.w3.org/2000/svg"'
CHECK = f'<svg {SVG} width="24" height="12" viewBox="0 0 24 12" fill="none"><path d="M0 0h9v9z"/></svg>'
STYLE = "<style>.a &gt; g{fill:red}</style>"
STYLED = f'<svg {SVG} viewBox="0 0 9 9" class="r">{STYLE}<g class="a" id="x"/><text>a\n&lt;/svg></text></svg>'
SETTINGS = """
[icons]
"icons.svg" = { dir = "icons" }
"more.svg" = { dir = "more" }
"""


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("icons")
    files = {"icons/check.svg": CHECK, "icons/sub/é b.svg": STYLED, "icons/both.svg": CHECK, "more/both.svg": CHECK}
    empty = {"icons/vague.svg": f"<svg {SVG}><g/></svg>", "icons/empty.svg": f'<svg {SVG} height="5" width="5"/>'}
    write_tree(folder, {**files, **empty, "buildassets.toml": SETTINGS, "assets/a.css": ""})
    assert build(load_config(start=str(folder))).succeeded
    return folder / "build/manifest.json"


@pytest.fixture
def assets(manifest: Path) -> Assets:
    return Assets(manifest)


def test_an_icon_is_decoration_unless_it_has_a_label(assets: Assets) -> None:
    use = ("use", {"href": f"{assets.url('icons.svg')}#check"})
    size = {"width": "24", "height": "12"}
    assert elements(assets.icon("check")) == [("svg", {**size, "aria-hidden": "true"}), use]
    named = {"class": "big", **size, "role": "img", "aria-label": 'Done "1" <b>'}
    assert elements(assets.icon("check", class_="big", label='Done "1" <b>')) == [("svg", named), use]
    assert elements(assets.icon("check", "")) == [("svg", {**size, "aria-hidden": "true"}), use]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"width": 48}, {"width": "48", "height": "24"}),
        ({"height": "6"}, {"width": "12", "height": "6"}),
        ({"width": "1em", "height": "2em"}, {"width": "1em", "height": "2em"}),
        ({"width": False, "height": False}, {}),
    ],
)
def test_a_given_size_counts(assets: Assets, given: dict[str, Any], expected: dict[str, str]) -> None:
    ((_, attributes), _) = elements(assets.icon("check", **given))
    assert {name: value for name, value in attributes.items() if name in ("width", "height")} == expected


def test_an_icon_without_a_size_has_none(assets: Assets) -> None:
    assert elements(assets.icon("vague"))[0] == ("svg", {"aria-hidden": "true"})


def test_a_name_in_a_folder_is_the_fragment(assets: Assets) -> None:
    assert elements(assets.icon("sub/é b"))[1] == ("use", {"href": f"{assets.url('icons.svg')}#sub/é_20_b"})


def test_inline_the_icon_itself_is_in_the_page(assets: Assets) -> None:
    svg, path = elements(assets.icon("check", inline=True, class_="big", fill="red"))
    drawn = {
        "class": "big",
        "fill": "red",
        "width": "24",
        "height": "12",
        "aria-hidden": "true",
        "viewbox": "0 0 24 12",
    }
    assert svg == ("svg", drawn)
    assert path == ("path", {"d": "M0 0h9v9z"})


def test_inline_an_icon_keeps_the_class_of_its_sheet(assets: Assets) -> None:
    markup = assets.icon("sub/é b", inline=True, class_="big")
    start = '<svg class="big ico-sub_2f__e9__20_b ico-sub_2f__e9__20_b_-r" width="9" height="9" aria-hidden="true"'
    assert markup.startswith(f'{start} viewBox="0 0 9 9"><style>')
    assert markup.endswith("<text>a&#10;&lt;/svg></text></svg>")
    assert assets.icon("empty", inline=True).endswith(' viewBox="0 0 5 5"></svg>')


def test_under_a_prefix_with_a_host_icons_are_inline(manifest: Path) -> None:
    for url in ("https://cdn.example/x/", "//cdn.example/"):
        assert "<use" not in Assets(manifest, url=url).icon("check")
    elsewhere = Assets(manifest, url="https://cdn.example/")
    assert f'href="{elsewhere.url("icons.svg")}#check"' in elsewhere.icon("check", inline=False)


def test_an_unknown_icon_raises_with_the_nearest(assets: Assets) -> None:
    with pytest.raises(AssetNotFound) as raised:
        assets.icon("chek")
    assert str(raised.value) == "no icon is named `chek`; did you mean `check`?"
    assert str(pickle.loads(pickle.dumps(raised.value))) == str(raised.value)


def test_an_icon_of_two_sprites_needs_the_name_of_one(assets: Assets) -> None:
    with pytest.raises(AssetNotFound) as raised:
        assets.icon("both")
    message = 'the icon `both` is in `icons.svg` and `more.svg`; pass one of them, as in `sprite="icons.svg"`'
    assert str(raised.value) == message
    assert f"{assets.url('more.svg')}#both" in assets.icon("both", sprite="more.svg")
    with pytest.raises(AssetNotFound, match=r"no sprite is named `x\.svg`"):
        assets.icon("both", sprite="x.svg")


def test_jinja_has_icons(assets: Assets) -> None:
    pages = {"a.html": '{{ icon("check", class="x", label="Done") }}', "b.html": '{{ icon("chek") }}'}
    environment = Environment(loader=DictLoader(pages), autoescape=True)
    environment.add_extension("buildassets.runtime.jinja.AssetsExtension")
    environment.assets = assets  # type: ignore[attr-defined]  # set by the extension
    assert environment.get_template("a.html").render() == assets.icon("check", class_="x", label="Done")
    with pytest.raises(TemplateSyntaxError, match="no icon is named `chek`"):
        environment.get_template("b.html")


def test_a_global_of_the_project_that_is_named_icon_stays(assets: Assets) -> None:
    environment = Environment(autoescape=True)
    environment.globals["icon"] = lambda name: f"own {name}"
    environment.add_extension("buildassets.runtime.jinja.AssetsExtension")
    environment.assets = assets  # type: ignore[attr-defined]  # set by the extension
    assert environment.from_string('{{ icon("chek") }}').render() == "own chek"

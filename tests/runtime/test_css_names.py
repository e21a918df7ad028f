"""The names of CSS modules in a release."""

import pickle
from collections.abc import Mapping
from pathlib import Path

import pytest
from jinja2 import Environment
from jinja2.exceptions import TemplateSyntaxError

from buildassets.manifest.model import Entry, Manifest, dumps
from buildassets.runtime import AssetNotFound, Assets
from buildassets.runtime.css_names import CssNameNotFound
from buildassets.runtime.unbuilt import UnbuiltAssets

CARD: Mapping[str, str] = {"title": "base_base card_title", "big": "card_big"}
NAMES: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "js/a.js": {"components/card": CARD, "pages/nav": {"item": "n1"}},
    "js/b.js": {"components/card": {"title": "base_base card_title", "big": "other"}, "parts/nav": {"item": "n2"}},
    "js/c.js": {},
}


@pytest.fixture
def assets(tmp_path: Path) -> Assets:
    entries = {
        path: Entry(file=f"{path[:-3]}.0123456789ab.js", type="text/javascript", size=1, names=names)
        for path, names in NAMES.items()
    }
    (tmp_path / "manifest.json").write_text(dumps(Manifest("1", {}, "/assets/", entries)))
    return Assets(tmp_path / "manifest.json")


@pytest.mark.parametrize("module", ["components/card", "card", "components/card.module.css"])
def test_a_module_is_named_by_its_path_or_its_stem(assets: Assets, module: str) -> None:
    assert assets.css(module, "title") == "base_base card_title"


def test_several_names_give_each_class_once(assets: Assets) -> None:
    assert assets.css("card", "title", "big", "title", bundle="js/a.js") == "base_base card_title card_big"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("components/crad", "title"), "no CSS module is named `components/crad`; did you mean `components/card`?"),
        (("card", "titel"), "the CSS module `card` has no name `titel`; did you mean `title`?"),
        (("nav", "item"), "2 CSS modules are named `nav`: `pages/nav` and `parts/nav`; write the path"),
        (
            ("card", "big"),
            "`big` of the CSS module `card` differs in the bundles `js/a.js` and `js/b.js`; "
            'pass one of them, as in `bundle="js/a.js"`',
        ),
    ],
)
def test_unknown_name_is_reported(assets: Assets, arguments: tuple[str, str], message: str) -> None:
    with pytest.raises(AssetNotFound) as caught:
        assets.css(*arguments)
    assert str(caught.value) == message
    assert str(pickle.loads(pickle.dumps(caught.value))) == message


def test_a_bundle_without_the_module_is_named(assets: Assets) -> None:
    with pytest.raises(CssNameNotFound, match=r"the bundle `js/c\.js` has no CSS module `card`"):
        assets.css("card", "big", bundle="js/c.js")


def environment(assets: Assets) -> Environment:
    made = Environment(autoescape=True, extensions=["buildassets.runtime.jinja.AssetsExtension"])
    made.assets = assets  # type: ignore[attr-defined]  # as the extension has it
    return made


def test_jinja_has_the_function(assets: Assets) -> None:
    page = environment(assets).from_string('<p class="{{ css("card", "title") }}">{{ css(module, "item") }}')
    assert page.render(module="pages/nav") == '<p class="base_base card_title">n1'


def test_jinja_refuses_an_unknown_constant_when_it_compiles(assets: Assets) -> None:
    with pytest.raises(TemplateSyntaxError, match="no name `titel`"):
        environment(assets).from_string('{{ css("card", "titel") }}')


def test_names_are_as_written_without_a_release() -> None:
    assert UnbuiltAssets().css("card", "title", "big") == "title big"


def test_another_prefix_has_the_same_names(assets: Assets) -> None:
    assert assets.at("/x/").css("card", "title") == assets.css("card", "title")

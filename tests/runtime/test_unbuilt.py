import pytest
from jinja2 import Environment

from buildassets.runtime import AssetNotFound
from buildassets.runtime.unbuilt import UnbuiltAssets
from tests.runtime.pages import elements, run_python


@pytest.mark.parametrize("url", ["/assets/", "/assets", "https://cdn.example/x/"])
def test_every_name_has_its_own_url(url: str) -> None:
    assert UnbuiltAssets(url).url("css/a b.css") == url.rstrip("/") + "/css/a%20b.css"


@pytest.mark.parametrize("name", ["", "/css/app.css", "../app.css", "css//app.css", "css/", None])
def test_invalid_logical_path_is_not_an_asset_without_a_release(name: str) -> None:
    with pytest.raises(AssetNotFound):
        UnbuiltAssets().url(name)


def test_markup_is_that_of_a_release_without_integrity_metadata() -> None:
    assets = UnbuiltAssets()
    assert assets.integrity("app.css") is None
    assert assets.stylesheet("app.css", media="print") == '<link rel="stylesheet" href="/assets/app.css" media="print">'
    assert elements(assets.script("app.js", type="module"))[0][1] == {"src": "/assets/app.js", "type": "module"}
    assert elements(assets.preload("a.woff2"))[0][1]["as"] == "font"
    assert assets.early_hints("app.css") == ['</assets/app.css>; rel=preload; as=style; type="text/css"']
    assert (assets.importmap(), assets.livereload()) == ("", "")


@pytest.mark.parametrize(
    ("name", "tag"), [("app.css", "style"), ("app.js", "script"), ("a.json", "script"), ("logo.svg", "svg")]
)
def test_inlined_text_is_empty(name: str, tag: str) -> None:
    assert [one for one, _ in elements(UnbuiltAssets().inline(name))] == [tag]


def test_templates_render_without_a_build() -> None:
    env = Environment(autoescape=True, extensions=["buildassets.runtime.jinja.AssetsExtension"])
    env.assets = UnbuiltAssets()  # type: ignore[attr-defined]  # the extension adds it
    page = env.from_string('{{ stylesheet("css/app.css") }}<img src="{{ asset(name) }}">{{ importmap() }}')
    assert [tag for tag, _ in elements(page.render(name="img/a.png"))] == ["link", "img"]


def test_no_file_is_opened() -> None:
    program = """
import sys
from buildassets.runtime.unbuilt import UnbuiltAssets
UnbuiltAssets().url("app.css")
opened = []
sys.addaudithook(lambda event, arguments: event == "open" and opened.append(arguments))
assets = UnbuiltAssets()
assets.stylesheet("app.css"), assets.script("app.js"), assets.url("img/logo.svg")
print(opened)
"""
    assert run_python(program) == "[]\n"


def test_another_prefix_is_one_of_every_name_too() -> None:
    assert UnbuiltAssets().at("//cdn.example").url("css/new.css") == "//cdn.example/css/new.css"

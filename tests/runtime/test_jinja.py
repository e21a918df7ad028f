from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment, StrictUndefined, UndefinedError
from markupsafe import Markup

from buildassets.runtime import AssetNotFound, Assets
from tests.runtime.pages import SITE, elements, file_of, text, write_release

APP_CSS = "/assets/" + file_of("css/app.css", SITE["css/app.css"])


@pytest.fixture
def assets(tmp_path: Path) -> Assets:
    return Assets(write_release(tmp_path, importmap={"lib": "js/lib.mjs"}))


def environment(assets: Assets | None, *, autoescape: bool = True) -> Environment:
    made = Environment(autoescape=autoescape)
    made.add_extension("buildassets.runtime.jinja.AssetsExtension")
    if assets is not None:
        made.assets = assets  # type: ignore[attr-defined]  # Jinja's way to extend an environment
    return made


def render(template: str, assets: Assets, *, autoescape: bool = True, **values: object) -> str:
    return environment(assets, autoescape=autoescape).from_string(template).render(values)


@pytest.mark.parametrize("autoescape", [True, False])
@pytest.mark.parametrize(
    ("call", "method"),
    [
        ('asset("css/app.css")', "url"),
        ('stylesheet("css/app.css")', "stylesheet"),
        ('script("css/app.css")', "script"),
        ('image("css/app.css")', "image"),
        ('preload("css/app.css")', "preload"),
        ('inline_asset("css/app.css")', "inline"),
    ],
)
def test_globals_give_what_the_methods_give(assets: Assets, call: str, method: str, autoescape: bool) -> None:
    assert render(f"{{{{ {call} }}}}", assets, autoescape=autoescape) == getattr(assets, method)("css/app.css")


@pytest.mark.parametrize("autoescape", [True, False])
def test_importmap_takes_a_nonce(assets: Assets, autoescape: bool) -> None:
    assert render("{{ importmap(nonce='n') }}", assets, autoescape=autoescape) == assets.importmap(nonce="n")


def test_livereload_is_nothing_in_a_release(assets: Assets) -> None:
    assert render("[{{ livereload() }}]", assets) == "[]"


def test_reserved_words_can_be_written_as_in_html(assets: Assets) -> None:
    ((_, attributes),) = elements(render('{{ script("js/app.js", async=true, class="a") }}', assets))
    assert ("async" in attributes, "defer" in attributes, attributes["class"]) == (True, False, "a")


@pytest.mark.parametrize("autoescape", [True, False])
@pytest.mark.parametrize("kind", [str, Markup])
def test_values_of_the_page_cannot_leave_their_attribute(assets: Assets, autoescape: bool, kind: type[str]) -> None:
    hostile = '"><script>alert(1)</script>'
    markup = render('{{ image("img/logo.svg", alt=alt) }}', assets, autoescape=autoescape, alt=kind(hostile))
    assert [(tag, attributes["alt"]) for tag, attributes in elements(markup)] == [("img", hostile)]


def test_markup_joined_to_text_escapes_the_text_alone(assets: Assets) -> None:
    assert render('{{ image("img/logo.svg") + "<b>" }}', assets) == assets.image("img/logo.svg") + "&lt;b&gt;"
    assert render('{{ "<b>" ~ image("img/logo.svg") }}', assets) == "&lt;b&gt;" + assets.image("img/logo.svg")


def test_text_joined_to_markup_stays_where_nothing_is_escaped(assets: Assets) -> None:
    plain = render('{{ image("img/logo.svg") + "<b>" }}', assets, autoescape=False)
    assert plain == assets.image("img/logo.svg") + "<b>"


def test_url_in_an_attribute_is_escaped_once(tmp_path: Path) -> None:
    assets = Assets(write_release(tmp_path), url="https://cdn.example/?a=1&b=/")
    markup = render("<img src=\"{{ asset('img/logo.svg') }}\">", assets)
    assert elements(markup)[0][1]["src"] == assets.url("img/logo.svg")


def test_release_may_be_set_before_the_extension_is_added(assets: Assets) -> None:
    made = Environment(autoescape=True)
    made.assets = assets  # type: ignore[attr-defined]  # Jinja's way to extend an environment
    made.add_extension("buildassets.runtime.jinja.AssetsExtension")
    assert made.from_string("{{ asset('css/app.css') }}").render() == APP_CSS


def test_release_may_be_set_after_an_overlay_was_made(assets: Assets) -> None:
    made = environment(None)
    overlay = made.overlay(trim_blocks=True).overlay()
    made.assets = assets  # type: ignore[attr-defined]  # Jinja's way to extend an environment
    assert overlay.from_string("{{ asset('css/app.css') }}").render() == APP_CSS


def test_an_overlay_may_have_a_release_of_its_own(assets: Assets, tmp_path: Path) -> None:
    overlay = environment(assets).overlay()
    overlay.assets = Assets(tmp_path / "manifest.json", url="/other/")  # type: ignore[attr-defined]  # as above
    assert overlay.from_string("{{ asset('css/app.css') }}").render().startswith("/other/css/app.")


def test_environment_without_a_release_says_how_to_set_it() -> None:
    with pytest.raises(RuntimeError, match=r"`env\.assets` is not set; set it to `buildassets\.runtime\.Assets"):
        environment(None).from_string("{{ stylesheet('css/app.css') }}").render()


def test_unknown_name_stops_the_page(assets: Assets) -> None:
    with pytest.raises(AssetNotFound, match=r"did you mean `css/app\.css`"):
        render("{{ asset('css/ap.css') }}", assets)


def test_undefined_variable_as_a_name_is_an_unknown_name(assets: Assets) -> None:
    with pytest.raises(AssetNotFound):
        render("{{ asset(nothing) }}", assets)


def test_undefined_variable_as_a_name_is_named_where_jinja_is_strict(assets: Assets) -> None:
    made = environment(assets).overlay(undefined=StrictUndefined)
    with pytest.raises(UndefinedError, match="'nothing' is undefined"):
        made.from_string("{{ stylesheet(nothing) }}").render()


def test_globals_work_in_imported_macros_and_included_templates(assets: Assets) -> None:
    made = environment(assets)
    made.loader = DictLoader(
        {
            "macros": "{% macro head() %}{{ asset('css/app.css') }}{% endmacro %}",
            "part": "{{ asset('css/app.css') }}",
            "page": "{% from 'macros' import head %}{{ head() }} {% include 'part' %}",
        }
    )
    assert made.get_template("page").render() == f"{APP_CSS} {APP_CSS}"


def test_inlined_script_is_the_text_of_the_page(assets: Assets) -> None:
    assert text(render("{{ inline_asset('js/app.js') }}", assets)) == SITE["js/app.js"]

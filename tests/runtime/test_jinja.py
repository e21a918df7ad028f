import asyncio
import traceback
from pathlib import Path
from typing import Any

import pytest
from jinja2 import (
    DictLoader,
    Environment,
    FileSystemBytecodeCache,
    StrictUndefined,
    TemplateAssertionError,
    UndefinedError,
    pass_context,
)
from jinja2.nativetypes import NativeEnvironment
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from buildassets.runtime import AssetNotFound, Assets
from tests.runtime.pages import SITE, elements, file_of, text, write_release

APP_CSS = "/assets/" + file_of("css/app.css", SITE["css/app.css"])


@pytest.fixture
def assets(tmp_path: Path) -> Assets:
    return Assets(write_release(tmp_path, importmap={"lib": "js/lib.mjs"}))


def environment(
    assets: Assets | None, kind: type[Environment] = Environment, *, autoescape: bool = True, **options: Any
) -> Environment:
    made = kind(autoescape=autoescape, **options)
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


def test_an_overlay_may_have_its_own_release(assets: Assets, tmp_path: Path) -> None:
    overlay = environment(assets).overlay()
    overlay.assets = Assets(tmp_path / "manifest.json", url="/other/")  # type: ignore[attr-defined]  # as above
    assert overlay.from_string("{{ asset('css/app.css') }}").render().startswith("/other/css/app.")


def test_a_page_may_name_a_release_under_another_prefix(assets: Assets) -> None:
    cdn = assets.at("//cdn.example/?a=1&b=/")
    template = "{{ cdn.image('img/logo.svg', alt=alt) }}<a href=\"{{ cdn.url('css/app.css') }}\">"
    (_, image), (_, link) = elements(render(template, assets, cdn=cdn, alt='">'))
    assert (image["src"], image["alt"], link["href"]) == (cdn.url("img/logo.svg"), '">', cdn.url("css/app.css"))


def test_environment_without_a_release_reports_how_to_set_it() -> None:
    with pytest.raises(RuntimeError, match=r"`env\.assets` is not set; set it to `buildassets\.runtime\.Assets"):
        environment(None).from_string("{{ stylesheet('css/app.css') }}").render()


def test_unknown_name_stops_the_page(assets: Assets) -> None:
    with pytest.raises(AssetNotFound, match=r"did you mean `css/app\.css`"):
        render("{{ asset(name) }}", assets, name="css/ap.css")


@pytest.mark.parametrize(
    "call",
    [
        *("asset('css/ap.css')", "asset(name='css/ap.css')", "stylesheet('css/ap.css', media=media)"),
        *("script('css/ap.css')", "image('css/ap.css')", "preload('css/ap.css')", "inline_asset('css/ap.css')"),
        "modulepreload('js/app.js', 'css/ap.css')",
    ],
)
def test_unknown_constant_is_a_fault_of_the_template(assets: Assets, call: str) -> None:
    made = environment(assets, loader=DictLoader({"page.html": f"\n\n{{{{ {call} }}}}"}))
    with pytest.raises(TemplateAssertionError, match=r"did you mean `css/app\.css`") as caught:
        made.get_template("page.html")
    assert (caught.value.name, caught.value.lineno) == ("page.html", 3)


@pytest.mark.parametrize(
    "place",
    [
        *("{% block a %}…{% endblock %}", "{% for a in [] %}…{% endfor %}", "{% macro a() %}…{% endmacro %}"),
        *("{% include 'a' ignore missing %}…", "{% set a %}…{% endset %}", "{% if false %}{% endif %}…"),
    ],
)
def test_constants_are_looked_up_in_every_place(assets: Assets, place: str) -> None:
    with pytest.raises(TemplateAssertionError):
        environment(assets).from_string(place.replace("…", "{{ asset('css/ap.css') }}"))


@pytest.mark.parametrize(
    "template",
    [
        "{% if debug %}{{ asset('js/debug.js') }}{% endif %}",
        "{% if debug %}{% for one in [1] %}{{ asset('js/debug.js') }}{% endfor %}{% endif %}",
        "{{ asset('js/debug.js') if debug }}",
    ],
)
def test_constants_in_a_condition_are_looked_up_when_it_holds(assets: Assets, template: str) -> None:
    page = environment(assets).from_string(template)
    assert page.render() == ""
    with pytest.raises(AssetNotFound):
        page.render(debug=True)


@pytest.mark.parametrize("name", ["name", "'css/' ~ name", "['css/ap.css'][0]", "1", "none"])
def test_name_that_is_not_constant_is_looked_up_later(assets: Assets, name: str) -> None:
    environment(assets).from_string(f"{{{{ asset({name}) }}}}")


def test_templates_are_compiled_without_a_release_too() -> None:
    environment(None).from_string("{{ asset('css/ap.css') }}")


def test_a_template_refused_before_a_build_is_compiled_after_it(tmp_path: Path) -> None:
    made = environment(Assets(write_release(tmp_path), reload=True), loader=DictLoader({"a": "{{ asset('new.css') }}"}))
    with pytest.raises(TemplateAssertionError):
        made.get_template("a")
    write_release(tmp_path, {"new.css": "a {}"})
    assert made.get_template("a").render() == f"/assets/{file_of('new.css', 'a {}')}"


def test_replacement_of_a_global_is_asked_for_no_asset(assets: Assets) -> None:
    made = environment(assets)
    made.globals["image"] = "its own {}".format
    assert made.from_string("{{ image('a') }}").render() == "its own a"


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


CALLS = """{{ asset("css/app.css") }} {{ stylesheet("css/app.css", media="print") }} {{ image(logo, alt=text) }}
{%- for size in [1, 2] %}{{ image("img/logo.svg", width=size) }}{% endfor %}"""
VALUES: Any = {"logo": "img/logo.svg", "text": "<"}


@pytest.mark.parametrize("kind", [SandboxedEnvironment, NativeEnvironment])
def test_every_kind_of_environment_gives_the_same(assets: Assets, kind: type[Environment]) -> None:
    assert environment(assets, kind).from_string(CALLS).render(VALUES) == render(CALLS, assets, **VALUES)


def test_asynchronous_templates_give_the_same(assets: Assets) -> None:
    template = environment(assets, enable_async=True).from_string(CALLS)
    assert asyncio.run(template.render_async(VALUES)) == render(CALLS, assets, **VALUES)


def test_extension_may_be_added_twice(assets: Assets) -> None:
    made = environment(assets)
    made.add_extension("buildassets.runtime.jinja.AssetsExtension")
    assert made.from_string(CALLS).render(VALUES) == render(CALLS, assets, **VALUES)


class Unhashable:
    __hash__ = None  # type: ignore[assignment]  # as dataclasses have it

    def __call__(self, name: str) -> str:
        return f"its own {name}"


@pass_context
def in_loop(context: Any, name: str) -> str:
    return f"its own {name} {context.get('number')}"


@pytest.mark.parametrize("own", ["its own {}".format, Unhashable()])
def test_variable_of_the_page_comes_before_a_global(assets: Assets, own: object) -> None:
    page = "{{ image('img/logo.svg') }}{% set x = 'b' %} {{ image(x) }}"
    assert render(page, assets, image=own) == "its own img/logo.svg its own b"


def test_function_of_the_page_sees_the_variables_of_a_loop(assets: Assets) -> None:
    template = "{% for one in [1, 2] %}{% set number = one %}[{{ image('js/app.js') }}]{% endfor %}"
    assert render(template, assets, image=in_loop) == "[its own js/app.js 1][its own js/app.js 2]"


def test_macro_comes_before_a_global(assets: Assets) -> None:
    template = "{% macro script(name) %}[{{ name }}{{ caller() if caller }}]{% endmacro %}"
    template += "{{ script('a') }}{% call script('b') %}c{% endcall %}"
    assert render(template, assets) == "[a][bc]"


@pytest.mark.parametrize("template", ["{{ asset('css/app.css') }}", "{{ image('css/app.css') }}"])
def test_compiled_template_sees_the_next_release(tmp_path: Path, template: str) -> None:
    assets = Assets(write_release(tmp_path), reload=True)
    page = environment(assets).from_string(template)
    assert file_of("css/app.css", SITE["css/app.css"]) in page.render()
    write_release(tmp_path, {"css/app.css": "changed"})
    assert file_of("css/app.css", "changed") in page.render()


def test_compiled_template_sees_another_release_of_its_environment(assets: Assets, tmp_path: Path) -> None:
    made = environment(assets)
    page = made.from_string("{{ image('css/app.css') }}")
    assert page.render() == assets.image("css/app.css")
    made.assets = Assets(tmp_path / "manifest.json", url="/other/")  # type: ignore[attr-defined]  # as above
    assert page.render() == f'<img src="{APP_CSS.replace("/assets/", "/other/")}" alt="">'


def test_overlays_do_not_share_what_is_kept(assets: Assets, tmp_path: Path) -> None:
    made = environment(assets)
    overlay = made.overlay()
    overlay.assets = Assets(tmp_path / "manifest.json", url="/other/")  # type: ignore[attr-defined]  # as above
    ours, other = (one.from_string("{{ image('css/app.css') }}") for one in (made, overlay))
    pages = [ours.render(), other.render(), ours.render(), other.render()]
    assert ["/other/" in page for page in pages] == [False, True, False, True]


def test_compiled_templates_on_disk_hold_no_release(assets: Assets, tmp_path: Path) -> None:
    source = DictLoader({"page": "{{ asset('css/app.css') }} {{ image('css/app.css') }}"})
    (tmp_path / "compiled").mkdir()
    for release in (assets, Assets(tmp_path / "manifest.json", url="/other/")):
        compiled = FileSystemBytecodeCache(str(tmp_path / "compiled"))
        page = environment(release, loader=source, bytecode_cache=compiled).get_template("page").render()
        assert page == f"{release.url('css/app.css')} {release.image('css/app.css')}"
    assert len(list((tmp_path / "compiled").iterdir())) == 1


def test_compiled_templates_on_disk_work_without_the_extension(assets: Assets, tmp_path: Path) -> None:
    options: dict[str, Any] = {"loader": DictLoader({"page": "{{ image('js/app.js') }}"}), "autoescape": True}
    options["bytecode_cache"] = FileSystemBytecodeCache(str(tmp_path))
    environment(assets, **options).get_template("page")
    assert Environment(**options).get_template("page").render(image="its own {}".format) == "its own js/app.js"


def test_constants_that_equal_each_other_are_not_taken_for_one_another(assets: Assets) -> None:
    written = ["1", "true", "'1'", "1.0", "false", "none"]
    page = render("|".join(f"{{{{ image('img/logo.svg', a={value}) }}}}" for value in written), assets)
    values: list[object] = [1, True, "1", 1.0, False, None]
    assert page == "|".join(assets.image("img/logo.svg", a=value) for value in values)


def test_one_call_works_with_and_without_escaping(assets: Assets) -> None:
    call = "{{ image('img/logo.svg') ~ '<' }}"
    logo = assets.image("img/logo.svg")
    page = f"{call}{{% autoescape false %}}{call}{{% endautoescape %}}{call}"
    assert render(page, assets) == f"{logo}&lt;{logo}<{logo}&lt;"


@pytest.mark.parametrize("on", [True, False])
def test_whether_text_is_escaped_may_be_known_late(assets: Assets, on: bool) -> None:
    page = "{% autoescape on %}{{ image('img/logo.svg') + '<' }}{% endautoescape %}"
    assert render(page, assets, on=on) == assets.image("img/logo.svg") + ("&lt;" if on else "<")


def test_traceback_of_an_unknown_name_has_template_and_line(assets: Assets) -> None:
    made = environment(assets)
    made.loader = DictLoader({"page.html": "\n\n{{ stylesheet(name) }}"})
    with pytest.raises(AssetNotFound) as caught:
        made.get_template("page.html").render(name="css/ap.css")
    assert any(frame.lineno == 3 and "template" in frame.name for frame in traceback.extract_tb(caught.tb))


def test_many_constants_are_forgotten_again(assets: Assets, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("buildassets.runtime.jinja._KEPT_AT_MOST", 2)
    calls: list[int] = []

    def image(name: str, width: int) -> str:
        calls.append(width)
        return f"{width} "

    monkeypatch.setattr(assets, "image", image)
    page = "".join(f"{{{{ image('img/logo.svg', width={width}) }}}}" for width in (1, 1, 2, 3, 4, 1))
    assert (render(page, assets), calls) == ("1 1 2 3 4 1 ", [1, 2, 3, 4, 1])

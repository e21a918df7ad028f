from pathlib import Path

import django
import pytest

from buildassets.manifest.model import Entry, Manifest, dumps
from buildassets.runtime import Assets
from tests.conftest import write_tree
from tests.runtime.django.site import STATIC, in_django, page_of
from tests.runtime.pages import elements, write_release

LOAD = "{% load buildassets %}"


@pytest.fixture
def assets(tmp_path: Path) -> Assets:
    return Assets(write_release(tmp_path, importmap={"lib": "js/lib.mjs"}))


def test_tags_give_what_the_methods_give(assets: Assets, tmp_path: Path) -> None:
    template = """{% asset "css/app.css" %}
{% stylesheet "css/app.css" media="print" %}
{% script "js/app.js" type="module" defer=True %}
{% image "img/logo.svg" alt="a & b" width=8 %}
{% preload "fonts/a.woff2" %}
{% importmap %}
{% inline_asset "css/app.css" %}
{% livereload %}"""
    assert page_of(tmp_path, LOAD + template).split("\n") == [
        assets.url("css/app.css"),
        assets.stylesheet("css/app.css", media="print"),
        assets.script("js/app.js", type="module", defer=True),
        assets.image("img/logo.svg", alt="a & b", width=8),
        assets.preload("fonts/a.woff2"),
        assets.importmap(),
        assets.inline("css/app.css"),
        "",
    ]


def test_names_of_a_css_module_are_in_classes(tmp_path: Path) -> None:
    names = {"components/card": {"title": "a b"}}
    entry = Entry(file="js/app.0123456789ab.js", type="text/javascript", size=1, names=names)
    (tmp_path / "manifest.json").write_text(dumps(Manifest("1", {}, "/assets/", {"js/app.js": entry})))
    template = '<p class="{% css "components/card" "title" %}">{% css module "title" as names %}{{ names }}'
    page = page_of(tmp_path, LOAD + '{% with module="card" %}' + template + "{% endwith %}")
    assert page == '<p class="a b">a b'


def test_live_reload_is_in_pages_under_debug_only(tmp_path: Path) -> None:
    assets = Assets(write_release(tmp_path, livereload="livereload.json"), reload=True)
    template = LOAD + "{% livereload nonce=request.csp_nonce %}"
    assert page_of(tmp_path, template, DEBUG=True) == assets.livereload(nonce="n0nce")
    assert page_of(tmp_path, template) == ""


def test_tags_take_variables_and_can_name_their_result(assets: Assets, tmp_path: Path) -> None:
    template = "{% asset name as url %}{% stylesheet name as sheet %}{{ url }} {{ sheet }}"
    page = page_of(tmp_path, LOAD + template)
    assert page == f"{assets.url('css/app.css')} {assets.stylesheet('css/app.css')}"


def test_nonce_of_the_request_reaches_scripts_and_styles(assets: Assets, tmp_path: Path) -> None:
    tags = "{% script 'js/app.js' nonce=request.csp_nonce %}{% importmap nonce=request.csp_nonce %}"
    tags += "{% inline_asset 'css/app.css' nonce=request.csp_nonce %}"
    assert [attributes["nonce"] for _, attributes in elements(page_of(tmp_path, LOAD + tags))] == ["n0nce"] * 3


@pytest.mark.skipif(django.VERSION < (6, 0), reason="it has no nonce of its own")
def test_nonce_that_django_makes_is_that_of_its_policy(assets: Assets, tmp_path: Path) -> None:
    program = """
response = Client().get("/")
print(response.content.decode(), response.headers["Content-Security-Policy"])
"""
    write_tree(tmp_path, {"templates/page.html": LOAD + "{% script 'js/app.js' nonce=csp_nonce %}"})
    templates = {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [str(tmp_path / "templates")],
        "OPTIONS": {"context_processors": ["django.template.context_processors.csp"]},
    }
    policy = {"SECURE_CSP": {"script-src": ["<CSP_NONCE_SENTINEL>"]}, "TEMPLATES": [templates]}
    middleware = ["django.middleware.csp.ContentSecurityPolicyMiddleware"]
    printed = in_django(tmp_path, program, MIDDLEWARE=middleware, **policy)
    nonce = elements(printed)[0][1]["nonce"]
    assert nonce
    assert printed.endswith(f"script-src 'nonce-{nonce}'\n")


@pytest.mark.parametrize("escape", ["on", "off"])
def test_values_of_the_page_cannot_leave_their_attribute(assets: Assets, tmp_path: Path, escape: str) -> None:
    tag = "{% image 'img/logo.svg' alt=hostile %}{% image 'img/logo.svg' alt=hostile|safe %}"
    page = page_of(tmp_path, f"{LOAD}{{% autoescape {escape} %}}{tag}{{% endautoescape %}}")
    assert [attributes["alt"] for _, attributes in elements(page)] == ['"><script>alert(1)</script>'] * 2


def test_url_in_an_attribute_is_escaped_once(assets: Assets, tmp_path: Path) -> None:
    settings = {"BUILDASSETS": {"manifest": str(tmp_path / "manifest.json"), "url": "https://cdn.example/?a=1&b=/"}}
    page = page_of(tmp_path, LOAD + "<img src=\"{% asset 'img/logo.svg' %}\">", **settings)
    assert str(elements(page)[0][1]["src"]).startswith("https://cdn.example/?a=1&b=/img/logo.")


def test_unknown_name_stops_the_page(assets: Assets, tmp_path: Path) -> None:
    program = """
from buildassets.runtime import AssetNotFound
from django.template import engines
try:
    engines["django"].from_string("{% load buildassets %}{% asset name %}").render({"name": "css/ap.css"})
except AssetNotFound as fault:
    print(fault.nearest[0])
"""
    assert in_django(tmp_path, program) == "css/app.css\n"


@pytest.mark.parametrize(
    "tag",
    [
        "asset 'css/ap.css'",
        "stylesheet name='css/ap.css'",
        "image 'css/ap.css' alt=x",
        "modulepreload 'js/app.js' 'css/ap.css'",
        "asset 'css/ap.css' as x",
    ],
)
def test_unknown_constant_stops_the_compiler_of_templates(assets: Assets, tmp_path: Path, tag: str) -> None:
    write_tree(tmp_path, {"templates/part.html": f"{LOAD}\n{{% if no %}}{{% {tag} %}}{{% endif %}}"})
    program = """
from django.template import TemplateSyntaxError, loader
try:
    loader.get_template("part.html")
except TemplateSyntaxError as fault:
    print(str(fault).replace(str(folder), ""))
"""
    printed = in_django(tmp_path, program)
    assert printed.removeprefix("Template: ").startswith(
        "/templates/part.html, line 2: no asset is named `css/ap.css`; did you mean `css/app.css`"
    )


def test_constants_are_made_once_for_each_release_and_way_of_escaping(tmp_path: Path) -> None:
    write_release(tmp_path)
    program = """
from django.template import Context, engines
from buildassets.runtime import Assets
template = engines["django"].from_string("{% load buildassets %}{% asset 'img/logo.svg' %}").template
asked = []
ask = Assets.url
Assets.url = lambda self, name: asked.append(name) or ask(self, name)
pages = [template.render(Context(autoescape=escape)) for escape in (True, False, True, False)]
print(len(asked), pages[0] == pages[2] != pages[1] == pages[3], "&amp;" in pages[0])
"""
    given = {"manifest": str(tmp_path / "manifest.json"), "url": "/a&b/"}
    assert in_django(tmp_path, program, BUILDASSETS=given) == "2 True True\n"
    assert in_django(tmp_path, program, BUILDASSETS=given, DEBUG=True).startswith("4 ")


def test_templates_compile_without_a_release(tmp_path: Path) -> None:
    program = "from django.template import engines\n"
    program += "engines['django'].from_string(\"{% load buildassets %}{% asset 'css/app.css' %}\")"
    assert in_django(tmp_path, program) == ""


def test_filters_give_what_attributes_need(assets: Assets, tmp_path: Path) -> None:
    page = page_of(tmp_path, LOAD + "{{ name|asset }} {{ 'js/app.js'|integrity }}")
    assert page == f"{assets.url('css/app.css')} {assets.integrity('js/app.js')}"


def test_jinja_templates_of_django_have_the_globals(assets: Assets, tmp_path: Path) -> None:
    page = page_of(tmp_path, "{{ stylesheet(name, nonce=request.csp_nonce) }}", jinja=True)
    assert page == assets.stylesheet("css/app.css", nonce="n0nce")


def test_jinja_templates_of_django_have_static(assets: Assets, tmp_path: Path) -> None:
    page = page_of(tmp_path, "{{ static('css/app.css') }}", jinja=True, **STATIC)
    assert page == assets.url("css/app.css").replace("/assets/", "/static/")


def test_unknown_name_is_reported_with_the_command_of_django(tmp_path: Path) -> None:
    write_release(tmp_path)
    program = """
from buildassets.runtime import AssetNotFound
from buildassets.runtime.django import assets
try:
    assets().url("css/ap.css")
except AssetNotFound as fault:
    print(fault)
"""
    printed = in_django(tmp_path, program)
    mend = "run `manage.py assets build` if it is newer than the manifest"
    assert printed.startswith("no asset is named `css/ap.css`; did you mean `css/app.css`")
    assert printed.endswith(f"? Otherwise {mend}\n")


def test_the_release_watch_is_in_pages_of_a_release(assets: Assets, tmp_path: Path) -> None:
    template = LOAD + "{% release_watch nonce=request.csp_nonce %}"
    assert page_of(tmp_path, template) == assets.release_watch(nonce="n0nce")
    assert 'data-release="' in assets.release_watch()

"""The table of helpers: what it has is in every template language, in all that reads templates, and in the docs."""

import json
from pathlib import Path

import pytest

from buildassets.compiler.templates.names import HELPERS
from buildassets.foundation.template_helpers import BY_NAME, TEMPLATE_HELPERS, Takes, TemplateHelper
from buildassets.runtime import Assets
from buildassets.runtime.tags import Markup
from tests.runtime.pages import run_python, write_release

# A new row and its method, before anything else reads the table; then every place that is made of the table.
_PLACES = """
import json
from types import SimpleNamespace

from buildassets.foundation import template_helpers as table
from buildassets.runtime.assets import Assets

banner = table.TemplateHelper(
    name="banner", method="banner", takes=table.Takes.ASSET, result="a banner", media_prefix="text/"
)
table.TEMPLATE_HELPERS = (*table.TEMPLATE_HELPERS, banner)
table.BY_NAME["banner"] = banner
Assets.banner = lambda self, name, *, wide=False: f"<{self.url(name)}>"
assets = Assets(sys.argv[1])

import jinja2
environment = jinja2.Environment(extensions=["buildassets.runtime.jinja.AssetsExtension"])
environment.assets = assets
shown = {"Jinja": environment.from_string("{{ banner('css/app.css') }}").render()}
try:
    environment.from_string("{{ banner('none.css') }}")
except jinja2.TemplateSyntaxError as fault:
    shown["Jinja, compiled"] = str(fault)

from django.conf import settings
settings.configure(INSTALLED_APPS=["buildassets.runtime.django"], BUILDASSETS={"manifest": sys.argv[1]})
import django
django.setup()
from django.template import Context, Engine, TemplateSyntaxError
engine = Engine(libraries={"buildassets": "buildassets.runtime.django.templatetags.buildassets"})
tag = "{% load buildassets %}{% autoescape off %}{% banner 'css/app.css' wide=True %}"
shown["Django"] = engine.from_string(tag + "{% endautoescape %}").render(Context())
try:
    engine.from_string("{% load buildassets %}{% banner 'none.css' %}")
except TemplateSyntaxError as fault:
    shown["Django, compiled"] = str(fault)

from buildassets.runtime.pyramid import with_assets
subscribers = []
config = SimpleNamespace(
    registry=SimpleNamespace(),
    add_request_method=lambda *arguments, **options: None,
    add_subscriber=lambda added, event: subscribers.append(added),
)
with_assets(config, assets)
given = {}
subscribers[0](given)
shown["Pyramid"] = given["banner"]("css/app.css")

from buildassets.compiler.templates.chameleon import ChameleonReader
from buildassets.compiler.templates.django import DjangoReader
from buildassets.compiler.templates.jinja import JinjaReader
from buildassets.compiler.templates.mako import MakoReader
texts = {
    JinjaReader((), (), {}.get): "{{ banner('a.css') }}",
    DjangoReader((), ()): "{% load buildassets %}{% banner 'a.css' %}",
    MakoReader(()): "${banner('a.css')}",
    ChameleonReader(()): "<p>${banner('a.css')}</p>",
}
for reader, text in texts.items():
    shown[f"read by {type(reader).__name__}"] = [use.written.text for use in reader.read(text).uses]

from buildassets.compiler.templates.check import _mention
templates = SimpleNamespace(functions=())
shown["search"] = bool(_mention(SimpleNamespace(templates=templates))("banner"))

from buildassets.lsp.completion import proposals
project = SimpleNamespace(
    template=lambda path: True, icons={}, names=["a.css", "a.png"], config=SimpleNamespace(templates=templates)
)
text = "{{ banner('"
shown["editor"] = [one.text for one in proposals(project, "page.html", text, len(text))]

from buildassets.doctor.application import HELPER_CALL, HELPER_TAG
shown["doctor"] = [bool(HELPER_CALL.search("{{ banner(x) }}")), bool(HELPER_TAG.search("{% banner x %}"))]

from buildassets.compiler.sources.template_text import shown_text
shown["text"] = shown_text("{{ banner('name') }}").strip()

from website.helpers import page
shown["docs"] = "| `banner(name, wide=)` | `banner` | a banner |" in page()
print(json.dumps(shown))
"""


def test_a_new_helper_is_in_every_place(tmp_path: Path) -> None:
    manifest = write_release(tmp_path)
    element = f"<{Assets(manifest).url('css/app.css')}>"
    shown = json.loads(run_python(_PLACES, str(manifest)))
    for language in ("Jinja", "Django"):
        assert "none.css" in shown.pop(f"{language}, compiled")
    assert shown == {
        **dict.fromkeys(("Jinja", "Django", "Pyramid"), element),
        **{f"read by {language}Reader": ["a.css"] for language in ("Jinja", "Django", "Mako", "Chameleon")},
        "search": True,
        "editor": ["a.css"],
        "doctor": [True, True],
        "text": "",
        "docs": True,
    }


@pytest.mark.parametrize("helper", TEMPLATE_HELPERS, ids=lambda helper: helper.name)
def test_the_method_takes_what_the_table_says(helper: TemplateHelper) -> None:
    first = {Takes.ASSET: ["name"], Takes.ICON: ["name"], Takes.CSS_NAMES: ["module", "names"], Takes.ASSETS: ["names"]}
    code = getattr(Assets, helper.method).__code__
    taken = [name for name in code.co_varnames[1:] if name in ("name", "module", "names")]
    assert taken[: len(first.get(helper.takes, []))] == first.get(helper.takes, [])
    assert bool(taken) is (helper.takes is not Takes.NOTHING)
    assert (helper.takes is not Takes.NOTHING) == (helper.name in HELPERS)


@pytest.mark.parametrize("helper", TEMPLATE_HELPERS, ids=lambda helper: helper.name)
def test_the_method_gives_text_as_all_languages_show_it(helper: TemplateHelper) -> None:
    assert getattr(Assets, helper.method).__annotations__["return"] in (str, Markup, "str", "Markup")


def test_names_are_unique() -> None:
    assert len(BY_NAME) == len(TEMPLATE_HELPERS)
    assert len({helper.method for helper in TEMPLATE_HELPERS}) == len(TEMPLATE_HELPERS)

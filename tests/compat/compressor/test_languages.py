"""Blocks by the language of a visitor: each of LANGUAGES has its own, translated text stays as written."""

import re
from pathlib import Path

import pytest

from tests.compat.compressor.site import LOAD, Site, site

_LANGUAGES = [("en", "English"), ("de", "German"), ("ar", "Arabic")]
_LOAD = LOAD + "{% load i18n %}"


def _js(text: str) -> str:
    return f"{{% compress js %}}<script>{text}</script>{{% endcompress %}}"


_TEMPLATES = {
    "tag.html": "{% get_current_language as LANGUAGE %}" + _js('var l = "{{ LANGUAGE }}"'),
    "inside.html": _js('var i = "{% get_current_language as LANGUAGE %}{{ LANGUAGE }}"'),
    "number.html": _js('var n = "{{ 1234.5 }}"'),
    "sass.html": "{% get_current_language_bidi as BIDI %}{% compress css %}"
    '<style type="text/x-scss">a { b { {% if BIDI %}right{% else %}left{% endif %}: 0 } }</style>{% endcompress %}',
    "around.html": '{% language "de" %}' + _js('var a = "{% translate "May" %}"') + "{% endlanguage %}",
    "behind.html": '{% language "de" %}{% endlanguage %}' + _js('var b = "{% translate "May" %}"'),
    "within.html": _js('{% language "de" %}var w = "{% translate "May" %}"{% endlanguage %}'),
    "assigned.html": '{% translate "May" as may %}' + _js('var m = "{{ may }}"'),
    "block.html": _js('var t = "{% blocktranslate %}May{% endblocktranslate %}"'),
}
# What is shown in English, German and Arabic.
_SHOWN = {
    "tag.html": ['var l="en"', 'var l="de"', 'var l="ar"'],
    "inside.html": ['var i="en"', 'var i="de"', 'var i="ar"'],
    "number.html": ['var n="1234.5"', 'var n="1234,5"', 'var n="1234,5"'],
    "sass.html": ["a b{left:0}", "a b{left:0}", "a b{right:0}"],
    "around.html": ['var a="Mai"'] * 3,
    "within.html": ['var w="Mai"'] * 3,
    "jinja.html": ['var j="en"', 'var j="de"', 'var j="ar"'],
}
_WRITTEN = {
    "behind.html": ['var b = "May"', 'var b = "Mai"', 'var b = "مايو"'],
    "assigned.html": ['var m = "May"', 'var m = "Mai"', 'var m = "مايو"'],
    "block.html": ['var t = "May"', 'var t = "Mai"', 'var t = "مايو"'],
}
_JINJA = '{% compress js %}<script>var j = "{{ language() }}"</script>{% endcompress %}'
_ENVIRONMENT = (
    "from django.utils.translation import get_language\nfrom jinja2 import Environment\n"
    "def environment(**options):\n    made = Environment(**options)\n    made.globals['language'] = get_language\n"
    "    return made\n"
)
_PROGRAM = """
from django.utils import translation
for name in given["settings"]["SHOWN"]:
    for language in ("en", "de", "ar"):
        with translation.override(language):
            engine = engines["jinja2" if name.startswith("j") else "django"]
            found["pages"].setdefault(name, []).append(engine.get_template(name).render({}))
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("site")
    extension = "buildassets.compat.compressor.CompressorExtension"
    templates = {name: _LOAD + text for name, text in _TEMPLATES.items()} | {"jinja2/jinja.html": _JINJA}
    backends = [
        {"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [str(folder / "templates")]},
        {
            "BACKEND": "django.template.backends.jinja2.Jinja2",
            "DIRS": [str(folder / "jinja2")],
            "OPTIONS": {"environment": "own.environment", "extensions": [extension]},
        },
    ]
    return site(
        folder,
        templates,
        files={"own.py": _ENVIRONMENT},
        pages=[],
        program=_PROGRAM,
        LANGUAGES=_LANGUAGES,
        LANGUAGE_CODE="en",
        TEMPLATES=backends,
        SHOWN=[*_SHOWN, *_WRITTEN],
    )


@pytest.mark.parametrize("name", _SHOWN)
def test_each_language_has_what_was_built_for_it(name: str, made: Site) -> None:
    pages = made.pages[name]
    assert [text.strip() for page in pages for text in made.texts(page)] == _SHOWN[name]
    assert all(re.search(r"/static/CACHE/(?:css|js)/output\.", page) for page in pages)


@pytest.mark.parametrize("name", _WRITTEN)
def test_translated_block_stays_as_written_with_a_warning(name: str, made: Site) -> None:
    pages = made.pages[name]
    assert [text for page in pages for text in made.texts(page)] == _WRITTEN[name]
    assert not any("/static/" in page for page in pages)
    assert f"--> templates/{name}:1:" in made.err


def test_nothing_else_is_reported(made: Site) -> None:
    assert made.codes() == ["warning[compressor/unknown]"] * len(_WRITTEN)


def test_translation_in_sass_is_an_error(tmp_path: Path) -> None:
    sass = '{% compress css %}<style type="text/x-scss">a::before { content: "{% translate "May" %}" }</style>'
    made = site(tmp_path, _LOAD + sass + "{% endcompress %}", pages=[], LANGUAGES=_LANGUAGES)
    assert made.codes() == ["error[compressor/unknown]"]
    assert "`May` is known at run time only\n" in made.err


def test_language_is_known_where_there_is_one(tmp_path: Path) -> None:
    template = _LOAD + _js('var o = "{% translate "May" %}"')
    made = site(tmp_path, template, LANGUAGES=_LANGUAGES[1:2], LANGUAGE_CODE="de")
    assert made.texts(made.page()) == ['var o="Mai"\n']


def test_a_translation_is_not_reported_in_another_block(tmp_path: Path) -> None:
    first, second = _js('var a = "{% blocktranslate %}May{% endblocktranslate %}"'), _js("var b = \"{{ _('May') }}\"")
    page = f"{_LOAD}\n{first}\n{second}"
    made = site(tmp_path, {"page.html": page}, LANGUAGES=_LANGUAGES)
    assert re.findall(r"--> templates/page.html:(\d+)", made.err) == ["2", "3"]

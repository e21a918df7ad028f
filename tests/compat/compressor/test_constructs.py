"""Tags of Django's around blocks and inside of them: a page finds what was built, as the tags have it there."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from tests.compat.compressor.site import LOAD, Site, site

# `<js>` is a block, `<s>` a script in it. By name: the template, and what its scripts hold, one line a script.
_BUILT: Mapping[str, tuple[str, list[str]]] = {
    "cache around": ("{% load cache %}{% cache 9 a %}<js><s>var a = 1</s></js>{% endcache %}", ["var a=1"]),
    "cache inside": ("{% load cache %}<js>{% cache 9 b %}<s>var b = 1</s>{% endcache %}</js>", ["var b=1"]),
    "spaceless around": ("{% spaceless %}<js><s>var c = 1</s> \n </js>{% endspaceless %}", ["var c=1"]),
    "spaceless inside": ("<js>{% spaceless %} <s>d = 1</s>\n <s>e = 1</s> {% endspaceless %}</js>", ["d=1", "e=1"]),
    "autoescape around": ("{% autoescape off %}<js><s>f = '{{ b }}'</s></js>{% endautoescape %}", ["f='<b>'"]),
    "autoescape inside": ("<js>{% autoescape off %}<s>g = '{{ b }}'</s>{% endautoescape %}</js>", ["g='<b>'"]),
    "escaped": ("<js><s>h = '{{ b }}'</s></js>", ["h='&lt;b&gt;'"]),
    "autoescape ends": ("{% autoescape off %}{% endautoescape %}<js><s>i = '{{ b }}'</s></js>", ["i='&lt;b&gt;'"]),
    "filter inside": ("<js>{% filter lower %}<s>J = 'J'</s>{% endfilter %}</js>", ["j='j'"]),
    "verbatim inside": ("<js>{% verbatim %}<s>k = '{{ k }}'</s>{% endverbatim %}</js>", ["k='{{ k }}'"]),
    "verbatim around": ("{% verbatim %}{% compress js %}{% endverbatim %}<js><s>l = 1</s></js>", ["l=1"]),
    "localize off": ("{% load l10n %}{% localize off %}<js><s>m = {{ big }}</s></js>{% endlocalize %}", ["m=1234.5"]),
    "localize inside": ("{% load l10n %}<js>{% localize off %}<s>{{ big }}</s>{% endlocalize %}</js>", ["1234.5"]),
    "unlocalize": ("{% load l10n %}<js><s>o = {{ big|unlocalize }}</s></js>", ["o=1234.5"]),
    "localized": ("<js><s>p = '{{ big }}'</s></js>", ["p='1,234.5'"]),
    "time zone": (
        "{% load tz %}{% timezone 'Asia/Tokyo' %}<js><s>q = '{{ moment|date:\"H\" }}'</s></js>{% endtimezone %}",
        ["q='09'"],
    ),
    "comment inside": ("<js>{# 1 #}{% comment %}<s>no = 1</s>{% endcomment %}<s>r = 1</s></js>", ["r=1"]),
    "white space": ("<js>\n\n\t<s>s = 1</s>\r\n   <s>t = 1</s> \n</js>", ["s=1", "t=1"]),
    "cycle": ("<js>{% for n in few %}<s>u{{ n }} = {% cycle 7 8 %}</s>{% endfor %}</js>", ["u1=7", "u2=8"]),
    "cycle reset": (
        "<js>{% for n in few %}<s>v = {% cycle 7 8 %}{% resetcycle %}</s>{% endfor %}</js>",
        ["v=7", "v=7"],
    ),
    "cycle around": ("{% cycle 7 8 as c silent %}<js><s>w = {{ c }}</s></js>", ["w=7"]),
    "changed": ("<js>{% for n in few %}{% ifchanged b %}<s>{{ n }}</s>{% endifchanged %}{% endfor %}</js>", ["1"]),
    "first of": ("<js><s>x = '{% firstof none b|safe %}'</s></js>", ["x='<b>'"]),
    "grouped": ("{% regroup rows by k as gs %}<js>{% for g in gs %}<s>'{{ g.grouper }}'</s>{% endfor %}</js>", ["'a'"]),
    "ratio": ("<js><s>y = {% widthratio 5 10 100 %}</s></js>", ["y=50"]),
    "template tag": ("<js><s>z = '{% templatetag openvariable %}'</s></js>", ["z='{{'"]),
    "json": ("<js>{{ few|json_script:'few' }}<s>aa = 1</s></js>", ["[1, 2]", "aa=1"]),
}
# Text that no build knows: it stays as written, and its name is reported.
_WRITTEN: Mapping[str, tuple[str, str, str]] = {
    "now": ("<js><s>'{% now 'e' %}'</s></js>", "''", "now"),
    "now assigned": ("{% now 'e' as e %}<js><s>'{{ e }}'</s></js>", "''", "e"),
    "unlisted": ("<js><s>'{{ unlisted }}'</s></js>", "'NO unlisted'", "unlisted"),
    "below": ("<js><s>'{{ request.user|upper }}'</s></js>", "'NO request.user'", "request.user"),
    "loop": ("<js>{% for u in unlisted %}<s>1</s>{% empty %}<s>none</s>{% endfor %}</js>", "none", "unlisted"),
    "cycle of it": (
        "<js>{% for n in few %}<s>{% cycle 'x' 'y' 'z' %} {{ one }}</s>{% endfor %}</js>",
        "x NO one",
        "one",
    ),
}
_CONTEXT: Mapping[str, Any] = {
    "b": "<b>",
    "big": 1234.5,
    "few": [1, 2],
    "none": None,
    "rows": [{"k": "a"}, {"k": "a"}],
}


def _long(template: str) -> str:
    pairs = {"<js>": "{% compress js %}", "</js>": "{% endcompress %}", "<s>": "<script>", "</s>": "</script>"}
    for short, long in pairs.items():
        template = template.replace(short, long)
    return template


def _name(name: str) -> str:
    return name.replace(" ", "_") + ".html"


_PROGRAM = """
from django.test import override_settings
from datetime import datetime, timezone
values = {**given["settings"]["COMPRESS_OFFLINE_CONTEXT"], "moment": datetime(2026, 1, 1, tzinfo=timezone.utc)}
with override_settings(COMPRESS_OFFLINE_CONTEXT=values):
    call_command("compress", stdout=out, stderr=err)
for name in given["settings"]["NAMES"]:
    found["pages"][name] = [engines["django"].get_template(name).render(values)]
found["err"] = err.getvalue()
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Site:
    texts = {name: text for name, (text, _) in _BUILT.items()} | {name: text for name, (text, _, _) in _WRITTEN.items()}
    templates = {_name(name): LOAD + _long(text) for name, text in texts.items()}
    folder = tmp_path_factory.mktemp("site")
    backend = {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [str(folder / "templates")],
        "OPTIONS": {"string_if_invalid": "NO %s"},
    }
    return site(
        folder,
        templates,
        pages=[],
        builds=False,
        program=_PROGRAM,
        NAMES=[*templates],
        COMPRESS_OFFLINE_CONTEXT=_CONTEXT,
        TEMPLATES=[backend, {"BACKEND": "django.template.backends.jinja2.Jinja2"}],
        USE_THOUSAND_SEPARATOR=True,
        USE_TZ=True,
        CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
    )


@pytest.mark.parametrize("name", _BUILT)
def test_block_is_found(name: str, made: Site) -> None:
    page = made.page(_name(name))
    found = [line for text in made.texts(page) for line in text.split("\n") if line]
    assert found == _BUILT[name][1], made.err
    assert re.search(r"/static/CACHE/js/output\.", page)


@pytest.mark.parametrize("name", _WRITTEN)
def test_unknown_block_stays_as_written(name: str, made: Site) -> None:
    _, text, unknown = _WRITTEN[name]
    page = made.page(_name(name))
    assert "/static/" not in page
    written = made.texts(page)[0]
    assert (re.sub("'.*'", "''", written) if "now" in name else written) == text
    places = re.findall(r"warning\[compressor/unknown\]: `([^`]*)` .*\n *--> (.*?):", made.err)
    assert (unknown, f"templates/{_name(name)}") in places


def test_nothing_else_is_reported(made: Site) -> None:
    assert len(made.codes()) == len(_WRITTEN), made.err

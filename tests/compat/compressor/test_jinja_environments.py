"""Environments of Jinja of several kinds: each finds what was built of its templates."""

from pathlib import Path
from typing import Any

import pytest

from tests.compat.compressor.site import Site, site

_OWN = """
import asyncio
import jinja2
import jinja2.sandbox
from django.conf import settings
from django.templatetags.static import static
from buildassets.compat.compressor import CompressorExtension

async def later():
    await asyncio.sleep(0)
    return "later"

async def now():
    return "now"

def environment():
    kind = settings.KIND
    made = (jinja2.sandbox.SandboxedEnvironment if kind == "sandboxed" else jinja2.Environment)(
        loader=jinja2.FileSystemLoader("pages"),
        extensions=[CompressorExtension],
        autoescape=True,
        enable_async=kind == "asynchronous",
        trim_blocks=kind == "trimming",
        bytecode_cache=jinja2.FileSystemBytecodeCache("kept") if kind == "cached" else None,
    )
    made.globals.update(static=static, later=later, now=now)
    return made
"""
_PAGES = {
    "base.html": "{% block js %}{% compress js %}<script>var base = 1</script>{% endcompress %}{% endblock %}",
    "page.html": """{% extends "base.html" %}{% import "macros.html" as macros %}{% set a = "set" %}
{% block js %}{{ super() }}
{% compress js %}<script>var a = "{{ a }}"</script>{% endcompress %}
{% for n in numbers %}{% compress js %}<script>var n = {{ n }}</script>{% endcompress %}{% endfor %}
{% compress js %}<script src="{{ static('js/one.js') }}"></script>{% endcompress %}
{{ macros.part(3) }}
{% include "part.html" %}
{% compress js %}<script>var user = "{{ user }}"</script>{% endcompress %}
{% endblock %}""",
    "macros.html": "{% macro part(x) %}{% compress js %}<script>var m={{ x }}</script>{% endcompress %}{% endmacro %}",
    "part.html": "{% compress js %}<script>var part = {{ numbers|sum }}</script>{% endcompress %}",
}
_SHOWN = ["var base=1", 'var a="set"', "var n=1", "var n=2", "var one=1", "var m=3", "var part=3", 'var user = "ann"']
_PROGRAM = """
import own
for _ in range(2):
    text = own.environment().get_template("page.html").render(numbers=[1, 2], user="ann")
    found["pages"].setdefault("page.html", []).append(text)
"""


def made_of(folder: Path, pages: dict[str, str], program: str, **settings: Any) -> Site:
    """The site of an environment with these `pages`, built; `program` renders."""
    files = {"own.py": _OWN, "kept/none": "", **{f"pages/{name}": text for name, text in pages.items()}}
    setup = "import own\nfrom django.test import override_settings\n"
    build = (
        "with override_settings(COMPRESS_JINJA2_GET_ENVIRONMENT=own.environment):\n"
        "    call_command('compress', stdout=out, stderr=err)\n"
        "found['err'] = err.getvalue()\n"
    )
    context = {"numbers": [1, 2]}
    settings = {"COMPRESS_OFFLINE_CONTEXT": context, **settings}
    return site(folder, {}, files=files, pages=[], builds=False, program=setup + build + program, **settings)


@pytest.mark.parametrize("kind", ["plain", "asynchronous", "sandboxed", "trimming", "cached"])
def test_pages_find_what_was_built(kind: str, tmp_path: Path) -> None:
    made = made_of(tmp_path, _PAGES, _PROGRAM, KIND=kind)
    assert made.codes() == ["warning[compressor/unknown]"]
    for page in made.pages["page.html"]:
        assert [text.strip() for text in made.texts(page)] == _SHOWN
        assert page.count("/static/CACHE/js/") == len(_SHOWN) - 1


_LATER = {
    "page.html": '{% compress js %}<script>var w = "{{ now() }}"</script>{% endcompress %}'
    '{% compress js %}<script>var w = "{{ later() }}"</script>{% endcompress %}'
}


def test_awaited_value_in_a_block_is_known_at_run_time_only(tmp_path: Path) -> None:
    program = (
        "import asyncio\npage = own.environment().get_template('page.html')\n"
        "found['pages'] = {'page.html': [asyncio.run(page.render_async())]}\n"
    )
    made = made_of(tmp_path, _LATER, program, KIND="asynchronous")
    assert made.codes() == ["warning[compressor/unknown]"]
    assert "a build cannot render this block: RuntimeError: it waits for something" in made.err
    assert [text.strip() for text in made.texts(made.page())] == ['var w="now"', 'var w = "later"']


@pytest.mark.parametrize("kind", ["plain", "asynchronous"])
def test_disabled_blocks_stay_as_written_but_for_sass(kind: str, tmp_path: Path) -> None:
    page = (
        "{% compress js %}<script>var {{ 'a' }} = 1</script>{% endcompress %}"
        '{% compress css %}<style type="text/x-scss">a { b { top: 0 } }</style>{% endcompress %}'
    )
    program = (
        "with override_settings(COMPRESS_ENABLED=False):\n"
        "    found['pages'] = {'page.html': [own.environment().get_template('page.html').render()]}\n"
    )
    made = made_of(tmp_path, {"page.html": page}, program, KIND=kind)
    script, sheet = made.texts(made.page())
    assert (sheet.strip(), script) == ("a b{top:0}", "var a = 1")

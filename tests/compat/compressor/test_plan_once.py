"""A plan compiles each template once, and renders each block once for all that it may show."""

from pathlib import Path
from typing import Any

import pytest

from tests.compat.compressor.site import LOAD, Site, block, css, js, site

_JINJA = {"BACKEND": "django.template.backends.jinja2.Jinja2", "DIRS": ["jinja2"]}
_TAGS = """
from django import template

register = template.Library()


def _noted(name):
    with open(name, "a") as file:
        file.write(".")


class Counted(template.Node):
    def render(self, context):
        _noted("rendered")
        return ""


@register.tag
def counted(parser, token):
    _noted("compiled")
    return Counted()
"""


def made(folder: Path, templates: dict[str, str], loaders: list[Any] | None = None, **settings: Any) -> Site:
    """A site whose templates have the tag `counted`, built without a page."""
    given = {"APP_DIRS": False, "DIRS": ["templates"]}
    options: dict[str, Any] = {"libraries": {"counted": "counted"}, "builtins": ["counted"]}
    options |= {"loaders": loaders} if loaders else {}
    engine = {"BACKEND": "django.template.backends.django.DjangoTemplates", **given, "OPTIONS": options}
    built = site(folder, templates, pages=[], files={"counted.py": _TAGS}, TEMPLATES=[engine, _JINJA], **settings)
    assert built.code == 0, built.err
    return built


def counted(folder: Path, name: str) -> int:
    """How often the tag was compiled or rendered."""
    path = folder / name
    return len(path.read_text()) if path.exists() else 0


@pytest.mark.parametrize(
    "loaders", [None, ["django.template.loaders.filesystem.Loader"], ["loaders.Own"]], ids=["usual", "listed", "own"]
)
def test_template_is_compiled_once_whatever_extends_and_includes_it(loaders: list[str] | None, tmp_path: Path) -> None:
    (tmp_path / "loaders.py").write_text(
        "from django.template.loaders.filesystem import Loader\nclass Own(Loader): pass\n"
    )
    children = {f"c{number}.html": '{% extends "base.html" %}' for number in range(5)}
    base = f'{{% counted %}}{{% include "part.html" %}}{block("js", js("js/one.js"))}'
    part = f"{block('css', css('css/two.css'))}"
    made(tmp_path, {"base.html": f"{base}{{% block a %}}{{% endblock %}}", "part.html": part, **children}, loaders)
    assert counted(tmp_path, "compiled") == 1


def test_block_that_templates_inherit_is_rendered_once(tmp_path: Path) -> None:
    children = {f"c{number}.html": '{% extends "base.html" %}{% block a %}a{% endblock %}' for number in range(5)}
    base = block("js", js("js/one.js") + "{% counted %}") + "{% block a %}{% endblock %}"
    made(tmp_path, {"base.html": base, **children})
    assert counted(tmp_path, "rendered") == 1


def test_block_inside_of_a_block_is_built_for_each_template_that_fills_it(tmp_path: Path) -> None:
    templates = {
        "base.html": block("js", js("js/one.js") + "{% block more %}{% endblock %}"),
        "child.html": '{% extends "base.html" %}{% block more %}{% block inner %}{% endblock %}{% endblock %}',
        "last.html": '{% extends "child.html" %}{% block inner %}<script>var last = 1</script>{% endblock %}',
    }
    built = made(tmp_path, templates)
    assert len(built.manifest()["blocks"]) == 2


def test_block_of_an_assigned_text_is_built_for_each_template_that_fills_it(tmp_path: Path) -> None:
    tags = (
        "from django import template\nregister = template.Library()\n"
        "class Taken(template.Node):\n    child_nodelists = ('nodelist',)\n"
        "    def __init__(self, nodelist):\n        self.nodelist, self.asvar = nodelist, 'taken'\n"
        "    def render(self, context):\n        context['taken'] = self.nodelist.render(context)\n        return ''\n"
        "@register.tag\ndef take(parser, token):\n    nodelist = parser.parse(('endtake',))\n"
        "    parser.delete_first_token()\n    return Taken(nodelist)\n"
    )
    options = {"libraries": {"taking": "taking"}}
    engine = {"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": ["templates"], "OPTIONS": options}
    taking = "{% load taking %}{% take %}var a = '{% block name %}base{% endblock %}'{% endtake %}"
    templates = {
        "base.html": taking + block("js", "<script>{{ taken }}</script>"),
        "child.html": '{% extends "base.html" %}{% block name %}child{% endblock %}',
    }
    built = site(tmp_path, templates, pages=[], files={"taking.py": tags}, TEMPLATES=[engine, _JINJA])
    assert len(built.manifest()["blocks"]) == 2


_LANGUAGES: dict[str, Any] = {
    "USE_I18N": True,
    "LANGUAGES": [(one, one) for one in ("en", "de", "he")],
    "LANGUAGE_CODE": "en",
}


def test_language_that_no_block_shows_makes_no_further_rendering(tmp_path: Path) -> None:
    page = "{% load i18n %}{% get_current_language as code %}" + block("js", js("js/one.js") + "{% counted %}")
    made(tmp_path, {"page.html": page}, **_LANGUAGES)
    assert counted(tmp_path, "rendered") == 1


@pytest.mark.parametrize(
    "page",
    [
        "{% get_current_language_bidi as rtl %}",
        "{% get_current_language_bidi as first %}{% with rtl=first %}{% include 'part.html' %}{% endwith %}",
    ],
    ids=["variable", "with"],
)
def test_language_that_a_block_shows_by_a_variable_is_built_in_each(page: str, tmp_path: Path) -> None:
    part = block("js", "<script>var rtl = '{{ rtl|yesno }}'</script>")
    templates = {"page.html": "{% load i18n %}" + page + ("" if "include" in page else part), "part.html": LOAD}
    templates |= {"part.html": part} if "include" in page else {}
    built = made(tmp_path, templates, **_LANGUAGES, COMPRESS_OFFLINE_CONTEXT={"rtl": False})
    assert len(built.manifest()["blocks"]) == 2


_READING = """
import os
from django import template

register = template.Library()


@register.simple_tag
def read():
    with open("rendered", "a") as file:
        file.write(".")
    return len({})
"""


def is_made_again(folder: Path, reads: str, earlier: str = "") -> bool:
    """Whether a plan is made again when `SHOP_FLAG` is set; a tag in its block `reads` something."""
    options = {"libraries": {"reading": "reading"}, "builtins": ["reading"]}
    engine = {"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": ["templates"], "OPTIONS": options}
    files: Any = {"reading.py": _READING.replace("{}", reads), "earlier.py": f"import os\n{earlier}\n", "rendered": ""}
    build = "call_command('compress', stdout=out, stderr=err)\n"
    count = "found['counts'] = [*found.get('counts', ()), len(open('rendered').read())]\n"
    builds = (build + count) * 3 + f"os.environ['SHOP_FLAG'] = 'on'\n{build}{count}"  # the first makes folders
    page = block("js", "<script>var read = '{% read %}'</script>")
    program = f"import earlier, os, time\nos.environ['SHOP_FLAG'] = 'off'\ntime.sleep(0.025)\n{builds}"
    built = site(folder, page, pages=[], files=files, program=program, builds=False, TEMPLATES=[engine, _JINJA])
    _, second, third, fourth = built.found["counts"]
    assert second == third
    return bool(fourth > third)


@pytest.mark.parametrize("reads", ["'HOME'", "__import__('wsgiref.handlers').__name__"])
def test_variable_that_nobody_reads_lets_a_plan_hold(reads: str, tmp_path: Path) -> None:
    assert not is_made_again(tmp_path, reads)


@pytest.mark.parametrize(
    "reads",
    ["os.environ.get('SHOP_FLAG', '')", "{'SHOP_FLAG' in os.environ}", "os.getenv('SHOP_' + 'FLAG') or ''"],
)
def test_variable_that_a_tag_reads_makes_a_plan_again(reads: str, tmp_path: Path) -> None:
    assert is_made_again(tmp_path, reads)


@pytest.mark.parametrize("reads", ["dict(os.environ)", "__import__('subprocess').run(['true']).args"])
def test_any_variable_makes_a_plan_again_whose_tag_takes_all(reads: str, tmp_path: Path) -> None:
    assert is_made_again(tmp_path, reads)


@pytest.mark.parametrize("read", ["'SHOP_FLAG'", "f'SHOP_{\"FLAG\"}'", "'SHOP_%s' % 'FLAG'", "'SHOP_' + 'FLAG'"])
def test_variable_that_a_module_may_have_read_before_makes_a_plan_again(read: str, tmp_path: Path) -> None:
    assert is_made_again(tmp_path, "'HOME'", f"FLAG = os.environ.get({read})")


_LISTING = """
import os
import sys
from pathlib import Path

from compressor.filters import FilterBase
from django.contrib.staticfiles.finders import get_finders

folders = []
sys.addaudithook(lambda event, asked: event == "os.scandir" and folders.append(str(asked[0])))
for folder in ("site/js", "site/css", "site/img", "site/scss", "site"):
    os.utime(folder, (1, 1))


def names():
    return [name for finder in get_finders() for name, _ in finder.list([])]


class Lists(FilterBase):
    def input(self, **_):
        first = len(names())
        folders.clear()
        second = len(names())
        listings = sum(folder.endswith("js") for folder in folders)
        if "writes" in self.content:
            Path("site/js/new.js").touch()
        return f"var count = '{listings} {second - first} {len(names()) - first}'"
"""


@pytest.mark.parametrize(("content", "counts"), [("reads", "0 0 0"), ("writes", "0 0 1")])
def test_precompiler_lists_a_folder_again_only_if_it_changed(content: str, counts: str, tmp_path: Path) -> None:
    page = block("js", f'<script type="text/listing">{content}</script>', "inline")
    files: Any = {"listing.py": _LISTING}
    finders = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    chosen: dict[str, Any] = {
        "COMPRESS_PRECOMPILERS": [("text/listing", "listing.Lists")],
        "STATICFILES_FINDERS": finders,
    }
    assert f"'{counts}'" in site(tmp_path, page, files=files, **chosen).page()


_CONTEXTS = """
import sys


def each():
    for number in range({}):
        yield {{"number": number}}


def note(event, asked):
    if event == "open" and str(asked[0]).endswith("site/js/one.js"):
        open("read", "a").write(".")


sys.addaudithook(note)
"""


def reads_in(folder: Path, contexts: int, page: str, **settings: Any) -> int:
    """How often planning reads a script that the blocks of a page link in that many contexts."""
    site(
        folder,
        page,
        pages=[],
        files={"contexts.py": _CONTEXTS.format(contexts)},
        COMPRESS_OFFLINE_CONTEXT="contexts.each",
        **settings,
    )
    return counted(folder, "read")


def test_contexts_that_give_the_same_blocks_are_one(tmp_path: Path) -> None:
    page = block("js", js("js/one.js", "js/two.js"))
    assert reads_in(tmp_path / "several", 5, page) == reads_in(tmp_path / "one", 1, page) > 0


def test_block_that_a_filter_changes_is_made_in_each_context(tmp_path: Path) -> None:
    page = block("js", js("js/one.js", "js/two.js"))
    filters = {"js": ["compressor.filters.template.TemplateFilter"]}
    several, one = (reads_in(tmp_path / str(count), count, page, COMPRESS_FILTERS=filters) for count in (5, 1))
    assert several > one

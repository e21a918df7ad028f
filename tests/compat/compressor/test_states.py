"""State of the thread in which contexts are made, such as a theme, decides what a block becomes: at build and later."""

import json
from pathlib import Path

import pytest

from tests.compat.compressor.site import FILES, LOAD, SETTLE, Site, block, css, site
from tests.conftest import write_tree
from tests.runtime.django.project import MANAGE, manage

_CONTEXTS = """
import threading
from contextvars import ContextVar

local = threading.local()
direction = ContextVar("direction")


def themes():
    for theme in ("light", "dark"):
        local.theme = theme
        local.always = 1
        yield {}


def directions():
    for one in ("ltr", "rtl"):
        direction.set(one)
        yield {}


class Theme:
    def __init__(self, content, **given):
        self.content = content

    def input(self, **given):
        return self.content + f" .{local.theme} {{ color: red }}"


class Direction(Theme):
    def input(self, **given):
        return self.content + f" .{direction.get()} {{ color: red }}"
"""
_SHOW = """
import contexts
found["by"] = {}
for theme in ("light", "dark", "other", None):
    if theme is None:
        del contexts.local.theme
    else:
        contexts.local.theme = theme
    found["by"][str(theme)] = engines["django"].get_template("page.html").render({"two": "two"})
"""


def _themed(folder: Path, template: str) -> Site:
    return site(
        folder,
        template,
        files={"contexts.py": _CONTEXTS},
        values={"two": "two"},
        program=_SHOW,
        COMPRESS_OFFLINE_CONTEXT="contexts.themes",
        COMPRESS_FILTERS={"css": ["contexts.Theme"]},
    )


def test_each_theme_of_the_thread_has_its_own_sheet(tmp_path: Path) -> None:
    made = _themed(tmp_path, block("css", css("css/two.css")))
    assert made.codes() == []
    shown = {theme: "".join(made.texts(page)) for theme, page in made.found["by"].items()}
    assert ".light{" in shown["light"]
    assert ".dark{" not in shown["light"]
    assert ".dark{" in shown["dark"]
    assert ".light{" not in shown["dark"]


def test_a_theme_that_no_context_had_gets_the_first_sheet(tmp_path: Path) -> None:
    by_theme = _themed(tmp_path, block("css", css("css/two.css"))).found["by"]
    assert by_theme["other"] == by_theme["light"] == by_theme["None"]


def test_a_themed_block_that_is_rendered_first_has_each_theme(tmp_path: Path) -> None:
    made = _themed(tmp_path, block("css", "{% if two %}" + css("css/two.css") + "{% endif %}"))
    assert ".dark{" in "".join(made.texts(made.found["by"]["dark"]))
    assert ".light{" in "".join(made.texts(made.found["by"]["light"]))


def test_only_differing_state_is_compared(tmp_path: Path) -> None:
    blocks = _themed(tmp_path, block("css", css("css/two.css"))).manifest()["blocks"]
    assert [tags[0].get("state") for tags in blocks.values() if tags[0].get("state")] == [["contexts:local.theme"]]
    assert len(blocks) == 2


def test_a_context_variable_decides_as_well(tmp_path: Path) -> None:
    made = site(
        tmp_path,
        block("css", css("css/two.css")),
        files={"contexts.py": _CONTEXTS},
        program="import contexts; contexts.direction.set('rtl');"
        "found['rtl'] = engines['django'].get_template('page.html').render({})",
        COMPRESS_OFFLINE_CONTEXT="contexts.directions",
        COMPRESS_FILTERS={"css": ["contexts.Direction"]},
    )
    assert made.codes() == []
    assert ".rtl{" in "".join(made.texts(made.found["rtl"]))


_LOADER = """
import contexts
from django.template.loaders.filesystem import Loader


class ThemeLoader(Loader):
    def get_dirs(self):
        return [f"themes/{contexts.local.theme}"] if getattr(contexts.local, "theme", None) else []
"""


def test_templates_that_a_loader_finds_for_one_theme_only_are_built(tmp_path: Path) -> None:
    engine = {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {"loaders": ["loaders.ThemeLoader"]},
    }
    made = site(
        tmp_path,
        LOAD,
        files={
            "contexts.py": _CONTEXTS,
            "loaders.py": _LOADER,
            "themes/light/own.html": block("js", "<script>var light = 1</script>"),
            "themes/dark/own.html": block("js", "<script>var dark = 1</script>"),
        },
        pages=[],
        program="import contexts; contexts.local.theme = 'dark';"
        "found['dark'] = engines['django'].get_template('own.html').render({})",
        TEMPLATES=[engine, {"BACKEND": "django.template.backends.jinja2.Jinja2", "DIRS": []}],
        COMPRESS_OFFLINE_CONTEXT="contexts.themes",
    )
    assert made.texts(made.found["dark"]) == ["var dark=1\n"]
    assert len(made.manifest()["blocks"]) == 2


_CACHES = {"default": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": "kept"}}


def test_a_build_leaves_the_fragments_of_the_cache_alone(tmp_path: Path) -> None:
    fragment = "{% load cache %}{% cache 600 piece %}<script>var a = {{ n }}</script>{% endcache %}"
    for number in (1, 2):
        made = site(tmp_path, block("js", fragment), pages=[], COMPRESS_OFFLINE_CONTEXT={"n": number}, CACHES=_CACHES)
    assert not (tmp_path / "kept").exists()
    (tags,) = made.manifest()["blocks"].values()
    assert "var a=2" in (tmp_path / "build/assets" / made.manifest()["assets"][tags[0]["asset"]]["file"]).read_text()


_AGAIN = f"""
trace = folder / ".buildassets/compressor/plan.trace"
found["times"] = []
for _ in range(3):  # the first makes folders in one that Python looks into
    {SETTLE}
    call_command("compress", stdout=io.StringIO(), stderr=io.StringIO())
    found["times"].append(trace.stat().st_mtime_ns if trace.exists() else 0)
"""


@pytest.mark.parametrize(
    ("given", "is_kept"),
    [("yield {'n': [1, None]}", True), ("yield {'n': object()}", False), ("yield {'n': time.time()}", False)],
)
def test_a_plan_is_kept_where_a_function_gives_the_same_plain_values(given: str, is_kept: bool, tmp_path: Path) -> None:
    made = site(
        tmp_path,
        block("css", css("css/two.css")),
        files={"contexts.py": f"import time\ndef every():\n    {given}\n"},
        builds=False,
        pages=[],
        program=_AGAIN,
        COMPRESS_OFFLINE_CONTEXT="contexts.every",
    )
    _, second, third = made.found["times"]
    assert (second == third != 0) is is_kept


def test_other_contexts_of_a_function_are_another_plan(tmp_path: Path) -> None:
    for number in (1, 2):
        contexts = "from pathlib import Path\ndef every():\n    yield {'n': int(Path('number').read_text())}\n"
        made = site(
            tmp_path,
            block("js", "<script>var n = {{ n }}</script>"),
            files={"contexts.py": contexts, "number": str(number)},
            values={"n": number},
            COMPRESS_OFFLINE_CONTEXT="contexts.every",
        )
        assert made.texts(made.page()) == [f"var n={number}\n"]


_ONE_ITERATOR = "KEPT = iter([{'n': 1}, {'n': 2}])\ndef every():\n    return KEPT\n"
_IN_TURN = "COUNT = []\ndef every():\n    COUNT.append(1)\n    yield {'n': len(COUNT)}\n"


def test_contexts_of_an_iterator_are_used_in_the_same_build(tmp_path: Path) -> None:
    made = site(
        tmp_path,
        block("js", "<script>var n = {{ n }}</script>"),
        files={"contexts.py": _ONE_ITERATOR},
        values={"n": 2},
        COMPRESS_OFFLINE_CONTEXT="contexts.every",
    )
    assert len(made.manifest()["blocks"]) == 2
    assert made.texts(made.page()) == ["var n=2\n"]


def test_plan_is_not_kept_where_contexts_change_during_the_build(tmp_path: Path) -> None:
    made = site(
        tmp_path,
        block("css", css("css/two.css")),
        files={"contexts.py": _IN_TURN},
        pages=[],
        COMPRESS_OFFLINE_CONTEXT="contexts.every",
    )
    assert made.code == 0
    assert not (tmp_path / ".buildassets/compressor/plan.trace").exists()


def test_a_function_for_contexts_that_exits_is_reported(tmp_path: Path) -> None:
    made = site(
        tmp_path,
        block("css", css("css/two.css")),
        files={"contexts.py": "def every():\n    yield {'n': 1}\n    raise SystemExit(0)\n"},
        pages=[],
        COMPRESS_OFFLINE_CONTEXT="contexts.every",
    )
    assert (made.code, made.codes()) == (1, ["error[compressor/setting]"])


_TAGS = """
import socket, sqlite3
from django import template
from django.db import connection

register = template.Library()

@register.simple_tag
def sqlite():
    return sqlite3.connect(":memory:").execute("select 1").fetchone()[0]

@register.simple_tag
def query():
    with connection.cursor() as cursor:
        return cursor.execute("select 1").fetchone()[0]

@register.simple_tag
def host():
    return len(socket.getaddrinfo("127.0.0.1", 80)[:1])

@register.simple_tag
def none():
    return 1
"""
_APPS = ["buildassets.compat.compressor", "buildassets.runtime.django", "django.contrib.staticfiles"]
_CONNECTED = "from django.db import connection; connection.ensure_connection()"


@pytest.mark.parametrize(
    ("tag", "before", "is_kept"),
    [
        *(("none", "", True), ("none", _CONNECTED, True), ("sqlite", "", False), ("host", "", False)),
        *(("query", "", False), ("query", _CONNECTED, False)),
    ],
)
def test_a_plan_is_not_kept_where_a_database_or_a_host_was_asked(
    tag: str, before: str, is_kept: bool, tmp_path: Path
) -> None:
    made = site(
        tmp_path,
        f"{{% load own %}}{block('js', f'<script>var a = {{% {tag} %}}</script>')}",
        files={"app/__init__.py": "", "app/templatetags/__init__.py": "", "app/templatetags/own.py": _TAGS},
        builds=False,
        pages=[],
        program=before + _AGAIN,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        INSTALLED_APPS=["app", *_APPS],
    )
    _, second, third = made.found["times"]
    assert (second == third != 0) is is_kept


_THEMES = """
SECRET_KEY = "of no use"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": ["templates"]}]
STATIC_URL, STATICFILES_DIRS = "/static/", ["site"]
INSTALLED_APPS = ["buildassets.compat.compressor", "buildassets.runtime.django", "django.contrib.staticfiles"]
BUILDASSETS = {"manifest": "build/manifest.json"}
COMPRESS_OFFLINE_CONTEXT = ({"theme": line.strip()} for line in open("themes.txt"))
"""


def test_contexts_that_an_iterator_gives_are_asked_for_by_each_build(tmp_path: Path) -> None:
    page = block("js", "<script>var theme = '{{ theme }}'</script>")
    write_tree(tmp_path, {**FILES, "manage.py": MANAGE, "settings.py": _THEMES, "templates/page.html": page})
    for themes in ("a", "a\nb", "a\nb\nc"):
        (tmp_path / "themes.txt").write_text(themes)
        done = manage(tmp_path, "compress")
        assert done.returncode == 0, done.stderr
        blocks = json.loads((tmp_path / "build/manifest.json").read_text())["blocks"]
        assert len(blocks) == len(themes.split())


def test_a_build_needs_no_secret_key(tmp_path: Path) -> None:
    made = site(tmp_path, block("css", css("css/two.css")), SECRET_KEY="")
    assert (made.codes(), made.code) == ([], 0)

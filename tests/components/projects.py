"""A project with components, in templates of Jinja."""

from pathlib import Path

from buildassets.compiler.result import BuildResult
from tests.command import built
from tests.conftest import Tree

BASE = "<!doctype html><head>{{ component_assets() }}</head><body>{% block body %}{% endblock %}</body>\n"
CARD = """<article class="card" {{ component_root() }}></article>
{% style scoped %}
  .card { color: red }
{% endstyle %}
{% behaviour %}
  export function mount(element) { element.hidden = false }
{% endbehaviour %}
"""
MENU = "<nav {{ component_root() }}></nav>{% style %}nav { margin: 0 }{% endstyle %}\n"
PAGE = '{% extends "base.html" %}{% block body %}{% include "card.html" %}{% include "menu.html" %}{% endblock %}\n'
SITE: Tree = {
    "assets/a.svg": "<svg/>",
    "templates/base.html": BASE,
    "templates/card.html": CARD,
    "templates/menu.html": MENU,
    "templates/page.html": PAGE,
}


def built_with(folder: Path, files: Tree, settings: str = "") -> BuildResult:
    """Build `files` with components."""
    return built(folder, files, f"components = true\n{settings}")


def page_assets(result: BuildResult, page: str) -> list[str]:
    """The logical paths that a page loads."""
    assert result.manifest is not None, result.diagnostics
    return [one["asset"] for one in result.manifest.blocks[f"component page {page}"]]

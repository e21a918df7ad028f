import pytest

from buildassets.start.assets import PageEntry
from buildassets.start.markup import place_in_head
from buildassets.start.templates import _with_lines, lines_for

ENTRIES = [PageEntry("a", "s.scss", "s.css"), PageEntry("a", "m.js", "m.js", True), PageEntry("a", "p.js", "p.js")]


def test_the_lines_of_jinja() -> None:
    assert lines_for(ENTRIES, is_django=False) == [
        "{{ livereload() }}",
        '{{ stylesheet("s.css") }}',
        '{{ script("m.js", type="module") }}',
        '{{ script("p.js", defer=True) }}',
    ]


def test_the_lines_of_django() -> None:
    assert lines_for(ENTRIES, is_django=True) == [
        "{% load buildassets %}",
        "{% livereload %}",
        '{% stylesheet "s.css" %}',
        '{% script "m.js" type="module" %}',
        '{% script "p.js" defer=True %}',
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<head>\n  <title></title>\n</head>\n", "<head>\n  <title></title>\n  X\n</head>\n"),
        ("<head>\n</head>\n", "<head>\n  X\n</head>\n"),
        ("  <HEAD>\r\n\t<meta>\r\n  </HEAD>\r\n", "  <HEAD>\r\n\t<meta>\r\n\tX\r\n  </HEAD>\r\n"),
        ("<head><title></title></head>", "<head><title></title>\nX\n</head>"),
        ("<head>\n{# </head> #}\n</head>", "<head>\n{# </head> #}\n  X\n</head>"),
        ("<head>\n<!-- </head> -->\n</head>", "<head>\n<!-- </head> -->\n  X\n</head>"),
        ("<head>\n<script>'</head>'</script>\n</head>", "<head>\n<script>'</head>'</script>\n  X\n</head>"),
        ("{% raw %}</head>{% endraw %}<head>\n</head>", "{% raw %}</head>{% endraw %}<head>\n  X\n</head>"),
        ("<!doctype html><title>a</title>\n<p>", "<!doctype html><title>a</title>\nX\n<p>"),
        ("<head>\n<style>/* </head> */</style>\n</head>", "<head>\n<style>/* </head> */</style>\n  X\n</head>"),
        ("<svg><title>a</title></svg><title>b</title>", "<svg><title>a</title></svg><title>b</title>\nX"),
        ('<head>\n{{ "</head>" }}\n</head>', '<head>\n{{ "</head>" }}\n  X\n</head>'),
        ("<head>\n## </head>\n</head>", "<head>\n## </head>\n  X\n</head>"),
        ("{{ head() }}\n</head>", "{{ head() }}\n  X\n</head>"),
    ],
)
def test_lines_are_in_the_head_with_its_indentation(before: str, after: str) -> None:
    assert _with_lines(before, ["X"]) == after


@pytest.mark.parametrize(
    "text",
    [
        '<iframe srcdoc="<head></head><title></title>"></iframe>',
        "<a title='</head>'>x</a>",
        "<textarea><head></head></textarea>",
        "<template><head></head></template>",
        "<noscript><head></head></noscript>",
        "<body>{{ '</head>' }}<div v-if=\"a > b\"></head></body>",
        "{% macro page() %}<head></head>{% endmacro %}",
        '<%def name="page()"><head></head></%def>',
        "<head><meta name='a",
    ],
)
def test_text_that_only_looks_like_a_head_is_none(text: str) -> None:
    assert place_in_head(text) is None

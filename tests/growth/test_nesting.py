"""Deep nesting ends no reader and no build, whatever is nested."""

from pathlib import Path

import pytest

from tests.conftest import write_tree
from tests.growth.projects import build_and_render
from tests.growth.readers import READERS

NESTINGS = (
    *(("(", ")"), ("[", "]"), ("{", "}"), ("a{", "}"), ("<svg>", "</svg>"), ("<p>", "</p>")),
    *(('{"a":', "}"), ("`${", "}`"), ("function(){", "}"), ("{% if a %}", "{% endif %}"), ("{{(", ")}}")),
)


@pytest.mark.parametrize("name", READERS)
def test_reader_bears_deep_nesting(name: str) -> None:
    for before, after in READERS[name].around:
        for opening, closing in NESTINGS:
            READERS[name].read(before + opening * 1_200 + closing * 1_200 + after)


def test_build_bears_deep_nesting(tmp_path: Path) -> None:
    count, few = 100_000, 20_000  # few of what Python reads, whose stack ends at a thousand
    tree = {
        "buildassets.toml": "compress = []\n",
        "assets/a.css": "a{" * count + "}" * count,
        "assets/b.css": "a{b:" + "(" * count + ")" * count + "}",
        "assets/a.js": "[" * count + "]" * count,
        "assets/a.html": "<p>" * few,
        "assets/a.svg": "<g>" * few + "</g>" * few,
        "assets/a.webmanifest": "[" * count + "]" * count,
    }
    build_and_render(write_tree(tmp_path, tree))

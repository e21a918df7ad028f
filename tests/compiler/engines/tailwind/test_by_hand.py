"""Builds with Tailwind give what its program gives when it is called by hand."""

import shutil
from pathlib import Path

import pytest

from tests.compiler.engines.tailwind.projects import FILES, OURS, PAGE, css, site
from tests.conftest import write_tree
from tests.tailwind import by_hand, program

pytestmark = pytest.mark.thorough

BY_HAND = '@import "tailwindcss" source(none);\n@source "../../templates";\n'


@pytest.fixture(autouse=True)
def _tailwind() -> None:
    program()


@pytest.mark.parametrize(
    "rest",
    [
        "",
        '@plugin "@tailwindcss/typography";\n',
        '@plugin "@tailwindcss/typography" { className: brand; }\n',
        '@plugin "./brand/plugin.js";\n',
        "@theme { --color-brand: oklch(0.7 0.2 30); --breakpoint-md: 10rem; }\n",
        "@theme static { --color-brand: red; }\n",
        ".card { @apply p-4 hover:underline dark:bg-black; }\n",
        '@source inline("{hover:,}underline bg-red-{50,{100..300..100}}");\n',
        '@source not inline("p-4");\n',
        "@custom-variant dark (&:where(.dark, .dark *));\n",
        "@utility brand { color: red; &:hover { color: blue } }\n",
        "@variant dark { .a { color: red } }\n",
        "@layer components { .a { color: --alpha(red / 50%); margin: --spacing(4) } }\n",
        '@import "./part.css";\n',
        '@import "./part.css" layer(components);\n',
        '@import "./part" screen and (width > 1px);\n',
        '@import "./part.css" layer(a.b) supports(display: grid) print;\n',
        '@import "./part.css" supports((display: grid) and (gap: 1px));\n',
        '@import "./part.css" theme(static) layer;\n',
        '@reference "./part.css";\n.a { @apply text-brand; }\n',
    ],
)
def test_sheet_is_that_of_the_program_when_called_by_hand(tmp_path: Path, rest: str) -> None:
    folder = site(tmp_path, OURS + rest, FILES)
    write_tree(folder, {"hand/css/app.css": BY_HAND + rest, "templates/page.html": PAGE})
    shutil.copytree(folder / "assets/css", folder / "hand/css", dirs_exist_ok=True)
    (folder / "hand/css/app.css").write_text(BY_HAND + rest)
    assert css(folder).split() == by_hand(folder / "hand/css/app.css").split()


@pytest.mark.parametrize(
    ("ours", "hand"),
    [
        ('@import "tailwindcss" prefix(tw);', '@import "tailwindcss" prefix(tw) source(none);'),
        ('@import "tailwindcss" important;', '@import "tailwindcss" source(none) important;'),
        ('@import "tailwindcss"', '@import "tailwindcss" source(none);'),
        (
            '@layer theme, utilities;\n@import "tailwindcss/theme" layer(theme);\n@import "tailwindcss/utilities";',
            '@layer theme, utilities;\n@import "tailwindcss/theme" layer(theme);\n'
            '@import "tailwindcss/utilities" source(none);',
        ),
        ("@tailwind utilities;", "@tailwind utilities source(none);"),
        ('@import "tailwindcss" source("../../templates");', '@import "tailwindcss" source(none);'),
    ],
)
def test_each_form_of_the_import_gives_the_sheet_of_the_program(tmp_path: Path, ours: str, hand: str) -> None:
    folder = site(tmp_path, ours)
    write_tree(folder, {"hand/css/app.css": f'{hand}\n@source "../../templates";\n'})
    assert css(folder).split() == by_hand(folder / "hand/css/app.css").split()

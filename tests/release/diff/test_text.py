import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from buildassets.manifest.model import Entry, Manifest
from buildassets.release.diff.causes import difference
from buildassets.release.diff.text import lines_of, markdown_of


def manifest(*names: str, version: str = "1", size: int = 10) -> Manifest:
    entries = {name: Entry(f"{name}.{version}", "text/css", size, encodings={"br": size - 1}) for name in names}
    return Manifest("0.1.0", {}, "/", entries)


def cells(markdown: str) -> list[str]:
    """The contents of the first column of the table, as a reader of Markdown sees them."""
    html = MarkdownIt("commonmark").enable("table").render(markdown)
    rows = re.findall(r"<tr>\s*<td>(?:<code>)?(.*?)(?:</code>)?</td>", html, re.DOTALL)
    return [row.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&") for row in rows]


def test_text_lists_the_change_of_each_asset() -> None:
    old, new = manifest("a", "gone"), manifest("a", "new", version="2", size=2000)
    assert "\n".join(lines_of(difference(old, new))) == (
        "a changed: 10 B → 2.0 kB (+2.0 kB), gzip 10 B → 2.0 kB (+2.0 kB), br 9 B → 2.0 kB (+2.0 kB)\n"
        "  a.1 → a.2\n"
        "  `a` changed\n"
        "gone removed: 10 B, gzip 10 B, br 9 B\n"
        "new added: 2.0 kB, gzip 2.0 kB, br 2.0 kB\n"
        "1 changed, 1 added, 1 removed; all assets: 20 B → 4.0 kB (+4.0 kB), gzip 20 B → 4.0 kB (+4.0 kB), "
        "br 18 B → 4.0 kB (+4.0 kB)"
    )


def test_markdown_begins_with_what_moved_most() -> None:
    old = Manifest("0.1.0", {}, "/", {**manifest("a").assets, **manifest("b", size=50).assets})
    assert cells(markdown_of(difference(old, manifest("a", "b", version="2", size=20)))) == ["b", "a"]


def test_markdown_without_changes_has_no_table() -> None:
    assert "|" not in markdown_of(difference(manifest("a"), manifest("a")))


@pytest.mark.parametrize("name", ["a|b.css", "a`b``c.css", "`", "<b>@everyone</b>", "a\\|b", "[x](y)", "*a*_b_"])
def test_any_name_fits_its_cell(name: str) -> None:
    assert cells(markdown_of(difference(manifest(), manifest(name)))) == [name]


@given(st.text(st.characters(), min_size=1))
def test_no_name_breaks_the_table(name: str) -> None:
    assert len(cells(markdown_of(difference(manifest(), manifest(name, "other"))))) == 2


def test_markdown_fits_into_a_comment() -> None:
    names = [f"{'long' * 60}{number}" for number in range(2000)]
    markdown = markdown_of(difference(manifest(), manifest(*names)))
    assert len(markdown) < 65_536
    assert markdown.endswith("\nand 1950 more\n")

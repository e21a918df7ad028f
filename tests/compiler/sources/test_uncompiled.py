"""Suffixes of source languages."""

import pytest

from buildassets.compiler.sources.uncompiled import compiled_name, is_compiled_beside, is_source_language
from buildassets.foundation.paths import LogicalPath


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("js/b.js.erb", "js/b.js"),
        ("js/c.coffee", "js/c.js"),
        ("c.js.coffee", "c.js"),
        ("c.js.coffee.erb", "c.js"),
        ("jquery.ui.ts", "jquery.ui.js"),
        ("a.mts", "a.mjs"),
        ("v.jst.ejs", "v.jst.js"),
        ("x.scss.erb", "x.css"),
        ("A.LESS", "A.css"),
        ("x.min.less", "x.min.css"),
        ("page.html.slim", "page.html"),
        ("page.slim", "page.html"),
        ("data.json.erb", "data.json"),
        ("x.erb", "x"),
        ("a.js", "a.js"),
    ],
)
def test_a_source_is_called_after_what_it_compiles_to(path: str, name: str) -> None:
    assert compiled_name(path) == name


@pytest.mark.parametrize("path", ["a.js", "a.scss", "a.jst", "a.md", "a.html", "ts", ".ts", "a.ts/b.js"])
def test_suffixes_of_browsers_and_engines_are_not_source_languages(path: str) -> None:
    assert not is_source_language(path)


def test_a_script_next_to_its_source_is_compiled_and_one_next_to_a_template_is_not() -> None:
    known = {LogicalPath("v/item.js")}
    assert is_compiled_beside(LogicalPath("v/item.ts"), known)
    assert not is_compiled_beside(LogicalPath("v/item.ejs"), known)
    assert not is_compiled_beside(LogicalPath("item.ts"), known)

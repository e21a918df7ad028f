"""The names that rules in Make's form list."""

import pytest

from buildassets.compiler.engines.commands.depfile import prerequisites


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a.css: a.less b.less\n", ("a.less", "b.less")),
        ("a.css : a.less", ("a.less",)),
        ("a.css: a.less \\\n  b.less \\\r\n  c.less\n", ("a.less", "b.less", "c.less")),
        ("a.css: a.less\nb.css: b.less a.less\n", ("a.less", "b.less")),
        ("a.css a.map: a.less", ("a.less",)),
        ("a.css:", ()),
        ("a.css: a.less\n\na.less:\n", ("a.less",)),  # as `-MP` adds them
        ("# made by hand\na.css: a.less", ("a.less",)),
        (r"a.css: a\ b.less c\#d.less e$$f.less", ("a b.less", "c#d.less", "e$f.less")),
        (r"a\ b.css: c.less", ("c.less",)),
        (r"a.css: a\\ b.less", (r"a\\", "b.less")),
        (r"a.css: a\\\ b.less", (r"a\ b.less",)),
        (r"C:\out\a.css: C:\in\a.less D:/b.less", (r"C:\in\a.less", "D:/b.less")),
        ("/tmp/a.css: /usr/lib/a.less", ("/usr/lib/a.less",)),
        ("a.css:a.less b.less", ("a.less", "b.less")),
        ("a.css:: a.less", ("a.less",)),
        ("a.css: a.less | made", ("a.less", "made")),
        ("a.css: node_modules/x/a:b.less", ("node_modules/x/a:b.less",)),
        ("", ()),
    ],
)
def test_rules_list_their_files(text: str, names: tuple[str, ...]) -> None:
    assert prerequisites(text) == names


def test_a_text_without_a_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="no rule here"):
        prerequisites("a.css: a.less\nno rule here\n")

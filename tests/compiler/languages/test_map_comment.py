import pytest

from buildassets.compiler.languages.map_comment import map_comment
from buildassets.foundation.media import Syntax

CSS, JS = Syntax.CSS, Syntax.JAVASCRIPT


def found(text: str, syntax: Syntax) -> tuple[str, str] | None:
    """The comment and the URL in it."""
    comment = map_comment(text, syntax)
    if comment is None:
        return None
    assert text.startswith(comment.url, comment.url_start)
    return text[comment.start : comment.end].rstrip(), comment.url


@pytest.mark.parametrize(
    ("syntax", "comment", "url"),
    [
        (CSS, "/*# sourceMappingURL=a.css.map */", "a.css.map"),
        (CSS, "/*@ sourceMappingURL=a.css.map*/", "a.css.map"),
        (CSS, "/*# sourceMappingURL=data:application/json,{} */", "data:application/json,{}"),
        (JS, "//# sourceMappingURL=a.js.map", "a.js.map"),
        (JS, "/*# sourceMappingURL=a.js.map */", "a.js.map"),
        (JS, "//# sourceMappingURL=data:application/json;base64,e30=", "data:application/json;base64,e30="),
    ],
)
@pytest.mark.parametrize("after", ["", "\n", "\r\n\n", " \n/* c */\n"])
def test_comment_at_the_end_names_a_map(syntax: Syntax, comment: str, url: str, after: str) -> None:
    assert found(f"a{{}}\n{comment}{after}", syntax) == (comment, url)


def test_last_of_several_counts() -> None:
    text = "a()\n//# sourceMappingURL=a.map\n//# sourceMappingURL=b.map\n"
    assert found(text, JS) == ("//# sourceMappingURL=b.map", "b.map")


@pytest.mark.parametrize(
    ("syntax", "text"),
    [
        (CSS, "a{}"),
        (CSS, "/*# sourceMappingURL=a.map */ a{}"),
        (CSS, "/*# sourceMappingURL=data:, */ a{}"),
        (CSS, "a{b:'/*# sourceMappingURL=a.map */'}"),
        (CSS, "a{b:'/*# sourceMappingURL=data:, */'}"),
        (JS, "//# sourceMappingURL=a.map\na()"),
        (JS, "//# sourceMappingURL=data:,\na()"),
        (JS, "a = '//# sourceMappingURL=a.map'"),
        (JS, "a = `\n//# sourceMappingURL=data:,`"),
        (JS, "/*\n//# sourceMappingURL=a.map\n*/"),
        (JS, "/*\n//# sourceMappingURL=data:,\n*/"),
        (JS, "// sourceMappingURL=a.map"),
    ],
)
def test_nothing_else_names_a_map(syntax: Syntax, text: str) -> None:
    assert found(text, syntax) is None

"""Text of a template that pages may show."""

import pytest

from buildassets.compiler.sources.template_text import shown_text


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("<p class='xyz'>ab&eacute;</p>", "abé"),
        ("<script>x</script><style>y</style><title>t</title>a<b>c</b>", "ac"),
        ("<input placeholder='ab' name='x'><img alt='c' src='y'>", "abc"),
        ("a{# x #}{% comment %}y{% endcomment %}b<!-- z -->", "ab"),
        ('{% trans "ab" %}{{ _("cd") }}{{ name|default:"ef" }}', "abcdef"),
        ('{% extends "x.html" %}{{ stylesheet("y.css") }}{{- url_for("z") }}a', "a"),
        ("${name} <% x %>a", "a"),
        ("", ""),
    ],
)
def test_visible_texts_and_strings_count(template: str, expected: str) -> None:
    assert "".join(shown_text(template).split()) == expected

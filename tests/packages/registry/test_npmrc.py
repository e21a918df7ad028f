"""The lines of a `.npmrc`."""

import pytest

from buildassets.packages.registry.npmrc import settings_in


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a=1\na=2", {"a": "2"}),
        ("; a=1\n# b=2\n[x]\nplain\n c = 3 \r\n", {"c": "3"}),
        ("\ufeffa='x y'\nb=\"z\"", {"a": "x y", "b": "z"}),
        ("a=${HERE}-${GONE}-${GONE?}", {"a": "here-${GONE}-"}),
        ("//h/:_authToken=${HERE}", {"//h/:_authToken": "here"}),
        ("ca[]=one\nca[]=two", {"ca": "one\ntwo"}),
        ("a=b=c", {"a": "b=c"}),
    ],
)
def test_lines_mean_what_npm_has_them_mean(text: str, expected: dict[str, str]) -> None:
    assert settings_in(text, {"HERE": "here"}) == expected

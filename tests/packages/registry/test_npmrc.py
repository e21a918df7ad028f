"""The lines of a `.npmrc`."""

import pytest

from buildassets.packages.registry.npmrc import settings_in


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a=1\na=2", {"a": "2"}),
        ("; a=1\n# b=2\nplain\n c = 3 \r\n=d", {"c": "3"}),
        ("a=1\n[x]\na=2\n//h/:_authToken=t", {"a": "1"}),
        ("a=https://h/ ; main\nb=1#2\nc='1;2'", {"a": "https://h/", "b": "1", "c": "1;2"}),
        (r"a=1\;2\#3\\4\5", {"a": r"1;2#3\4\5"}),
        (r'a="x\ny\u0041"' + "\n" + r'b="C:\ca"' + '\nc="open', {"a": "x\nyA", "b": r"C:\ca", "c": '"open'}),
        ("a=1\u2028b=2\x0b3\rc=4", {"a": "1\u2028b=2\x0b3", "c": "4"}),
        ("\ufeffa='x y'\nb=\"z\"", {"a": "x y", "b": "z"}),
        ("a=${HERE}-${GONE}-${GONE?}", {"a": "here-${GONE}-"}),
        ("//h/:_authToken=${HERE}", {"//h/:_authToken": "here"}),
        ("ca[]=one\nca[]=two", {"ca": "one\ntwo"}),
        ("a=b=c", {"a": "b=c"}),
    ],
)
def test_lines_mean_what_npm_has_them_mean(text: str, expected: dict[str, str]) -> None:
    assert settings_in(text, {"HERE": "here"}) == expected

"""What results may not show to be shared."""

import pytest

from buildassets.compiler.cache.remote.privacy import Private

HOME = Private((b"secret-1",), (b"/app", b"/root"))

SHOWN = [
    b"/app",
    b'"/app/x.js"',
    b"url(/app)",
    b"see /root.",
    b"file:///app/x",
    b"webpack:///root/x",
    rb'"a\n/app/x"',
    rb"\x22/app",
    rb"\u0022/app",
    rb"\22/app",
    b"data:text/css,%22/app/x%22",
    b"a=/app&b",
    b"xsecret-1x",
]
NOT_SHOWN = [
    b"js/app/x.js",
    b"css/root.css",
    b"/root.css",
    b"/app-2/x",
    b"/apple",
    b"../app/x.js",
    b"./app",
    b"@/app/x",
    b"https://app/x",
    b"https://example.com/app/x",
    b"~/app",
    "é/app".encode(),
    "/appé".encode(),
]


@pytest.mark.parametrize("content", SHOWN)
def test_a_folder_and_a_secret_are_private(content: bytes) -> None:
    assert HOME.is_in(content)
    assert HOME.is_among([content[:3], content[3:]])


@pytest.mark.parametrize("content", NOT_SHOWN)
def test_a_part_of_another_path_is_not_private(content: bytes) -> None:
    assert not HOME.is_in(content)
    assert not HOME.shows(content.decode("utf-8"))

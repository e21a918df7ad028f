"""Logical paths and the URLs that name them."""

from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.foundation.paths import LogicalPath, from_url, join, normalise, relative, split_url, to_url

_names = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=6).filter(
    lambda name: name not in (".", "..")
)
_paths = st.lists(_names, min_size=1, max_size=4).map("/".join)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("css/app.css", "css/app.css"),
        ("/css/app.css", "css/app.css"),
        ("//css//app.css", "css/app.css"),
        ("./css/../a.css", "a.css"),
        ("css/", "css"),
        ("..a/.b", "..a/.b"),
        ("a\nb", "a\nb"),
        ("", None),
        (".", None),
        ("/", None),
        ("..", None),
        ("../a.css", None),
        ("css/../../a.css", None),
    ],
)
def test_path_is_normalised(path: str, expected: str | None) -> None:
    assert normalise(path) == expected


@pytest.mark.parametrize(
    ("base", "path", "expected"),
    [
        ("css/app.css", "a.png", "css/a.png"),
        ("css/app.css", "../img/a.png", "img/a.png"),
        ("app.css", "./img/a.png", "img/a.png"),
        ("css/app.css", "../../a.png", None),
        ("app.css", "..", None),
    ],
)
def test_relative_path_is_joined(base: str, path: str, expected: str | None) -> None:
    assert join(LogicalPath(base), path) == expected


@pytest.mark.parametrize(
    ("base", "target", "expected"),
    [
        ("css/app.css", "css/a.png", "a.png"),
        ("css/app.css", "img/a.png", "../img/a.png"),
        ("app.css", "img/a.png", "img/a.png"),
        ("a/b/c.css", "d.png", "../../d.png"),
        ("a/b.css", "a/b.css", "b.css"),
        ("a/a/a.css", "a/b/a.css", "../b/a.css"),
        ("a", "a/b", "a/b"),
    ],
)
def test_target_is_seen_from_its_referrer(base: str, target: str, expected: str) -> None:
    assert relative(LogicalPath(base), target) == expected


@given(_paths, _paths)
def test_join_undoes_relative(base: str, target: str) -> None:
    assert join(LogicalPath(base), relative(LogicalPath(base), target)) == target


@given(_paths, _paths)
def test_browser_resolves_what_relative_and_to_url_write(base: str, target: str) -> None:
    page = "https://example.com/prefix/" + to_url(base)
    url = urljoin(page, to_url(relative(LogicalPath(base), target)))
    assert url == "https://example.com/prefix/" + to_url(target)


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("css/app-1_2.css", "css/app-1_2.css"),
        ("a b.css", "a%20b.css"),
        ("100%.css", "100%25.css"),
        ("q?#.js", "q%3F%23.js"),
        ("é.js", "%C3%A9.js"),
        ("caf\udce9.css", "caf%E9.css"),
        ("a:b/c", "a%3Ab/c"),
        ("a&\"'()<>\\", "a%26%22%27%28%29%3C%3E%5C"),
        ("a\n", "a%0A"),
        ("~!$*+,;=@", "~!$*+%2C%3B=@"),
    ],
)
def test_path_is_percent_encoded(path: str, url: str) -> None:
    assert to_url(path) == url
    assert from_url(url) == path


@given(st.binary().map(lambda name: name.decode("utf-8", "surrogateescape")))
def test_url_of_any_file_name_names_it(path: str) -> None:
    assert from_url(to_url(path)) == path


@given(st.text(st.characters()))
def test_any_text_can_be_read_as_a_url(url: str) -> None:
    assert isinstance(from_url(url + "%20"), str)


@pytest.mark.parametrize("url", ["a%2", "%zz", "%", "a%%"])
def test_broken_escape_stays(url: str) -> None:
    assert from_url(url) == url


@pytest.mark.parametrize(
    ("url", "path", "rest"),
    [
        ("a.eot?#iefix", "a.eot", "?#iefix"),
        ("a.svg#icon?x", "a.svg", "#icon?x"),
        ("a.svg", "a.svg", ""),
        ("#icon", "", "#icon"),
        ("?v=1", "", "?v=1"),
        ("", "", ""),
    ],
)
def test_url_is_split(url: str, path: str, rest: str) -> None:
    assert split_url(url) == (path, rest)

"""References of web app manifests: images, where they stand, and nothing else."""

import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.compiler.languages.json.webmanifest import scan


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ('{"icons": [{"src": "x.png", "sizes": "1x1"}]}', "x.png"),
        ('\ufeff{"icons":[{"type":"a","src":"x.png"}]}', "x.png"),
        ('{"screenshots": [{"src": "x.png"}]}', "x.png"),
        ('{"shortcuts": [{"url": "y", "icons": [{"src": "x.png"}]}]}', "x.png"),
        ('{"file_handlers": [{"action": "y", "icons": [{"src": "x.png"}]}]}', "x.png"),
        ('{"a": {"b": [1, null, "]", {}]}, "icons": [{}, {"src": "x.png"}]}', "x.png"),
        ('{"icons": [{"src": "\\u0078.png"}]}', "x.png"),
        ('{"ic\\u006fns": [{"src": "x\\/y.png"}]}', "x/y.png"),
        (f'{{"a": {"9" * 5000}, "icons": [{{"src": "x.png"}}]}}', "x.png"),
    ],
)
def test_images_are_found(text: str, url: str) -> None:
    (reference,) = scan(text)
    assert reference.url == url
    assert json.loads(f'"{text[reference.start : reference.end]}"') == url


@pytest.mark.parametrize(
    "text",
    [
        "",
        '"src"',
        "[]",
        '{"start_url": "x.html", "scope": "x/", "id": "x", "icons": "x.png"}',
        '{"src": "x.png", "icons": ["src", {"source": "x.png"}], "src": []}',
        '{"icons": {"src": "x.png"}}',
        '{"icons": [{"src": ["x.png"]}]}',
        '{"icons": [{"src": ""}]}',
        '{"serviceworker": {"src": "x.js"}}',
    ],
)
def test_other_values_than_images_are_left_alone(text: str) -> None:
    assert scan(text) == []


@pytest.mark.parametrize(
    "wrong",
    [
        '{"icons":[{"src":"x.png"}]',
        '{"icons":[{"src":"x.png"},]}',
        '{"icons":[{"src":"x.png"}],"a":NaN}',
        "'",
        "[" * 10**6,
    ],
)
def test_invalid_json_has_no_references(wrong: str) -> None:
    assert scan(wrong) == []


VALUES = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["icons", "src", "a", '"', "\\"]), inner, max_size=3)
    ),
)


def images(value: object, path: tuple[object, ...] = ()) -> Iterator[object]:
    """The images in a parsed document, in the order of the text."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        inner_path = (*path, key)
        is_image = key == "src" and inner_path[-3:-2] == ("icons",) and isinstance(inner_path[-2], int)
        if is_image and isinstance(inner, str) and inner:
            yield inner
        yield from images(inner, inner_path)


@given(VALUES, st.booleans())
def test_a_parser_finds_the_same(value: object, ascii_only: bool) -> None:
    document = {"icons": [{"src": "x.png"}, value], "a": value}
    text = json.dumps(document, ensure_ascii=ascii_only, indent=1)
    assert [reference.url for reference in scan(text)] == list(images(document))


@given(st.text(alphabet='{}[]",:\\ src', max_size=20))
def test_any_text_is_read(text: str) -> None:
    assert all(reference.end <= len(text) for reference in scan(text))

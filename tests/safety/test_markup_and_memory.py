"""What a template or a manifest holds takes no memory beyond its size, and puts nothing into markup unescaped."""

from pathlib import Path

import pytest

from buildassets.errors import ManifestError
from buildassets.manifest.model import Entry, Manifest, dumps, loads
from tests.command import built, run
from tests.compiler.templates.test_jinja import read
from tests.conftest import watchdog, write_tree

_DOUBLED = '{% set a = "x" %}' + "{% set a = a ~ a %}" * 60 + "{{ asset(a) }}"
_LONG = [
    _DOUBLED,
    '{{ asset("x" * 10000000000) }}',
    '{{ asset("x"|center(10000000000)) }}',
    '{{ asset("%010000000000d" % 1) }}',
    "{{ asset(" + '"aa"' + '|replace("a", "aa")' * 60 + ") }}",
    "{{ picture('a.png', widths=[1] * 10000000000) }}",
]


@pytest.mark.parametrize("text", _LONG, ids=range(len(_LONG)))
def test_name_of_any_length_is_computed_and_not_checked(text: str) -> None:
    with watchdog(5):
        reading = read(text)
    assert [len(use.written.text) for use in reading.uses] in ([], [5])


def test_long_name_is_reported_by_check(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a.css": "", "templates/a.html": _DOUBLED})
    assert "could not check 1 name that templates compute" in run(tmp_path, "check").stderr


@pytest.mark.parametrize(
    "element",
    [
        {"element": "script><img src=x onerror=alert(1)>", "attributes": {}, "text": ""},
        {"element": "link", "attributes": {"onload=alert(1) x": ""}, "text": ""},
        {"element": "link", "attributes": {"": ""}, "text": ""},
        {"element": "link", "attributes": {"a\n": ""}, "text": ""},
    ],
)
def test_element_that_is_none_is_damage(element: dict[str, object]) -> None:
    manifest = Manifest("1", {}, "/", {"a.css": Entry("a.0123456789ab.css", "text/css", 1)}, blocks={"k": [element]})
    with pytest.raises(ManifestError, match="`blocks` is damaged"):
        loads(dumps(manifest), "manifest.json")


@pytest.mark.parametrize(
    "url", ['http://a";alert(1);"', "http://a'", "http://a\\", "http://a/<script>", "javascript:x"]
)
def test_server_that_could_end_a_string_is_damage(url: str) -> None:
    manifest = Manifest("1", {}, "/", {"a.css": Entry("a.0123456789ab.css", "text/css", 1)}, dev=url)
    with pytest.raises(ManifestError, match="`dev` is damaged"):
        loads(dumps(manifest), "manifest.json")


def test_hidden_maps_are_not_written_through_a_link(tmp_path: Path) -> None:
    outside = write_tree(tmp_path / "outside", {"kept": ""})
    site = write_tree(tmp_path / "site", {"assets/a.js": "a( 1 )"})
    (site / "build.maps").symlink_to(outside)
    result = built(site, {}, 'source_maps = "hidden"\n')
    assert [one.code for one in result.diagnostics if one.is_error]
    assert [path.name for path in outside.iterdir()] == ["kept"]


@pytest.mark.parametrize(
    ("url", "package"),
    [
        ("../../../secret.css", {}),
        ("../../../other/node_modules/p/secret.css", {}),
        ("p/deep", {"package.json": '{"exports": {"./deep": "./../../../secret.css"}}'}),
        ("p/deep", {"package.json": '{"exports": {"./deep": "./../../../other/node_modules/p/secret.css"}}'}),
        ("p/a.css", {"package.json": "{}", "a.css": '@import "../../../other/node_modules/p/secret.css";'}),
    ],
)
def test_sheet_for_tailwind_imports_nothing_from_outside_of_the_project(
    tmp_path: Path, url: str, package: dict[str, str]
) -> None:
    secret = ".secret { color: red }"
    write_tree(tmp_path, {"secret.css": secret, "other/node_modules/p/secret.css": secret})
    files = {f"node_modules/p/{name}": text for name, text in package.items()}
    sheet = f'@import "tailwindcss";\n@import "{url}";\n'
    result = built(tmp_path / "site", {"assets/css/t.css": sheet, **files, "templates/a.html": ""})
    assert [one.code for one in result.diagnostics if one.is_error] == ["tailwind/failed"]
    assert not any(
        "secret" in path.read_text(errors="replace") for path in (tmp_path / "site").rglob("assets/**/*.css.*")
    )


def test_sheet_for_tailwind_imports_what_lies_where_node_looks_for_packages(tmp_path: Path) -> None:
    write_tree(tmp_path, {"node_modules/p/a.css": '@import "../q/b.css";', "node_modules/q/b.css": ".b { color: red }"})
    sheet = '@import "tailwindcss";\n@import "../../../node_modules/p/a.css";\n'
    result = built(tmp_path / "site", {"assets/css/t.css": sheet, "templates/a.html": ""})
    assert result.succeeded
    (released,) = (tmp_path / "site/build/assets/css").glob("t.*.css")
    assert ".b{" in released.read_text()

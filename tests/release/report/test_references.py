"""Who names an asset, and the way by which it got into a release."""

from buildassets.manifest.model import Entry, Manifest
from buildassets.release.report.references import IMPORT_MAP, references_of


def manifest(importmap: dict[str, str] | None = None, **references: tuple[str, ...]) -> Manifest:
    """A release of assets, each with those that it refers to."""
    assets = {path: Entry(f"{path}.0", "text/css", 1, references=targets) for path, targets in references.items()}
    return Manifest("1", {}, "/", assets, importmap or {})


def test_the_way_begins_where_a_template_names_an_asset() -> None:
    found = references_of(manifest(a=("b",), b=("c",), c=()), {"a": ("t.html:1", "u.html:2")})
    assert found.why() == {"a": ("t.html:1", "a"), "b": ("t.html:1", "a", "b"), "c": ("t.html:1", "a", "b", "c")}


def test_the_shortest_way_is_given() -> None:
    found = references_of(manifest(a=("b", "c"), b=("c",), c=()), {})
    assert found.why()["c"] == ("a", "c")


def test_a_way_from_a_template_goes_before_one_that_is_shorter() -> None:
    found = references_of(manifest(a=("b",), b=("d",), c=("d",), d=()), {"a": ("t.html:1",)})
    assert found.why()["d"] == ("t.html:1", "a", "b", "d")


def test_unreferenced_assets_lead_to_themselves() -> None:
    assert references_of(manifest(a=()), {}).why() == {"a": ("a",)}


def test_assets_that_only_refer_to_one_another_have_a_way_too() -> None:
    assert references_of(manifest(a=("b",), b=("a",)), {}).why() == {"a": ("a",), "b": ("a", "b")}


def test_the_import_map_names_assets() -> None:
    found = references_of(manifest({"lib": "a", "far": "https://example.com/x.js"}, a=()), {})
    assert found.named_in == {"a": [IMPORT_MAP]}
    assert found.why() == {"a": (IMPORT_MAP, "a")}


def test_references_to_what_the_release_lacks_are_left_out() -> None:
    found = references_of(manifest(a=("gone", "a", "b"), b=()), {"gone": ("t.html:1",)})
    assert found.targets == {"a": ["a", "b"], "b": []}
    assert found.referrers == {"a": [], "b": ["a"]}

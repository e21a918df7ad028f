"""Content that a release has more than once."""

from buildassets.foundation.measures import BundleContents
from buildassets.manifest.model import Entry, Manifest
from buildassets.release.report.duplicates import Duplicate, repeated_files, repeated_modules, repeated_packages


def release(**contents: tuple[int, str | None]) -> Manifest:
    return Manifest("1", {}, "/", {path: Entry(path, "image/png", *given) for path, given in contents.items()})


def test_files_of_one_content_are_found() -> None:
    found = repeated_files(release(a=(10, "sha384-x"), b=(10, "sha384-x"), c=(10, "sha384-y"), d=(10, "sha384-x")))
    assert found == [Duplicate("a", ("a", "b", "d"), 20)]


def test_empty_files_are_ignored_and_unknown_contents_differ() -> None:
    assert repeated_files(release(a=(0, "sha384-x"), b=(0, "sha384-x"), c=(1, None), d=(1, None))) == []


def test_those_that_take_most_come_first() -> None:
    found = repeated_files(release(a=(1, "x"), b=(1, "x"), c=(9, "y"), d=(9, "y")))
    assert [group.name for group in found] == ["c", "a"]


def test_a_module_in_two_bundles_is_found() -> None:
    contents = {
        "a.js": BundleContents({"m.js": 5, "n.js": 7}),
        "b.js": BundleContents({"m.js": 4}),
        "c.js": BundleContents({"n.js": 0}),
    }
    assert repeated_modules(contents) == [Duplicate("m.js", ("a.js", "b.js"), 4)]


def test_a_package_in_two_folders_is_found() -> None:
    inner, outer = "node_modules/x/node_modules/@s/p", "node_modules/@s/p"
    contents = {"a.js": BundleContents({f"{inner}/i.js": 5, f"{outer}/i.js": 7, f"{outer}/j.js": 1, "js/p.js": 3})}
    assert repeated_packages(contents) == [Duplicate("@s/p", (outer, inner), 5)]

"""What smaller engines would save: in proportion to what visitors load now, and only where it is worth a tool."""

from buildassets.manifest.model import Entry, Manifest
from buildassets.release.report.savings import Saving, estimated, kind_of_minified, savings, savings_text


def entry(file: str, br: int) -> Entry:
    return Entry(file, "text/javascript", 10 * br, encodings={"br": br})


def release(assets: dict[str, Entry], engine: str) -> Manifest:
    return Manifest("1", {"js": engine}, "/assets/", assets)


def test_scripts_of_the_default_engine_would_be_a_seventh_smaller() -> None:
    assets = {"a.js": entry("a.1.js", 20_000), "b.mjs": entry("b.1.mjs", 10_000), "c.min.js": entry("c.1.js", 50_000)}
    found = savings(release(assets, "rjsmin 1.3.0"))
    assert found == (Saving("js", "esbuild", 30_000, 4200),)
    assert savings_text(found) == 'visitors would load less: with `js = "esbuild"` about 4.2 kB of 30.0 kB of scripts'


def test_a_release_of_the_smallest_engine_has_nothing_to_save() -> None:
    assets = {"a.js": entry("a.1.js", 20_000)}
    assert savings(release(assets, "esbuild 0.28.2")) == ()


def test_a_saving_below_a_kilobyte_is_not_named() -> None:
    assert estimated({"js": 6000, "css": 1000}) == ()
    assert savings_text(()) == ""


def test_minified_and_other_files_have_no_minifier() -> None:
    names = ("js/a.js", "a.mjs", "a.css", "a.min.css", "a.min.js", "a.svg", "js")
    assert [kind_of_minified(name) for name in names] == ["js", "js", "css", None, None, None, None]

"""docs/explain/comparison.md: its versions and the times of the README are those of benchmarks.md."""

import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "explain/comparison.md").read_text(encoding="utf-8")
BENCHMARKS = (DOCS / "explain/benchmarks.md").read_text(encoding="utf-8")


def short_table(text: str) -> str:
    return text.partition("<!-- benchmarks -->\n")[2].partition("<!-- /benchmarks -->")[0]


def test_the_times_of_the_readme_are_those_of_the_benchmarks() -> None:
    readme = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    assert short_table(readme)
    # How busy the machine was is that of the parts that a page shows.
    assert all(line.partition(" Other programs ")[0] in BENCHMARKS for line in short_table(readme).splitlines())


def test_the_versions_are_those_that_were_measured() -> None:
    rows = re.findall(r"^\| ([\w-]+) (\d[\d.]+) \|", PAGE, re.MULTILINE)
    assert [name for name, _ in rows] == [
        *("Propshaft", "Sprockets", "AssetMapper", "Django", "WhiteNoise"),
        *("django-compressor", "webassets", "esbuild", "Vite"),
    ]
    assert [name for name, version in rows if not re.search(rf"^\| {name}[^|]*\| {version} \|", BENCHMARKS, re.M)] == []

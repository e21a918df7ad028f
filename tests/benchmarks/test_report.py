import re
from pathlib import Path

import pytest

from benchmarks import compiling, compressing, fingerprinting, report, serving
from benchmarks.contest import COLD
from benchmarks.results import Row, Section

SMALL, MEDIUM = fingerprinting.name(60), fingerprinting.name(1650)
DOCS = Path(__file__).parents[2] / "docs"
FIGURES = {"total_mb": 40.0, "output_mb": 31.0}


def row(name: str, seconds: float, cpu_seconds: float = 0.2, leaves_out: str = "", is_limit: bool = False) -> Row:
    figures = {"seconds": seconds, **FIGURES, "cpu_seconds": cpu_seconds}
    return Row(name, "1.0", leaves_out, is_limit, runs=3, figures=figures, found=("hashed names",))


def sections(*rows: Row, name: str = MEDIUM) -> dict[str, Section]:
    return {name: Section(name, "1,650 files", 1650, {COLD: rows}, {"Vite": "it bundles"})}


def whole(*rows: Row, name: str = MEDIUM) -> str:
    return report.whole(sections(*rows, name=name), "Two cores.")


def aims(*rows: Row) -> str:
    return "\n".join(report.aims(sections(*rows)))


@pytest.mark.parametrize(
    ("value", "text"), [(0.0087, "0.009"), (0.31, "0.31"), (3.14, "3.14"), (26.72, "26.7"), (1240.4, "1,240")]
)
def test_figures_have_as_many_digits_as_they_mean(value: float, text: str) -> None:
    assert report.number(value) == text


def test_a_row_has_its_ratio_to_ours() -> None:
    text = whole(row("buildassets", 0.2), row("Propshaft", 0.5, leaves_out="integrity"))
    assert "| Propshaft | 0.50 | 2.50 | 0.20 | 40 | 31.0 | 3 |" in text


def test_a_tool_is_described_once() -> None:
    rows = (row("buildassets", 0.2), row("Propshaft", 0.5, leaves_out="integrity"))
    sections = {
        name: Section(name, "files", 1, {COLD: rows, "again": rows}, {"Vite": "it bundles"}) for name in (SMALL, MEDIUM)
    }
    text = report.whole(sections, "")
    assert text.count("| Propshaft | 1.0 | integrity | hashed names |") == 1
    assert text.count("- Vite: it bundles\n") == 1


def test_failed_row_has_the_reason_instead_of_figures() -> None:
    text = whole(row("buildassets", 0.2), Row("Propshaft", "1.1", fault="failed: no memory"))
    assert "| Propshaft | failed: no memory |  |  |  |  |  |" in text


def test_all_lines_of_a_table_have_as_many_cells() -> None:
    text = whole(row("buildassets", 0.2), row("`cp -r`", 0.1, is_limit=True), Row("Propshaft", fault="failed: no"))
    table = text[text.index("### Cold") :].split("\n\n")[1].splitlines()
    assert len(table) == 5
    assert len({line.count("|") for line in table}) == 1


def test_tools_that_do_not_compete_are_named_with_the_reason() -> None:
    assert "Not run:\n\n- Vite: it bundles\n" in whole(row("buildassets", 0.2))


def test_the_short_table_has_the_fastest_peer_first() -> None:
    rows = [row("buildassets", 0.2), row("Propshaft", 0.5), row("AssetMapper", 0.4), row("`cp -r`", 0.01)]
    (line,) = report.short({MEDIUM: Section(MEDIUM, "1,650 files", 1650, {COLD: rows})})[2:]
    assert line == "| fingerprint: 1,650 files | 0.20 s | AssetMapper 0.40 s, Propshaft 0.50 s |"


def test_the_picture_shows_what_the_short_table_has() -> None:
    rows = [row("webassets", 0.5), row("buildassets", 0.3), Row("Vite", fault="not run: no npm")]
    (panel,) = report.panels({compiling.NAME: Section(compiling.NAME, "113 files", 113, {COLD: rows})})
    assert [(bar.label, bar.value, bar.is_ours) for bar in panel.bars] == [
        ("buildassets", 0.3, True),
        ("webassets", 0.5, False),
    ]


def test_a_missed_aim_is_called_missed() -> None:
    text = aims(row("buildassets", 0.4), row("Propshaft", 0.5), row("AssetMapper", 1.0))
    assert "against Propshaft | 0.80 x | ≤ 0.5 x | **missed** |" in text
    assert "against AssetMapper | 0.40 x | ≤ 0.6 x | reached |" in text


@pytest.mark.parametrize(("seconds", "shown"), [(0.501, "> 0.50 x"), (0.51, "0.51 x"), (0.5, "0.50 x")])
def test_an_aim_that_is_missed_by_less_than_is_shown_is_marked(seconds: float, shown: str) -> None:
    text = aims(row("buildassets", seconds), row("Propshaft", 1.0))
    assert f"against Propshaft | {shown} | ≤ 0.5 x |" in text


def test_other_programs_are_mentioned_with_the_highest_load() -> None:
    sections = [Section(name, "", 1, {}, load=load) for name, load in ((MEDIUM, 4.2), (compressing.NAME, 12.3))]
    assert "(load average up to 12)" in report.busyness(sections, 2)
    assert "(load average up to 4)" in report.busyness(report.of_core({one.name: one for one in sections}), 2)
    assert report.busyness(sections[:1], 4) == ""


def test_the_pages_mention_the_highest_load_of_what_they_show() -> None:
    page = (DOCS / "explain/benchmarks.md").read_text("utf-8")
    parts = re.findall(r"^## (.+)\n\n(?:.+\n)*?.*[Ll]oad average (\d+\.\d)\.$", page, re.MULTILINE)
    loads = {name.lower(): float(load) for name, load in parts}
    of_core = [loads[core.section.lower()] for core in report.CORE]
    assert len(loads) > len(set(of_core))
    cores = int(re.findall(r"Measured on (\d+) cores", page)[0])
    for text, load in ((page, max(loads.values())), ((DOCS.parent / "README.md").read_text("utf-8"), max(of_core))):
        assert (f"(load average up to {load:.0f})" in text) is (load > cores + 1)


def test_each_heading_has_an_empty_line_before_it() -> None:
    large, site = fingerprinting.name(16500), compiling.NAME
    rows = {COLD: [row("buildassets", 0.1, cpu_seconds=0.5)]}
    lines = report.whole(
        {name: Section(name, "1,000 files", 1000, rows) for name in (MEDIUM, large, site)}, ""
    ).splitlines()
    assert all(lines[number - 1] == "" for number, line in enumerate(lines) if line.startswith("#") and number)


def test_growth_is_reported_once_the_largest_tree_is_measured() -> None:
    large = fingerprinting.name(16500)
    sections = {
        MEDIUM: Section(MEDIUM, "1,000 files", 1000, {COLD: [row("buildassets", 0.1, cpu_seconds=0.5)]}),
        large: Section(large, "10,000 files", 10000, {COLD: [row("buildassets", 0.9, cpu_seconds=4.0)]}),
    }
    assert "| **buildassets** | 0.500 | 0.400 | 0.80 | 40 | 40 |" in report.whole(sections, "")


def test_costs_of_a_web_process_that_were_not_measured_leave_cells_empty() -> None:
    rows = [Row("buildassets", "0.1", figures={"url_us": 0.07, "jinja_us": 0.9})]
    section = Section(serving.NAME, "a manifest", 15000, {serving.NAMES: rows})
    assert "| **buildassets** | 0.1 |  |  | 0.070 | 0.90 |  |" in report.whole({serving.NAME: section}, "")

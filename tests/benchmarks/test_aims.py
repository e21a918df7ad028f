from collections.abc import Mapping

import pytest

from benchmarks import fingerprinting
from benchmarks.aims import GROWTH, Aim, Verdict, growth, verdicts
from benchmarks.contest import COLD
from benchmarks.results import Row, Section

MEDIUM = fingerprinting.name(1650)


def section(files: int, **seconds: float) -> Section:
    rows = [Row(name, figures={"seconds": each, "cpu_seconds": each / 2}) for name, each in seconds.items()]
    return Section(MEDIUM, "", files, {COLD: rows})


def found(sections: Mapping[str, Section]) -> list[tuple[str | None, float, bool]]:
    return [(verdict.aim.against, verdict.value, verdict.is_reached) for verdict in verdicts(sections)]


def test_an_aim_against_another_row_is_a_share_of_its_figure() -> None:
    assert found({MEDIUM: section(1, buildassets=0.3, Propshaft=0.5)}) == [("Propshaft", 0.6, False)]


def test_an_aim_is_reached_at_its_limit() -> None:
    assert Verdict(Aim(MEDIUM, COLD, 0.5, "Propshaft"), 0.5).is_reached
    assert not Verdict(Aim(MEDIUM, COLD, 0.5, "Propshaft"), 0.51).is_reached


def test_the_time_on_the_cores_is_compared_too() -> None:
    (verdict,) = verdicts({MEDIUM: section(1, buildassets=0.3, Propshaft=0.6)})
    assert verdict.cpu_share == pytest.approx(0.5)


def test_missing_measurement_has_no_verdict() -> None:
    unmeasured = Section(MEDIUM, "", 1, {COLD: [Row("buildassets", fault="failed: it fell")]})
    assert found({MEDIUM: unmeasured}) == []
    assert found({}) == []


def test_growth_is_one_where_the_time_grows_as_the_files_do() -> None:
    small, large = section(10, buildassets=0.5), section(100, buildassets=5.0)
    assert growth(small, large, "buildassets", "seconds") == pytest.approx(1)


def test_growth_faster_than_that_of_the_files_misses_its_aim() -> None:
    large = fingerprinting.name(16500)
    sections = {MEDIUM: section(10, buildassets=0.5), large: section(100, buildassets=6.0)}
    (verdict,) = [one for one in verdicts(sections) if one.aim.work == GROWTH]
    assert verdict.value == pytest.approx(1.2)
    assert not verdict.is_reached


def test_growth_is_unknown_without_one_of_the_figures() -> None:
    assert growth(section(10), section(100, buildassets=5.0), "buildassets", "seconds") is None

"""The two sites show the same pages of one harbour."""

import re
import runpy
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.example.fleet import Worker, fleet
from tests.example.servers import PROJECT
from tests.example.visitor import Visitor

_NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def harbour() -> dict[str, Any]:
    """The names of `harbour.py`."""
    return runpy.run_path(str(PROJECT / "harbour.py"))


@pytest.fixture(scope="module")
def both(release: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Visitor, Visitor]]:
    """A visitor of the Flask site and one of the Django site."""
    folder = tmp_path_factory.mktemp("both")
    sites = [Worker(name, folder / name) for name in ("flask", "django")]
    with fleet(sites, release), Visitor(sites[0].port) as one, Visitor(sites[1].port) as other:
        yield one, other


def shown(visitor: Visitor, path: str) -> str:
    """The page without what differs each minute or visit."""
    page = visitor.get(path).text
    page = re.sub(r'<input type="hidden"[^>]*>', "", page)
    return re.sub(r"<(time|data)\b.*?</\1>|until|\s+", " ", page)


@pytest.mark.parametrize("path", ["/tides", "/visit", "/sign-in", "/no-such-page"])
def test_both_sites_show_the_same(both: tuple[Visitor, Visitor], path: str) -> None:
    flask, django = both
    assert shown(flask, path) == shown(django, path)


def test_both_sites_show_the_same_to_skippers(both: tuple[Visitor, Visitor]) -> None:
    for visitor in both:
        visitor.sign_in()
    flask, django = both
    assert "Your berth" in shown(flask, "/berth")
    assert shown(flask, "/berth") == shown(django, "/berth")


def test_missing_page_answers_404(both: tuple[Visitor, Visitor]) -> None:
    assert [visitor.get("/no-such-page").status for visitor in both] == [404, 404]


def test_wrong_form_keeps_its_values(both: tuple[Visitor, Visitor]) -> None:
    answers = [visitor.post("/sign-in", name="Ann <b>", length_m="nan") for visitor in both]
    assert [answer.status for answer in answers] == [422, 422]
    for answer in answers:
        assert 'value="Ann &lt;b&gt;"' in answer.text
        assert answer.text.count('aria-invalid="true"') == 4


def test_berth_that_does_not_fit_is_refused(both: tuple[Visitor, Visitor]) -> None:
    arrival = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    for visitor in both:
        visitor.sign_in()
        answer = visitor.post("/berth", berth="South pontoon", arrival=arrival, nights="2", note="")
        assert (answer.status, "Choose a berth that your boat fits" in answer.text) == (422, True)


def test_a_request_for_another_host_is_refused(both: tuple[Visitor, Visitor]) -> None:
    assert [visitor.get_as("elsewhere.example", "/").status for visitor in both] == [400, 400]


def test_a_boat_can_cross_while_the_bar_carries_enough(harbour: dict[str, Any]) -> None:
    windows = harbour["windows"](_NOW, 24, 1.5)
    assert windows
    for window in windows:
        middle = window.opens + (window.closes - window.opens) / 2
        assert harbour["height_m"](middle) + harbour["BAR_M"] >= 1.5 + harbour["UNDER_KEEL_M"]


def test_a_deeper_boat_has_less_time(harbour: dict[str, Any]) -> None:
    def hours(draught_m: float) -> float:
        windows = harbour["windows"](_NOW, 24, draught_m)
        return float(sum((window.closes - window.opens).total_seconds() for window in windows)) / 3600

    assert hours(0.1) == pytest.approx(24)
    assert 0 < hours(3) < hours(1.5) < 24
    assert hours(6) == 0


@pytest.mark.parametrize(
    ("length_m", "draught_m", "objections"),
    [
        (9.5, 1.5, {"South pontoon"}),
        (15, 1.5, {"North pontoon", "South pontoon", "Swinging moorings"}),
        (9.5, 2.2, {"North pontoon", "South pontoon", "Swinging moorings"}),
    ],
)
def test_berths_object_to_boats_that_do_not_fit(
    harbour: dict[str, Any], length_m: float, draught_m: float, objections: set[str]
) -> None:
    assert {berth.name for berth in harbour["BERTHS"] if berth.objection(length_m, draught_m)} == objections

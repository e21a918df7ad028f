"""What each page shows, whatever framework renders it: the names that its template uses."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import harbour
from skippers import FARTHEST, MOST_NIGHTS, BerthRequest, Skipper

Session = Mapping[str, Any]
RETRY_SECONDS = 30
SORRY = {
    403: ("This form is too old", "Go back, load the page again, and send it once more."),
    404: ("No such page", "The address may be mistyped, or the page has gone out with the tide."),
    503: (
        "Signing in is not possible at the moment",
        "Tides and berths are there as ever. Please try again in a minute.",
    ),
}


def skipper_in(session: Session) -> Skipper | None:
    """Who is signed in."""
    kept = session.get("skipper")
    return Skipper(**kept) if kept else None


def request_in(session: Session) -> BerthRequest | None:
    """What they have asked for."""
    kept = session.get("request")
    return BerthRequest(**kept) if kept else None


def every(session: Session | None) -> dict[str, Any]:
    """What all pages use; None for a session that cannot be read at the moment."""
    return {
        "station": asdict(harbour.STATION),
        "skipper": skipper_in(session or {}),
        "asked": request_in(session or {}),
        "is_session_down": session is None,
    }


def home(now: datetime, skipper: Skipper | None) -> dict[str, Any]:
    """The water now, what comes next, and when the skipper's boat can cross the bar."""
    coming = harbour.waters(now, hours=26)
    return {
        "now_m": harbour.height_m(now),
        "coming": coming[:4],
        "next_high": next(water for water in coming if water.is_high),
        "next_low": next(water for water in coming if not water.is_high),
        "windows": harbour.windows(now, hours=24, draught_m=skipper.draught_m) if skipper else [],
    }


def tides(now: datetime) -> dict[str, Any]:
    """The high and low waters of a week."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    days = [today + timedelta(days=offset) for offset in range(7)]
    return {"week": [(day, harbour.waters(day, hours=24)) for day in days]}


def visit() -> dict[str, Any]:
    """What the harbour offers."""
    return {"berths": harbour.BERTHS, "services": harbour.SERVICES}


def sorry(status: int) -> dict[str, Any]:
    """What is said of a request that failed."""
    title, advice = SORRY.get(status, ("That did not work", "Please try again, or ask the harbour office."))
    return {"status": status, "title": title, "advice": advice}


def berth(now: datetime, skipper: Skipper) -> dict[str, Any]:
    """Which berths there are for the skipper's boat, and when it may come."""
    berths = [(berth, berth.objection(skipper.length_m, skipper.draught_m)) for berth in harbour.BERTHS]
    today = now.date()
    return {"berths": berths, "first_day": today, "last_day": today + FARTHEST, "most_nights": MOST_NIGHTS}

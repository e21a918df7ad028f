"""What the pages tell: a harbour that does not exist, and the tides that it would have.

The height of the tide is a mean level and a sum of cosines, one for each constituent (the harmonic method). The
browser computes its curves from the same numbers.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import cos, radians, tau

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
STEP = timedelta(minutes=4)
BAR_M = 0.5  # what the bar carries at chart datum
UNDER_KEEL_M = 0.5


@dataclass(frozen=True)
class Constituent:
    """One cosine. `phase_deg` is its lag at the epoch."""

    name: str
    amplitude_m: float
    period_hours: float
    phase_deg: float


@dataclass(frozen=True)
class Station:
    """A tide gauge. Heights are above chart datum."""

    name: str
    mean_level_m: float
    epoch_ms: int
    constituents: tuple[Constituent, ...]


@dataclass(frozen=True)
class Water:
    """A high or a low water."""

    time: datetime
    height_m: float
    is_high: bool


@dataclass(frozen=True)
class Berth:
    """Where a visitor can lie. Lengths in metres."""

    name: str
    longest_m: int
    depth_m: float
    free: int

    def objection(self, length_m: float, draught_m: float) -> str | None:
        """Why a boat cannot lie here, or None. Where it dries, every boat sits on the ground."""
        if not self.free:
            return "full"
        if length_m > self.longest_m:
            return f"for boats of up to {self.longest_m} m"
        if self.depth_m and draught_m > self.depth_m:
            return f"only {self.depth_m} m deep"
        return None


@dataclass(frozen=True)
class Service:
    """What the harbour offers; `icon` is a class of the style sheet."""

    icon: str
    name: str
    text: str


STATION = Station(
    name="Saltmere Bar",
    mean_level_m=3.1,
    epoch_ms=int(EPOCH.timestamp() * 1000),
    constituents=(
        Constituent("M2", 1.62, 12.4206012, 138),
        Constituent("S2", 0.55, 12.0, 323),
        Constituent("N2", 0.31, 12.65834751, 117),
        Constituent("K1", 0.09, 23.93447213, 12),
        Constituent("O1", 0.07, 25.81933871, 344),
        Constituent("M4", 0.11, 6.21030061, 64),
    ),
)

BERTHS = (
    Berth("Town quay", 18, 2.4, 3),
    Berth("North pontoon", 14, 2.0, 7),
    Berth("South pontoon", 11, 1.6, 0),
    Berth("Drying wall", 16, 0.0, 2),
    Berth("Swinging moorings", 12, 1.8, 9),
)

SERVICES = (
    Service("radio", "Harbour radio", "VHF channel 12, from two hours before high water until two hours after it."),
    Service("fuel", "Fuel", "Diesel at the town quay while there are two metres over the sill."),
    Service("crane", "Crane", "Twelve tonnes, by arrangement, at neap tides only."),
    Service("drop", "Water", "On every pontoon, without a meter. Please bring your own hose."),
    Service("kettle", "The Bell Buoy", "Breakfast from six, soup until the last boat is in."),
    Service("lifebuoy", "Safety", "Throw bags and ladders each twenty metres. Learn where yours are."),
)


def height_m(time: datetime) -> float:
    """The height of the tide above chart datum."""
    hours = (time - EPOCH).total_seconds() / 3600
    return STATION.mean_level_m + sum(
        part.amplitude_m * cos(tau * hours / part.period_hours - radians(part.phase_deg))
        for part in STATION.constituents
    )


def waters(start: datetime, hours: float) -> list[Water]:
    """The high and low waters from `start` on, to the nearest few minutes."""
    found = []
    before, here = height_m(start - STEP), height_m(start)
    time = start
    while time < start + timedelta(hours=hours):
        after = height_m(time + STEP)
        if (here - before) * (after - here) < 0:
            found.append(Water(time, here, is_high=here > before))
        before, here, time = here, after, time + STEP
    return found


@dataclass(frozen=True)
class Window:
    """When a boat can cross the bar: from `opens` until `closes`."""

    opens: datetime
    closes: datetime


def windows(start: datetime, hours: float, draught_m: float) -> list[Window]:
    """When the bar carries enough for a boat of this draught, to the nearest few minutes; cut off at both ends."""
    found = []
    end = start + timedelta(hours=hours)
    opened, time = None, start
    while time < end:
        is_enough = height_m(time) + BAR_M >= draught_m + UNDER_KEEL_M
        if is_enough and opened is None:
            opened = time
        if not is_enough and opened is not None:
            found.append(Window(opened, time))
            opened = None
        time += STEP
    return found if opened is None else [*found, Window(opened, end)]

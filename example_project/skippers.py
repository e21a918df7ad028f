"""Who signs in, and which berth they ask for: read from forms, kept in the session.

Takes what a form holds, gives a value or what is wrong with each field. It knows no framework.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from hmac import compare_digest
from typing import TypeVar

import harbour

LONGEST_TEXT = 60
LONGEST_NOTE = 200
MOST_NIGHTS = 14
FARTHEST = timedelta(days=365)
Number = TypeVar("Number", int, float)


@dataclass(frozen=True, slots=True)
class Skipper:
    """Somebody who knows the harbour's code, with their boat."""

    name: str
    boat: str
    length_m: float
    draught_m: float


@dataclass(frozen=True, slots=True)
class BerthRequest:
    """What a skipper asks for. `arrival` is a date as ISO 8601 has it, so that the session is plain JSON."""

    berth: str
    arrival: str
    nights: int
    note: str


Faults = Mapping[str, str]  # field → what is wrong with it, for the person who filled it in


def read_skipper(form: Mapping[str, str], code: str) -> tuple[Skipper | None, Faults]:
    """The skipper who filled in the form, if that is right; `code` is the harbour's."""
    fields = _Fields(form)
    skipper = Skipper(
        name=fields.text("name", "Enter your name"),
        boat=fields.text("boat", "Enter the name of your boat"),
        length_m=fields.number("length_m", float, 2, 40, "Enter a length from 2 to 40 metres"),
        draught_m=fields.number("draught_m", float, 0.1, 6, "Enter a draught from 0.1 to 6 metres"),
    )
    if not compare_digest(form.get("code", "").encode(), code.encode()):
        fields.faults["code"] = "This is not the harbour's code"
    return (None if fields.faults else skipper), fields.faults


def read_request(form: Mapping[str, str], skipper: Skipper, today: date) -> tuple[BerthRequest | None, Faults]:
    """The request that `skipper` filled in, if that is right."""
    fields = _Fields(form)
    open_to = [berth.name for berth in harbour.BERTHS if not berth.objection(skipper.length_m, skipper.draught_m)]
    request = BerthRequest(
        berth=fields.choice("berth", open_to),
        arrival=fields.day("arrival", today, today + FARTHEST),
        nights=fields.number("nights", int, 1, MOST_NIGHTS, f"Stay from 1 to {MOST_NIGHTS} nights"),
        note=fields.text("note", "", LONGEST_NOTE),
    )
    return (None if fields.faults else request), fields.faults


class _Fields:
    """Reads fields one by one, and remembers what is wrong with each."""

    def __init__(self, form: Mapping[str, str]) -> None:
        self._form = form
        self.faults: dict[str, str] = {}

    def text(self, name: str, if_empty: str, longest: int = LONGEST_TEXT) -> str:
        value = " ".join(self._form.get(name, "").split())
        if not value and if_empty:
            self.faults[name] = if_empty
        if len(value) > longest:
            self.faults[name] = f"Use at most {longest} characters"
        return value

    def number(self, name: str, kind: type[Number], least: Number, most: Number, fault: str) -> Number:
        try:
            value = kind(self._form.get(name, "").strip().replace(",", "."))
        except ValueError:
            value = least - 1
        if not least <= value <= most:  # also what is not a number
            self.faults[name] = fault
        return value

    def choice(self, name: str, choices: Iterable[str]) -> str:
        value = self._form.get(name, "")
        if value not in choices:
            self.faults[name] = "Choose a berth that your boat fits"
        return value

    def day(self, name: str, first: date, last: date) -> str:
        value = self._form.get(name, "")
        try:
            is_good = first <= date.fromisoformat(value) <= last
        except ValueError:
            is_good = False
        if not is_good:
            self.faults[name] = "Enter a day from today on, within a year"
        return value

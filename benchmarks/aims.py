"""What this project wants to reach, each aim against what was measured in the same run."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from benchmarks import compiling, compressing, fingerprinting, serving
from benchmarks.contest import COLD, UNCHANGED
from benchmarks.fingerprinting import CSS_EDITED, JS_EDITED
from benchmarks.ours import NAME as OURS
from benchmarks.results import Section

_MEDIUM: Final = fingerprinting.name(1650)
_LARGE: Final = fingerprinting.name(16500)
_BY_LIBSASS: Final = "buildassets, libsass"
_ALL_NATIVE: Final = "buildassets, dart-sass, lightningcss, esbuild"
GROWTH: Final = "growth"  # of the time on the cores from the middle tree to the largest one, by `growth`
_UNITS: Final = {"seconds": "s", "total_mb": "MB", "added_mb": "MB", "load_ms": "ms"}


@dataclass(frozen=True, slots=True)
class Aim:
    """`row` shall need at most `at_most`, or, where `against` names another row, that many times what this needs."""

    section: str
    work: str
    at_most: float
    against: str | None = None
    row: str = OURS
    quantity: str = "seconds"


@dataclass(frozen=True, slots=True)
class Verdict:
    """An aim and what was measured: `value` is the figure or the share, `cpu_share` that of the time on the cores."""

    aim: Aim
    value: float
    cpu_share: float | None = None

    @property
    def is_reached(self) -> bool:
        return self.value <= self.aim.at_most

    @property
    def unit(self) -> str:
        return "x" if self.aim.against or self.aim.work == GROWTH else _UNITS.get(self.aim.quantity, "µs")


AIMS: Final = (
    Aim(_MEDIUM, COLD, 0.5, "Propshaft"),
    Aim(_MEDIUM, COLD, 0.6, "AssetMapper"),
    Aim(_MEDIUM, COLD, 0.25, "Django"),
    Aim(_MEDIUM, COLD, 0.02, "Django, JS modules"),
    Aim(_LARGE, COLD, 0.5, "Propshaft"),
    Aim(_LARGE, COLD, 0.5, "AssetMapper"),
    Aim(_LARGE, COLD, 0.2, "Django"),
    Aim(_LARGE, COLD, 250, quantity="total_mb"),
    Aim(_LARGE, GROWTH, 1, quantity="cpu_seconds"),
    Aim(_MEDIUM, UNCHANGED, 0.03),
    Aim(_MEDIUM, UNCHANGED, 2, "`git status`"),
    Aim(_LARGE, UNCHANGED, 3, "`git status`"),
    Aim(_MEDIUM, CSS_EDITED, 0.10),
    Aim(_MEDIUM, JS_EDITED, 0.10),
    Aim(compiling.NAME, COLD, 1.1, "webassets"),
    Aim(compiling.NAME, COLD, 1.1, "Dart Sass + esbuild", _ALL_NATIVE),
    Aim(compiling.NAME, COLD, 0.4, "Vite"),
    Aim(compiling.NAME, UNCHANGED, 0.5, "webassets"),
    Aim(compiling.NAME, compiling.PARTIAL_EDITED, 1.4, "libsass", _BY_LIBSASS),
    Aim(compiling.NAME, compiling.PARTIAL_EDITED, 1.4, "Dart Sass"),
    Aim(compressing.NAME, COLD, 1, "`gzip -9`, `brotli -q 11`"),
    Aim(compressing.NAME, UNCHANGED, 0.10),
    *(Aim(serving.NAME, serving.NAMES, at_most, quantity=quantity) for quantity, at_most in serving.AIMS.items()),
)


def verdicts(sections: Mapping[str, Section]) -> Iterator[Verdict]:
    """Those aims for which everything was measured."""
    for aim in AIMS:
        own = _figure(sections, aim, aim.row, aim.quantity) if aim.work != GROWTH else _grown(sections, aim)
        if own is None:
            continue
        if aim.against is None:
            yield Verdict(aim, own)
            continue
        other = _figure(sections, aim, aim.against, aim.quantity)
        if other:
            yield Verdict(aim, own / other, _share(sections, aim, "cpu_seconds"))


def growth(small: Section, large: Section, row: str, quantity: str) -> float | None:
    """How many times faster a figure of the cold builds grows than the number of files; None where one is wanting."""
    figures = [one.figures.get(quantity) if (one := each.row(COLD, row)) else None for each in (small, large)]
    before, after = figures
    return after / before / (large.files / small.files) if before and after else None


def _grown(sections: Mapping[str, Section], aim: Aim) -> float | None:
    if _MEDIUM not in sections or aim.section not in sections:
        return None
    return growth(sections[_MEDIUM], sections[aim.section], aim.row, aim.quantity)


def _share(sections: Mapping[str, Section], aim: Aim, quantity: str) -> float | None:
    own, other = (_figure(sections, aim, name, quantity) for name in (aim.row, aim.against or ""))
    return own / other if own and other else None


def _figure(sections: Mapping[str, Section], aim: Aim, row: str, quantity: str) -> float | None:
    section = sections.get(aim.section)
    found = section.row(aim.work, row) if section else None
    return found.figures.get(quantity) if found else None

"""The results as Markdown, for people: the tables, their core for the README, and what the picture shows. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks import compiling, compressing, fingerprinting, requests, serving
from benchmarks.aims import Verdict, growth, verdicts
from benchmarks.chart import Bar, Panel
from benchmarks.contest import COLD, UNCHANGED
from benchmarks.ours import NAME as OURS
from benchmarks.results import Row, Section

SIZES: Final = (60, 1650, 16500)
_MEDIUM: Final = fingerprinting.name(1650)
_LARGE: Final = fingerprinting.name(16500)
_FINGERPRINTERS: Final = ("Propshaft", "AssetMapper", "Django", "Sprockets", "esbuild")
_COMPILERS: Final = ("webassets", "django-compressor", "Dart Sass + esbuild", "Vite", "Parcel", "Sprockets")
_INTRODUCTION: Final = """\
All tools do the same work on the same files, in turn, on the same machine. Compare the ratios: seconds depend on the
machine. A run is a whole process from start to end, on a file system in memory. Seconds are medians. CPU seconds, on
all cores, depend less on other programs of the machine. `÷ ours` is how many times longer a tool took than
buildassets. `MB` is the resident memory of all processes at one moment, a hundred times a second, with shared memory
counted once. Each tool is described before the first table that has it. *Found* lists what was found in its output; a
run whose output lacks what the tool should make is a failed one. Rows in italics are limits: they leave out nearly all
of the work, and show how fast it could be at best.
"""


@dataclass(frozen=True, slots=True)
class Core:
    """A line of the short table and a chart of the picture."""

    title: str
    section: str
    work: str
    peers: Sequence[str]
    quantity: str = "seconds"
    in_readme: bool = False


CORE: Final = (
    Core("Fingerprint", _MEDIUM, COLD, _FINGERPRINTERS, in_readme=True),
    Core("The same, nothing changed", _MEDIUM, UNCHANGED, (*_FINGERPRINTERS, "AssetMapper, cache"), in_readme=True),
    Core("Fingerprint ten times as much", _LARGE, COLD, _FINGERPRINTERS),
    Core("Memory for that", _LARGE, COLD, _FINGERPRINTERS, "total_mb"),
    Core("Compile a site", compiling.NAME, COLD, _COMPILERS, in_readme=True),
    Core("One Sass partial changed", compiling.NAME, compiling.PARTIAL_EDITED, _COMPILERS),
)


def whole(sections: Mapping[str, Section], machine: str) -> str:
    """The complete document."""
    lines = ["# Benchmarks", "", "Written by `python -m benchmarks`: see [its notes](../../benchmarks/README.md).", ""]
    lines += [_INTRODUCTION, machine, "", "![Bar charts of the times below](benchmarks.svg)", ""]
    lines += ["## In short", "", *short(sections), ""]
    described: set[Described] = set()
    for name in [*(fingerprinting.name(size) for size in SIZES), compiling.NAME, compressing.NAME]:
        if name in sections:
            lines += _section(sections[name], described)
        if name == _LARGE and name in sections and _MEDIUM in sections:
            lines += [*_growth(sections), ""]
    if serving.NAME in sections:
        lines += _serving(sections[serving.NAME])
    if requests.NAME in sections:
        lines += _requests(sections[requests.NAME], described)
    return "\n".join(lines).rstrip() + "\n"


def short(sections: Mapping[str, Section], rows: Sequence[Core] = CORE) -> list[str]:
    """The lines of the short table: the peers sorted by what they need."""
    lines = ["| work | buildassets | others |", "|---|--:|---|"]
    for core in rows:
        own, others = _core_rows(core, sections)
        if own and others:
            unit = " MB" if core.quantity == "total_mb" else " s"
            texts = [f"{row.name} {number(row.figures[core.quantity])}{unit}" for row in others]
            title = f"{core.title[0].lower()}{core.title[1:]}"
            cells = [
                f"{title}: {sections[core.section].about}",
                number(own.figures[core.quantity]) + unit,
                ", ".join(texts),
            ]
            lines.append(_line(cells))
    return lines


def panels(sections: Mapping[str, Section]) -> list[Panel]:
    """The charts of the picture, ours first in each."""
    found = []
    for core in CORE:
        own, others = _core_rows(core, sections)
        if own and others:
            unit = "MB of all processes" if core.quantity == "total_mb" else "seconds"
            bars = [
                Bar(row.name, row.figures[core.quantity], number(row.figures[core.quantity]), row.name == OURS)
                for row in [own, *others]
            ]
            found.append(Panel(core.title, f"{sections[core.section].about}; {unit}", bars))
    return found


def number(value: float) -> str:
    """A figure with as many digits as it has meaning: 0.009, 0.31, 3.1, 27, 1,240."""
    for limit, digits in ((0.1, 3), (10, 2), (100, 1)):
        if value < limit:
            return f"{value:.{digits}f}"
    return f"{value:,.0f}"


def busyness(sections: Iterable[Section], cores: int) -> str:
    """A sentence about other programs that were at work while `sections` were measured; empty if there were none."""
    load = max((section.load for section in sections), default=0.0)
    if load <= cores + 1:
        return ""
    return f"Other programs used the cores too (load average up to {load:.0f}): compare the ratios, not the seconds."


def of_core(sections: Mapping[str, Section]) -> list[Section]:
    """Those `sections` that the short table has rows of."""
    return [sections[name] for name in dict.fromkeys(core.section for core in CORE) if name in sections]


def _core_rows(core: Core, sections: Mapping[str, Section]) -> tuple[Row | None, list[Row]]:
    rows = [row for row in _rows(sections, core.section, core.work) if core.quantity in row.figures]
    own = next((row for row in rows if row.name == OURS), None)
    others = [row for row in rows if row.name in core.peers]
    return own, sorted(others, key=lambda row: row.figures[core.quantity])


def _rows(sections: Mapping[str, Section], section: str, work: str) -> Sequence[Row]:
    return sections[section].works.get(work, ()) if section in sections else ()


def aims(sections: Mapping[str, Section]) -> Iterator[str]:
    """Yield the table of what this project wants to reach, against others in the same run: for its developers."""
    yield "| what | measured | aim | | on the cores |"
    yield "|---|--:|--:|---|--:|"
    for verdict in verdicts(sections):
        yield _line(_aim_cells(verdict))


def _aim_cells(verdict: Verdict) -> list[str]:
    aim = verdict.aim
    what = f"{aim.section}, {aim.work}" if aim.section != serving.NAME else _HEADS[aim.quantity]
    row = "" if aim.row == OURS else f" ({aim.row})"
    against = f" against {aim.against}" if aim.against else ""
    memory = ", memory" if aim.quantity == "total_mb" else ""
    limit = f"{aim.at_most:g} {verdict.unit}"
    is_reached = "reached" if verdict.is_reached else "**missed**"
    share = f"{number(verdict.cpu_share)} x" if verdict.cpu_share else ""
    return [f"{what}{memory}{row}{against}", f"{_measured(verdict)} {verdict.unit}", f"≤ {limit}", is_reached, share]


def _measured(verdict: Verdict) -> str:
    """The figure of an aim; one that misses it by less than the digits show is marked as above them."""
    text = number(verdict.value)
    is_hidden = not verdict.is_reached and float(text.replace(",", "")) <= verdict.aim.at_most
    return f"> {text}" if is_hidden else text


Described = tuple[str, ...]
"""A tool with its version, what it leaves out and what was found in its output; or one not run, and why."""


def _section(section: Section, described: set[Described]) -> Iterator[str]:
    yield f"## {section.name[0].upper()}{section.name[1:]}"
    yield ""
    yield f"{section.about[0].upper()}{section.about[1:]}; {_load(section)}."
    yield ""
    yield from _tools(section, described)
    for work, rows in section.works.items():
        yield f"### {work[0].upper()}{work[1:]}"
        yield ""
        yield from _table(rows)
        yield ""
    if absent := _new(section.absent.items(), described):
        yield "Not run:"
        yield ""
        for name, reason in absent:
            yield f"- {name}: {reason}"
        yield ""


def _tools(section: Section, described: set[Described]) -> Iterator[str]:
    """The tools that no earlier section has described."""
    rows = [row for work in section.works.values() for row in work]
    has_output = any(row.found for row in rows)
    tools = [(_name(row), row.version, row.leaves_out, *([_found(row)] if has_output else [])) for row in rows]
    if new := _new(tools, described):
        yield _line(("", "version", "leaves out", *(["found"] if has_output else [])))
        yield f"|{'---|' * len(new[0])}"
        yield from map(_line, new)
        yield ""


def _new(tools: Iterable[Described], described: set[Described]) -> Sequence[Described]:
    """Those of `tools` that are not among `described`, which has them afterwards."""
    new = [tool for tool in dict.fromkeys(tools) if tool not in described]
    described.update(new)
    return new


def _found(row: Row) -> str:
    return ", ".join(row.found) or "nothing"


_COLUMNS: Final = ("seconds", "÷ ours", "CPU seconds", "MB", "MB written", "runs")


def _load(section: Section) -> str:
    """How busy the machine was: the work itself makes about one of it."""
    return f"load average {section.load:.1f}"


def _table(rows: Sequence[Row]) -> Iterator[str]:
    own = next((row for row in rows if row.name == OURS), None)
    unit = own.figures.get("seconds") if own else None
    yield _line(("", *_COLUMNS))
    yield f"|---|{'--:|' * len(_COLUMNS)}"
    for row in rows:
        yield _line([_name(row), *_cells(row, unit)])


def _cells(row: Row, unit: float | None) -> list[str]:
    """The figures of a row, or why it has none."""
    if not row.figures:
        return [row.fault or "", *[""] * (len(_COLUMNS) - 1)]
    figures = row.figures
    ratio = number(figures["seconds"] / unit) if unit else ""
    memory = f"{figures['total_mb']:,.0f}" if "total_mb" in figures else ""
    written = f"{figures['output_mb']:,.1f}"
    return [number(figures["seconds"]), ratio, number(figures["cpu_seconds"]), memory, written, str(row.runs)]


def _growth(sections: Mapping[str, Section]) -> Iterator[str]:
    """How time and memory grow with the number of files."""
    measured = [sections[name] for name in map(fingerprinting.name, SIZES) if name in sections]
    yield "## Growth"
    yield ""
    yield "CPU milliseconds a file, cold, and memory of all processes. The factor is how many times faster time grows"
    yield f"than the number of files, from {measured[-2].files:,} to {measured[-1].files:,}; at most 1 is wanted."
    yield ""
    yield _line(["", *(f"{one.files:,} files" for one in measured), "factor", *("MB" for _ in measured)])
    yield f"|---|{'--:|' * (2 * len(measured) + 1)}"
    for row in measured[-1].works[COLD]:
        rows = [one.row(COLD, row.name) for one in measured]
        if all(one and one.figures for one in rows):
            yield _line(_growth_cells(row, measured, [one for one in rows if one]))


def _growth_cells(row: Row, measured: Sequence[Section], rows: Sequence[Row]) -> list[str]:
    each = [
        f"{one.figures['cpu_seconds'] / section.files * 1e3:.3f}" for one, section in zip(rows, measured, strict=True)
    ]
    factor = growth(measured[-2], measured[-1], row.name, "cpu_seconds")
    memory = [f"{one.figures['total_mb']:,.0f}" if "total_mb" in one.figures else "" for one in rows]
    return [_name(row), *each, number(factor) if factor else "", *memory]


_HEADS: Final = {
    "load_ms": "import and load, CPU ms",
    "added_mb": "added memory, MB",
    "url_us": "a URL, µs",
    "jinja_us": "a Jinja tag, µs",
    "django_us": "a Django tag, µs",
}


def _serving(section: Section) -> Iterator[str]:
    rows = section.works[serving.NAMES]
    yield "## At run time"
    yield ""
    yield f"What a web process pays for {section.about}: the least that any of {rows[0].runs} processes needed."
    yield f"Frameworks are loaded before. `python -m benchmarks.runtime` has more of it. {_load(section).capitalize()}."
    yield ""
    yield _line(["", "version", *_HEADS.values()])
    yield f"|---|---|{'--:|' * len(_HEADS)}"
    for row in rows:
        figures = [number(row.figures[key]) if key in row.figures else "" for key in _HEADS]
        yield _line([_name(row), row.version, *figures])
    yield ""


_REQUEST_COLUMNS: Final = {"cpu_us": "CPU µs", "requests_s": "requests a second", "status": "status", "bytes": "bytes"}


def _requests(section: Section, described: set[Described]) -> Iterator[str]:
    yield "## Requests"
    yield ""
    yield f"Servers of files in Python: {section.about} by wrk, one process behind the same web server."
    yield "CPU µs is the time of the server's processes on the cores for a request, `÷ ours` how many times ours that"
    yield f"is; rates also depend on what else the machine did. {_load(section).capitalize()}."
    yield ""
    yield from _tools(section, described)
    for work, rows in section.works.items():
        yield f"### {work[0].upper()}{work[1:]}"
        yield ""
        yield from request_table(rows)
        yield ""


def request_table(rows: Sequence[Row]) -> Iterator[str]:
    """The servers at one kind of request."""
    own = next((row for row in rows if row.name == OURS), None)
    yield _line(("", "÷ ours", *_REQUEST_COLUMNS.values(), "runs"))
    yield f"|---|{'--:|' * (len(_REQUEST_COLUMNS) + 2)}"
    for row in rows:
        ratio = number(row.figures["cpu_us"] / own.figures["cpu_us"]) if own else ""
        figures = [f"{row.figures[key]:,.0f}" for key in _REQUEST_COLUMNS]
        yield _line([_name(row), ratio, *figures, str(row.runs)])


def _name(row: Row) -> str:
    if row.is_limit:
        return f"*{row.name}*"
    return f"**{row.name}**" if row.name == OURS else row.name


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"

"""What names cost a web process, ours and others': the rows of what `runtime` measures."""

import os
from collections.abc import Mapping
from typing import Final

from benchmarks import ours, runtime
from benchmarks.installed import pypi_version
from benchmarks.results import Row, Section

NAME: Final = "serving"
NAMES: Final = "names"
# The rows, each with the package that it is of, and what `runtime` calls its figures.
_ROWS: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "`json.load`, a dictionary": (
        "",
        {"load_ms": "start: `import json` and `json.load`, CPU ms", "url_us": "a dictionary's look-up, µs"},
    ),
    ours.NAME: (
        "",
        {
            "load_ms": "start: import and load, CPU ms",
            "added_mb": "memory: resident, MB",
            "url_us": "url(), µs",
            "jinja_us": 'Jinja: {{ asset("…") }}, µs',
            "django_us": 'Django: {% asset "…" %}, µs',
        },
    ),
    "Django, manifest storage": ("django", {"django_us": 'Django: {% static "…" %}, its own, µs'}),
    "django-compressor, offline": ("django-compressor", {"django_us": "django-compressor, offline, µs"}),
    "django-compressor, cached": ("django-compressor", {"django_us": "django-compressor, cached, µs"}),
    "webassets": ("webassets", {"jinja_us": "webassets, µs"}),
}
AIMS: Final = {quantity: runtime.AIMS[called] for quantity, called in _ROWS[ours.NAME][1].items()}


def measure_costs(rounds: int) -> Section:
    """The costs of every row, the least of `rounds` processes."""
    return section(runtime.measure(rounds), rounds)


def section(figures: Mapping[str, float], rounds: int) -> Section:
    """The rows of figures as `runtime` names them."""
    rows = [
        Row(
            name,
            pypi_version(package) if package else ours.version(),
            is_limit=name.startswith("`"),
            runs=rounds,
            figures={key: figures[called] for key, called in names.items()},
        )
        for name, (package, names) in _ROWS.items()
    ]
    about = f"a manifest of {runtime.ASSETS:,} assets"
    return Section(NAME, about, runtime.ASSETS, {NAMES: rows}, load=os.getloadavg()[1])

from benchmarks import runtime, serving
from benchmarks.results import Section

FIGURES = {name: float(number) for number, name in enumerate(runtime.AIMS)} | {
    "start: `import json` and `json.load`, CPU ms": 90.0,
    "a dictionary's look-up, µs": 91.0,
    'Django: {% static "…" %}, its own, µs': 92.0,
    "django-compressor, offline, µs": 93.0,
    "django-compressor, cached, µs": 94.0,
    "webassets, µs": 95.0,
}


def section() -> Section:
    return serving.section(FIGURES, 5)


def test_each_figure_is_in_its_row() -> None:
    row = section().row(serving.NAMES, "django-compressor, cached")
    assert row is not None
    assert row.figures == {"django_us": 94}


def test_our_row_has_every_quantity() -> None:
    row = section().row(serving.NAMES, "buildassets")
    assert row is not None
    assert set(row.figures) == {"load_ms", "added_mb", "url_us", "jinja_us", "django_us"}
    assert row.figures["load_ms"] == FIGURES["start: import and load, CPU ms"]


def test_the_aims_are_those_of_the_runtime_program() -> None:
    assert serving.AIMS["load_ms"] == runtime.AIMS["start: import and load, CPU ms"]
    assert set(serving.AIMS.values()) <= set(runtime.AIMS.values())

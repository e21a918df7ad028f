"""What 15,000 assets cost a web process, beside its aims: `python -m benchmarks.runtime --help`."""

import argparse
import gc
import json
import os
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Mapping
from functools import partial
from hashlib import sha256, sha384
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, Final

from benchmarks.installed import HERE, python

ASSETS: Final = 15_000
TAGS: Final = 300  # in one template
NAME: Final = "css/app.css"
VALUES: Final = {"nonce": "bG9yZW0gaXBzdW0gZG9sb3I="}

# What is measured, in its unit, and what the project wants at most.
AIMS: Final[Mapping[str, float]] = {
    "start: import and load, ms": 15,
    "start: import and load, CPU ms": 15,
    "memory: resident, MB": 8,
    "memory: resident, where `json` is there already, MB": 8,
    "memory: allocated by Python, MB": 8,
    "url(), µs": 0.2,
    'Jinja: {{ asset("…") }}, µs': 1,
    'Jinja: {{ stylesheet("…") }}, µs': 1,
    'Jinja: {{ script("…", nonce=nonce) }}, µs': 4,  # another one for each page, so it is made each time
    'Django: {% asset "…" %}, µs': 4,
    'Django: {% stylesheet "…" %}, µs': 4,
    'Django: {% script "…" nonce=nonce %}, µs': 4,
}


def main() -> None:
    """Measure and print the table; with --run, one part of it."""
    options = _parser().parse_args()
    if options.run:
        part, folder = options.run
        print(json.dumps(PARTS[part](Path(folder))))
        return
    print("\n".join(report(measure(options.repeat))))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measure what a manifest of 15,000 assets costs a web process.")
    parser.add_argument("--repeat", type=int, default=15, metavar="N", help="processes for each figure (default: 15)")
    parser.add_argument("--run", nargs=2, metavar=("PART", "FOLDER"), help=argparse.SUPPRESS)
    return parser


def measure(repeat: int) -> dict[str, float]:
    """Each figure, the least that any of `repeat` processes measured: what others do here only adds to it."""
    figures: dict[str, float] = {}
    with TemporaryDirectory() as folder:
        write_release(Path(folder))
        peers_python = python()
        for _ in range(repeat):
            for part in PARTS:
                for name, figure in _measured_apart(peers_python, part, folder).items():
                    figures[name] = min(figure, figures.get(name, figure))
    return figures


def report(figures: Mapping[str, float]) -> list[str]:
    """A Markdown table."""
    rows = [f"| {name} | {figure:.2f} | {AIMS.get(name, '')} |" for name, figure in figures.items()]
    return ["| | least | aim |", "|---|--:|--:|", *rows]


def _measured_apart(peers_python: str, part: str, folder: str) -> dict[str, float]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPATH"] = str(HERE.parent / "src")
    command = [peers_python, "-m", "benchmarks.runtime", "--run", part, folder]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True, cwd=HERE.parent)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def write_release(folder: Path) -> None:
    """A manifest like those of real releases (500 bytes an asset), and Django's and compressor's own of the same."""
    from buildassets.manifest.model import Entry, Manifest, dumps

    types = {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml", "png": "image/png"}
    names = [NAME, *(_name(number, list(types)[number % 4]) for number in range(1, ASSETS))]
    assets = {}
    for number, name in enumerate(names):
        stem, _, suffix = name.rpartition(".")
        assets[name] = Entry(
            file=f"{stem}.{sha256(name.encode()).hexdigest()[:12]}.{suffix}",
            type=types[suffix],
            size=3000 + number,
            integrity="sha384-" + b64encode(sha384(name.encode()).digest()).decode(),
            encodings={} if suffix == "png" else {"br": 1000 + number, "gzip": 1200 + number},
            digests={} if suffix == "png" else {one: _digest(f"{name} {one}") for one in ("br", "gzip")},
            inputs=(name,),
            references=tuple(sorted({_name((number + one) % ASSETS, "js") for one in range(number % 3)})),
        )
    (folder / "manifest.json").write_text(dumps(Manifest("0", {}, "/static/", assets)))
    paths = {name: entry.file for name, entry in assets.items()}
    (folder / "staticfiles.json").write_text(json.dumps({"paths": paths, "version": "1.1", "hash": ""}))
    (folder / "css").mkdir()
    (folder / NAME).write_text("body { color: red }")


def _digest(text: str) -> str:
    return b64encode(sha256(text.encode()).digest()).decode()


def _name(number: int, suffix: str) -> str:
    return f"vendor/package{number % 300:03d}/dist/part{number % 17}/component-{number:05d}.{suffix}"


def start(folder: Path) -> dict[str, float]:
    """The start of a process that has nothing loaded; on a busy machine its CPU time says more."""
    manifest = str(folder / "manifest.json")
    ours = f"from buildassets.runtime import Assets; Assets({manifest!r}).url({NAME!r})"
    bare = f"import json; json.load(open({manifest!r}))"
    programs = {"import and load": ours, "import alone": ours.partition(";")[0], "`import json` and `json.load`": bare}
    figures = {}
    for name, program in programs.items():
        seconds, cpu_seconds = map(float, _printed(_TIMED.format(program)).split())
        figures[f"start: {name}, ms"] = seconds * 1e3
        figures[f"start: {name}, CPU ms"] = cpu_seconds * 1e3
    return figures


_TIMED: Final = """
from time import perf_counter, process_time
began, cpu_began = perf_counter(), process_time()
{}
print(perf_counter() - began, process_time() - cpu_began)
"""


def memory(folder: Path) -> dict[str, float]:
    """What a process grows by."""
    resident = f"""
import os
def resident():
    with open("/proc/self/statm") as opened:
        return int(opened.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
before = resident()
from buildassets.runtime import Assets
assets = Assets({str(folder / "manifest.json")!r})
assets.url({NAME!r})
print(resident() - before)
"""
    traced = f"""
import tracemalloc
tracemalloc.start()
from buildassets.runtime import Assets
assets = Assets({str(folder / "manifest.json")!r})
assets.url({NAME!r})
print(tracemalloc.get_traced_memory()[0] / 1e6)
"""
    return {
        "memory: resident, MB": float(_printed(resident)),
        "memory: resident, where `json` is there already, MB": float(_printed(f"import json\n{resident}")),
        "memory: allocated by Python, MB": float(_printed(traced)),
    }


def _printed(program: str) -> str:
    return subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, check=True).stdout


def names(folder: Path) -> dict[str, float]:
    """The look-up of a URL."""
    from buildassets.runtime import Assets

    manifest = folder / "manifest.json"
    known = {name: entry["file"] for name, entry in json.loads(manifest.read_bytes())["assets"].items()}
    assets = Assets(manifest)
    url = assets.url
    firsts = _microseconds(lambda: [url(name) for name in known], rounds=1) / ASSETS
    return {
        "url(), µs": _microseconds(lambda: [url(NAME) for _ in range(1000)]) / 1000,
        "url(), each of 15,000 for the first time, µs": firsts,
        "a dictionary's look-up, µs": _microseconds(lambda: [known[NAME] for _ in range(1000)]) / 1000,
    }


def jinja(folder: Path) -> dict[str, float]:
    """Tags in a Jinja template."""
    from jinja2 import Environment

    from buildassets.runtime import Assets

    env: Any = Environment(autoescape=True, extensions=["buildassets.runtime.jinja.AssetsExtension"])
    env.assets = Assets(folder / "manifest.json")
    tags = {name: name.removeprefix("Jinja: ").removesuffix(", µs") for name in AIMS if name.startswith("Jinja")}

    def template(text: str) -> Callable[[], str]:
        return partial(env.from_string(text).render, VALUES)

    return {name: _tag_microseconds(template, tag) for name, tag in tags.items()}


def django(folder: Path) -> dict[str, float]:
    """Tags in a Django template, and Django's own with its manifest storage."""
    template = _django_template(
        folder,
        INSTALLED_APPS=["django.contrib.staticfiles", "buildassets.runtime.django"],
        BUILDASSETS={"manifest": folder / "manifest.json"},
        STORAGES={"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}},
    )
    tags = {name: name.removeprefix("Django: ").removesuffix(", µs") for name in AIMS if name.startswith("Django")}
    ours = {name: _tag_microseconds(template, tag, "{% load buildassets %}") for name, tag in tags.items()}
    static = _tag_microseconds(template, '{% static "…" %}', "{% load static %}")
    return {**ours, 'Django: {% static "…" %}, its own, µs': static}


def compressor_offline(folder: Path) -> dict[str, float]:
    """django-compressor's block, compressed before."""
    return {"django-compressor, offline, µs": _compressor(folder, is_offline=True)}


def compressor_cached(folder: Path) -> dict[str, float]:
    """django-compressor's block, compressed when first asked for."""
    return {"django-compressor, cached, µs": _compressor(folder, is_offline=False)}


def webassets(folder: Path) -> dict[str, float]:
    """webassets' tag in a Jinja template, its bundle built before."""
    from jinja2 import Environment
    from webassets import Bundle
    from webassets import Environment as Bundles

    bundles = Bundles(str(folder), "/static/", manifest="json:webassets.json", cache=False)
    bundles.register("app", Bundle(NAME, output="app.%(version)s.css"))
    bundles["app"].urls()
    bundles.auto_build = False
    env: Any = Environment(autoescape=True, extensions=["webassets.ext.jinja2.AssetsExtension"])
    env.assets_environment = bundles
    tag = '{% assets "app" %}{{ ASSET_URL }}{% endassets %}'
    return {"webassets, µs": _tag_microseconds(lambda text: env.from_string(text).render, tag)}


def _compressor(folder: Path, is_offline: bool) -> float:
    block = '{% compress css %}<link rel="stylesheet" href="/static/…">{% endcompress %}'
    (folder / "templates").mkdir(exist_ok=True)
    (folder / "templates" / "page.html").write_text("{% load compress %}" + block.replace("…", NAME))
    template = _django_template(
        folder,
        INSTALLED_APPS=["django.contrib.staticfiles", "compressor"],
        STATICFILES_FINDERS=["compressor.finders.CompressorFinder"],
        COMPRESS_ENABLED=True,
        COMPRESS_OFFLINE=is_offline,
    )
    if is_offline:
        from django.core.management import call_command

        call_command("compress", verbosity=0)
    return _tag_microseconds(template, block, "{% load compress %}")


def _django_template(folder: Path, **settings: object) -> Callable[[str], Callable[[], str]]:
    import django as framework
    from django.conf import settings as configured

    backend = "django.template.backends.django.DjangoTemplates"
    templates = [{"BACKEND": backend, "DIRS": [folder / "templates"], "APP_DIRS": True}]
    configured.configure(STATIC_URL="/static/", STATIC_ROOT=folder, TEMPLATES=templates, **settings)
    framework.setup()
    from django.template import engines

    return lambda text: partial(engines["django"].from_string(text).render, VALUES)


def _tag_microseconds(compiled: Callable[[str], Callable[[], str]], tag: str, head: str = "") -> float:
    """For one of many tags in a template, less the template; `…` in it is the name."""
    full, empty = compiled(head + tag.replace("…", NAME) * TAGS), compiled(head)
    if full().count("/static/") != TAGS:
        sys.exit(f"{tag} gave something else: {full()[:200]}")
    return (_microseconds(full) - _microseconds(empty)) / TAGS


def _microseconds(call: Callable[[], object], rounds: int = 30) -> float:
    gc.disable()
    least = float("inf")
    for _ in range(rounds):
        began = perf_counter()
        call()
        least = min(least, perf_counter() - began)
    gc.enable()
    return least * 1e6


# Each in a process of its own: a Django has one configuration.
PARTS: Final = {
    one.__name__: one for one in (start, memory, names, jinja, django, compressor_offline, compressor_cached, webassets)
}

if __name__ == "__main__":
    main()

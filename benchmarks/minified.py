"""Bytes that visitors load after brotli 11, by our engines and by other minifiers: `python -m benchmarks.minified`.

Each file is minified by itself. Comments with licences stay, as in releases.
"""

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import brotli

from benchmarks.installed import PEERS, corpus, node_modules
from buildassets.compiler.engines.protocol import EngineInput, EngineOptions
from buildassets.compiler.engines.registry import start_engine

_OWN: Final = PEERS / "minifiers"
_PROGRAM: Final = _OWN / "with_node.mjs"
_compressed: Any = brotli.compress  # it has no types
SCRIPTS: Final = (
    "bootstrap/dist/js/bootstrap.bundle.js",
    "d3/dist/d3.js",
    "htmx.org/dist/htmx.js",
    "jquery/dist/jquery.js",
    "leaflet/dist/leaflet-src.js",
    "lodash/lodash.js",
    "swagger-ui-dist/swagger-ui-standalone-preset.js",
    "three/build/three.core.js",
    "vue/dist/vue.global.js",
)
SHEETS: Final = (
    "@fortawesome/fontawesome-free/css/all.css",
    "animate.css/animate.css",
    "bootstrap/dist/css/bootstrap.css",
    "bootstrap4/dist/css/bootstrap.css",
    "bulma/css/bulma.css",
    "leaflet/dist/leaflet.css",
    "normalize.css/normalize.css",
)
OURS: Final = {SCRIPTS: ("rjsmin", "esbuild"), SHEETS: ("builtin", "lightningcss")}
OTHERS: Final = {SCRIPTS: ("terser", "swc"), SHEETS: ("csso", "clean-css 1", "clean-css 2", "lightningcss")}


def main() -> None:
    """Measure and print a table of scripts and one of sheets."""
    packages, modules = corpus(), node_modules(_OWN)
    for files in (SCRIPTS, SHEETS):
        texts = {file: (packages / file).read_text("utf-8-sig") for file in files}
        sizes = {f"**{name}**": _sizes_by_ours(name, packages, texts) for name in OURS[files]}
        sizes |= {name: _sizes_by_other(name, modules, texts) for name in OTHERS[files]}
        print("\n".join(_table(files, sizes)), end="\n\n", flush=True)


def _sizes_by_ours(name: str, packages: Path, texts: Mapping[str, str]) -> dict[str, int]:
    with closing(start_engine(name, EngineOptions(str(packages), str))) as engine:
        return {file: _size(engine.run(EngineInput(text, file, file)).text) for file, text in texts.items()}


def _sizes_by_other(name: str, modules: Path, texts: Mapping[str, str]) -> dict[str, int]:
    return {file: _size(_minified(name, modules, file, text)) for file, text in texts.items()}


def _minified(name: str, modules: Path, file: str, text: str) -> str:
    kind = "sheet" if file.endswith(".css") else "module" if "\nexport " in text else "script"
    command = ["node", str(_PROGRAM), str(modules), name, kind]
    return subprocess.run(command, input=text, stdout=subprocess.PIPE, encoding="utf-8", check=True).stdout


def _size(text: str) -> int:
    return len(_compressed(text.encode()))


def _table(files: Sequence[str], sizes: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    """A row a file and one for all; the last has each total by the best one."""
    totals = {name: sum(by_file.values()) for name, by_file in sizes.items()}
    best = min(totals.values())
    yield f"| | {' | '.join(sizes)} |"
    yield f"|---|{'--:|' * len(sizes)}"
    for file in files:
        yield f"| {file} | {' | '.join(f'{by_file[file]:,}' for by_file in sizes.values())} |"
    yield f"| all | {' | '.join(f'{total:,}' for total in totals.values())} |"
    yield f"| ÷ the best | {' | '.join(f'{total / best:.3f}' for total in totals.values())} |"


if __name__ == "__main__":
    main()

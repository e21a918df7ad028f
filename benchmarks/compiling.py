"""Compiling: Bootstrap's SCSS, a bundle of style sheets and one of scripts, minified; no compression."""

import json
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from benchmarks import ours
from benchmarks.checks import compiled
from benchmarks.contest import COLD, UNCHANGED, Contender, Contest, Place, Work
from benchmarks.installed import PEERS, debian_version, executable, node_modules, npm_version, pypi_version, python
from benchmarks.measure import Command
from benchmarks.site import CSS_BUNDLE, JS_BUNDLE, SHEET, edit_partial
from benchmarks.tree import Tree

NAME: Final = "compiling a site"
PARTIAL_EDITED: Final = "one partial of Bootstrap changed"
SASS: Final = frozenset({"Sass"})
BUNDLED: Final = SASS | {"CSS bundle", "JS bundle", "minified", "hashed names"}
ALL: Final = BUNDLED | {"fonts"}
_WORKS: Final = (Work(COLD), Work(UNCHANGED), Work(PARTIAL_EDITED, edit_partial))
_DART_SASS: Final = "sass-embedded-*/dart-sass/sass"
_ABSENT: Final = {
    "Propshaft, AssetMapper": "they compile nothing",
    "Django, WhiteNoise": "they compile nothing; django-compressor does it for them",
}
_NO_BUNDLER: Final = "integrity; names of fonts and images"
# What Dart Sass warns of in Bootstrap 5: to print it takes the peers longer than some of the work.
_SILENCED: Final = ("color-functions", "global-builtin", "if-function", "import")


def contest(tree: Tree) -> Contest:
    """The works on the site."""
    return Contest(NAME, tree, _WORKS, _contenders(), compiled, _ABSENT)


def _contenders() -> tuple[Contender, ...]:
    works = tuple(work.name for work in _WORKS)
    cold_and_edit = (COLD, PARTIAL_EDITED)
    by_libsass = {"engines": {"scss": "libsass"}}
    by_all = {"engines": {"scss": "dart-sass", "css": "lightningcss", "js": "esbuild"}}
    return (
        Contender("libsass", "all but Bootstrap", SASS, cold_and_edit, _libsass, is_limit=True),
        Contender("Dart Sass", "all but Bootstrap", SASS, cold_and_edit, _dart_sass, is_limit=True),
        Contender(ours.NAME, "", ALL, works, _ours),
        Contender("buildassets, libsass", "", ALL, works, lambda place: _ours(place, **by_libsass)),
        Contender(
            "buildassets, dart-sass, lightningcss, esbuild", "", ALL, works, lambda place: _ours(place, **by_all)
        ),
        Contender("webassets", _NO_BUNDLER, BUNDLED, works, _webassets),
        Contender("django-compressor", _NO_BUNDLER, BUNDLED, works, _django_compressor),
        Contender("Sprockets", "integrity; `url()` (only Rails adds it)", BUNDLED, works, _sprockets),
        Contender("Dart Sass + esbuild", "manifest, integrity", ALL, works, _dart_sass_and_esbuild),
        Contender(
            "Dart Sass + lightningcss",
            "scripts, names, manifest, integrity",
            SASS | {"CSS bundle"},
            works,
            _dart_sass_and_lightningcss,
        ),
        Contender("Vite", "integrity", ALL, works, _vite),
        Contender("Parcel", "manifest, integrity", ALL, works, _parcel),
    )


def _libsass(place: Place) -> Command:
    program = (
        "import os, sass, sys\n"
        "os.makedirs(sys.argv[2], exist_ok=True)\n"
        "open(sys.argv[2] + '/site.css', 'w').write(sass.compile(filename=sys.argv[1]))\n"
    )
    sheet = str(place.tree.folder / "assets" / SHEET)
    return Command([python(), "-c", program, sheet, str(place.output)], pypi_version("libsass"))


def _dart_sass(place: Place) -> Command:
    return Command(_sass_arguments(place, place.output / "site.css"), npm_version("sass-embedded"))


def _sass_arguments(place: Place, target: Path) -> list[str]:
    sheet = str(place.tree.folder / "assets" / SHEET)
    return [executable(_DART_SASS), "--quiet", "--no-source-map", sheet, str(target)]


def _ours(place: Place, **settings: object) -> Command:
    assets = str(place.tree.folder / "assets")
    if "esbuild" in str(settings):  # else it would check all scripts, which no other contender does
        (place.settings / "node_modules").symlink_to(node_modules())
    bundles = {"bundles/vendor.css": CSS_BUNDLE, "bundles/site.js": JS_BUNDLE}
    entries = (SHEET.replace(".scss", ".css"), *bundles)
    return ours.build(place, sources=(assets,), entries=entries, bundles=bundles, compress=(), **settings)


def _webassets(place: Place) -> Command:
    program = str(PEERS / "webassets_build.py")
    folders = [str(place.tree.folder / "assets"), str(place.output), str(place.cache)]
    bundles = [SHEET, ",".join(CSS_BUNDLE), ",".join(JS_BUNDLE)]
    return Command([python(), program, *folders, *bundles], pypi_version("webassets"))


def _django_compressor(place: Place) -> Command:
    sheets = "".join(f'<link rel="stylesheet" href="/static/{name}">\n' for name in CSS_BUNDLE)
    scripts = "".join(f'<script src="/static/{name}"></script>\n' for name in JS_BUNDLE)
    (place.settings / "base.html").write_text(
        "{% load compress %}\n"
        f'{{% compress css file site %}}<link rel="stylesheet" type="text/x-scss" href="/static/{SHEET}">'
        "{% endcompress %}\n"
        f"{{% compress css file vendor %}}{sheets}{{% endcompress %}}\n"
        f"{{% compress js file site %}}{scripts}{{% endcompress %}}\n"
    )
    program = str(PEERS / "django_compress.py")
    folders = [str(place.tree.folder / "assets"), str(place.output), str(place.cache), str(place.settings)]
    return Command([python(), program, *folders], pypi_version("django-compressor"))


def _sprockets(place: Place) -> Command:
    sheets = "".join(f" *= require {name.removesuffix('.css')}\n" for name in CSS_BUNDLE)
    scripts = "".join(f"//= require {name.removesuffix('.js')}\n" for name in JS_BUNDLE)
    (place.settings / "vendor.css").write_text(f"/*\n{sheets} */\n")
    (place.settings / "bundle.js").write_text(scripts)
    folders = [str(place.tree.folder / "assets"), str(place.output), str(place.cache), str(place.settings)]
    wanted = [SHEET.replace(".scss", ".css"), "vendor.css", "bundle.js"]
    return Command(["ruby", str(PEERS / "sprockets_compile.rb"), *folders, *wanted], debian_version("ruby-sprockets"))


def _dart_sass_and_esbuild(place: Place) -> Command:
    """The scripts are bundled while Sass runs, then the style sheets."""
    compiled_sheet = place.tree.folder / "assets" / "scss" / f".{place.output.parent.name}.css"
    esbuild = [executable("@esbuild/*/bin/esbuild"), "--bundle", "--minify", f"--outdir={place.output}"]
    esbuild += ["--entry-names=[name]-[hash]", "--asset-names=[name]-[hash]", "--log-level=error"]
    esbuild += [f"--loader:{suffix}=file" for suffix in (".png", ".woff2")]
    entries = place.tree.folder / "entries"
    script = _script(
        [
            [*esbuild, str(entries / "main.js")],
            _sass_arguments(place, compiled_sheet),
        ],
        [*esbuild, f"site={compiled_sheet}", str(entries / "vendor.css")],
    )
    found = f"{npm_version('sass-embedded')}, {npm_version('esbuild')}"
    return Command(["sh", "-c", script], found)


def _dart_sass_and_lightningcss(place: Place) -> Command:
    """The sheets of others are bundled while Sass runs, then its own is minified."""
    plain_sheet = place.cache / "site.css"
    lightningcss = [executable("lightningcss-cli-*/lightningcss"), "--minify"]
    vendor = [str(place.tree.folder / "entries" / "vendor.css"), "--bundle", "-o", str(place.output / "vendor.css")]
    script = _script(
        [_sass_arguments(place, plain_sheet), [*lightningcss, *vendor]],
        [*lightningcss, str(plain_sheet), "-o", str(place.output / "site.css")],
    )
    found = f"{npm_version('sass-embedded')}, {npm_version('lightningcss-cli')}"
    return Command(["sh", "-c", f"mkdir -p {shlex.quote(str(place.output))}; {script}"], found)


def _script(first: Sequence[Sequence[str]], last: Sequence[str]) -> str:
    """A shell script that runs the first commands at the same time, and after all of them the last one."""
    started = "".join(f"{shlex.join(command)} & p{number}=$!; " for number, command in enumerate(first))
    waited = " && ".join(f"wait $p{number}" for number in range(len(first)))
    return f"{started}{waited} && {shlex.join(last)}"


def _vite(place: Place) -> Command:
    """As Vite's guide to back ends has it: entries and a manifest."""
    folder = place.tree.folder
    settings = {
        "root": str(folder),
        "cacheDir": str(place.cache),
        "logLevel": "error",
        "css": {"preprocessorOptions": {"scss": {"silenceDeprecations": _SILENCED}}},
        "build": {
            "outDir": str(place.output),
            "emptyOutDir": True,
            "manifest": True,
            "reportCompressedSize": False,
            "assetsInlineLimit": 0,
            "rollupOptions": {
                "input": [str(folder / name) for name in ("entries/main.js", "entries/vendor.css", f"assets/{SHEET}")]
            },
        },
    }
    config = place.settings / "vite.config.mjs"
    config.write_text(f"export default {json.dumps(settings, indent=2)};\n")
    program = str(node_modules() / "vite" / "bin" / "vite.js")
    return Command(["node", program, "build", "--config", str(config)], npm_version("vite"), folder)


def _parcel(place: Place) -> Command:
    """From a page, as Parcel's guide has it: only so its entries get hashed names."""
    folder = place.tree.folder
    (folder / "node_modules").symlink_to(node_modules())  # its plugin for Sass is looked for there only
    settings = folder / ".sassrc.json"
    settings.write_text(json.dumps({"silenceDeprecations": _SILENCED}))
    program = str(node_modules() / "parcel" / "lib" / "bin.js")
    options = ["--no-source-maps", "--no-autoinstall", "--log-level=error"]
    folders = ["--dist-dir", str(place.output), "--cache-dir", str(place.cache)]
    return Command(["node", program, "build", "entries/index.html", *options, *folders], npm_version("parcel"), folder)

"""Fingerprinting alone: names, references and a manifest for a tree of real files; no minifying, no compression."""

import os
import sys
from typing import Final

from benchmarks import ours
from benchmarks.checks import fingerprinted
from benchmarks.contest import COLD, UNCHANGED, Contender, Contest, Place, Work
from benchmarks.installed import PEERS, debian_version, executable, npm_version, pypi_version, python, said
from benchmarks.measure import Command
from benchmarks.tree import Tree, edit_script, edit_style_sheet

CSS_EDITED: Final = "one style sheet changed"
JS_EDITED: Final = "one module changed"
PLAIN: Final = frozenset({"hashed names"})
CSS: Final = PLAIN | {"CSS urls", "source maps"}
ALL: Final = CSS | {"JS imports"}
_LARGE: Final = 16500
_SLOW: Final = "Django, JS modules"
_COPIED_BY_ESBUILD: Final = (".gif", ".html", ".jpg", ".json", ".map", ".png", ".svg", ".ttf", ".wasm", ".woff2")
_ASSET_MAPPER_LACKS: Final = "JS imports (left to an import map), integrity"
_ABSENT: Final = {
    "django-compressor, webassets": "they name bundles only, not each file of a tree",
    "Vite, Parcel": "they bundle what entries reach; files that no entry names are copied under their plain names",
    "WhiteNoise": "it is Django's storage and compression: see there",
}


def contest(tree: Tree, size: int) -> Contest:
    """The works on a tree of that size. The edits are left out for the largest, where each peer starts anew anyway."""
    edits = () if size == _LARGE else (Work(CSS_EDITED, edit_style_sheet), Work(JS_EDITED, edit_script))
    works = (Work(COLD), Work(UNCHANGED), *edits)
    competing = _contenders(tuple(work.name for work in works))
    absent = dict(_ABSENT)
    if size == _LARGE:
        competing = tuple(one for one in competing if one.name != _SLOW)
        absent[_SLOW] = "it would take minutes; see the smaller trees"
    return Contest(name(size), tree, works, competing, fingerprinted, absent)


def name(size: int) -> str:
    """What the contest on a tree of that size is called."""
    return f"fingerprinting, {size:,} files"


def _contenders(works: tuple[str, ...]) -> tuple[Contender, ...]:
    cold = (COLD,)
    return (
        Contender("`cp -r`", "all but the bytes", frozenset(), cold, _copy, is_limit=True),
        Contender("read, hash, write", "all but the names", PLAIN, cold, _read_hash_write, is_limit=True),
        Contender(
            "`git status`", "all but the question what changed", frozenset(), works[1:2], _git_status, is_limit=True
        ),
        Contender(ours.NAME, "integrity, as the peers make none", ALL, works, lambda place: _ours(place, "none")),
        Contender("buildassets, sha384", "", ALL, works, lambda place: _ours(place, "sha384")),
        Contender("Propshaft", "JS imports, integrity", CSS, works, _propshaft),
        Contender("AssetMapper", _ASSET_MAPPER_LACKS, CSS, cold, _asset_mapper),
        Contender("AssetMapper, cache", _ASSET_MAPPER_LACKS, CSS, works, _asset_mapper_with_cache),
        Contender("Django", "JS imports, integrity", CSS, works, django),
        Contender(_SLOW, "integrity", ALL, cold, lambda place: django(place, "--modules")),
        Contender("Sprockets", "all references, integrity", PLAIN, works, _sprockets),
        Contender("esbuild", "manifest, integrity; modules become chunks", ALL - {"source maps"}, cold, _esbuild),
    )


def _copy(place: Place) -> Command:
    return Command(["cp", "-r", str(place.tree.folder), str(place.output)], "")


def _read_hash_write(place: Place) -> Command:
    program = str(PEERS / "read_hash_write.py")
    return Command([sys.executable, program, str(place.tree.folder), str(place.output)], sys.version.split()[0])


def _git_status(place: Place) -> Command:
    """On a commit of the whole tree; the repository lies elsewhere, so that no contender finds it among its files."""
    git = ["git", f"--git-dir={place.settings / 'repository'}", f"--work-tree={place.tree.folder}"]
    who = ["-c", "user.name=benchmark", "-c", "user.email=benchmark@example.org"]
    for command in (["init", "--quiet"], ["add", "--all"], [*who, "commit", "--quiet", "--message", "the tree"]):
        said(*git, *command)
    return Command([*git, "status", "--short"], said("git", "--version").split()[2])


def _ours(place: Place, integrity: str) -> Command:
    source = str(place.tree.folder)
    return ours.build(place, sources=(source,), missing="warn", minify=False, compress=(), integrity=integrity)


def _propshaft(place: Place) -> Command:
    found = debian_version("ruby-rails-propshaft")
    return Command(["ruby", str(PEERS / "propshaft.rb"), str(place.tree.folder), str(place.output)], found)


def _asset_mapper(place: Place) -> Command:
    program = str(PEERS / "asset_mapper.php")
    found = debian_version("php-symfony-asset-mapper")
    return Command(["php", program, str(place.tree.folder), str(place.output)], found)


def _asset_mapper_with_cache(place: Place) -> Command:
    without = _asset_mapper(place)
    return Command([*without.arguments, str(place.cache)], without.version)


def django(place: Place, *options: str) -> Command:
    """Django's `collectstatic`; for the options see the program."""
    program = str(PEERS / "collectstatic.py")
    return Command([python(), program, str(place.tree.folder), str(place.output), *options], pypi_version("django"))


def _sprockets(place: Place) -> Command:
    program = str(PEERS / "sprockets.rb")
    found = debian_version("ruby-sprockets")
    return Command(["ruby", program, str(place.tree.folder), str(place.output), str(place.cache)], found)


def _esbuild(place: Place) -> Command:
    options = [
        "--bundle",  # without it esbuild does not follow references
        "--splitting",
        "--format=esm",
        "--packages=external",
        "--entry-names=[dir]/[name]-[hash]",
        "--asset-names=[dir]/[name]-[hash]",
        "--chunk-names=chunks/[name]-[hash]",
        f"--outbase={place.tree.folder}",
        f"--outdir={place.output}",
        "--log-level=error",
        *(f"--loader:{suffix}=copy" for suffix in _COPIED_BY_ESBUILD),
    ]
    files = [os.path.join(place.tree.folder, name) for name in place.tree.files]
    return Command([executable("@esbuild/*/bin/esbuild"), *options, *files], npm_version("esbuild"))

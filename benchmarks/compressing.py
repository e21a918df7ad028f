"""Compression: gzip and brotli copies, at their best levels, of a fingerprinted tree; no minifying."""

import os
from dataclasses import replace
from typing import Final

from benchmarks import ours
from benchmarks.checks import compressed
from benchmarks.contest import COLD, UNCHANGED, Contender, Contest, Place, Work
from benchmarks.fingerprinting import ALL as ALL_REFERENCES
from benchmarks.fingerprinting import CSS, django
from benchmarks.installed import PEERS, debian_version, pypi_version
from benchmarks.measure import Command
from benchmarks.tree import Tree

NAME: Final = "compressing"
COPIES: Final = frozenset({"gzip", "brotli"})
_ABSENT: Final = {
    "Sprockets": "it makes gzip copies only",
    "Propshaft, AssetMapper": "these versions make no copies",
    "webassets, django-compressor, esbuild, Vite": "they make no copies unless a plug-in does",
    "Parcel": "its plug-ins make copies of what it bundles, which is not this tree",
}


def contest(tree: Tree) -> Contest:
    """The works on a tree."""
    return Contest(NAME, tree, (Work(COLD), Work(UNCHANGED)), _contenders(), compressed, _ABSENT)


def _contenders() -> tuple[Contender, ...]:
    works = (COLD, UNCHANGED)
    lacking = "JS imports, integrity"
    ours_lacks = "integrity, brotli 11 of source maps"
    return (
        Contender("`gzip -9`, `brotli -q 11`", "all but the copies", COPIES, (COLD,), _commands, is_limit=True),
        Contender(ours.NAME, ours_lacks, ALL_REFERENCES | COPIES, works, lambda place: _ours(place, 11)),
        Contender("buildassets, brotli 9", "integrity", ALL_REFERENCES | COPIES, works, lambda place: _ours(place, 9)),
        Contender("WhiteNoise", lacking, CSS | COPIES, works, lambda place: _whitenoise(place, "--compressed")),
        Contender(
            "WhiteNoise, hashed files only",
            lacking,
            CSS | COPIES,
            works,
            lambda place: _whitenoise(place, "--compressed", "--only-hashed"),
        ),
    )


def _commands(place: Place) -> Command:
    """As many processes of the two commands as there are cores."""
    found = f"{debian_version('gzip')}, {debian_version('brotli')}"
    program = str(PEERS / "compress.sh")
    return Command(["sh", program, str(place.tree.folder), str(place.output), str(os.cpu_count())], found)


def _ours(place: Place, brotli_level: int) -> Command:
    source = str(place.tree.folder)
    codings = {"gzip": 9, "br": brotli_level}
    return ours.build(place, sources=(source,), missing="warn", minify=False, compress=codings, integrity="none")


def _whitenoise(place: Place, *options: str) -> Command:
    return replace(django(place, *options), version=pypi_version("whitenoise"))

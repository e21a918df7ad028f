"""Published packages, built by the command line, against parsers that are not ours: acorn and tinycss2."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from tinycss2.parser import parse_stylesheet

from buildassets.manifest.model import Manifest
from tests.conftest import MadeOnce
from tests.corpus.building import Release, build, released, source_root
from tests.corpus.conftest import Opinions
from tests.corpus.packages import node_modules, sampled

pytestmark = pytest.mark.corpus

Roots = Mapping[str, tuple[str, ...]]  # folder below node_modules → globs of what to take, or nothing for all of it

_D3 = (
    "array axis brush chord color contour delaunay dispatch drag dsv ease fetch force format geo hierarchy interpolate"
)
_D3_TOO = "path polygon quadtree random scale scale-chromatic selection shape time time-format timer transition zoom"

PACKAGES: Mapping[str, Roots] = {
    "alpinejs": {"alpinejs/dist": ()},
    "animate.css": {"animate.css": ()},
    "bootstrap": {"bootstrap/dist": (), "bootstrap/scss": ()},
    "bootstrap4": {"bootstrap4/dist": (), "bootstrap4/scss": ()},
    "bulma": {"bulma/css": ("./bulma*.css",)},
    "chart.js": {"chart.js/dist": ()},
    "d3": {"d3/dist": (), **{f"d3-{name}/dist": () for name in (*_D3.split(), *_D3_TOO.split())}},
    "date-fns": {"date-fns": ()},
    "fontawesome-free": {"@fortawesome/fontawesome-free": ("css/*", "js/*", "sprites/*", "svgs/**", "webfonts/*")},
    "foundation-sites": {"foundation-sites/dist": ()},
    "highlight.js": {"highlight.js": ("es/**", "lib/**", "styles/**"), "@highlightjs/cdn-assets": ()},
    "htmx.org": {"htmx.org/dist": ()},
    "htmx4": {"htmx4/dist": ()},
    "jquery": {"jquery": ()},
    "leaflet": {"leaflet/dist": ()},
    "lodash": {"lodash": ()},
    "lodash-es": {"lodash-es": ()},
    "normalize.css": {"normalize.css": ()},
    "popper": {"@popperjs/core": ()},
    "swagger-ui-dist": {"swagger-ui-dist": ()},
    "three": {"three/build": (), "three/examples/jsm": ()},
    "turbo": {"@hotwired/turbo/dist": ()},
    "vue": {"vue/dist": ()},
}


@dataclass(frozen=True)
class Built:
    """A package and its release. Logical paths are paths below node_modules."""

    packages: Path
    release: Release

    @property
    def manifest(self) -> Manifest:
        """The manifest of the release."""
        return self.release.manifest

    def names(self, *suffixes: str) -> list[str]:
        """The assets whose source has one of these suffixes, of many alike a part; no compiled ones."""
        sources = (self.packages / name for name in self.manifest.assets if name.endswith(suffixes))
        return [path.relative_to(self.packages).as_posix() for path in sampled(filter(Path.is_file, sources))]

    @cached_property
    def logical_by_file(self) -> Mapping[str, str]:
        """Logical paths by the names of the files in the release."""
        return {entry.file: name for name, entry in self.manifest.assets.items()}

    def source_target(self, name: str, kind: str, text: str) -> str:
        """Return the logical path of the reference `text` in the source of `name`, or `text` if it is kept."""
        path = _target(name, kind, text)
        return path if path in self.manifest.assets else text

    def output_target(self, name: str, kind: str, text: str) -> str:
        """The same for a reference in the output of `name`."""
        path = _target(self.manifest.assets[name].file, kind, text)
        return self.logical_by_file.get(path, text)

    def missing(self, name: str, references: Iterable[str]) -> list[str]:
        """List the references in the output of the sheet `name` that name no file of the release."""
        paths = ((text, _target(self.manifest.assets[name].file, "url", text)) for text in references)
        return [text for text, path in paths if path and path not in self.logical_by_file]


def _target(base: str, kind: str, text: str) -> str:
    """The path that `text` means in the file `base`; empty where it is no relative reference."""
    parts = urlsplit(text)
    is_relative = text.startswith(("./", "../")) if kind == "module" else not parts.scheme and not parts.netloc
    if not is_relative or not parts.path or parts.path.startswith("/"):
        return ""
    return normpath(join(dirname(base), unquote(parts.path)))


@pytest.fixture(scope="session", params=PACKAGES)
def package(request: pytest.FixtureRequest, made_once: MadeOnce) -> Built:
    """Each package in turn, with all settings at their defaults, but for the compression, which takes minutes."""
    packages = node_modules()
    roots = [source_root(packages / path, path, globs) for path, globs in PACKAGES[request.param].items()]

    def make(folder: Path) -> None:
        folder.mkdir()
        build(folder, _config(roots))

    return Built(packages, released(made_once(f"corpus-{request.param}", make)))


def _config(roots: Iterable[str]) -> str:
    return f"""
        compress = []
        exclude = ["date-fns/_lib/test.js"]  # it imports a file that is not in the package
        sources = [{", ".join(roots)}]
        """


def test_scripts_mean_the_same_and_refer_to_the_same(package: Built, opinions: Opinions) -> None:
    names = package.names(".js", ".mjs")
    sources = opinions([package.packages / name for name in names])
    outputs = opinions([package.release.path(name) for name in names])
    for name, source, output in zip(names, sources, outputs, strict=True):
        assert "error" not in output or "error" in source, f"{name}: {output}"
        if "error" not in source:
            wanted = [package.source_target(name, kind, text) for kind, text in source["references"]]
            assert [package.output_target(name, kind, text) for kind, text in output["references"]] == wanted, name
            assert output["tree"] == source["tree"], name


def test_style_sheets_parse_and_refer_to_the_same(package: Built) -> None:
    for name in package.names(".css"):
        wanted = [package.source_target(name, "url", text) for text in _read_sheet(package.packages / name).references]
        output = _read_sheet(package.release.path(name))
        assert not output.has_errors, name
        assert [package.output_target(name, "url", text) for text in output.references] == wanted, name
        assert package.missing(name, output.references) == [], name


def test_compiled_style_sheets_refer_to_files_that_exist(package: Built) -> None:
    for name in package.manifest.assets:
        if name.endswith(".css") and not (package.packages / name).is_file():
            assert package.missing(name, _read_sheet(package.release.path(name)).references) == [], name


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The findings of a parser in a sheet."""

    has_errors: bool
    references: tuple[str, ...]


def _read_sheet(path: Path) -> _Sheet:
    text = path.read_bytes().decode("utf-8-sig")
    tokens = list(_flat(parse_stylesheet(text)))  # type: ignore[no-untyped-call]  # tinycss2 has no types
    return _Sheet(any(token.type == "error" for token in tokens), tuple(_css_references(tokens)))


def _flat(nodes: Iterable[Any]) -> Iterator[Any]:
    for node in nodes:
        yield node
        for part in ("prelude", "content", "arguments"):
            yield from _flat(getattr(node, part, None) or ())


def _css_references(tokens: Iterable[Any]) -> list[str]:
    found = []
    for token in tokens:
        if token.type == "url":
            found.append(token.value)
        elif token.type == "function" and token.lower_name == "url":
            found += [argument.value for argument in token.arguments if argument.type == "string"]
        elif token.type == "at-rule" and token.lower_at_keyword == "import":
            found += [part.value for part in token.prelude[:2] if part.type == "string"]
    return found


def test_fingerprints_are_those_of_the_bytes(package: Built) -> None:
    in_cycles = _members_of_cycles({name: entry.references for name, entry in package.manifest.assets.items()})
    for name, entry in package.manifest.assets.items():
        content = package.release.path(name).read_bytes()
        assert len(content) == entry.size, name
        assert name in in_cycles or sha256(content).hexdigest()[:12] in entry.file.split("."), name


def _members_of_cycles(references: Mapping[str, Iterable[str]]) -> set[str]:
    """Return the assets that reach themselves: all without references to what is left are removed repeatedly."""
    left = {name: set(targets) - {name} for name, targets in references.items()}
    while ends := {name for name, targets in left.items() if not targets & left.keys()}:
        left = {name: targets for name, targets in left.items() if name not in ends}
    return {name for name in left if _reaches_itself(name, left)} | {
        name for name in references if name in references[name]
    }


def _reaches_itself(name: str, references: Mapping[str, Iterable[str]]) -> bool:
    seen: set[str] = set()
    pending = list(references[name])
    while pending:
        target = pending.pop()
        if target == name:
            return True
        if target not in seen:
            seen.add(target)
            pending += references.get(target, ())
    return False


def test_a_second_build_writes_nothing(package: Built) -> None:
    before = _stamps(package.release.folder)
    folder = package.release.folder.parent
    build(folder, (folder / "buildassets.toml").read_text())
    assert _stamps(package.release.folder) == before


def _stamps(folder: Path) -> dict[str, tuple[int, int]]:
    paths = [*folder.rglob("*")]
    return {str(path): (status.st_mtime_ns, status.st_ino) for path in paths for status in [os.stat(path)]}

"""Published Django projects through django-compressor and through what takes its place: pages get the same.

Their environments are large, so these tests run where `BUILDASSETS_PROJECTS` is set, as `make corpus` does.
"""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import canonicalize

import pytest

from buildassets.compiler.languages.css.references import scan
from buildassets.compiler.languages.javascript.lexer import Kind, tokens
from buildassets.compiler.languages.scan import splice
from tests.conftest import MadeOnce
from tests.corpus.compressor_projects.projects import Side, build, built, compress, processor_seconds, run
from tests.css_trees import Tree, tree

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not os.environ.get("BUILDASSETS_PROJECTS"), reason="`make corpus` runs it"),
]
PROJECTS = ("pretix", "horizon", "weblate")
# What stands in pages in the place of blocks: renderings, and URLs in sheets that lead nowhere on either side.
RENDERINGS = {"pretix": 31, "horizon": 14, "weblate": 120}
_OPENS, _CLOSES = ("(", "function", "(", ")", "{"), ("}", ")", ".", "call", "(", "this", ")")
_WRAPPERS = {_OPENS: 1, _CLOSES: -1}
_NUMBERS = ("number",), ("dimension",), ("percentage",)
_NUMBER = re.compile(r"[+-]?[0-9]*\.?[0-9]+(?:e[+-]?[0-9]+)?", re.IGNORECASE)
_EQUALS = ("literal", "=")
_SKIPPED = (Kind.SPACE, Kind.LINE_END, Kind.COMMENT)


@dataclass(frozen=True, slots=True)
class Loaded:
    """The files of one kind that a block makes a browser load, in order, with the targets of URLs in them."""

    sheets: tuple[Tree, ...]
    urls: tuple[str | None, ...]
    scripts: tuple[str, ...]
    attributes: tuple[Mapping[str, str | None], ...]
    lost: tuple[str, ...]


class _Elements(HTMLParser):
    """The sheets and scripts of a block: element, attributes, text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None], str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs), ""))

    def handle_data(self, data: str) -> None:
        if self.found and self.found[-1][0] in ("script", "style"):
            tag, attributes, text = self.found[-1]
            self.found[-1] = (tag, attributes, text + data)


@pytest.fixture(scope="session", params=PROJECTS)
def project(request: pytest.FixtureRequest) -> str:
    """The name of a project."""
    name: str = request.param
    return name


@pytest.fixture(scope="session")
def sides(project: str, made_once: MadeOnce) -> tuple[Side, Side]:
    """The project as django-compressor builds it, and as we do."""

    def make(folder: Path) -> None:
        for side in ("theirs", "ours"):
            (folder / side).mkdir(parents=True)
            build(project, side, folder / side)

    folder = made_once(f"compressor-{project}", make)
    return built(project, "theirs", folder / "theirs"), built(project, "ours", folder / "ours")


def _loaded(side: Side, shown: str) -> Loaded:
    sheets: list[Tree] = []
    urls: list[str | None] = []
    scripts: list[str] = []
    lost: list[str] = []
    elements = _Elements(shown).found
    for tag, attributes, text in elements:
        url = attributes.get("href" if tag == "link" else "src")
        file = side.file(url) if url else None
        if url and file is None:
            lost.append(url)
        content = file.read_text("utf-8") if file else text
        if tag == "script":
            scripts += _essence(content)
        else:
            sheet, found = _with_marks(side, content, url or side.url)
            sheets += (_plain_rule(rule) for rule in tree(sheet) if rule[:2] != ("at-rule", "charset"))
            urls += found
    kept = tuple(one for _, one, _ in elements)
    return Loaded(tuple(sheets), tuple(urls), tuple(scripts), kept, tuple(lost))


def _essence(script: str) -> Iterator[str]:
    """The tokens of a script but for semicolons and line ends, of which minifiers keep more or less."""
    for token in tokens(script):
        text = script[token.start : token.end]
        if token.kind not in _SKIPPED and text != ";":
            yield re.sub(r"\s+", "", text) if token.kind is Kind.TEMPLATE else text


def _with_marks(side: Side, sheet: str, url: str) -> tuple[str, list[str | None]]:
    """A sheet whose URLs are all the same, and the digests of the files that they lead to, None where there is none."""
    found: list[str | None] = []
    changes = []
    for reference in scan(sheet):
        parts = urlsplit(reference.url)
        if parts.scheme or parts.netloc or not parts.path:
            continue
        path = parts.path if parts.path.startswith("/") else normpath(join(dirname(url), parts.path))
        file = side.file(unquote(path))
        found.append(sha256(_plain(file)).hexdigest() if file else None)
        changes.append((reference, "u"))
    marked = splice(sheet, changes)
    return re.sub(r"url\((['\"]?)u[?#][^'\")]*\1\)", r"url(\1u\1)", marked), found


def _plain(file: Path) -> bytes:
    """The content of a file, without the white space and the prologue that minifiers take from sheets and markup."""
    content = file.read_bytes()
    if file.suffix == ".svg":
        content = canonicalize(content.decode(), strip_text=True).encode()  # without declaration, DTD and comments
    return b"".join(content.split()) if file.suffix in (".css", ".svg") else content


def _plain_rule(part: Any) -> Any:
    """A rule without what engines and minifiers write in more than one way.

    That are the white space in custom properties and beside `=`, which theirs takes away and ours keeps, and the last
    digits of numbers that Sass has divided, of which django-libsass has five.
    """
    if isinstance(part, tuple) and part[:1] == ("declaration",) and isinstance(part[2], str):
        return (*part[:2], "".join(part[2].split()), *part[3:])
    if isinstance(part, tuple) and part[:1] in _NUMBERS:
        return part[0], _NUMBER.sub(lambda found: f"{float(found[0]):.4f}", part[1], count=1)
    if isinstance(part, list):
        around = zip([None, *part], part, [*part[1:], None], strict=False)
        return [_plain_rule(one) for before, one, after in around if one != " " or _EQUALS not in (before, after)]
    return tuple(map(_plain_rule, part)) if isinstance(part, tuple) else part


def _pairs(sides: tuple[Side, Side]) -> Iterator[tuple[str, Loaded, Loaded]]:
    """Each different block, as both load it."""
    theirs, ours = sides
    seen = set()
    for one, other in zip(theirs.blocks, ours.blocks, strict=True):
        assert (one["place"], one["context"]) == (other["place"], other["context"])
        pair = one["shown"], other["shown"]
        if pair not in seen:
            seen.add(pair)
            yield f"{one['place']} in context {one['context']}", _loaded(theirs, pair[0]), _loaded(ours, pair[1])


def test_every_block_is_shown_by_both(project: str, sides: tuple[Side, Side]) -> None:
    theirs, ours = sides
    assert len(theirs.blocks) >= RENDERINGS[project]
    assert [one["place"] for one in theirs.blocks] == [one["place"] for one in ours.blocks]
    assert [one["place"] for one in ours.blocks if one["stays"]] == []


def test_elements_lead_to_files_that_are_there(sides: tuple[Side, Side]) -> None:
    assert {place: ours.lost for place, _, ours in _pairs(sides) if ours.lost} == {}


def test_sheets_have_the_same_rules_in_the_same_order(project: str, sides: tuple[Side, Side]) -> None:
    different = [place for place, theirs, ours in _pairs(sides) if theirs.sheets != ours.sheets]
    assert [place for place in different if not _is_of_second_theme(project, place)] == []


def test_scripts_have_the_same_tokens_in_the_same_order(sides: tuple[Side, Side]) -> None:
    assert [place for place, theirs, ours in _pairs(sides) if not _agree(theirs.scripts, ours.scripts)] == []


def _agree(theirs: Sequence[str], ours: Sequence[str]) -> bool:
    """Return whether two scripts have the same tokens, except for functions around strict ones."""
    place, depth = 0, 0
    for token in theirs:
        while place < len(ours) and token != ours[place]:
            wrapper = next((one for one in _WRAPPERS if tuple(ours[place : place + len(one)]) == one), None)
            if wrapper is None:
                return False
            place, depth = place + len(wrapper), depth + _WRAPPERS[wrapper]
        place += 1
    rest = tuple(ours[place:])
    return depth * _CLOSES == rest


def test_urls_in_sheets_lead_to_the_same_files_or_to_more(project: str, sides: tuple[Side, Side]) -> None:
    for place, theirs, ours in _pairs(sides):
        if _is_of_second_theme(project, place) and theirs.sheets != ours.sheets:
            continue
        assert len(theirs.urls) == len(ours.urls), place
        both = zip(theirs.urls, ours.urls, strict=True)
        assert [one for one in both if one[0] != one[1] and one[0] is not None] == [], place


def test_attributes_that_theirs_keeps_are_kept(sides: tuple[Side, Side]) -> None:
    for place, theirs, ours in _pairs(sides):
        for kept in theirs.attributes:
            wanted = {name: value for name, value in kept.items() if name not in ("href", "src")}
            if wanted.get("type") == "text/css":  # which its template for blocks adds
                del wanted["type"]
            assert any(wanted.items() <= one.items() for one in ours.attributes), (place, wanted)


def _is_of_second_theme(project: str, place: str) -> bool:
    return project == "horizon" and place.endswith("in context 1")


def test_assets_that_the_other_compressor_loses_are_released(project: str, sides: tuple[Side, Side]) -> None:
    pairs = list(_pairs(sides))
    gained = sum(one is None is not other for _, a, b in pairs for one, other in zip(a.urls, b.urls, strict=False))
    if project == "pretix":  # Leaflet's images: theirs moves the sheet, not its URLs
        assert gained >= 3
        assert all(None not in ours.urls for _, _, ours in pairs)
    if project == "horizon":  # the second theme: theirs has the sheets of the first
        theirs, ours = (
            {(one["place"], one["context"]): _loaded(side, one["shown"]).sheets for one in side.blocks}
            for side in sides
        )
        themed = {place for place, context in ours if context and ours[place, 0] != ours[place, 1]}
        assert themed
        assert all(theirs[place, 0] == theirs[place, 1] for place in themed)


def test_a_second_build_writes_nothing_and_leaves_nothing_over(project: str, sides: tuple[Side, Side]) -> None:
    _, ours = sides
    before = _times(ours)
    assert "wrote nothing" in compress(project, "ours", ours.folder)
    assert before == _times(ours)


@pytest.mark.parametrize("project", ["pretix", "weblate"], scope="session")
def test_second_build_takes_two_seconds_without_the_start_of_django(project: str, sides: tuple[Side, Side]) -> None:
    folder = sides[1].folder
    compress(project, "ours", folder)
    start = processor_seconds(project, "ours", folder, "-c", "import django; django.setup()")
    assert processor_seconds(project, "ours", folder, "-m", "django", "compress", "--force") - start < 2


_ASKED = {
    # As its view of the widget's sheet does.
    "pretix": """
from django.contrib.staticfiles import finders
from django.template.loader import get_template
page = get_template("pretixpresale/widget_dummy.html").render()
url = re.search(r'href="([^"]+)"', page)[1]
print(".pretix-widget" in open(finders.find(url.replace(settings.STATIC_URL, ""))).read())
""",
    # As its template tags do, whose module reads the setting.
    "horizon": "print(settings.COMPRESS_CACHE_BACKEND == 'default')",
    # As its context processor and its view of backups do.
    "weblate": """
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.base import ContentFile
name = staticfiles_storage.save("projectbackups/one.zip", ContentFile("zip"))
print(settings.COMPRESS_ENABLED and staticfiles_storage.url(name) == settings.STATIC_URL + name)
""",
}


def test_application_gets_what_it_asks_the_other_compressor_for(project: str, sides: tuple[Side, Side]) -> None:
    begin = "import re\nimport django\nfrom django.conf import settings\ndjango.setup()\n"
    done = run(project, "ours", sides[1].folder, "-c", begin + _ASKED[project])
    assert done.stdout.strip().endswith("True"), done.stderr


def _times(side: Side) -> Mapping[Path, int]:
    return {path: path.stat().st_mtime_ns for path in (side.folder / "build").rglob("*") if path.is_file()}

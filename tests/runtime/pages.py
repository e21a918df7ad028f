"""Releases to read and pages to look at, for the tests of the run stage."""

import os
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

from buildassets.foundation import digest, media
from buildassets.manifest.model import Entry, Manifest, dumps
from tests.conftest import write_tree
from tests.forks import run_program

SITE: Mapping[str, str] = {
    "css/app.css": "body { color: #123 }",
    "css/home.css": 'body { background: url("../img/logo.0123456789ab.svg") }',
    "fonts/a.woff2": "font",
    "img/logo.svg": '<?xml version="1.0"?>\n<svg viewBox="0 0 1 1"><path d="M0 0"/></svg>\n',
    "js/app.js": "start()",
    "js/lib.mjs": "export default 1",
    "data/a.json": '{"a": "</script>"}',
}


def file_of(path: str, content: str) -> str:
    """The file name that a release gives to `content`."""
    stem, suffix = os.path.splitext(path)
    return f"{stem}.{digest.fingerprint(digest.digest(content.encode()))}{suffix}"


def write_release(
    folder: Path,
    contents: Mapping[str, str] = SITE,
    *,
    references: Mapping[str, tuple[str, ...]] | None = None,
    imports: Mapping[str, tuple[str, ...]] | None = None,
    importmap: Mapping[str, str] | None = None,
    scopes: Mapping[str, Mapping[str, str]] | None = None,
    modules: Mapping[str, str] | None = None,
    integrity: bool = True,
    livereload: str | None = None,
) -> Path:
    """Write a release directory with `contents`; gives the path of its manifest."""
    entries = {
        path: Entry(
            file=file_of(path, content),
            type=media.media_of(path).type,
            size=len(content.encode()),
            integrity=digest.integrity("sha256", content.encode()) if integrity else None,
            references=(references or {}).get(path, ()),
            imports=(imports or {}).get(path, ()),
        )
        for path, content in contents.items()
    }
    maps = (importmap or {}, (), scopes or {}, modules or {})
    manifest = Manifest("0.1.0", {}, "/assets/", entries, *maps, livereload=livereload)
    files = {f"assets/{file_of(path, content)}": content for path, content in contents.items()}
    beside = folder / "manifest.json.new"
    write_tree(folder, {**files, beside.name: dumps(manifest)})
    return beside.replace(folder / "manifest.json")


_RUN: Final = """
import warnings
warnings.simplefilter("error")
sys.argv = asked["arguments"]
exec(asked["program"])
"""


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def elements(markup: str) -> list[tuple[str, dict[str, str | None]]]:
    """The start tags that a browser sees in `markup`, each with its attributes; those without a value have None."""
    page = _Page()
    page.feed(markup)
    page.close()
    return page.elements


def text(markup: str) -> str:
    """The text that a browser sees in `markup`."""
    page = _Page()
    page.feed(markup)
    page.close()
    return page.text


def run_python(program: str, *arguments: str, cwd: Path | None = None, imports: str = "") -> str:
    """Return the output of `program` in a fork of a Python that has loaded `imports`; it fails if it fails, or warns.

    Bare Python has loaded `json` and the modules that this needs.
    """
    given = {"program": program, "arguments": ["-c", *arguments]}
    done = run_program((imports, _RUN), cwd or Path.cwd(), given, os.environ, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()

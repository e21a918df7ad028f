"""What MkDocs calls: pages from outside of docs/, links to them, the Markdown of each page, and redirects.

MkDocs loads this file by its path, so it imports nothing of its package.
"""

import posixpath
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

PROJECT: Final = Path(__file__).parents[1]
OUTSIDE: Final = {
    "CHANGELOG.md": "contribute/changelog.md",
    "CODE_OF_CONDUCT.md": "contribute/code-of-conduct.md",
    "CONTRIBUTING.md": "contribute/contributing.md",
    "SECURITY.md": "contribute/security.md",
    "benchmarks/README.md": "contribute/benchmarks.md",
}
"""Pages of the site that lie elsewhere in the project, by where they lie there."""

_ORIGINS: Final = {page: path for path, page in OUTSIDE.items()}
_FENCED: Final = re.compile(r"^( *)(`{3,}).*?^\1\2$", re.MULTILINE | re.DOTALL)
_LINK: Final = re.compile(r"\[(?P<text>[^\]]*)\]\((?P<target>[^)\s#]+)(?P<anchor>#[^)\s]*)?\)")
# In a cell GitHub wants a `|` of code escaped, and Python-Markdown would show the backslash.
_CODE_IN_CELL: Final = re.compile(r"(?<=[| ])`[^`\n]*\\\|[^`\n]*`(?=[^\n]*\|$)", re.MULTILINE)
_SECTION: Final = re.compile(r"^## ([a-z-]+)$", re.MULTILINE)
_ROOMS: Final = ("start", "guides", "frameworks", "deploy", "reference", "explain", "contribute")
"""The folders whose pages once had addresses without a folder."""
_REDIRECT: Final = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>{title}</title>
<script>location.replace("{target}" + location.hash)</script>
<noscript><meta http-equiv="refresh" content="0; url={target}"></noscript>
<link rel="canonical" href="{target}">
<a href="{target}">{title}</a>
"""
_ABSOLUTE: Final = re.compile(r"[a-z][a-z0-9+.-]*:|/", re.IGNORECASE)


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add the pages of OUTSIDE, and the script and the style sheet of the site."""
    for name in ("search.js", "site.css"):
        files.append(File.generated(config, name, abs_src_path=str(PROJECT / "website" / name)))
    for path, page in OUTSIDE.items():
        files.append(File.generated(config, page, abs_src_path=str(PROJECT / path)))
    return files


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Let the links of a page lead to where the site has what they name."""
    parts = (part if is_code else linked(part, page.file.src_uri) for part, is_code in _parts(markdown))
    return _CODE_IN_CELL.sub(lambda found: found[0].replace("\\|", "|"), "".join(parts))


def on_post_build(*, config: MkDocsConfig) -> None:
    """Put the Markdown of each page where `llms.txt` names it, and redirects where pages and codes once were."""
    docs = Path(config.docs_dir)
    for path in docs.rglob("*.md"):
        _copy(path, Path(config.site_dir, path.relative_to(docs)))
    for name, page in OUTSIDE.items():
        _copy(PROJECT / name, Path(config.site_dir, page))
    for old, target in _moved(docs):
        redirect = Path(config.site_dir, old, "index.html")
        redirect.parent.mkdir(parents=True, exist_ok=True)
        redirect.write_text(_REDIRECT.format(title=old, target=target), encoding="utf-8")


def _moved(docs: Path) -> Iterator[tuple[str, str]]:
    """Each old address with the relative one of now: those of pages, and those of codes, which had a page each."""
    for room in _ROOMS:
        yield from ((path.stem, f"../{room}/{path.stem}/") for path in (docs / room).glob("*.md"))
    for name in (page.removesuffix(".md") for page in OUTSIDE.values()):
        yield name.replace("contribute/", "project/"), f"../../{name}/"
    for path in (docs / "errors").glob("*.md"):
        for name in _SECTION.findall(path.read_text(encoding="utf-8")):
            yield f"errors/{path.stem}/{name}", f"../#{name}"


def _copy(path: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, to)


def _parts(markdown: str) -> Iterator[tuple[str, bool]]:
    """The text in order, each part with whether it is a fenced block."""
    end = 0
    for block in _FENCED.finditer(markdown):
        yield markdown[end : block.start()], False
        yield block[0], True
        end = block.end()
    yield markdown[end:], False


def linked(text: str, page: str) -> str:
    """`text` of the site's `page`, with links to files of the project as links to pages, or as words."""

    def link(found: re.Match[str]) -> str:
        if _ABSOLUTE.match(found["target"]):
            return found[0]
        target = _page_of(posixpath.normpath(posixpath.join(posixpath.dirname(_origin(page)), found["target"])))
        if target is None:
            return found["text"]
        relative = posixpath.relpath(target, posixpath.dirname(page) or ".")
        return f"[{found['text']}]({relative}{found['anchor'] or ''})"

    return _LINK.sub(link, text)


def _origin(page: str) -> str:
    """Where the Markdown of `page` lies in the project."""
    return _ORIGINS.get(page, f"docs/{page}")


def _page_of(path: str) -> str | None:
    """The page or file of the site that shows the project's `path`, if any; that of a folder is its README.md."""
    if (PROJECT / path).is_dir():
        path = f"{path}/README.md"
        if not (PROJECT / path).is_file():
            return None
    if path.startswith("docs/"):
        return path.removeprefix("docs/")
    return OUTSIDE.get(path)

"""The functions by which a Sass sheet names an asset: `asset-url("img/a.png")` and those like it. Pure.

Names and habits are those of Sprockets (its Sass functions, which sass-rails and sassc-rails bring), so that sheets
from there compile: the kinds look for the same assets, and what names a host or a scheme, or begins with a slash,
stays as it is.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import quote

from buildassets.compiler.lexers.css import Kind, tokens
from buildassets.compiler.model import DATA_URL_DEMAND
from buildassets.paths import split_url, to_url

_DATA_URL: Final = "asset-data-url"
_KINDS: Final = ("asset", "image", "font", "video", "audio", "javascript", "stylesheet")
FUNCTIONS: Final = (*(f"{kind}-{result}" for kind in _KINDS for result in ("url", "path")), _DATA_URL)
PARAMETER: Final = "$path"

_STAYS: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9+.\-]*:|[/\\?#]")
_RELATIVE: Final = re.compile(r"\.\.?/")
_SAFE_IN_URL: Final = (
    "/?#-._~!$*+,;=@:&%[]"  # what neither ends a `url()` without quotes nor needs an escape in one with
)
_UNCALLED: Final = re.compile(rf"(?<![\w-])(?:{'|'.join(FUNCTIONS).replace('-', '[-_]')})\(")


class AssetCalls:
    """The calls of one compilation. `urls` are all URLs that were given."""

    def __init__(self, url_prefix: str) -> None:
        self.urls: set[str] = set()
        self._url_prefix = url_prefix

    def value(self, name: str, path: str | None, kind: str) -> tuple[str, bool]:
        """The text of the string that the function `name` gives, and whether Sass is to have it in quotes.

        `path` is None where the argument is no string; then `kind` is what it is: `a number`. ValueError with the
        message where there is nothing to give. The URL needs no escapes, with quotes or without.
        """
        name = name.replace("_", "-")
        if path is None:
            raise ValueError(f"`{name}()` takes the path of an asset, which is a string and not {kind}")
        url = self._url(name, path)
        self.urls.add(url)
        return (url, True) if name.endswith("-path") else (f'url("{url}")', False)

    def _url(self, name: str, path: str) -> str:
        if not path:
            raise ValueError(f"`{name}()` is given an empty path")
        stays = _STAYS.match(path) is not None
        if name != _DATA_URL:
            return quote(path, safe=_SAFE_IN_URL) if stays else self._reference(path)
        if stays and not path.startswith(self._url_prefix):
            raise ValueError(f"`{name}()` cannot embed `{path}`, which names no asset")
        own, mark, fragment = path.partition("#")
        # A query asks a server for something, and there is none for what stands in the sheet.
        own = split_url(own)[0]
        url = quote(own, safe=_SAFE_IN_URL) if stays else self._reference(own)
        return f"{url}?{DATA_URL_DEMAND}{mark}{quote(fragment, safe=_SAFE_IN_URL)}"

    def _reference(self, path: str) -> str:
        """The URL of the asset `path`: below the prefix, which makes it a logical path, or relative as it is."""
        own, rest = split_url(path)
        prefix = "" if _RELATIVE.match(own) else self._url_prefix
        return prefix + to_url(own) + quote(rest, safe=_SAFE_IN_URL)


def uncalled(css: str) -> Iterator[tuple[int, int]]:
    """Where in `css` a function for assets stands uncalled, with its parenthesis: Sass left it alone."""
    if not _UNCALLED.search(css):
        return
    for token in tokens(css, 0):
        # Where Sass evaluates nothing, `url(asset-path("x"))` is a URL that browsers give up on.
        if token.kind in (Kind.FUNCTION, Kind.BAD) and (call := _UNCALLED.search(css, token.start, token.end)):
            yield call.span()


def outside(css: str, urls: Iterable[str], references: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Where in `css` one of `urls` stands and nobody takes it for a reference, comments aside, in text order.

    `references` are the places of all that are taken for one.
    """
    wanted = "|".join(re.escape(url) for url in sorted(urls, key=len, reverse=True))
    found = list(re.finditer(rf"(?<![\w./%-])(?:{wanted})(?![\w./%-])", css)) if wanted else []
    if not found:
        return
    silent = {index for start, end in references for index in range(start, end)}
    for token in tokens(css, 0):
        if token.kind is Kind.COMMENT:
            silent.update(range(token.start, token.end))
    yield from (match.span() for match in found if match.start() not in silent)

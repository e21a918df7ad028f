"""The functions by which a Sass sheet names an asset: `asset-url("img/a.png")` and those like it. Pure.

Names and behaviour are those of Sprockets (its Sass functions, which sass-rails and sassc-rails bring), so that its
sheets compile: all kinds look for the same assets, and a path with a host or a scheme, or with a leading slash, stays
as it is. `static("img/a.png")` is a function of django-libsass.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Final

from buildassets.compiler.languages.css.lexer import Kind, tokens
from buildassets.compiler.languages.reference import DATA_URL_DEMAND
from buildassets.foundation.lazy_pattern import lazy_pattern
from buildassets.foundation.paths import quoted, split_url, to_url

_DATA_URL: Final = "asset-data-url"
_STATIC: Final = "static"  # of django-libsass: it gives a path
_KINDS: Final = ("asset", "image", "font", "video", "audio", "javascript", "stylesheet")
_SUFFIXES: Final = {"javascript": ".js", "stylesheet": ".css"}  # which may be left out of the names
FUNCTIONS: Final = (*(f"{kind}-{result}" for kind in _KINDS for result in ("url", "path")), _DATA_URL, _STATIC)
PARAMETER: Final = "$path"

_STAYS: Final = lazy_pattern(r"[a-zA-Z][a-zA-Z0-9+.\-]*:|[/\\?#]")
_RELATIVE: Final = lazy_pattern(r"\.\.?/")
_ENDS: Final = tuple(f"{mark}{end}(" for mark in "-_" for end in ("url", "path"))  # the end of every call
_UNCALLED: Final = lazy_pattern(rf"(?<![\w-])(?:{'|'.join(FUNCTIONS).replace('-', '[-_]')})\(")


class AssetCalls:
    """The calls of one compilation. `urls` are all URLs that were returned."""

    def __init__(self, url_prefix: str) -> None:
        self.urls: set[str] = set()
        self._url_prefix = url_prefix

    def value(self, name: str, path: str | None, kind: str) -> tuple[str, bool]:
        """The result of the function `name`, and whether it is a string in quotes.

        `path` is None if the argument is not a string; then `kind` describes it: `a number`. Raises ValueError with the
        message for a wrong argument. The URL needs no escapes, with quotes or without.
        """
        name = name.replace("_", "-")
        if path is None:
            raise ValueError(f"`{name}()` takes the path of an asset, which is a string and not {kind}")
        url = self._url(name, path)
        self.urls.add(url)
        return (url, True) if name.endswith("-path") or name == _STATIC else (f'url("{url}")', False)

    def _url(self, name: str, path: str) -> str:
        if not path:
            raise ValueError(f"`{name}()` is given an empty path")
        own, rest = split_url(path)
        stays = _STAYS.match(path) is not None
        if name != _DATA_URL:
            suffix = _SUFFIXES.get(name.partition("-")[0], "")
            whole = own if stays or own.endswith(suffix) else own + suffix
            return self._written(whole, rest, stays=stays)
        if stays and not path.startswith(self._url_prefix):
            raise ValueError(f"`{name}()` cannot embed `{path}`, which names no asset")
        # A query is for a server, and no server is asked for an asset that is embedded in the sheet.
        _, mark, fragment = rest.partition("#")
        return self._written(own, f"?{DATA_URL_DEMAND}{mark}{fragment}", stays=stays)

    def _written(self, path: str, rest: str, *, stays: bool) -> str:
        """The URL of `path`: below the prefix, as for logical paths, unless it is relative or `stays` as it is."""
        if stays:
            return quoted(path + rest)
        prefix = "" if _RELATIVE.match(path) else self._url_prefix
        return prefix + to_url(path) + quoted(rest)


def uncalled(css: str) -> Iterator[tuple[int, int]]:
    """The spans in `css` of asset functions with their parenthesis that Sass left uncalled."""
    # Most sheets contain none of them, and this test takes a hundredth of the time of a search.
    if not any(end in css for end in _ENDS) or not _UNCALLED.search(css):
        return

    for token in tokens(css):
        # Where Sass evaluates nothing, `url(asset-path("x"))` is a URL that browsers reject.
        if token.kind in (Kind.FUNCTION, Kind.BAD) and (call := _UNCALLED.search(css, token.start, token.end)):
            yield call.span()


def outside(css: str, urls: Iterable[str], references: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The spans in `css` where one of `urls` is not a reference, comments aside, in text order.

    More text may follow the URL, as with `asset-path("a.png") + ".gz"`. `references` are the spans of all references.
    """
    any_url = "|".join(re.escape(url) for url in sorted(urls, key=len, reverse=True))
    matches = list(re.finditer(rf"(?<![\w./%-])(?:{any_url})", css)) if any_url else []
    taken = {index for start, end in references for index in range(start, end)}
    if left := [match.span() for match in matches if match.start() not in taken]:
        comments = {token.start: token.end for token in tokens(css) if token.kind is Kind.COMMENT}
        starts = sorted(comments)
        for start, end in left:
            before = bisect_right(starts, start)
            if not before or comments[starts[before - 1]] <= start:
                yield start, end

"""Filters, parsers, exceptions and the signal under the names that django-compressor gives them.

What a build does anyway, its filters leave to it; a filter of the project's may have `FilterBase` as its base. Imports
Django.
"""

import subprocess
from importlib import import_module
from types import MappingProxyType
from typing import Any

from django.dispatch import Signal

__all__ = ["FilterBase", "post_compress"]

post_compress = Signal()


class CompressorError(Exception):
    """What goes wrong."""


class FilterError(CompressorError):
    """What goes wrong in a filter."""


class FilterDoesNotExist(CompressorError):  # noqa: N818 the name is django-compressor's
    """A filter that nobody has."""


class UncompressableFileError(CompressorError):
    """A file that is no static file."""


class FilterBase:
    """A filter that does nothing: `input` is called with each content, `output` with all of a file together."""

    run_with_compression_disabled = False

    def __init__(
        self,
        content: str,
        attrs: Any = None,
        filter_type: str | None = None,
        filename: str | None = None,
        verbose: int = 0,
        charset: str | None = None,
        **_: Any,
    ) -> None:
        self.type = filter_type or getattr(self, "type", None)
        self.content = content
        self.attrs = attrs
        self.filename = filename
        self.verbose = verbose
        self.charset = charset

    def input(self, **_: Any) -> str:
        """The content as it is to be joined."""
        raise NotImplementedError

    def output(self, **_: Any) -> str:
        """The whole as it is to be released."""
        raise NotImplementedError


class CallbackOutputFilter(FilterBase):
    """Hands the whole to the function that `callback` names."""

    callback = ""
    args: Any = ()
    kwargs: Any = MappingProxyType({})

    def output(self, **_: Any) -> str:
        """See FilterBase."""
        home, _dot, name = self.callback.rpartition(".")
        return str(getattr(import_module(home), name)(self.content, *self.args, **self.kwargs))


class CompilerFilter(FilterBase):
    """Hands a content to a command, by stdin."""

    command = ""

    def __init__(self, content: str, command: str | None = None, **given: Any) -> None:
        super().__init__(content, **given)
        self.command = command or self.command

    def input(self, **_: Any) -> str:
        """See FilterBase."""
        done = subprocess.run(  # noqa: S602 the project's
            self.command, shell=True, input=self.content, capture_output=True, encoding="utf-8", check=False
        )
        if done.returncode:
            raise FilterError(done.stderr or f"Unable to apply {type(self).__name__} ({self.command})")
        return done.stdout


class CachedCompilerFilter(CompilerFilter):
    """The same."""


class _LeftToTheBuild(FilterBase):
    """What a build does: it gives back what it is given."""

    def output(self, **_: Any) -> str:
        """See FilterBase."""
        return self.content


class _Minifying(_LeftToTheBuild):
    """The same in builds; an application that calls it gets what the minifier makes."""

    module = ""
    function = ""

    def output(self, **_: Any) -> str:
        """See FilterBase."""
        return str(getattr(import_module(self.module), self.function)(self.content))


class rJSMinFilter(_Minifying):  # noqa: N801 as django-compressor writes it
    """Minifies a script."""

    module, function = "rjsmin", "jsmin"


class rCSSMinFilter(_Minifying):  # noqa: N801 the same
    """Minifies a sheet."""

    module, function = "rcssmin", "cssmin"


class CssAbsoluteFilter(_LeftToTheBuild):
    """Rewrites references."""


CssRelativeFilter = CssDataUriFilter = TemplateFilter = CssAbsoluteFilter
JSMinFilter = SlimItFilter = CalmjsFilter = rJSMinFilter
CSSMinFilter = CSSCompressorFilter = rCSSMinFilter
YUICSSFilter = YUglifyCSSFilter = CleanCSSFilter = rCSSMinFilter
YUIJSFilter = YUglifyJSFilter = ClosureCompilerFilter = rJSMinFilter


class ParserBase:
    """A parser's name: markup is read in one way."""


AutoSelectParser = BeautifulSoupParser = Html5LibParser = HtmlParser = LxmlParser = ParserBase

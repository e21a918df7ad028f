"""Filters, parsers, exceptions and the signal under the names that django-compressor gives them.

What a build does anyway, its filters leave to it; a filter of the project's may have `FilterBase` as its base. Imports
Django.
"""

import os
from importlib import import_module
from shlex import quote
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.dispatch import Signal

from buildassets.foundation.permission import BUILDING
from buildassets.programs.start import named, run_line

__all__ = ["FilterBase", "post_compress"]

post_compress = Signal()


class CompressorError(Exception):
    """A failure of django-compressor's API."""


class FilterError(CompressorError):
    """A filter has failed."""


class FilterDoesNotExist(CompressorError):  # noqa: N818 the name is django-compressor's
    """A filter does not exist."""


class UncompressableFileError(CompressorError):
    """A file that is not a static file."""


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
    """Hands a content to a command: between files where it has `{infile}` or `{outfile}`, else by stdin and stdout.

    Its `options`, a dict or pairs, stand for other names in braces.
    """

    command: str | None = None
    options: Any = ()

    def __init__(self, content: str, command: str | None = None, **given: Any) -> None:
        super().__init__(content, **given)
        self.command = command or self.command
        if self.command is None:
            raise FilterError("Required attribute 'command' not given")
        self.cwd: str | None = None
        self.infile: Any = None
        self.outfile: Any = None
        self.options = (*dict(self.options).items(), *given.items())

    def input(self, **_: Any) -> str:
        """See FilterBase. Raises FilterError with what the command printed."""
        from tempfile import TemporaryDirectory

        with TemporaryDirectory(prefix="buildassets-") as folder:
            return self._run(str(self.command), folder)

    def _run(self, command: str, folder: str) -> str:
        values = dict(self.options)
        charset = self.charset or "utf-8"
        if "{infile}" in command:
            self.infile = self.filename or written_input(folder, self.content)
            values["infile"] = quote(self.infile)
        if "{outfile}" in command:
            self.outfile = os.path.join(folder, f"out.{self.type}" if self.type else "out")
            values["outfile"] = quote(self.outfile)
        line = command.format(**values)
        given = None if self.infile else self.content.encode(charset)
        done = run_line(named([line], permission=BUILDING), input=given, cwd=self.cwd)
        if done.returncode:
            printed = done.stderr.decode(charset, "replace") or done.stdout.decode(charset, "replace")
            raise FilterError(printed or f"Unable to apply {type(self).__name__} ({command})")
        if not self.outfile:
            return done.stdout.decode(charset)
        with open(self.outfile, encoding=charset) as file:
            return file.read()


def written_input(folder: str, text: str) -> str:
    """The path of a file in `folder` with `text`, which a command reads."""
    path = os.path.join(folder, "in")
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(text)
    return path


class CachedCompilerFilter(CompilerFilter):
    """A CompilerFilter for contents of one type; a build compiles unchanged ones only once anyway."""

    def __init__(self, mimetype: str, *given: Any, **named: Any) -> None:
        self.mimetype = mimetype
        super().__init__(*given, **named)


class _LeftToTheBuild(FilterBase):
    """A filter for work that a build does: returns its content, also in a project's filter that is derived from it."""

    def input(self, **_: Any) -> str:
        """See FilterBase."""
        return self.content

    def output(self, **_: Any) -> str:
        """See FilterBase."""
        return self.content


class _Minifying(_LeftToTheBuild):
    """Returns its content in builds; an application that calls it gets the minified content, where its module is."""

    module = ""
    function = ""

    def output(self, **_: Any) -> str:
        """See FilterBase."""
        try:
            minify = getattr(import_module(self.module), self.function)
        except ImportError:
            return self.content
        return str(minify(self.content, keep_bang_comments=True))


class rJSMinFilter(_Minifying):  # noqa: N801 as django-compressor writes it
    """Minifies a script."""

    module, function = "rjsmin", "jsmin"


class rCSSMinFilter(_Minifying):  # noqa: N801 the same
    """Minifies a sheet."""

    module, function = "rcssmin", "cssmin"


class CssAbsoluteFilter(_LeftToTheBuild):
    """Rewrites references."""


class TemplateFilter(FilterBase):
    """Renders a content as a template of Django's."""

    def input(self, **_: Any) -> str:
        """See FilterBase."""
        from django.template import Context, Template

        values = getattr(settings, "COMPRESS_TEMPLATE_FILTER_CONTEXT", None) or {"STATIC_URL": settings.STATIC_URL}
        return str(Template(self.content).render(Context(values)))


CssRelativeFilter = CssDataUriFilter = CssAbsoluteFilter
JSMinFilter = SlimItFilter = CalmjsFilter = rJSMinFilter
CSSMinFilter = CSSCompressorFilter = rCSSMinFilter
YUICSSFilter = YUglifyCSSFilter = CleanCSSFilter = rCSSMinFilter
YUIJSFilter = YUglifyJSFilter = ClosureCompilerFilter = rJSMinFilter


class Compressor:
    """The compressor of blocks of one kind, which listeners get as the sender."""


class CssCompressor(Compressor):
    """The compressor of sheets."""


class JsCompressor(Compressor):
    """The compressor of scripts."""


class ParserBase:
    """A parser's name: markup is read in one way."""


AutoSelectParser = BeautifulSoupParser = Html5LibParser = HtmlParser = LxmlParser = ParserBase

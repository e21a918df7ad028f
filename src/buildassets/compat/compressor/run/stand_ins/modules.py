"""The modules `compressor.…`, found last of all, so that those of an installed django-compressor go first.

Takes dotted names, gives modules with the names of `classes` and others. Imports Django when one is asked for.
"""

from collections.abc import Sequence
from typing import Final

from buildassets.compat import stand_in_modules

__all__ = ["install"]

_OURS: Final = "buildassets.compat.compressor.run"
_CLASSES: Final = f"{_OURS}.stand_ins.classes"
_FILES: Final = f"{_OURS}.stand_ins.files"
_FILTERS: Final = ("FilterBase", "CallbackOutputFilter", "CompilerFilter", "CachedCompilerFilter", "FilterError")
_PARSERS: Final = (
    "AutoSelectParser",
    "BeautifulSoupParser",
    "Html5LibParser",
    "HtmlParser",
    "LxmlParser",
    "ParserBase",
)
# What each module holds, by where it comes from.
_MODULES: Final[dict[str, dict[str, Sequence[str]]]] = {
    "compressor": {},
    "compressor.conf": {"django.conf": ("settings",)},
    "compressor.contrib": {},
    "compressor.contrib.jinja2ext": {f"{_OURS}.jinja": ("CompressorExtension",)},
    "compressor.contrib.sekizai": {f"{_OURS}.sekizai": ("compress",)},
    "compressor.css": {_CLASSES: ("CssCompressor",)},
    "compressor.exceptions": {
        _CLASSES: ("CompressorError", "FilterDoesNotExist", "FilterError", "UncompressableFileError")
    },
    "compressor.filters": {_CLASSES: _FILTERS},
    "compressor.filters.base": {_CLASSES: _FILTERS},
    "compressor.filters.cleancss": {_CLASSES: ("CleanCSSFilter",)},
    "compressor.filters.closure": {_CLASSES: ("ClosureCompilerFilter",)},
    "compressor.filters.css_default": {_CLASSES: ("CssAbsoluteFilter", "CssRelativeFilter")},
    "compressor.filters.cssmin": {_CLASSES: ("CSSCompressorFilter", "CSSMinFilter", "rCSSMinFilter")},
    "compressor.filters.datauri": {_CLASSES: ("CssDataUriFilter",)},
    "compressor.filters.jsmin": {_CLASSES: ("CalmjsFilter", "JSMinFilter", "rJSMinFilter", "SlimItFilter")},
    "compressor.filters.template": {_CLASSES: ("TemplateFilter",)},
    "compressor.filters.yuglify": {_CLASSES: ("YUglifyCSSFilter", "YUglifyJSFilter")},
    "compressor.filters.yui": {_CLASSES: ("YUICSSFilter", "YUIJSFilter")},
    "compressor.js": {_CLASSES: ("JsCompressor",)},
    "compressor.parser": {_CLASSES: _PARSERS},
    "compressor.signals": {_CLASSES: ("post_compress",)},
    "compressor.storage": {
        _FILES: (
            *("BrotliCompressorFileStorage", "CompressorFileStorage", "GzipCompressorFileStorage"),
            *("DefaultOfflineManifestStorage", "DefaultStorage"),
            *("OfflineManifestFileStorage", "compressor_file_storage", "default_offline_manifest_storage"),
            *("default_storage", "get_storage"),
        )
    },
    "compressor.templatetags": {},
    "compressor.templatetags.compress": {
        "buildassets.compat.compressor.templatetags.compress": ("register",),
        f"{_OURS}.nodes": ("CompressNode",),
    },
}
# That of an installed django-compressor would look for the files of blocks in COMPRESS_ROOT only.
_FIRST: Final[dict[str, dict[str, Sequence[str]]]] = {"compressor.finders": {_FILES: ("CompressorFinder",)}}


def install() -> None:
    """Make the modules importable if no installed package has them; the finder in any case."""
    stand_in_modules.install(_MODULES)
    stand_in_modules.install(_FIRST, goes_first=True)

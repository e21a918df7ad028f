"""The modules `compressor.…`, found last of all, so that those of an installed django-compressor go first.

Takes dotted names, gives modules with the names of `classes` and others. Imports Django when one is asked for.
"""

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, Final

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
    "compressor.finders": {_FILES: ("CompressorFinder",)},
    "compressor.js": {_CLASSES: ("JsCompressor",)},
    "compressor.parser": {_CLASSES: _PARSERS},
    "compressor.signals": {_CLASSES: ("post_compress",)},
    "compressor.storage": {
        _FILES: (
            *("BrotliCompressorFileStorage", "CompressorFileStorage", "GzipCompressorFileStorage"),
            "OfflineManifestFileStorage",
        )
    },
    "compressor.templatetags": {},
    "compressor.templatetags.compress": {
        "buildassets.compat.compressor.templatetags.compress": ("register",),
        f"{_OURS}.nodes": ("CompressNode",),
    },
}


def install() -> None:
    """Let the names be found where nothing else has them."""
    if not any(isinstance(one, _StandIns) for one in sys.meta_path):
        sys.meta_path.append(_StandIns())


class _StandIns:
    """Finds and loads them (importlib's meta path)."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """See importlib.abc.MetaPathFinder. None where a part of the package that is installed is asked for."""
        if name not in _MODULES or not self._is_ours(name.rpartition(".")[0]):
            return None
        return ModuleSpec(name, self, is_package=any(one.startswith(f"{name}.") for one in _MODULES))  # type: ignore[arg-type]

    def _is_ours(self, parent: str) -> bool:
        spec = getattr(sys.modules.get(parent), "__spec__", None)
        return not parent or getattr(spec, "loader", None) is self

    def create_module(self, _: ModuleSpec) -> None:
        """See importlib.abc.Loader."""
        return

    def exec_module(self, module: ModuleType) -> None:
        """Give the module its names."""
        for home, names in _MODULES[module.__name__].items():
            found = import_module(home)
            for name in names:
                setattr(module, name, getattr(found, name))

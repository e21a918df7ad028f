"""The meanings of the keys of `PIPELINE`. Pure."""

from collections.abc import Mapping
from typing import Final

from buildassets.compat.meaning import Meaning

_PROGRAM: Final = Meaning("changed", "not needed: the engines of the build take the place of programs")
_ENGINE: Final = "bring an engine that compiles them, see docs/reference/engines.md"
KEYS: Final[Mapping[str, Meaning]] = {
    "STYLESHEETS": Meaning("taken over", "each package is an asset, called as its `output_filename` is"),
    "JAVASCRIPT": Meaning("taken over", "each package is an asset, called as its `output_filename` is"),
    "PIPELINE_ENABLED": Meaning("taken over", "pages load packages, or their files, by it"),
    "PIPELINE_COLLECTOR_ENABLED": Meaning("changed", "not needed: nothing is collected when a page is made"),
    "PIPELINE_ROOT": Meaning("changed", "not needed: a release is written into its directory"),
    "PIPELINE_URL": Meaning("changed", "it is `url`, by default `STATIC_URL`"),
    "SHOW_ERRORS_INLINE": Meaning("changed", "`buildassets watch` shows errors in open pages"),
    "CSS_COMPRESSOR": Meaning("changed", "production minifies: choose another minifier in `engines`"),
    "JS_COMPRESSOR": Meaning("changed", "production minifies: choose another minifier in `engines`"),
    "COMPILERS": Meaning("taken over", "the suffix of a file decides what compiles it"),
    "TEMPLATE_NAMESPACE": Meaning("taken over", "templates are properties of it"),
    "TEMPLATE_EXT": Meaning("taken over", "templates end in it"),
    "TEMPLATE_FUNC": Meaning("taken over", "`template` is not needed: templates are compiled; another is called"),
    "TEMPLATE_SEPARATOR": Meaning("taken over", "names of templates have it"),
    "DISABLE_WRAPPER": Meaning("taken over", "it decides whether a function wraps the scripts of a package"),
    "JS_WRAPPER": Meaning("taken over", "it wraps the scripts of a package"),
    "MIMETYPES": Meaning("changed", "set `types` where a suffix needs another media type"),
    "EMBED_MAX_IMAGE_SIZE": Meaning("taken over", "packages with `variant` hold images up to that size"),
    "EMBED_PATH": Meaning("changed", "files below a folder `embed` are inlined into sheets"),
}
PACKAGE_KEYS: Final[Mapping[str, Meaning]] = {
    "source_filenames": Meaning("taken over", "they are joined in this order"),
    "output_filename": Meaning("taken over", "it is the name of the asset"),
    "extra_context": Meaning("taken over", "`media`, `title`, `charset`, `async` and `defer` are attributes"),
    "template_name": Meaning("taken over", "the template is used, with `url`, `type` and `extra_context`"),
    "variant": Meaning("changed", "small files in folders `embed` are inlined into all sheets"),
    "manifest": Meaning("changed", "not needed: every asset is in the manifest"),
    "compiler_options": Meaning("not possible", "settings of engines are in `buildassets.toml`"),
}
COMPILERS: Final[Mapping[str, Meaning]] = {
    "sass": Meaning("taken over", "Sass is compiled by its suffix: docs/guides/sass.md"),
    "coffee": Meaning("not possible", f"nothing here compiles CoffeeScript: {_ENGINE}"),
    "es6": Meaning(
        "not possible", "let esbuild bundle it: `{ files, bundle = true }` in `bundles`, docs/guides/bundles.md"
    ),
    "less": Meaning("not possible", f"nothing here compiles Less: {_ENGINE}"),
    "livescript": Meaning("not possible", f"nothing here compiles LiveScript: {_ENGINE}"),
    "stylus": Meaning("not possible", f"nothing here compiles Stylus: {_ENGINE}"),
    "typescript": Meaning("not possible", "let esbuild bundle it: `{ files, bundle = true }` in `bundles`"),
}
_OWN: Final = Meaning("not possible", f"it is code of the project, which a build does not run: {_ENGINE}")
_UNKNOWN: Final = Meaning("not possible", "no key of django-pipeline: remove it")


def key_meaning(key: str) -> Meaning:
    """The meaning of a key of `PIPELINE`, or of a package."""
    if key in KEYS or key in PACKAGE_KEYS:
        return {**KEYS, **PACKAGE_KEYS}[key]
    return _PROGRAM if key.endswith(("_BINARY", "_ARGUMENTS")) else _UNKNOWN


def is_libsass(name: object) -> bool:
    """Whether the dotted name is that of a compiler that uses libsass."""
    return str(name).startswith("libsasscompiler.")


def compiler_meaning(name: str) -> Meaning:
    """The meaning of a compiler, given as a dotted name."""
    if is_libsass(name):
        return COMPILERS["sass"]
    parts = name.split(".")
    return COMPILERS.get(parts[-2], _OWN) if parts[:2] == ["pipeline", "compilers"] and len(parts) > 2 else _OWN

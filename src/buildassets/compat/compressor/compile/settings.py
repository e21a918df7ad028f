"""The settings of django-compressor: those that a build uses, and the diagnostics for the others.

Takes Django's settings, gives a frozen value and diagnostics. Imports Django.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.conf import settings

from buildassets.compat.compressor.compile.meanings import MEANINGS
from buildassets.compat.compressor.run.defaults import DEFAULTS
from buildassets.compat.compressor.run.settings import url_prefixes
from buildassets.foundation.diagnostics import Diagnostic, error, warning
from buildassets.foundation.frozen import frozen
from buildassets.foundation.nearest import nearest

__all__ = ["BlockOptions", "build_options", "setting_faults"]

_PREFIX: Final = "COMPRESS_"

# Filters that the pipeline stands for: it rewrites references and minifies.
_BUILT_IN: Final = (
    *("compressor.filters.css_default.", "compressor.filters.cssmin.", "compressor.filters.jsmin."),
    *("compressor.filters.yui.", "compressor.filters.yuglify.", "compressor.filters.closure."),
    *("compressor.filters.cleancss.",),
)
_DATA_URLS: Final = "compressor.filters.datauri.CssDataUriFilter"


@frozen
class BlockOptions:
    """Options of contents. `filters` are those of each kind that are not the pipeline's own, `prefixes` URL prefixes.

    Precompilers of the `cacheable` types make the same of the same content, whatever else there is.
    `data_url_bytes` is the size up to which sheets embed files, 0 where they do not.
    """

    output_dir: str
    prefixes: tuple[str, ...]
    precompilers: Mapping[str, str]
    cacheable: frozenset[str]
    filters: Mapping[str, tuple[str, ...]]
    data_url_bytes: int
    charset: str


def build_options() -> BlockOptions:
    """The settings as they are now."""
    filters = _filters()
    embeds = _DATA_URLS in filters["css"]
    return BlockOptions(
        output_dir=str(_given("OUTPUT_DIR")).strip("/"),
        prefixes=url_prefixes(),
        precompilers={str(kind): str(one) for kind, one in _given("PRECOMPILERS")},
        cacheable=frozenset(map(str, _given("CACHEABLE_PRECOMPILERS"))),
        filters={kind: tuple(one for one in named if not _is_built_in(one)) for kind, named in filters.items()},
        data_url_bytes=int(_given("DATA_URI_MAX_SIZE")) if embeds else 0,
        charset=settings.DEFAULT_CHARSET,
    )


def _given(name: str) -> Any:
    """The value of a setting, or its default where it is None or deleted."""
    value = getattr(settings, _PREFIX + name, None)
    return DEFAULTS.get(_PREFIX + name) if value is None else value


def _filters() -> dict[str, list[str]]:
    named = {**DEFAULTS["COMPRESS_FILTERS"], **_given("FILTERS")}
    for kind in ("css", "js"):  # as versions before 2.3 have them
        older = _given(f"{kind.upper()}_FILTERS")
        if older is not None:
            named[kind] = older
    return {kind: [str(one) for one in found] for kind, found in named.items()}


def _is_built_in(name: str) -> bool:
    return name.startswith(_BUILT_IN) or name == _DATA_URLS


def setting_faults() -> Iterator[Diagnostic]:
    """The diagnostics for wrong settings, and for those that no longer have an effect."""
    given = sorted(name for name in dir(settings) if name.startswith(_PREFIX) or name in MEANINGS)
    for name in given:
        meaning = MEANINGS.get(name)
        if meaning is None:
            near = nearest(name, MEANINGS)
            hint = f"did you mean `{near}`?" if near else "remove it"
            yield warning("compressor/setting", f"the setting `{name}` is not known", hint=hint)
        elif meaning.needs and not _is_default(name):
            yield warning(
                "compressor/setting",
                f"the setting `{name}` decides nothing any more",
                hint=meaning.note.partition(": ")[2],
            )
    yield from _wrong()


def _is_default(name: str) -> bool:
    """Whether the value is one that django-compressor has put there, where it is installed for its classes."""
    values = getattr(settings, name)
    return name == "COMPRESSORS" and all(str(one).startswith("compressor.") for one in values.values())


def _wrong() -> Iterator[Diagnostic]:
    given = _given("PRECOMPILERS")
    if not isinstance(given, list | tuple) or not all(isinstance(one, list | tuple) and len(one) == 2 for one in given):
        message = "the setting `COMPRESS_PRECOMPILERS` is not a list of pairs"
        yield error("compressor/setting", message, hint="write each as `(type, command)`; check for missing commas")
    url = getattr(settings, "COMPRESS_URL", None)
    if url and not str(url).endswith("/"):
        message = f"the setting `COMPRESS_URL` is `{url}`, without a slash at its end"
        yield error("compressor/setting", message, hint="end it in a slash")

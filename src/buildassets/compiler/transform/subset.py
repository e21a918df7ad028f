"""Drafts parts of fonts, which fontTools makes."""

from typing import Final

from buildassets.compiler.engines.fonttools import deciding_versions, engine_version, made
from buildassets.compiler.fonts.subset import Subset
from buildassets.compiler.model import Draft, Source
from buildassets.compiler.sources.fonts import planned
from buildassets.compiler.transform.recipes import Making
from buildassets.foundation.diagnostics import Diagnostic
from buildassets.foundation.frozen import replace

_ENGINE: Final = "fonts"


def _drafted(source: Source, subset: Subset) -> Draft:
    font = made(subset, source.shown)
    draft = Draft(source, inputs=(subset.of,), engines=((_ENGINE, engine_version()),))
    if isinstance(font, Diagnostic):
        return replace(draft, diagnostics=(font,))
    return replace(draft, body=font.body, metrics=font.metrics)


def _deciding(subset: Subset) -> str:
    return f"{replace(subset, of='', siblings=(), fallback='auto', preloads=True)} {deciding_versions()}"


MAKING: Final = Making(draft=_drafted, engine=_ENGINE, version=engine_version, deciding=_deciding, planned=planned)

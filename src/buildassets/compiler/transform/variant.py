"""Drafts variants of pictures, which Pillow makes."""

from typing import Final

from buildassets.compiler.engines.pillow import engine_version, made
from buildassets.compiler.images.size import Size
from buildassets.compiler.images.variant import Variant, needed_bytes
from buildassets.compiler.model import Draft, Source
from buildassets.compiler.sources.variants import planned
from buildassets.compiler.transform.recipes import Making
from buildassets.foundation.diagnostics import Diagnostic
from buildassets.foundation.frozen import replace

_ENGINE: Final = "images"


def _drafted(source: Source, variant: Variant) -> Draft:
    body = made(variant, source.shown)
    draft = Draft(source, inputs=(variant.of,), engines=((_ENGINE, engine_version()),))
    if isinstance(body, Diagnostic):
        return replace(draft, diagnostics=(body,))
    return replace(draft, body=body, size=Size(variant.width, variant.height))


def _deciding(variant: Variant) -> str:
    return f"{replace(variant, of='')} {engine_version()}"


def _pixels(variant: Variant) -> int:
    """Those that are decoded, scaled and encoded."""
    return variant.width * variant.height


MAKING: Final = Making(
    draft=_drafted,
    engine=_ENGINE,
    version=engine_version,
    deciding=_deciding,
    work_bytes=_pixels,
    memory_bytes=needed_bytes,
    planned=planned,
)

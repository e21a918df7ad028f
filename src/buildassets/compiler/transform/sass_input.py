"""What the draft of a sheet hands to Sass, for whoever has Sass begin before the draft asks.

Reads the sheet. Imports little: it is needed before most of a build is loaded.
"""

from typing import TYPE_CHECKING

from buildassets.compiler.engines.protocol import EngineInput
from buildassets.compiler.languages.utf8 import decoded
from buildassets.diagnostics import Diagnostic
from buildassets.files import content_of

if TYPE_CHECKING:
    from buildassets.compiler.config.values import Config


def sass_input(path: str, shown: str, config: "Config") -> EngineInput | None:
    """The input for the sheet at the absolute `path`, which is called `shown`; None if it cannot be read."""
    try:
        text = decoded(content_of(path), shown)
    except OSError:
        return None
    if isinstance(text, Diagnostic):
        return None
    if config.directives:
        from buildassets.compiler.languages.directives import read_header

        text = read_header(text, shown).text
    if "*" in text:
        from buildassets.compiler.transform.sass_globs import with_globs_written_out

        text, _ = with_globs_written_out(text, path)
    return EngineInput(text, path, shown, bool(config.source_maps))

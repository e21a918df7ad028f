"""Refuses what a compiler made of files that it reached by a link out of a source root, which discovery skips.

Compilers read such files by themselves, and report which. Takes their results, gives these or diagnostics in place of
them. Reads files only to find the place of a fault.
"""

from collections.abc import Iterable, Iterator, Mapping

from buildassets.compiler.config.values import Config
from buildassets.compiler.engines.protocol import Compiled
from buildassets.compiler.engines.sass.survey import SassSurvey
from buildassets.compiler.model import Draft, Source
from buildassets.compiler.sources.links import AS_LOAD_PATH, BY_OWN_PATH, LINK_OUTSIDE, LinksOutside
from buildassets.foundation.diagnostics import Diagnostic, Location, error, locate
from buildassets.foundation.media import is_sass, suffix


class LinkedInputs:
    """The files that links out of the source roots of a project reach."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._links = LinksOutside(config)

    def refuses(self, draft: Draft) -> bool:
        """Whether `draft`, made at another time or elsewhere, would be refused here and now."""
        return draft.compiled is not None and bool(self._links.among(_compiled(draft.source, draft.inputs)))

    def without(self, compiled: Compiled, source: Source, text: str) -> Compiled:
        """`compiled`, made of `source` with that `text`, or else errors for the files that were reached by such links.

        No other diagnostic in these files is kept, as it may show a line of them.
        """
        links = self._links.among(_compiled(source, compiled.inputs))
        if not links:
            return compiled
        hidden = set(map(self._config.shown, links))
        others = (one for one in compiled.diagnostics if not one.location or one.location.file not in hidden)
        faults = self._faults(links, source, text, compiled.inputs)
        return Compiled(
            "",
            inputs=compiled.inputs,
            absences=compiled.absences,
            diagnostics=tuple(dict.fromkeys((*faults, *others))),
            sets=compiled.sets,
        )

    def _faults(
        self, links: Mapping[str, str], source: Source, text: str, inputs: Iterable[str]
    ) -> Iterator[Diagnostic]:
        places = self._places(links, source, text, inputs)
        for path, link in links.items():
            name = self._config.shown(path)
            what = f"`{name}` is" if name == link else f"`{name}` is reached by `{link}`,"
            hint = AS_LOAD_PATH if is_sass(source.path) else BY_OWN_PATH
            where = places.get(path, Location(source.shown))
            yield error("source/link-outside", f"{what} {LINK_OUTSIDE}", where, hint=hint)

    def _places(
        self, links: Mapping[str, str], source: Source, text: str, inputs: Iterable[str]
    ) -> dict[str, Location]:
        """The places of the rules that load the files `links`, as far as these name them."""
        survey = SassSurvey(source.path, text, self._config.load_paths, self._config.merged)
        places: dict[str, Location] = {}
        for importer in (source.path, *(path for path in inputs if path not in links)):
            shown = source.shown if importer == source.path else self._config.shown(importer)
            for load in survey.loads_of(importer):
                for path in links.keys() & set(load.resolution.found):
                    places.setdefault(path, locate(shown, survey.text_of(importer), load.start, load.end))
        return places


def _compiled(source: Source, inputs: Iterable[str]) -> Iterable[str]:
    """Those of `inputs` whose content can be in the result: of templates Tailwind takes the names of classes only."""
    return (path for path in inputs if suffix(path) == ".css") if suffix(source.path) == ".css" else inputs

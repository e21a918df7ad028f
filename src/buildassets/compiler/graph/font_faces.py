"""Writes into sheets what was made of fonts: their formats, and system fonts that stand in while they load.

Takes assets with their links, gives them with edited sheets, and which fonts pages preload with a sheet.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import chain
from typing import Final

from buildassets.compiler.body import text_of
from buildassets.compiler.facts.table import NAMES
from buildassets.compiler.fonts.fallback import fallback_descriptors, weight_parts
from buildassets.compiler.fonts.subset import parsed_range
from buildassets.compiler.languages.css.families import GENERIC, Face, Family, faces, used_families
from buildassets.compiler.languages.css.lexer import COMMENT, SPACE
from buildassets.compiler.languages.css.references import scan
from buildassets.compiler.languages.edits import Edit, edited, in_order, moved_links
from buildassets.compiler.languages.reference import Link, Reference
from buildassets.compiler.languages.source_map.maps import edited_map
from buildassets.compiler.model import Follow, Linked, Source
from buildassets.foundation.frozen import field, frozen, replace
from buildassets.foundation.lazy_pattern import lazy_pattern
from buildassets.foundation.media import Syntax
from buildassets.foundation.paths import LogicalPath, relative, to_url

_GAP: Final = rf"(?:{SPACE}|{COMMENT})*+"
# What follows the URL of a font: its closing quote and bracket, and the format in brackets.
_AFTER_URL: Final = lazy_pattern(
    rf"[\"']?{SPACE}*+\)(?:{_GAP}format\({_GAP}([\"']?)([\w-]+)\1{_GAP}\))?", re.IGNORECASE
)
_BEFORE_URL: Final = lazy_pattern(rf",{_GAP}url\({SPACE}*+[\"']?", re.IGNORECASE)
_END: Final = lazy_pattern(rf"{_GAP}(?:[,;}}]|$)")
_VARIABLE: Final = "-variations"
_LETTER: Final = ord("a")
_ESCAPED: Final = lazy_pattern(r'["\\\x00-\x1f\x7f]')


@frozen
class FontFaces:
    """Assets with what was made of fonts; `preloads` are the fonts that pages preload, by the sheet that has them."""

    assets: Mapping[LogicalPath, Linked]
    preloads: Mapping[LogicalPath, tuple[LogicalPath, ...]] = field(default_factory=dict)


@frozen
class _Font:
    """A face in the `sheet`, and the link in its `src` to a font that was made."""

    sheet: LogicalPath
    face: Face
    link: Link

    @property
    def key(self) -> tuple[LogicalPath, int]:
        """Where it is, by which it is known."""
        return self.sheet, self.face.start


def with_made_fonts(
    follow: Follow, fonts: Mapping[LogicalPath, LogicalPath], note: Callable[[str, str], None]
) -> Follow:
    """`follow`, but where a reference names one of `fonts`, it leads to what is made of that."""

    def followed(reference: Reference, base: LogicalPath) -> LogicalPath | None:
        target = follow(reference, base)
        note(*NAMES)
        return fonts.get(target, target) if target else target

    return followed


class WithFonts(Collection[LogicalPath]):
    """The names of assets, and those of fonts that lead to what is made of them."""

    def __init__(self, names: Collection[LogicalPath], fonts: Collection[LogicalPath]) -> None:
        self._names, self._fonts = names, fonts

    def __contains__(self, path: object) -> bool:
        return path in self._names or path in self._fonts

    def __iter__(self) -> Iterator[LogicalPath]:
        yield from self._names
        yield from self._fonts

    def __len__(self) -> int:
        return len(self._names) + len(self._fonts)


def with_font_faces(assets: Mapping[LogicalPath, Linked]) -> FontFaces:
    """`assets`, whose sheets have the formats of fonts that were made here, and faces of system fonts beside them."""
    sources = {path: asset.draft.source for path, asset in assets.items() if asset.draft.source.subset}
    if not sources:
        return FontFaces(assets)
    sheets = {path: asset for path, asset in assets.items() if _is_sheet(asset.draft.source)}
    fonts = {path: tuple(_fonts(asset, sources)) for path, asset in sheets.items()}
    lists = {path: tuple(used_families(text_of(asset.draft.body))) for path, asset in sheets.items()}
    stand_ins = _stand_ins(sheets, fonts, assets, _generic_families(lists.values()))
    families = {font.face.family.lower() for found in fonts.values() for font in found if font.key in stand_ins}
    made, used = dict(assets), set[str]()
    for path, asset in sheets.items():
        text = text_of(asset.draft.body)
        used.update(family.name.lower() for family in lists[path])
        edits = [edit for font in fonts[path] for edit in _format_edits(text, font, sources)]
        edits += (edit for font in fonts[path] for edit in _copy_edits(text, font, asset.links))
        edits += (
            Edit(font.face.end, font.face.end, stand_ins[font.key]) for font in fonts[path] if font.key in stand_ins
        )
        edits += _family_edits(lists[path], families)
        if edits:
            made[path] = _edited(asset, text, in_order(edits), assets)
    own = {path: [font for font in found if _is_preloaded(font, used, sources)] for path, found in fonts.items()}
    preloads = {path: tuple(dict.fromkeys(_with_imported(path, own, sheets))) for path in sheets}
    return FontFaces(made, {path: found for path, found in preloads.items() if found})


def _is_sheet(source: Source) -> bool:
    return source.syntax is Syntax.CSS and not source.keeps_name


def _fonts(asset: Linked, made: Collection[LogicalPath]) -> Iterator[_Font]:
    """The faces of a sheet with a font that was made here."""
    links = [link for link in asset.links if link[1] in made]
    for face in faces(text_of(asset.draft.body)) if links else ():
        start, end = face.src
        found = next((link for link in links if start <= link[0].start < end), None)
        if found:
            yield _Font(asset.draft.source.logical, face, found)


def _stand_ins(
    sheets: Mapping[LogicalPath, Linked],
    fonts: Mapping[LogicalPath, Collection[_Font]],
    assets: Mapping[LogicalPath, Linked],
    generic: Mapping[str, str],
) -> dict[tuple[LogicalPath, int], str]:
    """The faces of system fonts that stand in for `fonts`; none where somebody has declared such a face already."""
    declared = {face.family.lower() for asset in sheets.values() for face in faces(text_of(asset.draft.body))}
    wanted = (
        font for found in fonts.values() for font in found if f"{font.face.family.lower()} fallback" not in declared
    )
    return {font.key: text for font in wanted if (text := _stand_in(font, assets, generic))}


def _generic_families(lists: Iterable[Collection[Family]]) -> dict[str, str]:
    """The generic family at the end of the lists that name a family, where all of these agree; in lower case."""
    found: dict[str, set[str]] = {}
    for family in chain.from_iterable(lists):
        if family.listed[-1] in GENERIC:
            found.setdefault(family.name.lower(), set()).add(family.listed[-1])
    return {name: next(iter(generic)) for name, generic in found.items() if len(generic) == 1}


def _stand_in(font: _Font, assets: Mapping[LogicalPath, Linked], generic: Mapping[str, str]) -> str:
    """The faces of a system font that stands in for `font`; empty if there is none."""
    draft = assets[font.link[1]].draft
    if draft.metrics is None or draft.source.subset is None:
        return ""
    given = font.face.descriptors
    is_italic = given.get("font-style", "").lower().startswith(("italic", "oblique"))
    kept = "".join(f";{name}:{given[name]}" for name in ("font-style", "unicode-range") if name in given)
    written = []
    last = generic.get(font.face.family.lower())
    for weight, measured in weight_parts(given.get("font-weight", "")):
        descriptors = fallback_descriptors(
            draft.metrics, draft.source.subset.fallback, measured, is_italic=is_italic, generic=last
        )
        if descriptors:
            weighed = f";font-weight:{weight}" if weight else ""
            written.append(f"@font-face{{font-family:{_fallback_of(font.face.family)}{weighed}{kept};{descriptors}}}")
    return "".join(written)


def _fallback_of(family: str) -> str:
    """The name of the stand-in for `family`, as a string."""
    escaped = _ESCAPED.sub(lambda match: f"\\{ord(match[0]):x} ", f"{family} fallback")
    return f'"{escaped}"'


def _format_edits(text: str, font: _Font, sources: Mapping[LogicalPath, Source]) -> Iterator[Edit]:
    """What makes the `src` of a face name the formats that were made."""
    reference, target = font.link
    after = _AFTER_URL.match(text, reference.end)
    subset = sources[target].subset
    if after is None or subset is None:
        return
    is_variable = (after[2] or "").lower().endswith(_VARIABLE)
    if after[2]:
        yield Edit(after.start(2), after.end(2), f"{subset.kind}{_VARIABLE if is_variable else ''}")
    for path in map(LogicalPath, subset.siblings):
        other = sources[path].subset if path != target and path in sources else None
        if other is not None:
            url = to_url(relative(font.sheet, path))
            yield Edit(after.end(), after.end(), f',url("{url}") format("{other.kind}")')


def _copy_edits(text: str, font: _Font, links: Collection[Link]) -> Iterator[Edit]:
    """What takes other copies of the font, which lead to what was made of it too, out of the `src` of its face."""
    start, end = font.face.src
    for reference, target in links:
        if target != font.link[1] or not font.link[0].end < reference.start < end:
            continue
        before = text.rfind(",", start, reference.start)
        after = _AFTER_URL.match(text, reference.end)
        if (
            before >= 0
            and after
            and _BEFORE_URL.fullmatch(text, before, reference.start)
            and _END.match(text, after.end())
        ):
            yield Edit(before, after.end())


def _family_edits(listed: Collection[Family], families: Collection[str]) -> Iterator[Edit]:
    """What puts stand-ins behind their families in lists that have none yet."""
    for family in listed:
        if family.name.lower() in families and f"{family.name.lower()} fallback" not in family.listed:
            yield Edit(family.end, family.end, f",{_fallback_of(family.name)}")


def _edited(asset: Linked, text: str, ordered: list[Edit], assets: Collection[LogicalPath]) -> Linked:
    """`asset` after edits, with links for the URLs that these wrote."""
    body, draft = edited(text, ordered), asset.draft
    links = moved_links(asset.links, ordered)
    known = {reference.start for reference, _ in links}
    wrote = {edit.replacement for edit in ordered if ",url(" in edit.replacement}
    if wrote:
        links += _new_links(draft.source.logical, body, wrote, known, assets=assets)
        links.sort(key=lambda link: link[0].start)
    origin = draft.origin and edited_map(draft.origin, ordered)
    references = tuple(reference for reference, _ in links)
    return Linked(replace(draft, body=body, references=references, origin=origin, digest=None), tuple(links))


def _new_links(
    sheet: LogicalPath, body: str, wrote: Collection[str], known: Collection[int], *, assets: Collection[LogicalPath]
) -> Iterator[Link]:
    urls = {to_url(relative(sheet, path)): path for path in assets}
    for reference in scan(body):
        is_ours = any(f'url("{reference.url}")' in text for text in wrote)
        if reference.start not in known and is_ours and reference.url in urls:
            yield reference, urls[reference.url]


def _is_preloaded(font: _Font, used: Collection[str], sources: Mapping[LogicalPath, Source]) -> bool:
    """Whether pages with the sheet surely need the font: a list names it, and it has letters."""
    subset = sources[font.link[1]].subset
    if subset is None or not subset.preloads or font.face.family.lower() not in used:
        return False
    ranges = font.face.descriptors.get("unicode-range")
    if ranges is None:
        return True
    parsed = (parsed_range(one.strip()) for one in ranges.split(","))
    return any(one[0] <= _LETTER <= one[1] for one in parsed if one)


def _with_imported(
    path: LogicalPath, own: Mapping[LogicalPath, list[_Font]], sheets: Mapping[LogicalPath, Linked]
) -> Iterator[LogicalPath]:
    """The fonts that are preloaded with a sheet: its own and those of the sheets that it imports."""
    waiting, seen = [path], {path}
    for sheet in waiting:
        yield from (font.link[1] for font in own.get(sheet, ()))
        further = [target for target in sheets[sheet].targets if target in sheets and target not in seen]
        seen.update(further)
        waiting += further

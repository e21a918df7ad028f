"""Puts imported sheets into those that import them: the rules of the whole are what browsers make of all files.

Takes linked sheets, gives one, with its diagnostics. An import that cannot be put inline, such as one from another
host, stays, and so do those before it: imports count only before all rules, and may not change places.

A sheet that is imported several times under the same conditions stands where it is imported last, which is where its
rules count; before that, only the layers that it declares are left (CSS Cascade 5, section 6.4.4).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import count
from typing import Final, NamedTuple

from buildassets.compiler.body import text_of
from buildassets.compiler.languages.css.imports import (
    Conditions,
    HeadOfSheet,
    Import,
    head_of,
    layers_of,
    without_strays,
)
from buildassets.compiler.languages.css.join import CHARSET, Ended, ended, ends_in_escape
from buildassets.compiler.languages.css.late_rules import late_imports
from buildassets.compiler.languages.css.open_ends import open_ends
from buildassets.compiler.languages.edits import Edit, edited, in_order, moved_links
from buildassets.compiler.languages.reference import Link, ReferenceKind
from buildassets.compiler.languages.scan import splice
from buildassets.compiler.languages.source_map.maps import edited_map, joined_maps
from buildassets.compiler.languages.source_map.values import SourceMap
from buildassets.compiler.model import Draft, Linked
from buildassets.compiler.resolve.urls import relative_path
from buildassets.compiler.transform.finish import origin_of
from buildassets.compiler.transform.original_positions import OriginalPositions
from buildassets.foundation.diagnostics import Diagnostic, Location, error, warning
from buildassets.foundation.frozen import replace
from buildassets.foundation.media import Syntax, media_of
from buildassets.foundation.paths import LogicalPath, relative, to_url

_CODE: Final = "css/inline"
# What may be put into one sheet: imports that double at each level would otherwise never end.
_MOST_NESTED: Final = 200
_MOST_PLACED: Final = 5000
_MOST_CHARACTERS: Final = 64_000_000
_Chain = tuple[object, ...]  # the conditions around an imported sheet, the outermost first


class _Part(NamedTuple):
    """`text`, or else what is at `start:end` in the sheet `path`."""

    path: LogicalPath | None
    start: int = 0
    end: int = 0
    text: str = ""


class _Sheet:
    """The parts of a linked sheet that matter to its importers."""

    def __init__(self, asset: Linked) -> None:
        self.asset = asset
        self.path = asset.draft.source.logical
        self._targets = {reference.start: target for reference, target in asset.links}

    @cached_property
    def text(self) -> str:
        return text_of(self.asset.draft.body)

    @cached_property
    def ended(self) -> Ended:
        return ended(self.text)

    @cached_property
    def head(self) -> HeadOfSheet:
        return head_of(self.text, self.ended.closers)

    @cached_property
    def edits(self) -> tuple[Edit, ...]:
        """The edits that end the sheet, without parts that would mean something else in a block."""
        own = self.ended.edits
        if "-->" not in self.text and "<!--" not in self.text and not open_ends(self.text):
            return own
        strays = without_strays(self.text)
        if strays and strays[-1].end == len(self.text):  # it need not be ended
            own = tuple(edit for edit in own if edit.start < edit.end)
        return tuple(in_order((*own, *strays)))

    def reference_of(self, one: Import) -> int | None:
        """The number of the reference that the import begins with; None if it has none."""
        for number, reference in enumerate(self.asset.draft.references):
            if one.keyword_end <= reference.start < one.conditions_start:
                return number
        return None

    def target_of(self, one: Import) -> LogicalPath | None:
        """The sheet that the import names; None for one that stays unchanged."""
        number = self.reference_of(one)
        if number is None or one.conditions is None:
            return None
        target = self._targets.get(self.asset.draft.references[number].start)
        return target if target is not None and is_sheet(target) else None

    def imported(self) -> set[LogicalPath]:
        """The sheets that it imports, and that may be put into it."""
        if self.asset.draft.failed or not self.asset.links:
            return set()
        return {target for one in self.head.imports if (target := self.target_of(one)) is not None}


class _TooMuchError(Exception):
    """A sheet with all its imports is too large to inline; holds the reason."""


class Inliner:
    """Puts imported sheets inline, whose parts are all `compiled`; `shown` turns a path into a user's name.

    `whole` gives the sheet of a path as others import it: a bundle is joined then.
    """

    def __init__(
        self,
        compiled: Mapping[LogicalPath, Linked],
        whole: Callable[[LogicalPath], Linked],
        shown: Callable[[str], str],
        *,
        source_maps: bool,
    ) -> None:
        self._compiled = compiled
        self._whole = whole
        self._shown = shown
        self._source_maps = source_maps
        self._sheets: dict[int, _Sheet] = {}  # by the identity of the asset, which the sheet holds

    def sheet(self, path: LogicalPath) -> _Sheet:
        """The compiled sheet `path`, without what is joined with it."""
        return self._sheet_of(self._compiled[path])

    def whole(self, path: LogicalPath) -> _Sheet:
        """The sheet `path` as others import it."""
        return self._sheet_of(self._whole(path))

    def _sheet_of(self, asset: Linked) -> _Sheet:
        if id(asset) not in self._sheets:
            self._sheets[id(asset)] = _Sheet(asset)
        return self._sheets[id(asset)]

    def imported(self, path: LogicalPath) -> set[LogicalPath]:
        """The sheets that the compiled asset `path` imports, and that may be put into it."""
        return self.sheet(path).imported() if is_sheet(path) else set()

    def lacks_import(self, path: LogicalPath) -> bool:
        """Whether the compiled asset `path` imports a file that does not exist."""
        asset = self._compiled[path]
        if not asset.missing or not is_sheet(path) or asset.draft.failed:
            return False
        sheet, missing = self.sheet(path), dict(asset.missing)
        return any(sheet.reference_of(one) in missing for one in sheet.head.imports)

    def inlined(self, path: LogicalPath) -> Linked:
        """The compiled asset `path` with all that it imports, which must be compiled; unchanged if it imports nothing.

        A sheet that keeps its name stays unchanged, byte for byte. If what it imports has errors, so has the result.
        """
        asset = self._compiled[path]
        if asset.draft.source.keeps_name or not (imported := self.imported(path)):
            return asset
        reached = map(self.whole, _reached(imported, lambda one: self.whole(one).imported()))
        if faults := [fault for sheet in reached for fault in sheet.asset.draft.diagnostics if fault.is_error]:
            return replace(asset, draft=replace(asset.draft, diagnostics=(*asset.draft.diagnostics, *faults)))
        try:
            return _Inlining(self, path, self._shown).whole(source_maps=self._source_maps)
        except _TooMuchError as reason:
            return self._left(asset, str(reason))

    def faults_of_joining(self, sheet: _Sheet) -> tuple[Diagnostic, ...]:
        """The diagnostics of a sheet that is joined of several: those of compiled ones are reported with these."""
        return () if sheet.asset is self._compiled.get(sheet.path) else sheet.asset.draft.diagnostics

    def _left(self, asset: Linked, reason: str) -> Linked:
        """The asset with its imports, and with a warning that they stay."""
        message = f"the imports of `{asset.draft.source.logical}` stay: with all their imports they are {reason}"
        first = next(iter(self.sheet(asset.draft.source.logical).head.imports))
        number = self.sheet(asset.draft.source.logical).reference_of(first)
        where = Location(asset.draft.source.shown)
        if number is not None:
            where = OriginalPositions(asset.draft, self._shown).place_of(number)
        fault = warning(_CODE, message, where, hint="import each sheet once, and from one place")
        return replace(asset, draft=replace(asset.draft, diagnostics=(*asset.draft.diagnostics, fault)))


def is_sheet(path: LogicalPath) -> bool:
    """Whether the asset is a style sheet."""
    return media_of(path).syntax is Syntax.CSS


def _reached(starts: Iterable[LogicalPath], edges: Callable[[LogicalPath], Iterable[LogicalPath]]) -> set[LogicalPath]:
    pending = [*starts]
    seen = set(pending)
    while pending:
        for target in edges(pending.pop()):
            if target not in seen:
                seen.add(target)
                pending.append(target)
    return seen


class _Inlining:
    """Puts together one sheet, from its last import to its first."""

    def __init__(self, inliner: Inliner, top: LogicalPath, shown: Callable[[str], str]) -> None:
        self._inliner = inliner
        self._top = top
        self._shown = shown
        self._seen: set[tuple[LogicalPath, _Chain]] = set()
        self._placed = self._characters = 0
        self._numbers = count()
        self._used: dict[LogicalPath, None] = {top: None}
        self._faults: dict[Diagnostic, None] = {}
        self._remaining: dict[LogicalPath, bool] = {}
        self._layers: dict[LogicalPath, str | None] = {}
        self._moved: list[_Part] = []  # imports that stay, out of the first sheet that is put inline

    def _sheet(self, path: LogicalPath) -> _Sheet:
        return self._inliner.sheet(path) if path == self._top else self._inliner.whole(path)

    def whole(self, *, source_maps: bool) -> Linked:
        """The sheet with everything that it imports."""
        sheet = self._sheet(self._top)
        kept = self._kept(sheet)
        parts = self._parts(self._top, (), (self._top,), kept)
        for path in self._used:
            self._judge(self._sheet(path))
        if any(self._sheet(path).ended.charset for path in self._used):
            parts = [_Part(None, text=CHARSET), *parts]
        return self._joined(parts, source_maps=source_maps)

    def _kept(self, sheet: _Sheet) -> int:
        """The number of imports of the top sheet that stay, from the first one on."""
        imports = sheet.head.imports
        last = max((number for number, one in enumerate(imports) if self._stays(sheet, one)), default=-1)
        is_first = all(sheet.target_of(one) is None for one in imports[:last])
        if last >= 0 and is_first and (target := sheet.target_of(imports[last])) is not None:
            moved = self._movable(target, imports[last].conditions or Conditions(), (self._top,))
            if moved is not None:
                self._moved = moved
                return last
        for one in imports[: last + 1]:
            self._report_kept(sheet, one)
        return last + 1

    def _report_kept(self, sheet: _Sheet, one: Import) -> None:
        target, number = sheet.target_of(one), sheet.reference_of(one)
        if target is None or number is None:
            return
        what = f"`{target}` cannot be put into `{sheet.path}`: an `@import` that stays, as from another host, follows"
        hint = "write imports from other hosts before all others"
        self._faults[warning(_CODE, what, self._place(sheet, number), hint=hint)] = None

    def _stays(self, sheet: _Sheet, one: Import) -> bool:
        """Whether the import stays unchanged, or one in the sheet that it names."""
        target = sheet.target_of(one)
        return target is None or self._has_remaining(target)

    def _has_remaining(self, path: LogicalPath) -> bool:
        if path not in self._remaining:
            sheets = map(self._sheet, _reached([path], lambda one: self._sheet(one).imported()))
            kept = (one for sheet in sheets for one in sheet.head.imports if sheet.target_of(one) is None)
            self._remaining[path] = next(kept, None) is not None
        return self._remaining[path]

    def _movable(self, path: LogicalPath, outer: Conditions, above: tuple[LogicalPath, ...]) -> list[_Part] | None:
        """The imports that stay in the sheet `path`, as written before it; None if they cannot be.

        They have to come before all rules, and before what declares layers.
        """
        sheet = self._sheet(path)
        imports = sheet.head.imports
        if sheet.head.has_layers or path in above:
            return None
        _limit(len(above), _MOST_NESTED, "nested more than {} deep")
        last = max((number for number, one in enumerate(imports) if self._stays(sheet, one)), default=-1)
        moved: list[_Part] = []
        for one in imports[: last + 1]:
            conditions = one.conditions and one.conditions.within(outer)
            if conditions is None:
                return None
            target = sheet.target_of(one)
            if target is None:
                moved += (_Part(None, text="@import"), _Part(path, one.keyword_end, one.conditions_start))
                moved.append(_Part(None, text=_written(conditions)))
            elif one is not imports[last] or (inner := self._movable(target, conditions, (*above, path))) is None:
                return None
            else:
                moved += inner
        return moved

    def _parts(self, path: LogicalPath, chain: _Chain, above: tuple[LogicalPath, ...], kept: int = 0) -> list[_Part]:
        """The parts of the sheet `path`, which is imported by those `above`; the first `kept` imports stay."""
        sheet = self._sheet(path)
        backwards: list[list[_Part]] = []
        end = len(sheet.text)
        for number, one in reversed(list(enumerate(sheet.head.imports))):
            if number >= kept:
                backwards += [_Part(path, one.end, end)], self._in_place(sheet, one, chain, above)
                end = one.start
        backwards.append([_Part(path, 0, end)])
        if path == self._top and self._moved:
            backwards.insert(len(backwards) - 1, self._moved)
        return [part for parts in reversed(backwards) for part in parts]

    def _in_place(self, sheet: _Sheet, one: Import, chain: _Chain, above: tuple[LogicalPath, ...]) -> list[_Part]:
        """The replacement of the import: the sheet that it names, or the rest of it."""
        target, conditions = sheet.target_of(one), one.conditions
        if target is None or conditions is None:
            return []  # it is written before the rules of the whole
        if target in above:
            self._report_cycle(above[above.index(target) :])
            return [_Part(None, text=conditions.declared(""))]
        own = (conditions, next(self._numbers)) if conditions.layer == "" else conditions
        inside = chain if conditions == Conditions() else (*chain, own)
        if (target, inside) in self._seen:
            layers = self._layers_of(target)
            if layers is not None:
                return [_Part(None, text=conditions.declared(layers))]
        self._count(self._sheet(target), above)
        self._seen.add((target, inside))
        self._used[target] = None
        before, after = conditions.around("")
        parts = self._parts(target, inside, (*above, target))
        return [_Part(None, text=before), *parts, _Part(None, text=after)]

    def _count(self, sheet: _Sheet, above: tuple[LogicalPath, ...]) -> None:
        """Count the sheet that is put inline below those `above`. Raises _TooMuchError."""
        self._placed += 1
        self._characters += len(sheet.text)
        _limit(len(above), _MOST_NESTED, "nested more than {} deep")
        _limit(self._placed, _MOST_PLACED, "more than {} sheets")
        _limit(self._characters, _MOST_CHARACTERS, "more than {} characters")

    def _layers_of(self, path: LogicalPath) -> str | None:
        """The layers that the sheet and those that it imports declare; None if they cannot be declared alone."""
        if path not in self._layers:
            self._layers[path] = ""  # in a cycle
            sheet = self._sheet(path)
            found: list[str | None] = []
            end = 0
            for one in sheet.head.imports:
                found += layers_of(sheet.text, end, one.start), self._layers_of_import(sheet, one)
                end = one.end
            found.append(layers_of(edited(sheet.text, sheet.ended.edits), end))
            self._layers[path] = None if None in found else "".join(filter(None, found))
        return self._layers[path]

    def _layers_of_import(self, sheet: _Sheet, one: Import) -> str | None:
        target, conditions = sheet.target_of(one), one.conditions
        if target is None or conditions is None:
            return ""
        layers = self._layers_of(target)
        return None if layers is None or conditions.layer == "" else conditions.declared(layers)

    def _report_cycle(self, members: tuple[LogicalPath, ...]) -> None:
        """Report the cycle at the last import of it, counted from the member with the least name."""
        first = members.index(min(members))
        ordered = (*members[first:], *members[:first])
        sheet = self._sheet(ordered[-1])
        imports = (one for one in sheet.head.imports if sheet.target_of(one) == ordered[0])
        number = sheet.reference_of(next(imports))
        shown = " → ".join(f"`{path}`" for path in (*ordered, ordered[0]))
        message = f"`{ordered[0]}` imports itself in a cycle: {shown}"
        where = Location(sheet.asset.draft.source.shown) if number is None else self._place(sheet, number)
        hint = "remove this `@import`: browsers ignore it"
        self._faults[warning("css/cycle", message, where, hint=hint)] = None

    def _judge(self, sheet: _Sheet) -> None:
        """Report what would mean something else in the whole, and what joining an imported bundle reported."""
        if sheet.path != self._top:
            self._faults.update(dict.fromkeys(self._inliner.faults_of_joining(sheet)))
        positions = OriginalPositions(sheet.asset.draft, self._shown)
        source = sheet.asset.draft.source
        if sheet.head.namespace:
            found = head_of(positions.text, ended(positions.text).closers).namespace
            where = positions.place_in(*found) if found else Location(source.shown)
            what = f"the `@namespace` of `{source.shown}` would apply to the sheets that are joined with it"
            self._faults[error(_CODE, what, where, hint="load this sheet by an element of its own")] = None
        if ends_in_escape(sheet.text):
            what = f"`{source.shown}` ends in a backslash, which would escape what follows"
            self._faults[error(_CODE, what, Location(source.shown), hint="remove the backslash")] = None
        if sheet.path == self._top:
            return
        numbers = {reference.start: number for number, reference in enumerate(sheet.asset.draft.references)}
        for late in late_imports(sheet.text):
            number = next((numbers[start] for start in sorted(numbers) if start > late.end), None)
            where = Location(source.shown) if number is None else positions.place_of(number)
            what = f"an `@import` of `{source.shown}` comes after other rules, where browsers ignore it"
            hint = "move it to the beginning of the sheet, or remove it"
            self._faults[error(_CODE, what, where, hint=hint)] = None

    def _place(self, sheet: _Sheet, number: int) -> Location:
        return OriginalPositions(sheet.asset.draft, self._shown).place_of(number)

    def _joined(self, parts: Iterable[_Part], *, source_maps: bool) -> Linked:
        """The asset that the `parts` make, in order."""
        body: list[str] = []
        length = 0
        links: list[Link] = []
        origins: list[SourceMap] = []
        for part in parts:
            text = part.text
            if part.path is not None:
                sheet = self._sheet(part.path)
                ordered = self._edits(sheet, part)
                text = edited(sheet.text, ordered)
                links += moved_links(sheet.asset.links, ordered, length)
                if source_maps:
                    origin = origin_of(sheet.asset.draft, sheet.text, Syntax.CSS)
                    origins.append(edited_map(origin, ordered, length))
            body.append(text)
            length += len(text)
        top = self._sheet(self._top).asset.draft
        drafts = [self._sheet(path).asset.draft for path in self._used]
        text = "".join(body)
        draft = Draft(
            top.source,
            text if links else text.encode("utf-8"),
            tuple(reference for reference, _ in links),
            inputs=tuple(dict.fromkeys(path for draft in drafts for path in draft.inputs)),
            engines=tuple(dict.fromkeys(engine for draft in drafts for engine in draft.engines)),
            origin=joined_maps(origins) if source_maps else None,
            directives=top.directives,
            diagnostics=tuple(self._faults),
        )
        return Linked(draft, tuple(links))

    def _edits(self, sheet: _Sheet, part: _Part) -> list[Edit]:
        """The edits of the whole text of a sheet that leave what belongs to the `part`, as written here."""
        own = sheet.ended.edits if sheet.path == self._top else sheet.edits
        last = max((one.end for one in sheet.head.imports), default=0)
        if part.start == last == len(sheet.text):  # what it lacks of its end is gone with its last import
            own = tuple(edit for edit in own if edit.start < edit.end)
        inside = [edit for edit in (*own, *_moved_urls(sheet.asset, self._top)) if _is_inside(edit, part)]
        return in_order([Edit(0, part.start), *inside, Edit(part.end, len(sheet.text))])


def _limit(found: int, most: int, reason: str) -> None:
    if found > most:
        raise _TooMuchError(reason.format(f"{most:,}"))


def _is_inside(edit: Edit, part: _Part) -> bool:
    return part.start <= edit.start and edit.end <= part.end and (part.start < part.end or edit.start == edit.end)


def _written(conditions: Conditions) -> str:
    """The conditions as they follow the target of an import, with its semicolon."""
    layer = "" if conditions.layer is None else f" layer({conditions.layer})" if conditions.layer else " layer"
    supports = "" if conditions.supports is None else f" supports({conditions.supports})"
    return f"{layer}{supports}{conditions.media and ' ' + conditions.media};"


def _moved_urls(member: Linked, base: LogicalPath) -> Iterator[Edit]:
    """The edits that keep relative references to no asset pointing at the same place from the folder of `base`."""
    path = member.draft.source.logical
    text = text_of(member.draft.body)
    linked = {reference.start for reference, _ in member.links}
    missing = dict(member.missing)
    for number, reference in enumerate(member.draft.references):
        if reference.start in linked or reference.kind is ReferenceKind.SOURCE_MAP:
            continue
        target = missing.get(number) or relative_path(reference, path)
        if target is not None and relative(base, target) != relative(path, target):
            raw = text[reference.start : reference.end]
            at_start = replace(reference, start=0, end=len(raw))
            yield Edit(reference.start, reference.end, splice(raw, [(at_start, to_url(relative(base, target)))]))

"""Bundles by concatenation: finds the sources that make them, and joins these into one asset.

Takes the configuration's patterns and the sources, later the members with their links; gives logical paths, assets
and diagnostics. Touches the disk only to find the line of a faulty setting.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from posixpath import commonpath, dirname, relpath

from buildassets.compiler.body import text_of
from buildassets.compiler.engines.protocol import Templating
from buildassets.compiler.languages.edits import Edit, Joints, Member, edited, in_order, moved_links
from buildassets.compiler.languages.reference import Link, ReferenceKind
from buildassets.compiler.languages.scan import join, splice
from buildassets.compiler.languages.source_map.maps import edited_map, joined_maps
from buildassets.compiler.languages.source_map.values import SourceMap
from buildassets.compiler.model import Draft, Linked, Source
from buildassets.compiler.sources.globs import is_glob, named_by, pattern_advice
from buildassets.compiler.sources.names import file_name, is_script_template
from buildassets.compiler.sources.uncompiled import advice
from buildassets.compiler.transform.finish import origin_of
from buildassets.compiler.transform.original_positions import OriginalPositions
from buildassets.foundation.diagnostics import Diagnostic, Location, error, warning
from buildassets.foundation.frozen import frozen, replace
from buildassets.foundation.media import Syntax, media_of, suffix
from buildassets.foundation.nearest import Known
from buildassets.foundation.paths import LogicalPath, relative, to_url

Members = tuple[LogicalPath, ...]
_JOINABLE = (Syntax.CSS, Syntax.JAVASCRIPT)


@frozen
class JstNames:
    """The names of the templates in one bundle: those `given` by logical path, or else those that Jammit chooses.

    The ones that directives ask for, which are `required`, have the names that Sprockets chooses.
    """

    templating: Templating = Templating()
    given: Mapping[str, str] | None = None
    required: Collection[LogicalPath] = ()

    def of(self, drafts: Iterable[Draft]) -> Mapping[str, str]:
        """The names of templates that differ from those of their files, by logical path.

        Without `given` names, these are the paths below their source root for those that are `required`, and for others
        the paths below the folder that they share.
        """
        if self.given is not None:
            return self.given
        templates: dict[str, Source] = {
            draft.source.logical: draft.source for draft in drafts if is_script_template(draft.source)
        }
        below_root = [templates.pop(path) for path in self.required if path in templates]
        names: dict[str, str] = {source.logical: self.templating.stem(source.relative) for source in below_root}
        if len(templates) < 2:
            return names
        shared = commonpath([dirname("/" + path) for path in templates])
        return names | {path: self.templating.stem(relpath("/" + path, shared)) for path in templates}


@frozen
class Bundles:
    """The members of each bundle, in order, and the diagnostics for the patterns."""

    members: Mapping[LogicalPath, Members]
    diagnostics: tuple[Diagnostic, ...] = ()


def find_bundles(
    patterns: Mapping[str, Sequence[str]], sources: Sequence[Source], place: Callable[..., Location | None]
) -> Bundles:
    """The bundles that `patterns` describe; `place` gives the place of a setting by its keys.

    A glob matches the names of files, so `*.css` takes no sheet in SCSS. A pattern without a wildcard is the name of
    one file, or the logical path of a compiled one. Matches of a glob are sorted by logical path; each source is taken
    once, where it is first named. A bundle without members is left out.
    """
    known = {source.logical: source for source in sources}
    by_file = {file_name(source): source.logical for source in sources}
    nearby = Known(by_file)
    members: dict[LogicalPath, Members] = {}
    faults: list[Diagnostic] = []
    for name, given in patterns.items():
        bundle = LogicalPath(name)
        if bundle in known:
            message = f"the bundle `{bundle}` has the name of the source `{known[bundle].shown}`"
            hint = "name the bundle otherwise, or rename the file"
            faults.append(error("bundle/duplicate", message, place("bundles", name), hint=hint))
            continue
        members[bundle] = _matches(bundle, given, by_file, nearby, faults=faults, place=place)
        faults += _kind_faults(bundle, members[bundle], known, place)
    return Bundles({bundle: paths for bundle, paths in members.items() if paths}, tuple(faults))


def _matches(
    bundle: LogicalPath,
    patterns: Sequence[str],
    by_file: Mapping[str, LogicalPath],
    nearby: Known,
    *,
    faults: list[Diagnostic],
    place: Callable[..., Location | None],
) -> Members:
    members: list[LogicalPath] = []
    compiled = frozenset(by_file.values())
    for index, pattern in enumerate(patterns):
        matching = sorted(by_file[name] for name in named_by(pattern, by_file))
        if not matching and not is_glob(pattern):
            matching = [LogicalPath(path) for path in named_by(pattern, compiled)]
        members += matching
        if not matching:
            message = f"`{pattern}` in the bundle `{bundle}` matches no source"
            hint = pattern_advice(pattern, suffix(bundle), by_file)
            if hint is None:
                near = _glob_of_files(pattern, by_file) if is_glob(pattern) else nearby.nearest_asset(pattern)
                hint = f"did you mean `{near}`?" if near else None
            faults.append(error("bundle/empty", message, place("bundles", bundle, index), hint=hint))
    return tuple(dict.fromkeys(members))


def _glob_of_files(pattern: str, by_file: Mapping[str, LogicalPath]) -> str | None:
    """The glob of the files whose compiled names `pattern` matches: `*.css` → `*.scss`."""
    compiled = frozenset(by_file.values())
    meant = {LogicalPath(path) for path in named_by(pattern, compiled)}
    kinds = {suffix(file) for file, logical in by_file.items() if logical in meant}
    return pattern.removesuffix(suffix(pattern)) + min(kinds) if kinds and suffix(pattern) else None


def _kind_faults(
    bundle: LogicalPath,
    members: Members,
    known: Mapping[LogicalPath, Source],
    place: Callable[..., Location | None],
) -> Iterator[Diagnostic]:
    syntax = media_of(bundle).syntax
    where = place("bundles", bundle)
    if syntax not in _JOINABLE:
        message = f"`{bundle}` cannot be a bundle: only style sheets and scripts can be joined"
        yield error("bundle/kind", message, where, hint="end its name in `.css` or `.js`")
        return
    kind, example = ("style sheet", "css/*.css") if syntax is Syntax.CSS else ("script", "js/*.js")
    for member in members:
        if known[member].uncompiled:
            language = suffix(member)
            message = f"`{known[member].shown}` cannot be joined into `{bundle}`: nothing compiles `{language}`"
            yield error("bundle/kind", message, where, hint=advice(language))
        elif media_of(member).syntax is not syntax:
            message = f"`{known[member].shown}` cannot be joined into `{bundle}`: it is not a {kind}"
            yield error("bundle/kind", message, where, hint=f"name its kind in the pattern, as in `{example}`")


def joined(
    source: Source,
    members: Sequence[Linked],
    shown: Callable[[str], str],
    *,
    source_maps: bool = False,
    names: JstNames | None = None,
    around: tuple[str, str] = ("", ""),
) -> Linked:
    """The asset of `source` that the `members`, of one syntax, make together. If they cannot, it has diagnostics.

    Missing references are reported for the member, not here. `shown` turns a path into the name a user would write.
    With `source_maps` the draft has an origin. `around` are texts to put before and after the whole.
    """
    drafts = [member.draft for member in members]
    draft = Draft(
        source,
        inputs=tuple(dict.fromkeys(path for part in drafts for path in part.inputs)),
        engines=tuple(dict.fromkeys(engine for part in drafts for engine in part.engines)),
    )
    syntax = source.syntax
    if syntax is None or any(part.failed or part.source.syntax is not syntax for part in drafts):
        return Linked(draft)
    joints = join(syntax, [Member(part.source.shown, text_of(part.body)) for part in drafts])
    draft = replace(draft, diagnostics=tuple(_diagnostics(syntax, drafts, joints, shown)))
    if joints.faults:
        return Linked(draft)
    body = ""
    contents: list[tuple[str, int]] = []
    links: list[Link] = []
    origins: list[SourceMap] = []
    renamed = (names or JstNames()).of(drafts)
    for number, (member, edits) in enumerate(zip(members, joints.edits, strict=True)):
        before = [Edit(0, 0, around[0])] if around[0] and number == 0 else []
        ordered = in_order([*before, *edits, *_rebased(member, source.logical), *_renamed(member.draft, renamed)])
        links += moved_links(member.links, ordered, len(body))
        if source_maps:
            origins.append(edited_map(origin_of(member.draft, text_of(member.draft.body), syntax), ordered, len(body)))
        text = edited(text_of(member.draft.body), ordered)
        contents.append((member.draft.source.path, len(text) if text.isascii() else len(text.encode("utf-8"))))
        body += text
    body += around[1]
    references = tuple(reference for reference, _ in links)
    origin = joined_maps(origins) if source_maps else None
    final = body if links else body.encode("utf-8")
    made_of = tuple(contents)
    return Linked(replace(draft, body=final, references=references, origin=origin, contents=made_of), tuple(links))


def _renamed(draft: Draft, names: Mapping[str, str]) -> Iterator[Edit]:
    if draft.source.logical in names:
        from buildassets.compiler.engines.jst import name_edit  # few projects have templates for scripts

        yield name_edit(text_of(draft.body), names[draft.source.logical])


def _rebased(member: Linked, bundle: LogicalPath) -> Iterator[Edit]:
    """The edits that keep references to missing assets pointing at the same place from the bundle's folder."""
    base = member.draft.source.logical
    text = text_of(member.draft.body)
    for index, target in member.missing:
        reference = member.draft.references[index]
        path = relative(bundle, target)
        if reference.kind is not ReferenceKind.SOURCE_MAP and path != relative(base, target):
            raw = text[reference.start : reference.end]
            at_start = replace(reference, start=0, end=len(raw))
            yield Edit(reference.start, reference.end, splice(raw, [(at_start, to_url(path))]))


def _diagnostics(
    syntax: Syntax, drafts: Sequence[Draft], joints: Joints, shown: Callable[[str], str]
) -> Iterator[Diagnostic]:
    """The diagnostics for `joints`, which were found in minified texts, at their places in the sources."""
    faults = [*joints.faults, *joints.changes]
    if not faults:
        return
    members = [OriginalPositions(draft, shown) for draft in drafts]
    texts = zip(drafts, members, strict=True)
    written = join(syntax, [Member(draft.source.shown, positions.text) for draft, positions in texts])
    in_sources = [*written.faults, *written.changes]
    is_same = [(fault.code, fault.member) for fault in in_sources] == [(fault.code, fault.member) for fault in faults]
    for number, (fault, place) in enumerate(zip(faults, in_sources if is_same else faults, strict=True)):
        location = Location(drafts[fault.member].source.shown)
        if is_same:
            location = members[fault.member].place_in(place.start, place.end)
        notes: list[str] = []
        if is_same and place.cause:
            cause = members[place.cause.member].place_in(place.cause.start, place.cause.end)
            notes.append(f"{place.cause.verb} at {cause.file}:{cause.line}:{cause.column}")
        make = error if number < len(joints.faults) else warning
        yield make(fault.code, fault.message, location, notes=notes, hint=fault.hint)

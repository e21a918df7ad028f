"""The manifest: what a build made, and the only file that a web process reads.

Takes and gives text. Pure. `manifest.schema.json` beside this module is the same as a JSON Schema.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from buildassets.digest import digest
from buildassets.manifest_json import (
    ASSETS_FOLDER,
    SCHEMA,
    AssetLines,
    assets_span,
    checksum,
    no_manifest,
    read_document,
    read_served,
)
from buildassets.soundness import generator_fault

__all__ = [
    "ASSETS_FOLDER",
    "IDENTITY",
    "LIVERELOAD_NAME",
    "MANIFEST_NAME",
    "SCHEMA",
    "Companion",
    "Delta",
    "Entry",
    "Manifest",
    "Packages",
    "Retained",
    "amended",
    "dumps",
    "entries_of",
    "is_whole",
    "loads",
    "loads_lazily",
    "read_document",
    "release_of",
]

IDENTITY: Final = "identity"  # the content coding of a file as it is (RFC 9110, section 12.5.3)
MANIFEST_NAME: Final = "manifest.json"
LIVERELOAD_NAME: Final = "livereload.json"  # a file among the assets; its name has no fingerprint, as theirs have


@dataclass(frozen=True, slots=True)
class Delta:
    """An asset as what differs from an earlier file. `digest` is the SHA-256 in base64 of the file that holds it."""

    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class Companion:
    """A file beside the assets that keeps its name. `digest` is the SHA-256 of its content in base64."""

    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One asset. `file` is relative to the release directory's `assets/`; sizes in bytes.

    `encodings` names the precompressed copies beside the file (content codings of RFC 9110) with their sizes; `digests`
    are the SHA-256 of the copies in base64, and that of the file as `identity` where there is no `integrity`;
    `inputs`, `references` and `imports` are sorted; `imports` are the modules that a script loads before it runs, among
    them those that an import map names; `map` is the logical path of the source map, if there is one. `deltas` are by
    the SHA-256 in base64 of the earlier file that a browser must have; `media.delta_file` names their files. `own` is
    the fingerprint of its text before the names of other assets are written into it, where any are.
    """

    file: str
    type: str
    size: int
    integrity: str | None = None
    encodings: Mapping[str, int] = field(default_factory=dict)
    inputs: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    map: str | None = None
    digests: Mapping[str, str] = field(default_factory=dict)
    deltas: Mapping[str, Delta] = field(default_factory=dict)
    own: str | None = None


@dataclass(frozen=True, slots=True)
class Packages:
    """What pages may load in place of some assets: for each, by its logical path, the `members` that make it, in order.

    Of one that would be empty there are none. With `individual`, pages load the members by default.
    """

    members: Mapping[str, tuple[str, ...]]
    individual: bool = False


@dataclass(frozen=True, slots=True)
class Retained:
    """An earlier release whose files are kept: `assets` are those that no newer release names.

    `superseded` is when another took its place: RFC 3339, in UTC and whole seconds, so that texts compare as times do.
    """

    release: str
    superseded: str
    assets: Mapping[str, Entry]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a release holds. `engines` says which compilers made it, with their versions.

    `settings` are those that decide contents and are not the usual ones, `sources` the fingerprints of the inputs of
    assets that have several. `retained` are earlier releases, the newest first.
    `importmap`, `scopes` and `modules` are what pages' import maps are made of: see `compiler.model.ImportMap`, which
    also has `not_preloaded`.
    `livereload` is the file, relative to `assets/`, in which pages look for a running watcher; no release for
    production has one. With `dictionaries`, browsers are asked to keep files for the deltas of later releases.
    `blocks` are the parts of templates that the build made, by key: for each the elements that take its place, as JSON
    has them, with `element`, `attributes` and either `asset` or `text`. `companions` are files for other systems, by
    their names relative to `assets/`. `packages` are None where no asset is loaded in pieces.
    """

    version: str
    engines: Mapping[str, str]
    url: str
    assets: Mapping[str, Entry]
    importmap: Mapping[str, str] = field(default_factory=dict)
    retained: tuple[Retained, ...] = ()
    scopes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    modules: Mapping[str, str] = field(default_factory=dict)
    livereload: str | None = None
    dictionaries: bool = False
    companions: Mapping[str, Companion] = field(default_factory=dict)
    packages: Packages | None = None
    not_preloaded: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    blocks: Mapping[str, Any] = field(default_factory=dict)


def dumps(manifest: Manifest) -> str:
    """`manifest` as text: ASCII, keys sorted, one asset a line, a newline at the end."""
    generator: dict[str, Any] = {"name": "buildassets", "version": manifest.version, "engines": {**manifest.engines}}
    if manifest.settings:
        generator["settings"] = dict(manifest.settings)
    if manifest.sources:
        generator["sources"] = dict(manifest.sources)
    document = {"schema": SCHEMA, "generator": _proven(generator), **_others(manifest)}
    assets = _one_a_line({path: _entry_document(entry) for path, entry in manifest.assets.items()})
    return _laid_out(assets, document)


def is_whole(text: str, file: str = MANIFEST_NAME) -> bool:
    """Whether `text` is, byte for byte, a manifest as `dumps` writes it. Raises ManifestError where it is none.

    One that knows more keys may be, too. What a generator without a digest says, as in older
    ones, is not proven. Whether its values are sound is another question.
    """
    document = read_document(text, file)
    document.pop("release", None)
    generator = document.get("generator")
    try:
        if not isinstance(generator, dict) or _laid_out(_one_a_line(document.pop("assets")), document) != text:
            return False
        if "digest" not in generator:
            return generator.keys() == {"engines", "name", "version"}
        return bool(_proven(generator) == generator)
    except RecursionError:
        return False


def _laid_out(assets: str, others: Mapping[str, Any]) -> str:
    """A manifest as it is written, of the text of its assets and all else that it holds but `release`."""
    texts = {key: _one_a_line(value) for key, value in others.items()}
    served = {key: value for key, value in others.items() if key not in ("generator", "schema")}
    texts |= {"assets": assets, "release": _compact(_release(assets, served))}
    lines = [f" {_compact(key)}: {texts[key]}" for key in sorted(texts)]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _proven(generator: Mapping[str, Any]) -> dict[str, Any]:
    """`generator` with the digest over all that it says besides."""
    said = {key: value for key, value in generator.items() if key != "digest"}
    return {**said, "digest": digest(_compact(said).encode("ascii"))}


def _others(manifest: Manifest) -> dict[str, Any]:
    """All that is served, beside the assets."""
    others: dict[str, Any] = {
        "url": manifest.url,
        "importmap": dict(manifest.importmap),
        "retained": _retained_document(manifest.retained),
    }
    if manifest.scopes:
        others["scopes"] = {scope: dict(names) for scope, names in manifest.scopes.items()}
    if manifest.modules:
        others["modules"] = dict(manifest.modules)
    if manifest.livereload is not None:
        others["livereload"] = manifest.livereload
    if manifest.dictionaries:
        others["dictionaries"] = True
    if manifest.blocks:
        others["blocks"] = dict(manifest.blocks)
    if manifest.companions:
        others["companions"] = {name: _sized_document(one) for name, one in manifest.companions.items()}
    if manifest.not_preloaded:
        others["not_preloaded"] = list(manifest.not_preloaded)
    if manifest.packages is not None:
        members = {name: list(members) for name, members in manifest.packages.members.items()}
        others["packages"] = {"members": members, "individual": manifest.packages.individual}
    return others


def amended(
    content: bytes, entries: Mapping[str, Entry], retained: Iterable[Retained], sources: Mapping[str, str]
) -> bytes:
    """The manifest in `content`, as `dumps` made it, with other entries for some of its assets and with `retained`.

    `sources` are other digests for some of its own. Raises ValueError where it is laid out otherwise, or has no such
    assets or sources.
    """
    span = assets_span(content)
    if span is None:
        raise ValueError
    assets = _with_entries(content[slice(*span)], entries)
    others = json.loads(b"{" + content[span[1] + len(b",") :])
    del others["release"]
    if sources:
        before = others["generator"].get("sources", {})
        if not sources.keys() <= before.keys():
            raise ValueError
        others["generator"] = _proven({**others["generator"], "sources": {**before, **sources}})
    others["retained"] = _retained_document(retained)
    return _laid_out(assets.decode("ascii"), others).encode("ascii")


def _with_entries(assets: bytes, entries: Mapping[str, Entry]) -> bytes:
    """The text `assets` with other `entries` for some, which are looked for in the order in which they stand."""
    pieces: list[bytes] = []
    position = 0
    for path in sorted(entries):
        key = f"\n  {_compact(path)}: ".encode("ascii")
        start = assets.index(key, position) + len(key)
        stop = assets.index(b"\n", start)
        stop -= assets[stop - 1 : stop] == b","
        pieces += assets[position:start], _compact(_entry_document(entries[path])).encode("ascii")
        position = stop
    return b"".join((*pieces, assets[position:]))


def _release(assets: str, others: Mapping[str, Any]) -> str:
    """64 hex digits over the text of `assets` and all else that is served: the checksum, then those of the SHA-256."""
    text = assets.encode("ascii")
    begin = checksum(text)
    return begin + digest(text + _compact(others).encode("ascii"))[len(begin) :]


def _compact(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _one_a_line(value: Any) -> str:
    """JSON with a line for each member or element; `json` indents in Python alone, ten times slower than this."""
    if not isinstance(value, dict | list) or not value:
        return _compact(value)
    if isinstance(value, list):
        return "[\n" + ",\n".join(f"  {_compact(element)}" for element in value) + "\n ]"
    return "{\n" + ",\n".join(f"  {_compact(key)}: {_compact(value[key])}" for key in sorted(value)) + "\n }"


def _retained_document(retained: Iterable[Retained]) -> list[dict[str, Any]]:
    return [
        {
            "release": one.release,
            "superseded": one.superseded,
            "assets": {path: _file_document(entry) for path, entry in one.assets.items()},
        }
        for one in retained
    ]


def _entry_document(entry: Entry) -> dict[str, Any]:
    document = _file_document(entry)
    document["inputs"] = list(entry.inputs)
    document["references"] = list(entry.references)
    if entry.imports:
        document["imports"] = list(entry.imports)
    if entry.map is not None:
        document["map"] = entry.map
    if entry.deltas:
        document["deltas"] = {one: _sized_document(to) for one, to in entry.deltas.items()}
    if entry.own is not None:
        document["own"] = entry.own
    return document


def _sized_document(one: Companion | Delta) -> dict[str, Any]:
    return {"size": one.size, "digest": one.digest}


def _file_document(entry: Entry) -> dict[str, Any]:
    """What is said of a file, whatever it was made of."""
    document: dict[str, Any] = {"file": entry.file, "type": entry.type, "size": entry.size}
    if entry.integrity is not None:
        document["integrity"] = entry.integrity
    if entry.encodings:
        document["encodings"] = dict(entry.encodings)
    if entry.digests:
        document["digests"] = dict(entry.digests)
    return document


def loads(text: str | bytes, file: str = MANIFEST_NAME) -> Manifest:
    """The manifest in `text`, all of it sure to be as a build may write it; unknown keys are ignored.

    Raises ManifestError, naming `file`, where it is not.
    """
    manifest = loads_lazily(text, file)
    return replace(manifest, assets=dict(manifest.assets))


def loads_lazily(text: str | bytes, file: str = MANIFEST_NAME) -> Manifest:
    """The same for one who uses few entries: each raises ManifestError when it is asked for, if it is unsound."""
    document = read_served(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"), file)
    try:
        generator = document["generator"]
        fault = generator_fault(generator)
        if fault:
            raise no_manifest(file, f"the `{fault}` in its `generator` is damaged")
        if document["url"] is None:
            raise TypeError
        return Manifest(
            version=generator["version"],
            engines=generator["engines"],
            url=document["url"],
            assets=_Entries(document["assets"], file),
            importmap=document.get("importmap") or {},
            retained=tuple(_retained(release) for release in document.get("retained", ())),
            scopes=document.get("scopes") or {},
            modules=document.get("modules") or {},
            livereload=document.get("livereload"),
            dictionaries=document.get("dictionaries") is True,
            companions=_companions(document.get("companions") or {}),
            packages=_packages(document.get("packages")),
            not_preloaded=tuple(document.get("not_preloaded") or ()),
            settings=generator.get("settings") or {},
            sources=generator.get("sources") or {},
            blocks=document.get("blocks") or {},
        )
    except (KeyError, TypeError, AttributeError):
        raise no_manifest(file) from None


def entries_of(content: bytes, file: str = MANIFEST_NAME) -> Mapping[str, Entry]:
    """The entries of a manifest, each made when it is asked for. Raises ManifestError as `loads` does."""
    return _Entries(read_served(content, file)["assets"], file)


def release_of(content: bytes, file: str = MANIFEST_NAME) -> str:
    """The `release` that a manifest states. Raises ManifestError as `loads` does."""
    return str(read_served(content, file).get("release"))


class _Entries(Mapping[str, Entry]):
    """Entries that are made of their texts: one when it is asked for, all when they are gone through; each once."""

    def __init__(self, lines: Mapping[str, Any], file: str) -> None:
        self._lines = lines
        self._file = file
        self._made: dict[str, Entry] = {}

    def __getitem__(self, path: str) -> Entry:
        if path not in self._made:
            fields = self._lines[path]
            try:
                self._made[path] = _entry(fields)
            except KeyError:
                raise no_manifest(self._file) from None
        return self._made[path]

    def __contains__(self, path: object) -> bool:
        return path in self._lines

    def __iter__(self) -> Iterator[str]:
        if isinstance(self._lines, AssetLines):
            self._lines = self._lines.parsed()
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)


def _companions(named: Mapping[str, Any]) -> dict[str, Companion]:
    return {name: Companion(fields["size"], fields["digest"]) for name, fields in named.items()}


def _packages(packages: Mapping[str, Any] | None) -> Packages | None:
    if packages is None:
        return None
    return Packages({name: tuple(found) for name, found in packages["members"].items()}, packages["individual"])


def _retained(release: Mapping[str, Any]) -> Retained:
    assets = {path: _entry(fields) for path, fields in release["assets"].items()}
    return Retained(release["release"], release["superseded"], assets)


def _entry(fields: Mapping[str, Any]) -> Entry:
    return Entry(
        file=fields["file"],
        type=fields["type"],
        size=fields["size"],
        integrity=fields.get("integrity"),
        encodings=fields.get("encodings", {}),
        inputs=tuple(fields.get("inputs", ())),
        references=tuple(fields.get("references", ())),
        imports=tuple(fields.get("imports", ())),
        map=fields.get("map"),
        own=fields.get("own"),
        digests=fields.get("digests", {}),
        deltas={one: Delta(to["size"], to["digest"]) for one, to in fields.get("deltas", {}).items()},
    )

"""The manifest: the record of a build, and the only file that a web process reads.

Takes and gives text. Pure. `manifest.schema.json` in the package describes it as a JSON Schema.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from buildassets.foundation.digest import digest
from buildassets.foundation.frozen import field, frozen, replace
from buildassets.manifest.json import (
    ASSETS_FOLDER,
    RELEASE_FILE,
    SCHEMA,
    STATICFILES_NAME,
    AssetLines,
    assets_span,
    checksum,
    no_manifest,
    read_document,
    read_served,
    release_content,
)
from buildassets.manifest.soundness import generator_fault

__all__ = [
    "ASSETS_FOLDER",
    "COLLECTED_NAME",
    "IDENTITY",
    "LIVERELOAD_NAME",
    "MANIFEST_NAME",
    "MAPS_SUFFIX",
    "RELEASE_FILE",
    "SCHEMA",
    "STATICFILES_NAME",
    "Companion",
    "Delta",
    "Entry",
    "Manifest",
    "Packages",
    "Retained",
    "ViteSource",
    "digest_of_release",
    "dumps",
    "entries_as_written",
    "entries_of",
    "entry_lines",
    "is_whole",
    "loads",
    "loads_lazily",
    "may_have_own_names",
    "own_names",
    "read_document",
    "release_content",
]

IDENTITY: Final = "identity"  # the content coding of an uncompressed file (RFC 9110, section 12.5.3)
MANIFEST_NAME: Final = "manifest.json"
COLLECTED_NAME: Final = "buildassets.json"  # that of a release that `collectstatic` made
MAPS_SUFFIX: Final = ".maps"  # of the folder beside a release directory that contains its hidden source maps
LIVERELOAD_NAME: Final = "livereload.json"  # a file among the assets, but without a fingerprint


@frozen
class Delta:
    """The difference of an asset from an earlier file. `digest` is the SHA-256 of the delta's own file, in base64."""

    size: int
    digest: str


@frozen
class Companion:
    """A file next to the assets that keeps its name. `digest` is the SHA-256 of its content in base64."""

    size: int
    digest: str


@frozen
class Entry:
    """One asset. `file` is relative to the release directory's `assets/`; sizes are in bytes.

    `encodings` maps the content codings (RFC 9110) of the precompressed copies to their sizes; `digests` maps them to
    the SHA-256 of the copies in base64, and has that of the file as `identity` where there is no `integrity`.
    `inputs`, `references` and `imports` are sorted; `imports` are the modules that a script loads before it runs,
    including those that an import map names. `map` is the logical path of the source map, if there is one. The keys of
    `deltas` are the SHA-256 in base64 of the earlier file that a browser must have; `media.delta_file` names their
    files. `own` is the fingerprint of the text before the names of other assets were written into it, if any were.
    `width` and `height` are those of an image in CSS pixels, as browsers show it; both are None where it has no size.
    `names` are those of CSS modules in a bundle, by module and by the name as written there.
    `variants` are the logical paths of a picture's variants in other widths and formats, sorted.
    `preloads` are the fonts that pages preload with the sheet, in its order.
    A file that is `plain` has its own name, which later releases use again; it has no `integrity` and no copies.
    `icons` are those of a sprite, each with its width and height in CSS pixels, or with nothing where it has no size.
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
    width: int | None = None
    height: int | None = None
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    variants: tuple[str, ...] = ()
    preloads: tuple[str, ...] = ()
    icons: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    plain: bool = False


@frozen
class Packages:
    """The assets that pages may load one by one instead of as a package.

    `members` maps the logical path of each package to those of its members, in order; an empty package has none. With
    `individual`, pages load the members by default.
    """

    members: Mapping[str, tuple[str, ...]]
    individual: bool = False


@frozen
class Retained:
    """An earlier release whose files are kept: `assets` are those that no newer release names.

    `superseded` is the time at which the next release replaced it: RFC 3339, in UTC and whole seconds, so that texts
    compare as times do.
    """

    release: str
    superseded: str
    assets: Mapping[str, Entry]


@frozen
class ViteSource:
    """A source that Vite built: `asset` and `css` are logical paths, `dev` is the URL of its server, if there is one.

    `source` is the path by which Vite knows it, empty if that is its name.
    """

    asset: str
    css: tuple[str, ...] = ()
    dev: str = ""
    source: str = ""


@frozen
class Manifest:
    """The content of a release. `engines` names the compilers that made it, with their versions, by kind.

    `settings` are those that decide contents and differ from the defaults, `sources` the fingerprints of the inputs of
    assets that have several. `retained` are earlier releases, the newest first.
    `importmap`, `scopes` and `modules` are the parts of pages' import maps: see `compiler.model.ImportMap`, which also
    describes `not_preloaded`. `importmap_integrity` has the metadata of files on other hosts, by URL.
    `livereload` is the file, relative to `assets/`, in which pages look for a running watcher; None in a release for
    production. `release_file` is the one in which open pages look for the release that is served, with
    `release_content`; None where no build writes it. With `dictionaries`, browsers are asked to keep files for the
    deltas of later releases.
    `blocks` are the compiled parts of templates, by key: for each the elements that replace it, as JSON values with
    `element`, `attributes` and either `asset` or `text`. `companions` are files for other systems, by their names
    relative to `assets/`. `packages` is None where no asset can be loaded in pieces. `maps` are the hidden source maps,
    by their names in the folder for them; they are no part of the release.
    `integrity` is the algorithm if the configuration sets one: the tags of other systems have integrity only then.
    `vite` are the sources that Vite built, by name, `dev` is the URL of Vite's server, in a release for development.
    `unreleased` are the beginnings of names that are served under no other name. It is None but in a release that
    `collectstatic` made: its files lie next to the manifest, not below `assets/`. `made_from` has the digests of all
    that such a release was made from: if they are the same, another build would give the same.
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
    release_file: str | None = None
    dictionaries: bool = False
    companions: Mapping[str, Companion] = field(default_factory=dict)
    packages: Packages | None = None
    importmap_integrity: Mapping[str, str] = field(default_factory=dict)
    not_preloaded: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    blocks: Mapping[str, Any] = field(default_factory=dict)
    maps: Mapping[str, Companion] = field(default_factory=dict)
    vite: Mapping[str, ViteSource] = field(default_factory=dict)
    dev: str | None = None
    integrity: str | None = None
    unreleased: tuple[str, ...] | None = None
    made_from: Mapping[str, str] = field(default_factory=dict)


def dumps(manifest: Manifest, lines: Mapping[str, str] | None = None) -> str:
    """`manifest` as text: ASCII, keys sorted, one asset a line, a newline at the end.

    `lines` are the `entry_lines` of its assets, if they are known.
    """
    generator: dict[str, Any] = {"name": "buildassets", "version": manifest.version, "engines": {**manifest.engines}}
    if manifest.settings:
        generator["settings"] = dict(manifest.settings)
    if manifest.sources:
        generator["sources"] = dict(manifest.sources)
    if manifest.made_from:
        generator["made_from"] = dict(manifest.made_from)
    document = {"schema": SCHEMA, "generator": _with_digest(generator), **_served_document(manifest)}
    if lines is None:
        # A release of `collectstatic` is public with its manifest.
        lines = entry_lines(manifest.assets, names_inputs=manifest.unreleased is None)
    assets = "{\n" + ",\n".join(map(lines.__getitem__, sorted(lines))) + "\n }" if lines else "{}"
    return _laid_out(assets, document)


def entry_lines(entries: Mapping[str, Entry], *, names_inputs: bool = True) -> dict[str, str]:
    """The lines of a manifest for `entries`, by logical path."""
    documents = {path: _entry_document(entry, names_inputs=names_inputs) for path, entry in entries.items()}
    return {path: f"  {_compact(path)}: {_compact(document)}" for path, document in documents.items()}


def lines_of(content: bytes, paths: Iterable[str]) -> dict[str, str] | None:
    """The `entry_lines` in a manifest as `dumps` wrote it of the assets `paths`; None if there are not as many."""
    span = assets_span(content)
    lines = content[slice(*span)].decode("ascii")[2:-3].split(",\n") if span else []
    names = sorted(paths)
    return dict(zip(names, lines, strict=True)) if len(names) == len(lines) else None


def is_whole(text: str, file: str = MANIFEST_NAME) -> bool:
    """Whether `text` is, byte for byte, a manifest as `dumps` writes it. Raises ManifestError where it is none.

    A manifest with more keys, of a newer version, may be whole too. The generator's part is only checked if it has a
    digest, which older manifests lack. The values are not checked; see `soundness`.
    """
    document = read_document(text, file)
    document.pop("release", None)
    generator = document.get("generator")
    try:
        if not isinstance(generator, dict) or _laid_out(_one_a_line(document.pop("assets")), document) != text:
            return False
        if "digest" not in generator:
            return generator.keys() == {"engines", "name", "version"}
        return bool(_with_digest(generator) == generator)
    except RecursionError:
        return False


def _laid_out(assets: str, document: Mapping[str, Any]) -> str:
    """The text of a manifest, from that of its `assets` and a `document` with all other keys but `release`."""
    texts = {key: _one_a_line(value) for key, value in document.items()}
    served = {key: value for key, value in document.items() if key not in ("generator", "schema")}
    texts |= {"assets": assets, "release": _compact(_release(assets, served))}
    lines = [f" {_compact(key)}: {texts[key]}" for key in sorted(texts)]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _with_digest(generator: Mapping[str, Any]) -> dict[str, Any]:
    """`generator` with a digest over all its other keys."""
    values = {key: value for key, value in generator.items() if key != "digest"}
    return {**values, "digest": digest(_compact(values).encode("ascii"))}


def _served_document(manifest: Manifest) -> dict[str, Any]:
    """The part of the manifest that web processes use, without the assets."""
    document: dict[str, Any] = {
        "url": manifest.url,
        "importmap": dict(manifest.importmap),
        "retained": _retained_document(manifest.retained),
    }
    if manifest.livereload is not None:
        document["livereload"] = manifest.livereload
    if manifest.release_file is not None:
        document["release_file"] = manifest.release_file
    if manifest.dev is not None:
        document["dev"] = manifest.dev
    if manifest.integrity is not None:
        document["integrity"] = manifest.integrity
    if manifest.unreleased is not None:
        document["unreleased"] = list(manifest.unreleased)
    if manifest.dictionaries:
        document["dictionaries"] = True
    if manifest.packages is not None:
        members = {name: list(members) for name, members in manifest.packages.members.items()}
        document["packages"] = {"members": members, "individual": manifest.packages.individual}
    filled: dict[str, Any] = {
        "scopes": {scope: dict(names) for scope, names in manifest.scopes.items()},
        "modules": dict(manifest.modules),
        "blocks": dict(manifest.blocks),
        "companions": {name: _sized_document(file) for name, file in manifest.companions.items()},
        "maps": {name: _sized_document(file) for name, file in manifest.maps.items()},
        "vite": {name: _vite_document(source) for name, source in manifest.vite.items()},
        "importmap_integrity": dict(manifest.importmap_integrity),
        "not_preloaded": list(manifest.not_preloaded),
    }
    return document | {key: value for key, value in filled.items() if value}


def may_have_own_names(content: bytes) -> bool:
    """Whether the manifest in `content` may have `own_names`; found without reading its entries."""
    return any(key in content for key in (b'"companions": {', b'"release_file": ', b'"plain": true'))


def own_names(manifest: Manifest) -> list[str]:
    """The files below `assets/` whose names later releases use again for other contents."""
    plain = [entry.file for entry in manifest.assets.values() if entry.plain]
    return [*plain, *manifest.companions, *filter(None, [manifest.release_file])]


def _release(assets: str, served: Mapping[str, Any]) -> str:
    """The value of `release`: the SHA-256 over `assets` and `served`, its first digits replaced by the checksum."""
    text = assets.encode("ascii")
    begin = checksum(text)
    return begin + digest(text + _compact(served).encode("ascii"))[len(begin) :]


_compact: Final = json.JSONEncoder(sort_keys=True).encode


def _one_a_line(value: Any) -> str:
    """JSON with one line for each member or element; ten times faster than the `indent` of `json`, which is Python."""
    if not isinstance(value, dict | list) or not value:
        return _compact(value)
    if isinstance(value, list):
        return "[\n" + ",\n".join(f"  {_compact(element)}" for element in value) + "\n ]"
    return "{\n" + ",\n".join(f"  {_compact(key)}: {_compact(value[key])}" for key in sorted(value)) + "\n }"


def _retained_document(retained: Iterable[Retained]) -> list[dict[str, Any]]:
    return [
        {
            "release": release.release,
            "superseded": release.superseded,
            "assets": {path: _file_document(entry) for path, entry in release.assets.items()},
        }
        for release in retained
    ]


def _entry_document(entry: Entry, *, names_inputs: bool) -> dict[str, Any]:
    document = _file_document(entry)
    if names_inputs:
        document["inputs"] = list(entry.inputs)
    document["references"] = list(entry.references)
    if entry.imports:
        document["imports"] = list(entry.imports)
    if entry.map is not None:
        document["map"] = entry.map
    if entry.deltas:
        document["deltas"] = {dictionary: _sized_document(delta) for dictionary, delta in entry.deltas.items()}
    if entry.plain:
        document["plain"] = True
    if entry.own is not None:
        document["own"] = entry.own
    if entry.width is not None:
        document["width"] = entry.width
    if entry.height is not None:
        document["height"] = entry.height
    made = {
        "names": {module: dict(names) for module, names in entry.names.items()},
        "variants": list(entry.variants),
        "preloads": list(entry.preloads),
        "icons": {name: list(size) for name, size in entry.icons.items()},
    }
    document.update((key, value) for key, value in made.items() if value)
    return document


def _vite_document(source: ViteSource) -> dict[str, Any]:
    more = {"dev": source.dev, "source": source.source}
    return {"asset": source.asset, "css": list(source.css), **{key: value for key, value in more.items() if value}}


def _vite_source(fields: Mapping[str, Any]) -> ViteSource:
    return ViteSource(fields["asset"], tuple(fields["css"]), fields.get("dev", ""), fields.get("source", ""))


def _sized_document(file: Companion | Delta) -> dict[str, Any]:
    return {"size": file.size, "digest": file.digest}


def _file_document(entry: Entry) -> dict[str, Any]:
    """The keys of an entry about the file alone, which retained releases keep."""
    document: dict[str, Any] = {"file": entry.file, "type": entry.type, "size": entry.size}
    if entry.integrity is not None:
        document["integrity"] = entry.integrity
    if entry.encodings:
        document["encodings"] = dict(entry.encodings)
    if entry.digests:
        document["digests"] = dict(entry.digests)
    return document


def loads(text: str | bytes, file: str = MANIFEST_NAME) -> Manifest:
    """The manifest in `text`, all values of which are checked; unknown keys are ignored.

    Raises ManifestError, naming `file`, for a text that no build would write.
    """
    manifest = loads_lazily(text, file)
    return replace(manifest, assets=dict(manifest.assets))


def loads_lazily(text: str | bytes, file: str = MANIFEST_NAME) -> Manifest:
    """Like `loads`, for callers that use few entries: an unsound entry raises ManifestError only when it is read."""
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
            release_file=document.get("release_file"),
            dictionaries=document.get("dictionaries") is True,
            companions=_companions(document.get("companions") or {}),
            maps=_companions(document.get("maps") or {}),
            vite={name: _vite_source(fields) for name, fields in (document.get("vite") or {}).items()},
            dev=document.get("dev"),
            integrity=document.get("integrity"),
            unreleased=_texts(document.get("unreleased")),
            made_from=generator.get("made_from") or {},
            packages=_packages(document.get("packages")),
            importmap_integrity=document.get("importmap_integrity") or {},
            not_preloaded=tuple(document.get("not_preloaded") or ()),
            settings=generator.get("settings") or {},
            sources=generator.get("sources") or {},
            blocks=document.get("blocks") or {},
        )
    except (KeyError, TypeError, AttributeError):
        raise no_manifest(file) from None


def entries_of(content: bytes, file: str = MANIFEST_NAME) -> Mapping[str, Entry]:
    """The entries of a manifest, each made when it is read. Raises ManifestError as `loads_lazily` does."""
    return _Entries(read_served(content, file)["assets"], file)


def entries_as_written(content: bytes) -> dict[str, Entry]:
    """The entries of a manifest whose digest shows that it is as `dumps` wrote it, which needs no checks."""
    span = assets_span(content)
    lines: dict[str, Any] = json.loads(content[slice(*span)]) if span else {}
    return {path: _entry(fields) for path, fields in lines.items()}


def digest_of_release(content: bytes, file: str = MANIFEST_NAME) -> str:
    """The key `release` of a manifest. Raises ManifestError as `loads_lazily` does."""
    return str(read_served(content, file).get("release"))


class _Entries(Mapping[str, Entry]):
    """Entries that are parsed when they are read, each once; iterating parses all."""

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


def _texts(values: Sequence[str] | None) -> tuple[str, ...] | None:
    return None if values is None else tuple(values)


def _companions(named: Mapping[str, Any]) -> dict[str, Companion]:
    return {name: Companion(fields["size"], fields["digest"]) for name, fields in named.items()}


def _packages(packages: Mapping[str, Any] | None) -> Packages | None:
    if packages is None:
        return None
    return Packages({name: tuple(members) for name, members in packages["members"].items()}, packages["individual"])


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
        width=fields.get("width"),
        height=fields.get("height"),
        names=fields.get("names") or {},
        variants=tuple(fields.get("variants", ())),
        preloads=tuple(fields.get("preloads", ())),
        icons={name: tuple(size) for name, size in (fields.get("icons") or {}).items()},
        plain=fields.get("plain") is True,
        digests=fields.get("digests", {}),
        deltas={
            dictionary: Delta(delta["size"], delta["digest"]) for dictionary, delta in fields.get("deltas", {}).items()
        },
    )

"""`buildassets explain`: shows all that is known of one asset of the built release."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Final

import click

from buildassets.cli.parse.options import cache_dir_option, read_options, release_config, since_option
from buildassets.cli.parse.permissions import permitted
from buildassets.cli.read_release import manifest_of_output
from buildassets.cli.show.output import print_data, print_json, stale_text
from buildassets.cli.verbs.diff import read_manifest
from buildassets.compiler.bundle.esbuild_entries import BUNDLE
from buildassets.compiler.cache.folder import cache_folder
from buildassets.compiler.cache.traces import Stale
from buildassets.compiler.config.values import Config
from buildassets.compiler.engines.tools import tools_not_run
from buildassets.compiler.explain import bundler_of, cached_drafts, changes, command_of, referrers
from buildassets.compiler.languages.native.library import implementation
from buildassets.errors import BuildError
from buildassets.foundation.credentials import masked_url
from buildassets.foundation.diagnostics import Diagnostic, Location, error
from buildassets.foundation.measures import size_text
from buildassets.foundation.nearest import Known
from buildassets.manifest.model import MANIFEST_NAME, Entry, Manifest
from buildassets.programs.start import typed_command
from buildassets.release.diff.causes import AssetChange, change_of, kinds_of
from buildassets.release.diff.text import change_document, change_lines

_NOT_CACHED: Final = "nothing: esbuild makes bundles of modules in every build that has something to do"


@click.command("explain")
@click.argument("logical_path")
@read_options
@since_option
@cache_dir_option
def command(
    logical_path: str,
    config_file: str | None,
    output: str | None,
    *,
    as_json: bool,
    since: str | None,
    cache_dir: str | None,
) -> int:
    """Show the sources of the asset LOGICAL_PATH, its references, and what refers to it."""
    config = release_config(config_file, output, permission=permitted("explain"))
    path = os.path.join(config.output, MANIFEST_NAME)
    manifest = manifest_of_output(config)
    if logical_path in manifest.vite and logical_path not in manifest.assets:
        logical_path = manifest.vite[logical_path].asset
    entry = manifest.assets.get(logical_path)
    if entry is None:
        notes = [] if since is None else _earlier(logical_path, since)
        raise BuildError([_unknown(logical_path, manifest, config.shown(path), notes)])
    referring = referrers(manifest, logical_path)
    cached, fetched = _cached(config, cache_dir, logical_path, entry)
    changed = changes(config, cache_folder(config, cache_dir), logical_path, manifest)
    changed_texts: dict[str, str] | None
    changed_texts = None if changed is None else {path: stale_text(one, config) for path, one in changed.items()}
    lexers = implementation()
    made_by = command_of(config, logical_path, entry)
    bundler = bundler_of(config, manifest, logical_path)
    change = None if since is None else _change(logical_path, since, manifest)
    if as_json:
        document = {"asset": logical_path, **_fields(entry), "referrers": referring, "cache": cached, "lexers": lexers}
        document["from_remote"] = fetched
        document["command"] = made_by and {"name": made_by, "run": list(config.commands[made_by].run)}
        document["bundler"] = bundler
        document["changed"] = changed_texts
        differing = {} if since is None else {"since": change_document(change) if change else None}
        print_json({"ok": True, **document, **differing, "diagnostics": []})
    else:
        lines = _lines(logical_path, entry, manifest, referring, bundler=bundler)
        valid = dict.fromkeys(cached, "up to date") | dict.fromkeys(fetched, "up to date, from the remote cache")
        kept = [f"{path}: {reason or valid[path]}" for path, reason in cached.items()]
        in_cache = [_NOT_CACHED] if bundler else kept
        machine = (*_section("lexers of this machine", [lexers]), *_section("in the cache", in_cache))
        sources = _section("since the last build", _changed_lines(changed_texts))
        command_lines = _command_lines(config, made_by, manifest)
        print_data((*lines, *command_lines, *sources, *machine, *_since_lines(since, change)))
    return 0


def _earlier(logical_path: str, since: str) -> list[str]:
    """A note where the release `since` had the asset that this release lacks."""
    return (
        [f"`{masked_url(since)}` has it"]
        if logical_path in read_manifest(since, permission=permitted("explain")).assets
        else []
    )


def _change(logical_path: str, since: str, manifest: Manifest) -> AssetChange | None:
    return change_of(logical_path, read_manifest(since, permission=permitted("explain")), manifest)


def _changed_lines(changed: Mapping[str, str] | None) -> list[str]:
    if changed is None:
        return ["not known: nothing valid is kept of a build with these settings"]
    return [f"{path}: {reason}" for path, reason in changed.items()] or ["nothing changed"]


def _since_lines(since: str | None, change: AssetChange | None) -> Iterator[str]:
    if since is not None:
        yield from _section(f"since `{masked_url(since)}`", change_lines(change) if change else ["nothing changed"])


def _command_lines(config: Config, name: str | None, manifest: Manifest) -> Iterator[str]:
    if name is not None:
        version = manifest.engines.get(name) or manifest.engines.get(f"commands.{name}")
        listed = [typed_command(config.commands[name].run), *([version] if version else [])]
        yield from _section(f"made by the command `{name}`", listed)


def _cached(
    config: Config, cache_dir: str | None, logical_path: str, entry: Entry
) -> tuple[dict[str, str | None], list[str]]:
    """The cached drafts of the asset's inputs by path, each with the reason why it is out of date, or None.

    And the paths of those that are not, and came from the remote cache.
    """
    drafts = cached_drafts(config, cache_folder(config, cache_dir), logical_path, entry)
    fetched: list[str] = [path for path, one in drafts.items() if not isinstance(one, Stale) and one.is_remote]
    reasons: dict[str, str | None] = {
        path: stale_text(one, config) if isinstance(one, Stale) else None for path, one in drafts.items()
    }
    of_settings: list[str] = [path for path, one in drafts.items() if isinstance(one, Stale) and one.path is None]
    if (of_settings or not drafts) and (unknown := tools_not_run(config.folder, permission=config.permission)):
        names = " and ".join(f"`{name}`" for name in unknown)
        text = f"not known without running {names}, which the project brings"
        reasons |= dict.fromkeys(of_settings or [logical_path], text)
    return reasons, fetched


def _unknown(logical_path: str, manifest: Manifest, shown: str, notes: Iterable[str]) -> Diagnostic:
    made_of_it = (path for path, entry in manifest.assets.items() if logical_path in entry.inputs)
    near = next(made_of_it, None) or Known(manifest.assets).nearest_asset(logical_path)
    example = next(iter(sorted(manifest.assets)), "css/app.css")
    hint = f"did you mean `{near}`?" if near else f"name an asset by its logical path, as in `{example}`"
    return error("asset/unknown", f"the release has no asset `{logical_path}`", Location(shown), notes=notes, hint=hint)


def _fields(entry: Entry) -> dict[str, object]:
    return {**asdict(entry), "encodings": dict(entry.encodings)}


def _lines(
    logical_path: str, entry: Entry, manifest: Manifest, referrers: list[str], *, bundler: str | None
) -> Iterator[str]:
    yield f"{logical_path} → {entry.file}"
    copies = "".join(f", {coding} {size_text(size)}" for coding, size in sorted(entry.encodings.items()))
    yield f"{entry.type}, {size_text(entry.size)}{copies}"
    yield from _section("made of", entry.inputs)
    yield from _section("refers to", (_referred(path, manifest) for path in entry.references))
    yield from _section("referred to by", referrers)
    yield from _section("source map", [entry.map] if entry.map else [])

    kinds = {BUNDLE} if bundler else kinds_of(entry) - {BUNDLE}
    yield from _section(
        "engines", (f"{kind}: {name}" for kind, name in sorted(manifest.engines.items()) if kind in kinds)
    )


def _referred(path: str, manifest: Manifest) -> str:
    """A reference of an asset with its file name; without it if the manifest, of another tool, lacks the target."""
    target = manifest.assets.get(path)
    return f"{path} → {target.file}" if target else path


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    listed = list(lines)
    if listed:
        yield f"{title}:"
        yield from (f"  {line}" for line in listed)

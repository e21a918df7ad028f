"""`buildassets publish`."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from buildassets.cli.parse.options import publish_options, release_config
from buildassets.cli.parse.permissions import permitted
from buildassets.cli.releases import os_faults_as_release_error
from buildassets.cli.show.output import Output, count_text, kept_from_stdout
from buildassets.compiler.config.values import Config
from buildassets.disk.folders import is_within
from buildassets.disk.locks import locked
from buildassets.errors import ConfigError
from buildassets.foundation.credentials import masked_url
from buildassets.foundation.diagnostics import error
from buildassets.foundation.measures import size_text
from buildassets.manifest.model import ASSETS_FOLDER, MANIFEST_NAME, MAPS_SUFFIX
from buildassets.release.inventory.inventory import Inventory, hidden_maps, inventory_of_folder
from buildassets.release.publish.destination import Destination, destination
from buildassets.release.publish.upload import Publication, Published, publish, publish_maps
from buildassets.work.threads import UnwaitedThreads

if TYPE_CHECKING:
    from concurrent.futures import Executor


@click.command("publish")
@click.argument("target", required=False)
@click.option("--maps", metavar="TARGET", help="Upload the hidden source maps to this separate target.")
@click.option("--dry-run", is_flag=True, help="Only list what would be uploaded and removed.")
@publish_options
def command(
    target: str | None,
    maps: str | None,
    *,
    dry_run: bool,
    jobs: int,
    config_file: str | None,
    output: str | None,
    as_json: bool,
    verbose: bool,
    quiet: bool,
) -> int:
    """Upload the release to TARGET: a folder, or a URL such as s3://bucket/path.

    Uploads files first and the manifest last. Skips files that TARGET already has. Removes companions, and files with
    their own names, that only the earlier release had. Without TARGET, uploads only source maps.
    """
    if target is None and maps is None:
        raise click.UsageError("Missing argument 'TARGET', or the option '--maps'.")
    config = release_config(config_file, output, permission=permitted("publish", dry_run=dry_run))
    show = Output(as_json, verbose, quiet)
    folder, shown = config.output, config.shown(config.output)
    with os_faults_as_release_error("release/unreadable", shown), kept_from_stdout(), _threads(jobs) as executor:
        inventory = inventory_of_folder(folder, shown)
        of_maps = None if maps is None else _of_maps(maps, target, config, inventory, dry_run=dry_run)
        of_release = None
        if target is not None:
            of_release = Publication(
                folder, shown, inventory=inventory, destination=_destination(target, config), dry_run=dry_run
            )
        with locked(folder, shared=True):
            # A tracker should know the maps before it hears of the first error.
            sent_maps = publish_maps(of_maps, executor, show.on_progress()) if of_maps else None
            sent = Published()
            if of_release and not (sent_maps and sent_maps.diagnostics):
                sent = publish(of_release, executor, show.on_progress())
    return _show(show, sent, sent_maps, dry_run=dry_run)


def _show(show: Output, sent: Published, maps: Published | None, *, dry_run: bool) -> int:
    """Show what was uploaded of the release and of its source maps; returns the exit code."""
    document: dict[str, object] = {**_document(sent), "removed": list(sent.removed), "dry_run": dry_run}
    diagnostics = sent.diagnostics
    uploaded = dict(sent.uploaded)
    if maps is not None:
        document["maps"] = _document(maps)
        diagnostics = (*maps.diagnostics, *diagnostics)
        uploaded = {**maps.uploaded, **uploaded}
    code = show.finish(ok=not diagnostics, diagnostics=diagnostics, document=document)
    verb = "would upload" if dry_run else "uploaded"
    show.detail(f"{verb} {name}" for name in uploaded)
    files = count_text(len(uploaded), "file")
    show.report(f"{verb} {files} ({size_text(sum(uploaded.values()))})" if uploaded else f"{verb} nothing")
    for name in sent.removed:
        show.report(f"{'would remove' if dry_run else 'removed'} {name}, which only the earlier release has")
    return code


def _document(sent: Published) -> dict[str, object]:
    size_bytes = sum(sent.uploaded.values())
    return {"uploaded": dict(sent.uploaded), "unchanged": list(sent.unchanged), "size": size_bytes}


def _of_maps(maps: str, target: str | None, config: Config, inventory: Inventory, *, dry_run: bool) -> Publication:
    """The publication of the hidden source maps. Raises ConfigError where there are none, or all could read them."""
    folder = config.output + MAPS_SUFFIX
    shown = config.shown(folder)
    if not inventory.manifest.maps:
        hint = 'set `source_maps = "hidden"`, and build again'
        raise ConfigError([error("publish/maps", "the release has no hidden source maps", hint=hint)])
    place = _destination(maps, config)
    is_in_release = place.folder is not None and is_within(
        os.path.realpath(config.output), os.path.realpath(place.folder)
    )
    if is_in_release or _has_release(place, None if target is None else _destination(target, config)):
        message = f"the source maps in `{masked_url(maps)}` would be served with the release"
        raise ConfigError([error("publish/target", message, hint="name a place of their own after `--maps`")])
    return Publication(folder, shown, inventory=hidden_maps(inventory, shown), destination=place, dry_run=dry_run)


def _has_release(place: Destination, target: Destination | None) -> bool:
    """Whether `place` is within the `target` of the release, or a folder to which one was published earlier."""
    if target is not None and place.is_within(target):
        return True
    return place.folder is not None and os.path.exists(os.path.join(place.folder, MANIFEST_NAME))


def _destination(target: str, config: Config) -> Destination:
    place = destination(target, permission=config.permission)
    if place.folder is not None and (root := _mixed_with(config, place.folder)):
        message = f"the files in `{masked_url(target)}` would be among the sources in `{root}`"
        raise ConfigError([error("publish/target", message, hint="name a folder outside of the source roots")])
    return place


def _mixed_with(config: Config, folder: str) -> str | None:
    """The source root that would contain, or lie among, the files of a release in `folder`; None if there is none."""
    if os.path.realpath(folder) == os.path.realpath(config.output):  # builds skip this folder
        return None
    assets = os.path.join(os.path.realpath(folder), ASSETS_FOLDER)
    roots = {root.shown: os.path.realpath(root.path) for root in config.sources}
    return next((shown for shown, path in roots.items() if is_within(path, assets) or is_within(assets, path)), None)


@contextmanager
def _threads(count: int) -> "Iterator[Executor]":
    """An executor that does not wait for its threads when interrupted: a storage may never answer an upload."""
    with UnwaitedThreads(count) as executor:
        yield executor

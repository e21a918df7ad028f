"""`buildassets publish`."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from buildassets.cli.options import publish_options, release_config
from buildassets.cli.output import Output, count_text, kept_from_stdout
from buildassets.credentials import masked_url
from buildassets.diagnostics import error
from buildassets.errors import ConfigError
from buildassets.folders import is_within
from buildassets.manifest import ASSETS_FOLDER
from buildassets.sizes import size_text

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from buildassets.compiler.config.values import Config
    from buildassets.release.publish.destination import Destination


@click.command("publish")
@click.argument("target")
@click.option("--dry-run", is_flag=True, help="Only list what would be uploaded.")
@publish_options
def command(
    target: str,
    dry_run: bool,
    jobs: int,
    config_file: str | None,
    output: str | None,
    as_json: bool,
    verbose: bool,
    quiet: bool,
) -> int:
    """Upload the release to TARGET: a folder, or a URL such as s3://bucket/path.

    Its files are uploaded first, its manifest last. Files that are there already are not uploaded again.
    """
    from buildassets.cli.releases import os_faults_as_release_error
    from buildassets.locks import locked
    from buildassets.release.inventory.inventory import inventory_of_folder
    from buildassets.release.publish.upload import Publication, publish

    config = release_config(config_file, output)
    show = Output(as_json, verbose, quiet)
    folder, shown = config.output, config.shown(config.output)
    with os_faults_as_release_error("release/unreadable", shown), kept_from_stdout(), _threads(jobs) as executor:
        inventory = inventory_of_folder(folder, shown)
        publication = Publication(folder, shown, inventory, _destination(target, config), dry_run)
        with locked(folder, shared=True):
            published = publish(publication, executor, show.on_progress())
    size_bytes = sum(published.uploaded.values())
    document = {"uploaded": dict(published.uploaded), "unchanged": list(published.unchanged), "size": size_bytes}
    code = show.finish(not published.diagnostics, published.diagnostics, {**document, "dry_run": dry_run})
    verb = "would upload" if dry_run else "uploaded"
    show.detail(f"{verb} {name}" for name in published.uploaded)
    files = count_text(len(published.uploaded), "file")
    show.report(f"{verb} {files} ({size_text(size_bytes)})" if published.uploaded else f"{verb} nothing")
    return code


def _destination(target: str, config: "Config") -> "Destination":
    from buildassets.release.publish.destination import destination

    place = destination(target)
    if place.folder is not None and (root := _mixed_with(config, place.folder)):
        message = f"the files in `{masked_url(target)}` would be among the sources in `{root}`"
        raise ConfigError([error("publish/target", message, hint="name a folder outside of the source roots")])
    return place


def _mixed_with(config: "Config", folder: str) -> str | None:
    """The source root that would contain, or lie among, the files of a release in `folder`; None if there is none."""
    if os.path.realpath(folder) == os.path.realpath(config.output):  # builds skip this folder
        return None
    assets = os.path.join(os.path.realpath(folder), ASSETS_FOLDER)
    roots = {root.shown: os.path.realpath(root.path) for root in config.sources}
    return next((shown for shown, path in roots.items() if is_within(path, assets) or is_within(assets, path)), None)


@contextmanager
def _threads(count: int) -> "Iterator[Executor]":
    """An executor that does not wait for its threads when interrupted: a storage may never answer an upload."""
    from buildassets.threads import UnwaitedThreads

    with UnwaitedThreads(count) as executor:
        yield executor

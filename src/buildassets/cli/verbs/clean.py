"""`buildassets clean`."""

import os

import click

from buildassets.cli.parse.options import clean_options, release_config
from buildassets.cli.parse.permissions import permitted
from buildassets.cli.show.output import Output, count_text
from buildassets.compiler.cache.folder import FOLDER_VARIABLE, cache_folder
from buildassets.compiler.clean import Cleaned, clean_cache, clean_release, refuse_foreign
from buildassets.foundation.measures import size_text


@click.command("clean")
@click.option("--all", "everything", is_flag=True, help="Empty the release directory and the cache.")
@click.option("--dry-run", is_flag=True, help="Only list what would be removed.")
@clean_options
def command(
    *,
    everything: bool,
    dry_run: bool,
    config_file: str | None,
    output: str | None,
    cache_dir: str | None,
    as_json: bool,
    verbose: bool,
    quiet: bool,
) -> int:
    """Remove files that no retained release names, and cache entries that are too old or exceed the cache's size."""
    config = release_config(config_file, output, permission=permitted("clean", dry_run=dry_run))
    permission = config.permission
    show, shown = Output(as_json, verbose, quiet), config.shown
    cache = cache_folder(config, cache_dir)
    if not output:
        refuse_foreign(config.folder, config.output, "--output", shown)
    if not (cache_dir or os.environ.get(FOLDER_VARIABLE)):
        refuse_foreign(config.folder, cache, "--cache-dir", shown)

    def cleaned(*, dry_run: bool) -> tuple[Cleaned, Cleaned]:
        return (
            clean_release(config.output, shown, everything=everything, dry_run=dry_run, permission=permission),
            clean_cache(cache, shown, everything=everything, dry_run=dry_run, permission=permission),
        )

    parts = cleaned(dry_run=True)  # refuses a wrong folder before anything is removed
    if not dry_run:
        parts = cleaned(dry_run=False)
    diagnostics = [diagnostic for part in parts for diagnostic in part.diagnostics]
    removed = [(shown(path), size_bytes) for part in parts for path, size_bytes in part.removed]
    size_bytes = sum(size for _, size in removed)
    document = {"removed": [path for path, _ in removed], "size": size_bytes, "dry_run": dry_run}
    code = show.finish(ok=not diagnostics, diagnostics=diagnostics, document=document)
    verb = "would remove" if dry_run else "removed"
    show.detail(f"{verb} {path}" for path, _ in removed)
    show.report(
        f"{verb} {count_text(len(removed), 'file')} ({size_text(size_bytes)})" if removed else f"{verb} nothing"
    )
    return code

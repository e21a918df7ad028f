"""`buildassets report`: what a release is made of, as a page, as JSON or in Markdown."""

import os
import sys

import click

from buildassets.cli.parse.options import release_config, report_options
from buildassets.cli.parse.permissions import permitted
from buildassets.cli.read_release import content_of_output, content_of_release, template_names
from buildassets.cli.releases import os_faults_as_release_error
from buildassets.cli.show.output import Output, json_text, print_text
from buildassets.cli.verbs.diff import read_manifest
from buildassets.compiler.cache.folder import cache_folder
from buildassets.compiler.cache.measures import kept_measures
from buildassets.compiler.config.values import Config
from buildassets.compiler.graph.checks.unused import unused_entries
from buildassets.disk.files import write_whole
from buildassets.disk.folders import is_within
from buildassets.foundation.credentials import masked_url
from buildassets.foundation.digest import digest
from buildassets.foundation.measures import Measures, size_text
from buildassets.manifest.model import digest_of_release, loads
from buildassets.release.diff.causes import difference
from buildassets.release.report.document import Facts, document
from buildassets.release.report.markdown import report_markdown
from buildassets.release.report.page import report_page
from buildassets.release.report.references import mapped, references_of


@click.command("report")
@click.argument("release", required=False, metavar="[DIR|ARCHIVE|MANIFEST]")
@click.option("-o", "--output", "file", metavar="FILE", help="Write this file. Default: stdout.")
@report_options
def command(
    release: str | None,
    file: str | None,
    config_file: str | None,
    since: str | None,
    *,
    as_json: bool,
    markdown: bool,
    cache_dir: str | None,
    quiet: bool,
) -> int:
    """Describe the built release, or another one, on one self-contained page of HTML.

    Shows the sizes of all assets, the sources of bundles, references, duplicates, unused assets, changes since an
    earlier release, and the time of each stage of the build.
    """
    if as_json and markdown:
        raise click.UsageError("`--json` and `--markdown` exclude each other")
    if file is None and not as_json and not markdown and sys.stdout.isatty():
        raise click.UsageError("the page is for a browser: name a file, as in `-o report.html`")
    config = release_config(config_file, permission=permitted("report"))
    if file is not None:
        _require_place(file, config)
    text = _rendered(_facts(config, release, since, cache_dir), as_json=as_json, markdown=markdown)
    if file is None:
        print_text(text)
        return 0
    content = text.encode("utf-8", "backslashreplace")
    with os_faults_as_release_error("release/unwritable", file):
        if os.path.exists(file) and not os.path.isfile(file):  # such as /dev/null or a pipe, which a file would replace
            with open(file, "wb") as device:
                device.write(content)
        else:
            write_whole(file, content)
    Output(as_json, quiet=quiet).report(f"wrote `{file}` ({size_text(len(content))})")
    return 0


def _require_place(file: str, config: Config) -> None:
    """Raise UsageError for a file that would be part of the release, or one of its sources."""
    path = os.path.realpath(file)
    for folder, what in ((config.output, "release"), *((root.path, "source root") for root in config.sources)):
        if is_within(os.path.realpath(folder), path):
            raise click.UsageError(f"`{file}` would be in the {what} that it is about: name another file")
    if os.path.isdir(path):
        raise click.UsageError(f"`{file}` is a folder: name a file in it")


def _facts(config: Config, release: str | None, since: str | None, cache_dir: str | None) -> Facts:
    """The facts about the configured release, or about the one that `release` names. Raises BuildError."""
    content, shown = (
        content_of_output(config) if release is None else content_of_release(release, permission=config.permission)
    )
    manifest = loads(content, shown)
    templates = template_names(config, manifest)
    left = unused_entries(config, manifest.assets, mapped(manifest), templates.places) if templates.places else ()
    return Facts(
        manifest,
        digest_of_release(content, shown),
        references=references_of(manifest, templates.places),
        templates=templates.templates,
        unused=left,
        measures=_measures(config, release, content, cache_dir),
        difference=None if since is None else difference(read_manifest(since, permission=config.permission), manifest),
        since=None if since is None else masked_url(since),
    )


def _measures(config: Config, release: str | None, manifest: bytes, cache_dir: str | None) -> Measures | None:
    """The measures of the build of that manifest, if it was the last one into its release directory."""
    named = os.path.abspath(release) if release else config.output
    folder = cache_folder(config, cache_dir)
    outputs = (config.output, named, os.path.dirname(named))  # a manifest may be named, too
    found = (kept_measures(folder, output, digest(manifest)) for output in outputs)
    return next((measures for measures in found if measures), None)


def _rendered(facts: Facts, *, as_json: bool, markdown: bool) -> str:
    if markdown:
        return report_markdown(facts)
    if as_json:
        return json_text({"ok": True, **document(facts), "diagnostics": []}) + "\n"

    return report_page(document(facts))

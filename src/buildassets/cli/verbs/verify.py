"""`buildassets verify`."""

import os
from collections.abc import Iterator, Mapping, Sequence

import click

from buildassets.cli.parse.options import release_options, signature_options
from buildassets.cli.parse.permissions import permitted
from buildassets.cli.releases import built_release, os_faults_as_release_error, public_keys, signed_by
from buildassets.cli.show.output import Output, count_text, descriptor_kept_from_stdout, kept_from_stdout, print_data
from buildassets.compiler.config.load import Overrides, load_config
from buildassets.compiler.config.values import Mode
from buildassets.disk.folders import temporary_folder
from buildassets.errors import BuildError, ReleaseError
from buildassets.manifest.model import Manifest
from buildassets.release.inventory.compare import Report, diagnostics_of
from buildassets.release.verify.rebuild import differences, rebuilt_diagnostics
from buildassets.release.verify.verify import verified
from buildassets.work.jobs import threads


@click.command("verify")
@click.argument("release", required=False, metavar="[DIR|ARCHIVE]")
@click.option("--rebuild", is_flag=True, help="Also build the sources again in a temporary folder and compare.")
@signature_options
@release_options
def command(
    release: str | None,
    *,
    rebuild: bool,
    keys: tuple[str, ...],
    config_file: str | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Check every byte of a release directory or an archive against its manifest.

    Lists on stdout the files that are missing, changed or not in the manifest.
    """
    path, shown = built_release(release, config_file)
    show = Output(as_json, quiet=quiet)
    signed = _signed(path, shown, keys, as_json=as_json)
    try:
        with os_faults_as_release_error("release/unreadable", shown):
            verification = verified(path, shown, show.on_progress())
    except ReleaseError as failure:
        show.progress.clear()
        if not as_json and any(diagnostic.code == "verify/manifest" for diagnostic in failure.diagnostics):
            print_data(["changed: manifest.json"])
        raise
    diagnostics = diagnostics_of(verification.report, shown)
    differing: Mapping[str, str] = {}
    if rebuild:
        again = _built_again(config_file, verification.inventory.manifest)
        differing = differences(verification.inventory.manifest, again)
        diagnostics += rebuilt_diagnostics(differing, verification.inventory.manifest, again, shown)
    show.progress.clear()
    lines = [*_lines(verification.report), *(f"differs: {name} ({how})" for name, how in differing.items())]
    if lines and not as_json:
        print_data(lines)
    document = {
        **_document(verification.report),
        "release": verification.inventory.release,
        "files": len(verification.inventory.files),
        **signed,
    }
    is_ok = verification.report.is_clean and not differing
    code = show.finish(
        ok=is_ok, diagnostics=diagnostics, document=document | ({"differs": differing} if rebuild else {})
    )
    if is_ok:
        show.report(f"`{shown}` matches its manifest: {count_text(len(verification.inventory.files), 'file')}")
        if signed:
            show.report(f"it is signed by {signed['key']}")
    return code


def _signed(path: str, shown: str, given: Sequence[str], *, as_json: bool) -> dict[str, str]:
    """Which of the keys that were `given` has signed the archive, as `--json` lists it; nothing where none was given.

    Raises ReleaseError where none of them has, and before anything else of the archive is read.
    """
    if not given:
        return {}

    keys = public_keys(given)
    if os.path.isdir(path):
        named = f"{shown.rstrip('/')}.tar"
        raise click.UsageError(
            f"`{shown}` is a directory, and archives are what is signed: name one, such as `{named}`"
        )
    try:
        return signed_by(path, keys)
    except ReleaseError as failure:
        if not as_json and any(fault.code.startswith("signature/") for fault in failure.diagnostics):
            print_data([f"not signed: {shown}"])
        raise


def _lines(report: Report) -> Iterator[str]:
    yield from (f"missing: {name}" for name in report.missing)
    yield from (f"changed: {name} ({how})" for name, how in report.changed.items())
    yield from (f"not listed: {name}" for name in report.extra)


def _document(report: Report) -> dict[str, object]:
    return {"missing": report.missing, "changed": report.changed, "extra": report.extra}


def _built_again(config_file: str | None, like: Manifest) -> Manifest:
    """The manifest of the same sources built again, in a temporary folder. Raises BuildError."""
    from buildassets.compiler.build import build
    from buildassets.compiler.request import BuildRequest

    with temporary_folder() as folder, threads(None) as executor, descriptor_kept_from_stdout(), kept_from_stdout():
        output = Overrides(output=os.path.join(folder, "build"))
        config = load_config(config_file, output, permission=permitted("verify", rebuild=True))
        mode: Mode = "development" if like.livereload else "production"
        result = build(BuildRequest(config=config, mode=mode, executor=executor))
    if result.manifest is None:
        raise BuildError([diagnostic for diagnostic in result.diagnostics if diagnostic.is_error])
    return result.manifest

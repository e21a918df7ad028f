"""The examples that `--help` shows, by verb: command lines, each with what it does."""

from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias

import click

Example: TypeAlias = tuple[str, str]  # the arguments, and what they are for

EXAMPLES: Final[Mapping[str, tuple[Example, ...]]] = {
    "build": (
        ("build", "compile the configured sources into `build/`"),
        ("build assets -o public", "one source root, and another release directory"),
        ("build --mode development", "neither minified nor compressed"),
        ("build --workspace --since origin/main", "the projects that changes can reach"),
    ),
    "check": (
        ("check", "all errors and warnings, and what nothing uses"),
        ("check --templates mails", "read one more folder of templates"),
        ("check --format sarif > check.sarif", "for GitHub's code scanning"),
    ),
    "clean": (
        ("clean --dry-run", "list what would be removed"),
        ("clean --all", "remove the release and the cache, too"),
    ),
    "diff": (
        ("diff old build", "which files have other names, and why"),
        ("diff old/manifest.json build --markdown", "a table for a pull request"),
    ),
    "doctor": (("doctor", "what is wrong with the project and its environment"),),
    "explain": (
        ("explain css/app.css", "what it is made of, and who refers to it"),
        ("explain css/app.css --since old", "why its name has changed"),
    ),
    "init": (
        ("init --dry-run", "show what would be written"),
        ("init --yes", "write it without a question"),
    ),
    "list": (
        ("list", "all assets with their sizes, and who names them"),
        ("list 'js/**' --sort gzip", "scripts, the largest first"),
        ("list --json", "the same for a program"),
    ),
    "lsp": (("lsp", "a language server on stdio, for an editor"),),
    "migrate": (
        ("migrate webassets", "show what becomes of a project"),
        ("migrate webassets --write", "and write `buildassets.toml`"),
    ),
    "pack": (
        ("pack", "`build/` as `build.tar`"),
        ("pack -o release.tar.gz", "another name and form"),
        ("pack -o release.tar.gz --sign release.key", "signed, in `release.tar.gz.sig`"),
    ),
    "publish": (
        ("publish /var/www/assets", "copy the release to a folder"),
        ("publish s3://bucket/site --dry-run", "list what would be uploaded"),
    ),
    "report": (
        ("report -o report.html", "a page about the release"),
        ("report -o report.html --since old", "with what has changed since another one"),
        ("report --markdown --since old", "a summary for a pull request"),
    ),
    "schema": (("schema > buildassets.schema.json", "the JSON Schema of the configuration, for an editor"),),
    "tools": (
        ("tools install esbuild@0.28", "pin and fetch a compiler"),
        ("tools install", "fetch exactly what the lock has"),
    ),
    "tools install": (
        ("tools install esbuild@0.28 dart-sass", "pin two compilers and fetch them"),
        ("tools install", "fetch exactly what the lock has"),
    ),
    "tools list": (("tools list", "the compilers in use, and where they come from"),),
    "tools outdated": (("tools outdated", "which of them have newer versions"),),
    "tools remove": (("tools remove esbuild", "take one out of the lock"),),
    "tools update": (
        ("tools update", "the newest versions within the ranges asked for"),
        ("tools update esbuild", "of one compiler"),
    ),
    "tools verify": (("tools verify", "whether the files are those of the lock"),),
    "unpack": (
        ("unpack release.tar.gz -o build", "check an archive, and unpack it"),
        ("unpack release.tar.gz -o build --replace", "in place of a release"),
        ("unpack release.tar.gz -o build --key release.pub", "one that has to be signed"),
    ),
    "vendor": (
        ("vendor add htmx.org@2 alpinejs", "put packages into `vendor/`"),
        ("vendor outdated", "which of them have newer versions"),
    ),
    "vendor add": (("vendor add htmx.org@2 alpinejs", "put packages into `vendor/`"),),
    "vendor audit": (("vendor audit", "which packages have known faults"),),
    "vendor outdated": (("vendor outdated", "which packages have newer versions"),),
    "vendor remove": (("vendor remove alpinejs", "take a package out, with its files"),),
    "vendor update": (("vendor update htmx.org", "the newest version within the range asked for"),),
    "vendor verify": (("vendor verify", "whether the files are those of the lock"),),
    "verify": (
        ("verify", "the configured release"),
        ("verify release.tar.gz", "an archive of one"),
        ("verify release.tar.gz --key release.pub", "one that has to be signed"),
        ("verify --rebuild", "build it again, and compare"),
    ),
    "watch": (
        ("watch", "build again whenever a source changes"),
        ("watch -- flask --app app --debug run", "beside a web server"),
    ),
}


def with_examples(command: click.Command, name: str) -> click.Command:
    """`command`, the verb `name`, whose help ends in its examples; so does that of its own verbs."""
    command.epilog = _epilog(EXAMPLES.get(name, ())) or command.epilog
    if isinstance(command, click.Group):
        for verb, inner in command.commands.items():
            with_examples(inner, f"{name} {verb}")
    return command


def _epilog(examples: Iterable[Example]) -> str:
    """The examples as click keeps them: a paragraph that begins with `\\b` is not wrapped."""
    lines = [line for arguments, purpose in examples for line in (f"  buildassets {arguments}", f"      {purpose}")]
    return "\n".join(["\b", "Examples:", *lines]) if lines else ""

"""Diagnostics in the forms in which CI systems collect findings: SARIF, and GitLab's report of code quality.

Takes diagnostics; gives JSON values. Paths in them are relative to the folder of the repository, as these systems
expect. Reads the disk only to find that folder, and the pages that describe the codes.
"""

import os
from collections.abc import Iterable, Sequence
from typing import Any, Final, Literal
from urllib.parse import quote

from buildassets._version import __version__
from buildassets.cli.show.terminal import page_of
from buildassets.foundation.codes import CODES, section_of
from buildassets.foundation.credentials import masked
from buildassets.foundation.diagnostics import Diagnostic, Location
from buildassets.foundation.digest import digest

Form = Literal["sarif", "gitlab"]
_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_ROOT: Final = "%SRCROOT%"
_LONGEST_EXCERPT: Final = 1000


def findings(form: Form, diagnostics: Sequence[Diagnostic], folder: str) -> Any:
    """The document in that `form`; the files of `diagnostics` are relative to `folder`."""
    root = _repository(folder)
    return sarif(diagnostics, folder, root) if form == "sarif" else gitlab(diagnostics, folder, root)


def sarif(diagnostics: Sequence[Diagnostic], folder: str, root: str) -> dict[str, Any]:
    """A log of one run (SARIF 2.1.0). Columns are those of characters, as ours are."""
    codes = sorted({diagnostic.code for diagnostic in diagnostics})
    driver = {"name": "buildassets", "version": __version__, "rules": [_rule(code) for code in codes]}
    prints = _fingerprints(diagnostics)
    results = [
        _result(found, codes.index(found.code), print_, folder, root=root)
        for found, print_ in zip(diagnostics, prints, strict=True)
    ]
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True}],
        "results": results,
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(code: str) -> dict[str, Any]:
    """A code, with the section that describes it where its page is installed."""
    rule: dict[str, Any] = {"id": code, "shortDescription": {"text": code}}
    if code in CODES:
        rule["defaultConfiguration"] = {"level": CODES[code][0].value}
    text = _section(code)
    if not text:
        return rule
    about = text.partition("\n\n")[0].replace("\n", " ")
    return {**rule, "fullDescription": {"text": about}, "help": {"text": text, "markdown": text}}


def _section(code: str) -> str:
    """The section on `code`, without its heading; empty if there is no such page."""
    path = page_of(code)
    if path is None:
        return ""
    with open(path, encoding="utf-8") as file:
        page = file.read()
    return page.partition(f"\n## {section_of(code).partition('#')[2]}\n\n")[2].partition("\n\n## ")[0]


def _result(found: Diagnostic, rule: int, fingerprint: str, folder: str, *, root: str) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": found.code,
        "ruleIndex": rule,
        "level": found.severity.value,
        "message": {"text": _text(found)},
        "partialFingerprints": {"buildassets/v1": fingerprint},
    }
    if found.location is not None:
        result["locations"] = [{"physicalLocation": _physical(found.location, folder, root)}]
    return result


def _physical(location: Location, folder: str, root: str) -> dict[str, Any]:
    path = _path(location, folder, root)
    uri = quote(path.encode("utf-8", "surrogateescape"))
    artifact = {"uri": f"file://{uri}"} if os.path.isabs(path) else {"uri": uri, "uriBaseId": _ROOT}
    if not location.line:
        return {"artifactLocation": artifact}
    region: dict[str, Any] = {
        "startLine": location.line,
        "startColumn": max(location.column, 1),
        "endColumn": max(location.column, 1) + location.length,
    }
    if location.excerpt:
        region["snippet"] = {"text": location.excerpt[:_LONGEST_EXCERPT]}
    return {"artifactLocation": artifact, "region": region}


def gitlab(diagnostics: Sequence[Diagnostic], folder: str, root: str) -> list[dict[str, Any]]:
    """GitLab's report of code quality: a part of Code Climate's form, a list of issues.

    Each needs a file and a line: what has none is placed at the first line of the configuration.
    """
    return [
        {
            "description": _text(found),
            "check_name": found.code,
            "fingerprint": fingerprint,
            "severity": "major" if found.is_error else "minor",
            "location": _placed(found.location, folder, root),
        }
        for found, fingerprint in zip(diagnostics, _fingerprints(diagnostics), strict=True)
    ]


def _placed(location: Location | None, folder: str, root: str) -> dict[str, Any]:
    usual = next((name for name in ("buildassets.toml", "pyproject.toml") if os.path.isfile(name)), "buildassets.toml")
    location = location or Location(usual)
    return {"path": _path(location, folder, root), "lines": {"begin": max(location.line, 1)}}


def _text(found: Diagnostic) -> str:
    """The message with its notes and the hint, a line each."""
    hint = [f"hint: {found.hint}"] if found.hint else []
    return masked("\n".join([found.message, *(f"note: {note}" for note in found.notes), *hint]))


def _path(location: Location, folder: str, root: str) -> str:
    """The file's path below the `root` of the repository with slashes; absolute if it is elsewhere."""
    path = os.path.normpath(os.path.join(folder, masked(location.file)))
    below = os.path.relpath(path, root)
    return (path if below.startswith(os.pardir) else below).replace(os.sep, "/")


def _repository(folder: str) -> str:
    """The folder of the repository that holds `folder`: the one with `.git`; `folder` itself where there is none."""
    current = folder
    while not os.path.lexists(os.path.join(current, ".git")):
        if current == (current := os.path.dirname(current)):
            return folder
    return current


def _fingerprints(diagnostics: Iterable[Diagnostic]) -> list[str]:
    """A digest of each that is its own, and stays when lines are added above: the line's number is not in it."""
    seen: dict[str, int] = {}
    prints = []
    for found in diagnostics:
        place = found.location or Location("")
        text = "\0".join((found.code, place.file, found.message, place.excerpt.strip()))
        seen[text] = seen.get(text, 0) + 1
        prints.append(digest(f"{text}\0{seen[text]}".encode("utf-8", "surrogatepass")))
    return prints

"""Writes the statement and the bill of materials next to the release directory, which must not change any more."""

import json
import os
from collections.abc import Mapping
from hashlib import file_digest
from typing import Any

from buildassets.disk.files import MOST_MANIFEST_BYTES, bytes_at, content_of, whole_file
from buildassets.disk.plain_files import plain
from buildassets.foundation.digest import digest
from buildassets.manifest.model import MANIFEST_NAME, loads
from buildassets.release.inventory.inventory import inventory
from buildassets.release.provenance.bill_of_materials import bill
from buildassets.release.provenance.statement import ReleaseMade, statement
from buildassets.release.provenance.vendored import vendored

STATEMENT_SUFFIX = ".intoto.json"
BILL_SUFFIX = ".cdx.json"


def attest(output: str, inputs: Mapping[str, str], project: str, mode: str, *, at: str | None) -> tuple[str, str]:
    """Write a statement and a bill of materials about the release directory `output`, and return their paths.

    `inputs` maps the names of all files that the release was made of to their paths. `project` is the folder of the
    project's own files, as against vendored packages; `at` is the time to record, if any. A file that has the same
    bytes already is not written again. Raises OSError.
    """
    content = content_of(os.path.join(output, MANIFEST_NAME), MOST_MANIFEST_BYTES)
    manifest = loads(content)
    listed = inventory(content, MANIFEST_NAME)
    bill_path, statement_path = output + BILL_SUFFIX, output + STATEMENT_SUFFIX
    components = vendored(inputs, project)
    text = _text(bill(components, listed.release, digest(content), manifest.version, at=at))
    digests = {name: _digest_of(path) for name, path in inputs.items()}
    made = ReleaseMade(
        manifest, digest(content), mode=mode, inputs=digests, bill=(os.path.basename(bill_path), digest(text)), at=at
    )
    _write(bill_path, text)
    _write(statement_path, _text(statement(made)))
    return statement_path, bill_path


def _digest_of(path: str) -> str:
    with open(plain(path), "rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _text(document: Any) -> bytes:
    return (json.dumps(document, indent=1, sort_keys=True) + "\n").encode("ascii")


def _write(path: str, content: bytes) -> None:
    if bytes_at(path) != content:
        with whole_file(path) as file:
            file.write(content)

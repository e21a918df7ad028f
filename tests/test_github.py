"""Rights of the workflow that uploads a release, and the check of its tag."""

import subprocess
import sys
from pathlib import Path

import yaml

from buildassets import __version__

ROOT = Path(__file__).parents[1]


def test_only_the_upload_has_rights_and_no_password_is_used() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text("utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    rights = {name: job.get("permissions") for name, job in workflow["jobs"].items() if "permissions" in job}
    assert rights == {"publish": {"contents": "read", "id-token": "write", "attestations": "write"}}
    assert "secrets." not in (ROOT / ".github/workflows/release.yml").read_text("utf-8")


def release_tag(tag: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, str(ROOT / "scripts/release-tag"), tag], capture_output=True, text=True)


def test_tag_of_another_version_is_refused() -> None:
    done = release_tag("v99.0.0")
    assert done.returncode == 1
    assert "error: the tag is v99.0.0, and the version in src/buildassets/_version.py is " in done.stderr


def test_version_has_a_dated_heading_in_the_changelog() -> None:
    assert release_tag(f"v{__version__}").returncode == 0

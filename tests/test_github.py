"""Rights of the workflow that uploads a release, the check of its tag, and the links of the package's page."""

import re
import shutil
import subprocess
import sys
import tomllib
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


def test_the_page_of_the_package_has_only_absolute_links(tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    for name in ("README.md", "pyproject.toml", "scripts/release-links"):
        shutil.copy(ROOT / name, tmp_path / name)
    command = [sys.executable, str(tmp_path / "scripts/release-links"), "https://forge.example/o/r", "v1.2.3"]
    subprocess.run(command, check=True)
    readme = (tmp_path / "README.md").read_text("utf-8")
    links = re.findall(r"\]\(([^)]*)\)|(?:src|srcset)=\"([^\"]*)\"", readme)
    assert len(links) > 30
    assert [link for link in map("".join, links) if not link.startswith("https://")] == []
    assert "(https://forge.example/o/r/blob/v1.2.3/docs/frameworks/django.md)" in readme
    assert 'src="https://forge.example/o/r/raw/v1.2.3/docs/pictures/example-light.png"' in readme
    urls = tomllib.loads((tmp_path / "pyproject.toml").read_text("utf-8"))["project"]["urls"]
    assert urls["Changelog"] == "https://forge.example/o/r/blob/v1.2.3/CHANGELOG.md"

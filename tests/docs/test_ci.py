"""docs/deploy/github-actions.md, gitlab.md, updates.md: valid by their schemas, and their commands work."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.conftest import Tree, read_tree, write_tree
from tests.docs.ci import blocks, filled, git, loaded, repository, runnable, script, shell
from tests.packages.server import Registry, respond, serving, tarball
from tests.release.s3 import BUCKET, S3, s3_server
from tests.release_tools import checked

pytestmark = pytest.mark.thorough

BUILD, PUBLISH = blocks("deploy/github-actions.md", "yaml")
GITHUB = loaded(BUILD + PUBLISH)["jobs"]
GITLAB = loaded("".join(blocks("deploy/gitlab.md", "yaml")))
UPDATES, GITLAB_UPDATES, DEPENDABOT = blocks("deploy/updates.md", "yaml")
BEFORE: Tree = {
    "assets/css/site.css": "a { color: tan }\n",
    ".gitignore": ".buildassets/\nbuild/\n*.json\nsize.md\n",
    "requirements-build.txt": "buildassets\n",
    "buildassets.toml": "",
}
AFTER: Tree = {"assets/css/site.css": "a { color: tan; margin: 0 }\n"}


@pytest.fixture(scope="module")
def s3() -> Iterator[S3]:
    with s3_server() as server:
        yield server


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    return repository(tmp_path, BEFORE, AFTER)


def at(command: str, s3: S3, prefix: str) -> str:
    """The command with a bucket of the test's in place of that of the page."""
    assert "s3://my-bucket/site" in command
    return command.replace("s3://my-bucket/site", f"s3://{BUCKET}/{prefix}")


@pytest.mark.parametrize(
    ("schema", "name", "text"),
    [
        ("github-workflows", "assets.yml", BUILD + PUBLISH),
        ("github-workflows", "updates.yml", UPDATES),
        ("gitlab-ci", "gitlab.yml", "".join(blocks("deploy/gitlab.md", "yaml"))),
        ("gitlab-ci", "updates.yml", GITLAB_UPDATES),
        ("dependabot", "dependabot.yml", DEPENDABOT),
    ],
)
def test_files_match_their_schema(schema: str, name: str, text: str, tmp_path: Path) -> None:
    write_tree(tmp_path, {name: text})
    checked("check-jsonschema", "--builtin-schema", f"vendor.{schema}", name, cwd=tmp_path)


def test_the_workflows_have_no_known_weakness(tmp_path: Path) -> None:
    pinned = 'rules:\n  unpinned-uses:\n    config:\n      policies:\n        "*": ref-pin\n'
    files = {"zizmor.yml": pinned, ".github/workflows/a.yml": BUILD + PUBLISH, ".github/workflows/b.yml": UPDATES}
    checked("zizmor", "--offline", "--config", "zizmor.yml", ".github/workflows", cwd=write_tree(tmp_path, files))


def test_github_builds_compares_and_sums_up(clone: Path, tmp_path: Path) -> None:
    variables = {"GITHUB_BASE_REF": "main", "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md")}
    for step in runnable(GITHUB["build"]["steps"]):
        own = {name: filled(text, {"github.workspace": str(clone)}) for name, text in step.get("env", {}).items()}
        shell(step["run"], clone, {**variables, **own})
    assert "`css/site.css` | changed | " in (tmp_path / "summary.md").read_text()
    (upload,) = (step["with"]["path"] for step in GITHUB["build"]["steps"] if "upload" in step.get("uses", ""))
    assert all((clone / path).exists() for path in upload.split())


def test_comment_at_github_is_the_summary() -> None:
    (comment,) = (step for step in GITHUB["build"]["steps"] if step.get("run", "").startswith("gh "))
    assert "--body-file size.md" in comment["run"]


def test_github_publishes_its_build(clone: Path, s3: S3, tmp_path: Path) -> None:
    shell("buildassets build --quiet --provenance", clone, {})
    pack, publish = (step["run"] for step in runnable(GITHUB["publish"]["steps"]))
    shell(pack, clone, {})
    shell(at(publish, s3, tmp_path.name), clone, s3.environment)
    assert s3.names(tmp_path.name) == read_tree(clone / "build").keys()
    subjects = [step["with"] for step in GITHUB["publish"]["steps"] if "attest" in step.get("uses", "")]
    named = [name for one in subjects for key, value in one.items() for name in value.split(",")]
    assert all((clone / name).is_file() for name in named)


def test_release_is_uploaded_as_the_page_of_cdns_describes(clone: Path, s3: S3, tmp_path: Path) -> None:
    (publish,) = blocks("deploy/cdn.md", "sh")
    shell("buildassets build --quiet", clone, {})
    shell(publish.replace("s3://my-bucket/assets-root", f"s3://{BUCKET}/{tmp_path.name}"), clone, s3.environment)
    assert s3.names(tmp_path.name) == read_tree(clone / "build").keys()


def test_gitlab_builds_and_collects_its_reports(clone: Path) -> None:
    job = GITLAB["assets"]
    shell(script(job["script"]), clone, {})
    artifacts = job["artifacts"]
    assert all((clone / name).exists() for name in [*artifacts["paths"], *artifacts["reports"].values()])


def test_gitlab_gets_a_comment_with_sizes(clone: Path) -> None:
    notes = "/projects/7/merge_requests/3/notes"
    got: list[tuple[str, str]] = []

    def note(request: BaseHTTPRequestHandler, body: bytes) -> None:
        got.append((request.headers["PRIVATE-TOKEN"], parse_qs(body.decode())["body"][0]))
        respond(request, 201, b"{}")

    with serving() as api:
        api.answers[notes] = note
        variables = {"CI_API_V4_URL": api.url, "CI_PROJECT_ID": "7", "CI_MERGE_REQUEST_IID": "3", "COMMENT_TOKEN": "t"}
        target = {"CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main", "CI_PROJECT_DIR": str(clone)}
        shell("buildassets build --quiet", clone, {})
        shell(script(GITLAB["sizes"]["script"]), clone, {**variables, **target})
    ((token, body),) = got
    assert token == "t"
    assert "`css/site.css` | changed | " in body


def test_gitlab_signs_and_publishes(clone: Path, s3: S3, tmp_path: Path) -> None:
    key = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    shell("buildassets build --quiet", clone, {})
    command = at(script(GITLAB["publish"]["script"]), s3, tmp_path.name)
    shell(command, clone, {**s3.environment, "RELEASE_KEY": key})
    assert all((clone / name).is_file() for name in GITLAB["publish"]["artifacts"]["paths"])
    assert s3.names(tmp_path.name) == read_tree(clone / "build").keys()


@pytest.fixture
def packages(clone: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Registry]:
    """A registry with a newer version than the one that is vendored in the clone."""
    with serving() as registry:
        monkeypatch.setenv("npm_config_registry", registry.url)
        monkeypatch.setenv("BUILDASSETS_TOOLS_DIR", str(tmp_path / "tools"))
        for version in ("1.0.0", "1.1.0"):
            described = {"name": "tide", "version": version, "type": "module", "exports": "./tide.js"}
            files = {"package.json": json.dumps(described), "tide.js": f"export default '{version}'"}
            registry.publish("tide", version, tarball(files))
            if version == "1.0.0":
                shell("buildassets vendor add tide@1 --quiet", clone, {})
        yield registry


def test_the_commands_for_updates_are_run_one_after_the_other(clone: Path, packages: Registry) -> None:
    (commands,) = blocks("deploy/updates.md", "sh")
    steps = [step["run"] for step in runnable(loaded(UPDATES)["jobs"]["update"]["steps"])]
    assert [line.partition("#")[0].strip() for line in commands.splitlines()] == steps
    shell("\n".join(steps), clone, {})
    assert "1.1.0" in (clone / "buildassets.lock").read_text()


def test_gitlab_proposes_updates_only_if_there_are_some(clone: Path, packages: Registry, tmp_path: Path) -> None:
    git(clone, "add", "--all")
    git(clone, "commit", "--quiet", "--message=tide")
    git(tmp_path / "origin", "config", "receive.advertisePushOptions", "true")
    url = '"https://updates:$PUSH_TOKEN@$CI_SERVER_HOST/$CI_PROJECT_PATH.git"'
    lines = script(loaded(GITLAB_UPDATES)["updates"]["script"])
    assert url in lines
    variables = {"HOME": str(tmp_path), "GIT_CONFIG_NOSYSTEM": "1"}
    shell(lines.replace(url, str(tmp_path / "origin")), clone, variables)
    assert "1.1.0" in git(tmp_path / "origin", "show", "assets-updates:buildassets.lock")
    shell(lines.replace(url, "/nowhere"), clone, variables)

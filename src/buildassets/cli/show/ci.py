"""Detects the CI system that runs this program, and the form of its annotations.

Reads the environment. Imports little, since even a build with nothing to do loads it.
"""

import os

_GITHUB = "GITHUB_ACTIONS"  # also set by Gitea, Forgejo and act
_AZURE = "TF_BUILD"  # Azure Pipelines, which sets no `CI`
# Systems that set `CI`, or may, and would print another system's annotation as a plain line.
_WITHOUT_ANNOTATIONS = (
    *("APPVEYOR", "BITBUCKET_BUILD_NUMBER", "BUILDKITE", "CIRCLECI", "CIRRUS_CI", "CODEBUILD_BUILD_ID", "DRONE"),
    *("GITLAB_CI", "JENKINS_URL", "NETLIFY", "SEMAPHORE", "TEAMCITY_VERSION", "TRAVIS", "VERCEL", "WOODPECKER"),
)


def under_ci() -> bool:
    """Whether a CI system runs this program, so that nobody watches a terminal."""
    return any(_is_set(name) for name in ("CI", _AZURE))


def annotation_form() -> str | None:
    """The form of the CI system's annotations, `github` or `azure`; None for others and none.

    A system that only sets `CI`, without a name, is assumed to have GitHub's form, which others have adopted.
    """
    if _is_set(_AZURE):
        return "azure"
    is_other = any(os.environ.get(name) for name in _WITHOUT_ANNOTATIONS)
    return "github" if _is_set("CI") and (_is_set(_GITHUB) or not is_other) else None


def _is_set(name: str) -> bool:
    return os.environ.get(name, "").lower() not in ("", "0", "false")

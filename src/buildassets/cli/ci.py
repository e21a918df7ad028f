"""Which CI system runs us, and the form in which it takes annotations.

Takes the environment. Light, as a build that has nothing to do asks for it before all else.
"""

import os

TYPE_CHECKING = False  # what `typing` has; loading that takes longer than this
if TYPE_CHECKING:
    from typing import Final, Literal

_GITHUB: "Final" = "GITHUB_ACTIONS"  # also set by Gitea, Forgejo and act
_AZURE: "Final" = "TF_BUILD"  # Azure Pipelines, which sets no `CI`
# Systems that set `CI`, or may, and would show a command of another one as a line like any other.
_WITHOUT_ANNOTATIONS: "Final" = (
    *("APPVEYOR", "BITBUCKET_BUILD_NUMBER", "BUILDKITE", "CIRCLECI", "CIRRUS_CI", "CODEBUILD_BUILD_ID", "DRONE"),
    *("GITLAB_CI", "JENKINS_URL", "NETLIFY", "SEMAPHORE", "TEAMCITY_VERSION", "TRAVIS", "VERCEL", "WOODPECKER"),
)


def under_ci() -> bool:
    """Whether a CI system runs this, so that nobody looks at a terminal."""
    return any(_is_set(name) for name in ("CI", _AZURE))


def annotation_form() -> "Literal['github', 'azure'] | None":
    """The form of the system's annotations; None where it has none, or none runs this.

    GitHub's is that of a system which only says that it is one: others have taken it over.
    """
    if _is_set(_AZURE):
        return "azure"
    is_other = any(os.environ.get(name) for name in _WITHOUT_ANNOTATIONS)
    return "github" if _is_set("CI") and (_is_set(_GITHUB) or not is_other) else None


def _is_set(name: str) -> bool:
    return os.environ.get(name, "").lower() not in ("", "0", "false")

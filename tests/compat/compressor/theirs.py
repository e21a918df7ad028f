"""The real django-compressor, in an environment of its own, so that it takes no part in other tests."""

from functools import cache
from pathlib import Path
from typing import Final

from tests.environments import kept_environment

_REQUIRED: Final = (
    *("django-compressor==4.6.0", "django>=5.2,<5.3", "jinja2>=3.1,<3.2"),
    *("brotli>=1.1,<2", "django-libsass==0.9", "django-sekizai==4.1.0"),
)
_BESIDE: Final = ("sekizai", "classytags")  # which ours is tried with, too


@cache
def their_python() -> str:
    """The Python of that environment."""
    return str(kept_environment("compressor", *_REQUIRED) / "python")


def beside(folder: Path) -> str:
    """`folder`, with the packages in it that are no part of django-compressor, for a path of modules."""
    (found,) = Path(their_python()).parents[1].glob("lib/python*/site-packages")
    folder.mkdir(exist_ok=True)
    for name in _BESIDE:
        (folder / name).symlink_to(found / name)
    return str(folder)

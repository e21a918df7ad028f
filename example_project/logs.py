"""Where messages go: to standard output, a line each. What becomes of them is not the process's business."""

from typing import Any


def to_stdout(level: str) -> dict[str, Any]:
    """A configuration for `logging.config.dictConfig`, which gunicorn, Django and Flask's logger all follow."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"format": "%(asctime)s %(process)d %(levelname)s %(name)s %(message)s"}},
        "handlers": {"stdout": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "line"}},
        "root": {"level": level.upper(), "handlers": ["stdout"]},
        "loggers": {
            name: {"handlers": [], "propagate": True} for name in ("gunicorn.error", "gunicorn.access", "django")
        },
    }

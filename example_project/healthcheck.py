"""Exits with 0 if the web process of this container answers."""

import os
import sys
import urllib.request

TIMEOUT_SECONDS = 3


def is_healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as answer:
            return answer.status == 200
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(not is_healthy(f"http://127.0.0.1:{os.environ.get('PORT', '8000')}/health"))

"""The least that fingerprinting costs in Python: each file read, hashed with SHA-256, written under its hashed name.

`python read_hash_write.py SOURCE OUTPUT`. References are not looked for.
"""

import hashlib
import os
import sys


def fingerprint_tree(source: str, output: str) -> None:
    """Write every file below `source` to the same folder below `output` as STEM.FINGERPRINT.SUFFIX."""
    for folder, _, names in os.walk(source):
        target = os.path.join(output, os.path.relpath(folder, source))
        os.makedirs(target, exist_ok=True)
        for name in names:
            with open(os.path.join(folder, name), "rb") as file:
                content = file.read()
            stem, suffix = os.path.splitext(name)
            fingerprint = hashlib.sha256(content).hexdigest()[:12]
            with open(os.path.join(target, f"{stem}.{fingerprint}{suffix}"), "wb") as file:
                file.write(content)


if __name__ == "__main__":
    fingerprint_tree(sys.argv[1], sys.argv[2])

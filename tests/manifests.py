"""Manifests that no build writes, laid out and summed as a build does it: the checksums are right, the values wrong."""

import json
import random
from collections.abc import Iterator
from copy import deepcopy
from typing import Any, Final

from buildassets.manifest import model as written
from buildassets.manifest.model import Entry, Manifest, Retained, dumps

DIGEST: Final = "A" * 43 + "="
SOUND: Final[dict[str, Any]] = json.loads(
    dumps(
        Manifest(
            "0.1.0",
            {"css": "rcssmin 1.2"},
            "/assets/",
            {
                "css/app.css": Entry(
                    *("css/app.0123456789ab.css", "text/css", 30, "sha384-" + "A" * 64),
                    encodings={"gzip": 20},
                    inputs=("css/app.css", "css/base.css"),
                    references=("img/a.svg",),
                    map="css/app.css.map",
                    digests={"gzip": DIGEST},
                    deltas={DIGEST: written.Delta(9, DIGEST)},
                    own="0123456789ab",
                ),
                "css/app.css.map": Entry("css/app.css.0123456789ab.map", "application/json", 5, None),
                "img/a.svg": Entry("img/a.0123456789ab.svg", "image/svg+xml", 7, digests={"identity": DIGEST}),
                "js/app.js": Entry("js/app.0123456789ab.js", "text/javascript", 1, imports=("js/lib.js",)),
                "js/lib.js": Entry("js/lib.0123456789ab.js", "text/javascript", 1),
            },
            {"lit": "js/lib.js"},
            (Retained("0" * 64, "2026-11-25T10:00:00Z", {"a.css": Entry("a.0123456789ab.css", "text/css", 3)}),),
            {"js/": {"cdn": "https://example.com/x.js"}},
            {"js/lib.js": "js/lib.js"},
            settings={"browsers": ["safari 16.4"]},
            sources={"css/base.css": "0123456789ab"},
        )
    )
)
VALUES: Final[list[Any]] = [
    *(None, True, False, 0, 1, -1, 1.5, 10**18, 10**30, 10**4200, float("nan"), float("inf"), float("-inf")),
    *(
        "",
        "1",
        "x",
        "gzip",
        "../../x",
        "/etc/passwd",
        "a//b",
        "a/",
        ".",
        "a\0b",
        "a\r\nb: c",
        "\ud800",
        "\udcff",
        "a\\b",
    ),
    *("\x1b[2J", "é" * 5000, "sha384-x", "sha256-" + DIGEST, DIGEST, "text/css\r\n", "css/app.css", "\ufeff", "\u2028"),
    *([], [1], ["a", 1], [None], {}, {"a": 1}, {"gzip": "1"}, {"br": -1}, {"gzip": 10**30}, {"x": {}}, [[[[]]]]),
]

_DEEP: Final = "deep"  # stands for more levels than a test can write


def signed(document: dict[str, Any]) -> bytes:
    """The text of `document` as `dumps` lays it out, with a checksum, a digest and a release that are right."""
    others = {key: value for key, value in document.items() if key not in ("assets", "release")}
    if isinstance(others.get("generator"), dict):
        others["generator"] = written._with_digest(others["generator"])
    return written._laid_out(written._one_a_line(document.get("assets")), others).encode("ascii")


def mutants(seed: int, count: int, sound: dict[str, Any] = SOUND) -> Iterator[bytes]:
    """`count` manifests with one to three faults each: most in values, some in the text."""
    seeded = random.Random(seed)
    for _ in range(count):
        document = deepcopy(sound)
        for _ in range(seeded.choice((1, 1, 1, 2, 3))):
            _spoil(document, seeded)
        text = (
            signed(document)
            if seeded.random() < 0.7
            else json.dumps(document, indent=seeded.choice((None, 1))).encode()
        )
        depth = seeded.choice((100, 500, 900, 960, 980, 990))
        text = text.replace(json.dumps(_DEEP).encode(), b"[" * depth + b"]" * depth)
        yield _spoilt_text(text, seeded) if seeded.random() < 0.15 else text


def _spoil(document: dict[str, Any], seeded: random.Random) -> None:
    """Exchange, drop, add or rename something somewhere in `document`."""
    holder, key = seeded.choice(list(_places(document)))
    what = seeded.randrange(6)
    if what == 0:
        del holder[key]
    elif what == 1 and isinstance(holder, dict):
        holder[seeded.choice(VALUES[13:22])] = holder.pop(key)
    elif what == 2:
        holder[key] = _DEEP if seeded.random() < 0.5 else _nested(seeded.choice((5, 15, 17, 30)))
    elif what == 3:
        holder[key] = deepcopy(seeded.choice(list(_places(document)))[0])
    else:
        holder[key] = deepcopy(seeded.choice(VALUES))


def _places(value: Any, levels: int = 10) -> Iterator[tuple[Any, Any]]:
    """Where anything stands: what holds it, and its key or index."""
    if not levels or not isinstance(value, dict | list):
        return
    for key in value if isinstance(value, dict) else range(len(value)):
        yield value, key
        yield from _places(value[key], levels - 1)


def _nested(levels: int) -> Any:
    value: Any = "x"
    for level in range(levels):
        value = [value] if level % 2 else {"x": value}
    return value


def _spoilt_text(text: bytes, seeded: random.Random) -> bytes:
    """Cut off, with a byte order mark, no UTF-8, duplicate keys, numbers without an end, or lines out of order."""
    place = seeded.randrange(len(text) + 1)
    lines = text.split(b"\n")
    return seeded.choice(
        (
            text[:place],
            b"\xef\xbb\xbf" + text,
            text[:place] + bytes([seeded.randrange(256)]) + text[place + 1 :],
            text[:place] + b"\xff" + text[place:],
            text.replace(b'"size": 30', b'"size": 30, "size": "x", "size": ' + b"9" * 5000),
            text.replace(b'"size": 30', b'"size": NaN'),
            text.replace(b'"url"', b'"url": {}, "url"'),
            b"\n".join(seeded.sample(lines, len(lines))),
            b"[" * 100_000 if place % 2 else b'{"a":' * 100_000,
            b"",
        )
    )

"""Logical paths and the URLs that name them.

A logical path is a POSIX path without a leading slash and without `.` or `..` segments, such as `css/app.css`.
A file name that is not UTF-8 is carried as `os.fsdecode` gives it, with lone surrogates. Pure; imports nothing
of the package.
"""

from posixpath import normpath

TYPE_CHECKING = False  # our own, since importing `typing` would take a third of the start-up time of a web process
if TYPE_CHECKING:
    from typing import NewType

    LogicalPath = NewType("LogicalPath", str)
else:
    LogicalPath = str

# All other characters are percent-encoded. Missing on purpose, although a URL path may hold them: `:` (a first segment
# `a:b` would be a scheme), `,` (it ends a URL in a `srcset`), `;` (it begins parameters for old parsers), `&`, quotes
# and parentheses (so that a URL can stand in HTML, in a quoted string of any language, and in an unquoted CSS `url()`).
_SAFE_IN_URL = "/-._~!$*+=@"


def normalise(path: str) -> LogicalPath | None:
    """The logical path that `path` means; None where it leaves the root or names no file."""
    if not path:
        return None
    normal = normpath(path.lstrip("/"))
    if normal in (".", "..") or normal.startswith("../"):
        return None
    return LogicalPath(normal)


def join(base: LogicalPath, relative_path: str) -> LogicalPath | None:
    """The logical path that `relative_path` means in the asset `base`; None where it leaves the root."""
    folder, slash, _ = base.rpartition("/")
    return normalise(folder + slash + relative_path)


def relative(base: LogicalPath, target: str) -> str:
    """`target` relative to the folder of `base`; both are logical paths: `css/a.css`, `img/b.png` → `../img/b.png`."""
    folder = base[: base.rfind("/") + 1]
    if target.startswith(folder):
        return target[len(folder) :]
    from_folders = base.split("/")[:-1]
    to_segments = target.split("/")
    shared = 0
    for from_folder, to_folder in zip(from_folders, to_segments[:-1], strict=False):
        if from_folder != to_folder:
            break
        shared += 1
    return "../" * (len(from_folders) - shared) + "/".join(to_segments[shared:])


def to_url(path: str) -> str:
    """`path` percent-encoded (RFC 3986, UTF-8), safe in URLs, HTML, CSS and JavaScript strings."""
    letters = path.replace("/", "").replace("-", "").replace(".", "").replace("_", "").replace("@", "")
    if letters.isascii() and letters.isalnum():
        return path
    return percent_encoded(path.encode("utf-8", "surrogateescape"), _SAFE_IN_URL)


def quoted(reference: str) -> str:
    """`reference`, a URL or a part of one, with characters percent-encoded that a string or a `url()` cannot hold.

    Escapes in it stay.
    """
    return percent_encoded(reference.encode(), "/?#-._~!$*+,;=@:&%[]")


def percent_encoded(content: bytes, safe: str) -> str:
    """`content` percent-encoded, but for letters, digits, `_.-~` and the characters in `safe`."""
    from urllib.parse import quote  # 3 ms of import that most projects' names never need

    return quote(content, safe=safe)


def percent_decoded(text: str) -> str:
    """`text`, percent-decoded; bytes that are not UTF-8 become U+FFFD."""
    return _unquoted(text.encode("utf-8", "surrogatepass")).decode("utf-8", "replace") if "%" in text else text


def from_url(url_path: str) -> str:
    """A URL's path component, percent-decoded; bytes that are not UTF-8 become lone surrogates."""
    if "%" not in url_path:
        return url_path
    try:
        encoded = url_path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # a script can spell half a surrogate pair (`"\ud800%20"`), a file name cannot
        encoded = url_path.encode("utf-8", "replace")
    return _unquoted(encoded).decode("utf-8", "surrogateescape")


def _unquoted(encoded: bytes) -> bytes:
    from urllib.parse import unquote_to_bytes

    return unquote_to_bytes(encoded)


def split_url(url: str) -> tuple[str, str]:
    """`url` in two: its path, and its query and fragment with their `?` or `#`: `a.eot?#iefix` → `a.eot`, `?#iefix`."""
    if "?" not in url and "#" not in url:
        return url, ""
    cut = min(position for position in map(url.find, "?#") if position >= 0)
    return url[:cut], url[cut:]


def icon_id(name: str) -> str:
    """The `id` of the icon `name` in its sprite, and the fragment of its URL: what cannot are there is a number."""
    return "".join(letter if letter.isalnum() or letter in "/-._" else f"_{ord(letter):x}_" for letter in name)

"""A visitor with a browser: keeps cookies, fills in forms, fetches a page with all assets that it names."""

import http.client
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Self
from urllib.parse import urlencode

CODE = "seal-on-the-slip"  # what all sites of these tests have for HARBOUR_CODE
_ASSET = re.compile(r'/assets/([^"\s]+)')
_TOKEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]+)"')


@dataclass(frozen=True)
class Answer:
    """An answer of the site."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        """The page."""
        return self.body.decode()

    def assets(self) -> list[str]:
        """The files of a release that the page names."""
        return sorted(set(_ASSET.findall(self.text)))


class Visitor:
    """One visitor of the site at `port`. `boat` is what they sign in with; `served_by` are the processes that answered.

    What has begun to come and is cut off is asked for once more, and counted: no balancer can turn to another then.
    Each request has a connection of its own: gunicorn closes one on which nothing was asked for 2 seconds, which a busy
    machine takes between two requests.
    """

    def __init__(self, port: int, boat: str = "Kittiwake") -> None:
        self.boat = boat
        self.cookies: dict[str, str] = {}
        self.served_by: set[str] = set()
        self.requests = 0
        self.cut_off = 0
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def get(self, path: str) -> Answer:
        """Ask for a page or an asset."""
        return self._ask("GET", path)

    def get_as(self, host: str, path: str) -> Answer:
        """Ask for a page by another host's name."""
        return self._ask("GET", path, more={"Host": host})

    def post(self, path: str, *, form: str = "", **fields: str) -> Answer:
        """Send a form with the token that the page at `form` has, or else the one at `path`."""
        return self.post_without_token(path, **self.token(form or path), **fields)

    def token(self, path: str) -> dict[str, str]:
        """The hidden field of the page at `path`, if it has one."""
        found = _TOKEN.search(self.get(path).text)
        return {found[1]: found[2]} if found else {}

    def post_without_token(self, path: str, **fields: str) -> Answer:
        """Send just these fields."""
        return self._ask("POST", path, urlencode(fields), {"Content-Type": "application/x-www-form-urlencoded"})

    def sign_in(self, code: str = CODE) -> Answer:
        """Become a skipper."""
        return self.sign_in_with(self.token("/sign-in"), code)

    def sign_in_with(self, token: Mapping[str, str], code: str = CODE) -> Answer:
        """The same, with a form that was loaded before."""
        boat = {"name": "Ann", "boat": self.boat, "length_m": "9.5", "draught_m": "1.5"}
        return self.post_without_token("/sign-in", **token, **boat, code=code)

    def ask_for_berth(self, arrival: str) -> Answer:
        """Ask for a berth from that day on."""
        return self.post("/berth", berth="North pontoon", arrival=arrival, nights="2", note="")

    def _ask(self, method: str, path: str, body: str | None = None, more: Mapping[str, str] | None = None) -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            answer = self._answer(method, path, body, {"Cookie": cookies, **(more or {})})
        except http.client.IncompleteRead:  # who was answering has been killed meanwhile
            if method != "GET":
                raise
            self.cut_off += 1
            answer = self._answer(method, path, body, {"Cookie": cookies})
        self._keep_cookies(answer.headers)
        self.served_by.update(answer.headers.get_all("X-Served-By", []))
        return answer

    def _answer(self, method: str, path: str, body: str | None, headers: Mapping[str, str]) -> Answer:
        self.requests += 1
        try:
            self._connection.request(method, path, body, headers)
            response = self._connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            self._connection.close()

    def _keep_cookies(self, headers: http.client.HTTPMessage) -> None:
        for line in headers.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(line).items():
                if morsel.value:
                    self.cookies[name] = morsel.value
                else:
                    self.cookies.pop(name, None)

    @property
    def is_known(self) -> bool:
        """Whether a page has their boat's name."""
        return self._is_known(self.get("/visit"))

    def _is_known(self, page: Answer) -> bool:
        return f">{self.boat}</a>" in page.text

    def faults_of_page(self, path: str, files: Mapping[str, bytes]) -> list[str]:
        """Return the faults of a page for a visitor who is signed in, and of its assets; `files` are all there are."""
        page = self.get(path)
        if page.status != 200:
            return [f"{page.status} for {path}"]
        lost = [] if self._is_known(page) else [f"signed out at {path}"]
        return lost + [fault for name in page.assets() for fault in self.faults_of_asset(name, files)]

    def faults_of_asset(self, name: str, files: Mapping[str, bytes]) -> list[str]:
        """Return the faults of one file of a release."""
        answer = self.get(f"/assets/{name}")
        if answer.status != 200:
            return [f"{answer.status} for the asset {name}"]
        return [] if answer.body == files.get(name) else [f"other bytes for the asset {name}"]


def released_files(*releases: Path) -> dict[str, bytes]:
    """Every file of these release directories by its name."""
    return {
        path.relative_to(release / "assets").as_posix(): path.read_bytes()
        for release in releases
        for path in (release / "assets").rglob("*")
        if path.is_file()
    }

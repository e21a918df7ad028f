"""Visitors who use the site at the same time, while something happens to its processes."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event

from tests.example.visitor import Visitor

_PAGES = ("/", "/berth", "/visit")
_VISITORS = 4


class Load:
    """Visitors who ask for a berth and look at pages, at each for `seconds`. `faults` is what they complain of."""

    def __init__(self, port: int, files: dict[str, bytes], *, seconds: float = 0) -> None:
        self._seconds = seconds
        self.visitors = [Visitor(port, boat=f"Boat {number}") for number in range(_VISITORS)]
        self.faults: list[str] = []
        self._stop = Event()
        self._files = files
        self._arrival = (datetime.now(UTC) + timedelta(days=10)).date().isoformat()

    @property
    def requests(self) -> int:
        """How many there were."""
        return sum(visitor.requests for visitor in self.visitors)

    def wait_for(self, requests: int) -> None:
        """Wait until there were so many, or something is wrong."""
        while self.requests < requests and not self.faults:
            time.sleep(0.005)

    def run(self, meanwhile: Callable[[], None], requests: int) -> None:
        """Have all visitors look around, until `meanwhile` is done and there were so many requests."""
        with ThreadPoolExecutor(len(self.visitors)) as pool:
            try:
                list(pool.map(self._begin, self.visitors))  # a POST is not sent twice, so nothing happens meanwhile
                people = [pool.submit(self._visit, visitor) for visitor in self.visitors]
                meanwhile()
                self.wait_for(requests)
            finally:
                self._stop.set()
            for one in people:
                one.result()

    def _begin(self, visitor: Visitor) -> None:
        assert visitor.sign_in().status == 303
        assert visitor.ask_for_berth(self._arrival).status == 303

    def _visit(self, visitor: Visitor) -> None:
        try:
            with visitor:
                while not self._stop.is_set() and not self.faults:
                    self._look_around(visitor)
        except Exception as fault:
            self.faults.append(repr(fault))

    def _look_around(self, visitor: Visitor) -> None:
        for page in _PAGES:
            self.faults += visitor.faults_of_page(page, self._files)
            self._stop.wait(self._seconds)
        if self._arrival not in visitor.get("/berth").text:
            self.faults.append("the request for a berth is lost")

"""A day of citizens and clerks, played through the same pages and addresses that people use.

Citizens touch the kiosk's page, clerks sign in to the server and press their keys. Arrivals and
service are faster by `speed`; the server's clock is not touched.
"""

from __future__ import annotations

import logging
import random
import re
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import urllib3

ARRIVALS_AN_HOUR = 80
"""Citizens of a county hall on an ordinary morning (*assumed*)."""
COMMON = 0.35
"""Share of citizens who come for one of the common items on the first page (*assumed*)."""
SERVICE_MIN = (3.0, 14.0)
"""Shortest and longest ordinary service in minutes (*assumed*)."""
NO_SHOW = 0.07
"""Share of those called who do not come (*assumed*)."""
HOLD, TRANSFER = 0.04, 0.04
"""Shares of services that are set aside, or go on at another counter (*assumed*)."""
COUNTERS_OPEN = 15
"""So many clerks are at their counters; the others do not come today."""

_log = logging.getLogger("hallqueue.busy")
_CSRF = re.compile(r'name="csrf[_-]token"[^>]*?(?:value|content)="([^"]+)"')
_PAGE = re.compile(r'name="page" value="([^"]+)"')
_SERIAL = re.compile(r'name="serial" value="(\d+)"')
_ITEM = re.compile(r'value="(choose item:[^"]+)"')
_DEPARTMENT = re.compile(r'value="(department [^"]+)"')
_TAKE = re.compile(r'name="act" value="(take)"')


@dataclass(kw_only=True)
class Day:
    """One day being played.

    Args:
        kiosk: address of the kiosk.
        server: address of the server.
        counters: login → counter code.
        passwords: login → password.
        speed: 1 = as in life, 10 = ten times as fast.
        seed: makes the same day again.
    """

    kiosk: str
    server: str
    counters: Mapping[str, str]
    passwords: Mapping[str, str]
    speed: float = 10.0
    seed: int = 2026
    taken: int = 0
    """Numbers that citizens have taken."""
    served: int = 0
    """Tickets that clerks have finished."""
    stopped: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        """Begin, in threads that end with the process."""
        chance = random.Random(self.seed)  # noqa: S311  a play, not a secret
        self._spawn("citizens", self._citizens, random.Random(chance.random()))  # noqa: S311
        for login in list(self.counters)[:COUNTERS_OPEN]:
            clerk = _Clerk(self, login, random.Random(chance.random()))  # noqa: S311
            self._spawn(login, clerk.work)

    def stop(self) -> None:
        """End the day and wait for its people to leave."""
        self.stopped.set()
        for thread in self._threads:
            thread.join(5.0)

    def _spawn(self, name: str, target: object, *args: object) -> None:
        thread = threading.Thread(target=target, args=args, name=name, daemon=True)  # type: ignore[arg-type]  # two shapes of target
        self._threads.append(thread)
        thread.start()

    def pause(self, seconds: float) -> None:
        """Let *seconds* of the played day pass, or less when the day ends."""
        self.stopped.wait(seconds / self.speed)

    def _citizens(self, chance: random.Random) -> None:
        http = urllib3.PoolManager(retries=False, timeout=10.0)
        while not self.stopped.is_set():
            self.pause(chance.expovariate(ARRIVALS_AN_HOUR / 3600))
            try:
                if _take(http, self.kiosk, chance):
                    self.taken += 1
            except urllib3.exceptions.HTTPError as error:
                _log.info("kiosk does not answer: %s", error)
                self.stopped.wait(1.0)


def _take(http: urllib3.PoolManager, kiosk: str, chance: random.Random) -> bool:
    """Touch an item, common or of a department, then 取号; True when a number came."""

    def touch(page: str, act: str) -> str:
        token, serial = _PAGE.search(page), _SERIAL.search(page)
        fields = {"page": token[1] if token else "", "act": act}
        if serial:
            fields["serial"] = serial[1]
        answer = http.request(
            "POST", f"{kiosk}/act", fields=fields, encode_multipart=False, headers={"Origin": kiosk}
        )
        return answer.data.decode("utf-8", "replace")

    page = http.request("GET", f"{kiosk}/").data.decode("utf-8", "replace")
    departments = _DEPARTMENT.findall(page)
    if departments and chance.random() > COMMON:
        page = touch(page, chance.choice(departments))
    items = _ITEM.findall(page)
    if not items:
        return False
    page = touch(page, chance.choice(items))
    for _ in range(2):  # a warning asks once more
        if not _TAKE.search(page):
            return False
        page = touch(page, "take")
        if 'data-screen="number"' in page or 'data-screen="taking"' in page:
            return True
    return False


class _Clerk:
    """One clerk at one counter."""

    def __init__(self, day: Day, login: str, chance: random.Random) -> None:
        self._day = day
        self._login = login
        self._counter = day.counters[login]
        self._chance = chance
        self._http = urllib3.PoolManager(retries=False, timeout=10.0)
        self._cookie = ""
        self._csrf = ""

    def work(self) -> None:
        """Sign in, open, call and serve until the day ends; begin again after any interruption."""
        while not self._day.stopped.is_set():
            try:
                self._sign_in()
                self._post(f"counters/{self._counter}/open", {})
                while not self._day.stopped.is_set():
                    self._one()
            except (urllib3.exceptions.HTTPError, KeyError, ValueError) as error:
                _log.info("clerk %s begins again: %s", self._login, error)
                self._day.stopped.wait(2.0)

    def _one(self) -> None:
        desk = self._desk()
        ticket = desk["current"]
        if ticket is None:
            if desk["held"] and self._chance.random() < 0.3:
                held = desk["held"][0]
                body = {"version": held["version"], "counter": self._counter}
                self._post(f"tickets/{held['uid']}/resume", body)
                return
            status, _ = self._post(f"counters/{self._counter}/call-next", {})
            if status != 200:
                self._day.pause(45)
            return
        if ticket["state"] == "serving":
            self._finish(desk, ticket)
            return
        self._await(ticket)

    def _await(self, ticket: dict[str, Any]) -> None:
        if self._chance.random() < NO_SHOW:
            version = int(ticket["version"])
            while not self._day.stopped.is_set():
                self._day.stopped.wait(11.0)
                status, done = self._post(f"tickets/{ticket['uid']}/no-show", {"version": version})
                if status == 200:
                    return
                status, done = self._post(f"tickets/{ticket['uid']}/recall", {"version": version})
                if status != 200:
                    return
                version = int(done["version"])
        self._day.pause(self._chance.uniform(15, 50))
        self._post(f"tickets/{ticket['uid']}/start", {"version": ticket["version"]})

    def _finish(self, desk: dict[str, Any], ticket: dict[str, Any]) -> None:
        shortest, longest = SERVICE_MIN
        self._day.pause(60 * self._chance.triangular(shortest, longest, shortest + 2))
        body: dict[str, object] = {"version": ticket["version"]}
        lot = self._chance.random()
        if lot < HOLD:
            body["reason"] = "补材料"
            self._post(f"tickets/{ticket['uid']}/hold", body)
        elif lot < HOLD + TRANSFER:
            others = [q["code"] for q in desk["queues"] if not q["here"] and q["open_counters"]]
            if others:
                body |= {"queue": self._chance.choice(others), "reason": "还要办另一项"}
                self._post(f"tickets/{ticket['uid']}/transfer", body)
        else:
            status, _ = self._post(f"tickets/{ticket['uid']}/finish", body)
            self._day.served += status == 200
        self._day.pause(self._chance.uniform(5, 40))

    def _sign_in(self) -> None:
        page = self._http.request("GET", f"{self._day.server}/sign-in")
        self._keep(page)
        found = _CSRF.search(page.data.decode("utf-8", "replace"))
        if found is None:
            msg = "the sign-in page has no form"
            raise ValueError(msg)
        answer = self._http.request(
            "POST",
            f"{self._day.server}/sign-in",
            fields={
                "csrf_token": found[1],
                "login": self._login,
                "password": self._day.passwords[self._login],
            },
            encode_multipart=False,
            headers={"Cookie": self._cookie},
            redirect=False,
        )
        self._keep(answer)
        desk = self._http.request(
            "GET",
            f"{self._day.server}/desk?counter={self._counter}",
            headers={"Cookie": self._cookie},
        )
        self._keep(desk)
        found = _CSRF.search(desk.data.decode("utf-8", "replace"))
        if found is None:
            msg = f"signing in was refused ({answer.status})"
            raise ValueError(msg)
        self._csrf = found[1]

    def _keep(self, answer: urllib3.BaseHTTPResponse) -> None:
        given = answer.headers.get("Set-Cookie")
        if given:
            self._cookie = given.partition(";")[0]

    def _desk(self) -> dict[str, Any]:
        answer = self._http.request(
            "GET",
            f"{self._day.server}/api/v1/desk?counter={self._counter}",
            headers={"Cookie": self._cookie},
        )
        if answer.status != 200:
            msg = f"the desk answers {answer.status}"
            raise ValueError(msg)
        found: dict[str, Any] = answer.json()
        return found

    def _post(self, path: str, body: Mapping[str, object]) -> tuple[int, dict[str, Any]]:
        key = str(uuid.uuid4())
        for _ in range(3):  # no answer or a fault of the server: the same key again
            answer = self._http.request(
                "POST",
                f"{self._day.server}/api/v1/{path}",
                json=dict(body),
                headers={
                    "Cookie": self._cookie,
                    "X-CSRFToken": self._csrf,
                    "Idempotency-Key": key,
                },
            )
            if answer.status < 500:
                break
            time.sleep(0.5)
        if answer.status in {401, 403} and answer.json().get("code") in {
            "sign_in_required",
            "csrf",
        }:
            msg = "the session ended"
            raise ValueError(msg)
        return (answer.status, answer.json())

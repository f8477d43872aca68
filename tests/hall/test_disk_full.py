"""A server whose disk takes no more: it says so to everybody, loses nothing, and goes on."""

from __future__ import annotations

import resource
import uuid
from pathlib import Path

import pytest

from kiosk.refusals import refusal_of
from server.kit.http import ServerHttp, Unreachable
from tests.support.hall import running_hall
from tests.support.ports import wait_until

FULL = "服务器存储已满"
NO_LIMIT = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


def test_a_full_disk_is_said_to_everybody_and_forgotten_when_there_is_room(tmp_path: Path) -> None:
    """The limit of a file's size stands for the full disk: both make the kernel refuse a write."""
    with running_hall(tmp_path / "hall") as hall:
        hall.person("c1", "clerk")
        kiosk = hall.enrol("kiosk")
        first = kiosk.take("MZ-01")
        assert hall.process is not None
        resource.prlimit(hall.process.pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))

        refused = kiosk.post("/tickets", {"item": "MZ-01"})
        signing = hall.client().sign_in("c1")
        with pytest.raises(Unreachable) as unreachable:
            ServerHttp(hall.url).ask(
                "POST",
                "/api/v1/tickets",
                {"item": "MZ-01"},
                kiosk.headers(**{"Idempotency-Key": str(uuid.uuid4())}),
                timeout_s=5,
            )
        told = refusal_of(unreachable.value)
        wait_until(lambda: hall.client().get("/readyz").status == 503, "the server to say so")
        ready = hall.client().get("/readyz").json

        assert (refused.status, refused.json["code"]) == (503, "storage_full")
        assert signing.status == 503
        assert FULL in signing.text
        assert (told.code, told.retry, FULL in told.words) == ("storage_full", True, True)
        assert (ready["ok"], ready["database"]) == (False, "storage_full")

        resource.prlimit(hall.process.pid, resource.RLIMIT_FSIZE, NO_LIMIT)
        second = kiosk.take("MZ-01")
        assert (first["number"], second["number"]) == ("A001", "A002")

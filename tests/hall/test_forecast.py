"""The forecast in a running server: from the log to the slip, the board and the phone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from server.actions import waits
from server.domain.forecast.learning import Model
from server.store.work import Work
from tests.hall.test_hammer import database_url_of
from tests.support.hall import RunningHall, running_hall
from tests.support.ports import wait_until
from tests.support.waits import known


def taught(hall: RunningHall) -> None:
    """Have the hall know its queues, as if it had worked before."""

    def keep(w: Work) -> None:
        model: Model = known([q.id for q in w.config.queues])
        waits.keep_model(w, "2000-01-03", model)

    hall.work(keep)


def line_of(client: Any, queue: str) -> dict[str, Any]:
    board = client.get("/api/v1/board").json
    found: dict[str, Any] = next(q for q in board["queues"] if q["code"] == queue)
    return found


def test_slip_board_and_phone_tell_the_same_wait(database_url: str, tmp_path: Path) -> None:
    """Four people of five minutes each before one counter, told from nine tenths to twelve."""
    with running_hall(tmp_path / "hall", database_url=database_url_of(database_url)) as hall:
        hall.stop()
        taught(hall)
        hall.start()
        kiosk, display = hall.enrol("kiosk"), hall.enrol("display")
        hall.clerk("c01", counter="1")
        for _ in range(4):
            queue = kiosk.take("MZ-01")["queue"]
        wait_until(lambda: line_of(display, queue)["low_min"] == 15, "a range for who comes now")
        shown = line_of(display, queue)
        slip = kiosk.take("MZ-01")
        page = hall.client().get("/t/" + slip["url"].rpartition("/")[2]).text

        assert (shown["low_min"], shown["high_min"], shown["rough"]) == (15, 25, False)
        assert (slip["ahead"], slip["low_min"], slip["high_min"]) == (4, 15, 25)
        assert "约 15–25 分钟" in page
        ready = hall.client().get("/readyz").json
        assert ready["job_failures"] == 0
        hall.stop()
        assert hall.process is not None
        assert hall.process.returncode == 0

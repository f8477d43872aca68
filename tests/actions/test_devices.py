"""When a device was last heard of outlives the server's memory."""

from __future__ import annotations

from datetime import timedelta

from server.actions import devices
from server.domain.moments import moment
from server.store import devices as rows
from server.store.devices import Device
from tests.support.bench import MORNING, Bench

FRIDAY = MORNING - timedelta(days=3)


def known(bench: Bench, device: Device) -> Device:
    found = bench.read(lambda r: rows.by_uid(r, device.uid))
    assert found is not None
    return found


def test_a_device_that_was_never_here_has_no_last_time(bench: Bench) -> None:
    assert known(bench, bench.device()).last_seen_at == ""


def test_coming_and_going_note_the_time_and_the_software(bench: Bench) -> None:
    kiosk = bench.device()
    bench.run(
        lambda w: devices.changed(
            w, kiosk.uid, online=False, faults=(), seen_at=FRIDAY, software="1.4.0"
        )
    )

    assert known(bench, kiosk).last_seen_at == moment(FRIDAY)
    assert known(bench, kiosk).software == "1.4.0"


def test_the_servers_stop_notes_who_was_here_and_leaves_the_others(bench: Bench) -> None:
    here, away = bench.device(), bench.device("display")
    bench.run(lambda w: devices.changed(w, away.uid, online=False, faults=(), seen_at=FRIDAY))
    bench.run(lambda w: devices.last_seen(w, {here.uid: (MORNING, ""), "gone": (MORNING, "2")}))

    assert known(bench, here).last_seen_at == moment(MORNING)
    assert known(bench, here).software == here.software
    assert known(bench, away).last_seen_at == moment(FRIDAY)

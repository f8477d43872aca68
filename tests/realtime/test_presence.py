"""Bookkeeping of devices and calls; moments are arguments, so nothing waits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from server.kit.contract.devices import Part, PartFault
from server.realtime.presence import CALLS_KEPT, DeviceIdentity, Presence, Transition

T0 = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
HALL = DeviceIdentity(uid="d0", kind="display", zone="", hall="main", name="大厅屏")
FLOOR1 = DeviceIdentity(uid="d1", kind="display", zone="1F", hall="main", name="一楼屏")
FLOOR2 = DeviceIdentity(uid="d2", kind="display", zone="2F", hall="main", name="二楼屏")
KIOSK = DeviceIdentity(uid="k1", kind="kiosk", zone="1F", hall="main", name="取号机")


def s(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def heard(presence: Presence, at: float = 1, times: int = 1):
    return presence.heard("main", "1F", call="c1", times=times, called_at=T0, now=s(at))


def test_screens_of_the_zone_and_of_the_whole_hall_count_kiosks_do_not():
    presence = Presence()
    for device in (HALL, FLOOR1, FLOOR2, KIOSK):
        presence.joined(device, f"sid-{device.uid}", "1", T0)

    assert heard(presence).screens == 2


def test_a_call_is_shown_once_per_screen_however_often_it_says_so():
    presence = Presence()
    presence.joined(FLOOR1, "a", "1", T0)
    for output in ("page", "page", "panel"):
        presence.heard_by("d1", "c1", 1, output)

    assert heard(presence).shown == 1
    assert not heard(presence).spoken


def test_a_recall_is_heard_anew():
    presence = Presence()
    presence.joined(FLOOR1, "a", "1", T0)
    presence.heard_by("d1", "c1", 1, "page")

    assert heard(presence, times=2).shown == 0


def test_a_call_nobody_showed_for_five_seconds_is_late():
    presence = Presence()
    presence.joined(FLOOR1, "a", "1", T0)

    assert not heard(presence, at=4.9).late
    assert heard(presence, at=5).late
    presence.heard_by("d1", "c1", 1, "page")
    assert not heard(presence, at=60).late


def test_a_voice_alone_is_spoken_and_not_shown():
    presence = Presence()
    presence.heard_by("d1", "c1", 1, "voice")

    assert heard(presence).spoken
    assert heard(presence).shown == 0


def test_a_device_that_blinks_was_never_away():
    presence = Presence()
    presence.joined(FLOOR1, "a", "1", T0)
    came = presence.due(T0)
    presence.left("d1", "a", s(5))
    presence.joined(FLOOR1, "b", "1", s(14))

    assert came == [Transition(device=FLOOR1, online=True, faults=())]
    assert presence.due(s(14)) == []
    assert presence.due(s(60)) == []


def test_a_device_is_gone_ten_seconds_after_its_last_connection():
    presence = Presence()
    presence.joined(FLOOR1, "a", "1", T0)
    presence.joined(FLOOR1, "b", "1", s(1))
    presence.due(s(1))
    presence.left("d1", "a", s(2))

    assert presence.due(s(30)) == []
    presence.left("d1", "b", s(30))
    assert presence.due(s(39.9)) == []
    assert presence.due(s(40)) == [Transition(device=FLOOR1, online=False, faults=())]
    assert presence.due(s(41)) == []


def test_changed_faults_are_told_once():
    presence = Presence()
    presence.joined(KIOSK, "a", "1", T0)
    presence.due(T0)
    presence.acked("k1", seq=7, content="d", faults=("paper_out",), now=s(1))

    assert presence.due(s(1)) == [Transition(device=KIOSK, online=True, faults=("paper_out",))]
    assert presence.due(s(2)) == []


def test_pages_see_a_fault_only_once_it_is_told():
    """One that went again before has no event, so a page that saw it would show it for ever."""
    presence = Presence()
    presence.joined(KIOSK, "a", "1", T0)
    presence.due(T0)
    presence.acked("k1", seq=7, content="d", faults=("paper_out",), now=s(1))

    assert presence.told("k1") == (True, ())
    presence.due(s(2))
    assert presence.told("k1") == (True, ("paper_out",))
    presence.left("k1", "a", s(3))
    assert presence.told("k1") == (True, ("paper_out",))
    assert presence.told("unknown") == (False, ())


def test_a_transition_that_could_not_be_published_is_due_again():
    presence = Presence()
    presence.joined(KIOSK, "a", "1", T0)
    (first,) = presence.due(T0)

    presence.again(first)

    assert presence.due(s(1)) == [first]


def test_an_unknown_device_is_ignored():
    presence = Presence()
    presence.left("x", "a", T0)
    presence.acked("x", seq=1, content="", faults=(), now=T0)

    assert presence.device("x") is None
    assert presence.devices("main") == []


def test_the_state_of_a_device_is_what_it_said_last():
    presence = Presence()
    presence.joined(FLOOR1, "a", "1.2.3", T0)
    presence.acked("d1", seq=7, content="9f3c", faults=(), now=s(3))

    state = presence.device("d1")

    assert state is not None
    assert (state.online, state.acked_seq, state.content, state.software) == (
        True,
        7,
        "9f3c",
        "1.2.3",
    )
    assert state.last_seen == s(3)


def test_old_calls_are_forgotten():
    presence = Presence()
    presence.heard_by("d1", "c1", 1, "page")
    for n in range(CALLS_KEPT):
        presence.heard_by("d1", f"later-{n}", 1, "page")

    assert heard(presence).shown == 0


def printer(*codes: str, left_mm: int = 40_000) -> Part:
    return Part(
        key="printer",
        role="printer",
        name="打印机",
        profile="epson_tm_cn",
        profile_name="Epson TM",
        verified="measured",
        port="/dev/ttyUSB0",
        faults=tuple(PartFault(code=c, since="2026-11-23T01:00:00.000Z") for c in codes),
        paper_left_mm=left_mm,
    )


def says(presence: Presence, at: float, *codes: str, faults: tuple[str, ...] = ()) -> None:
    presence.acked("k1", seq=1, content="", faults=faults, now=s(at), parts=(printer(*codes),))


def here(*faults: str) -> Transition:
    return Transition(device=KIOSK, online=True, faults=faults)


def test_what_hangs_on_a_device_is_kept_as_it_said_last():
    presence = Presence()
    presence.joined(KIOSK, "a", "1", T0)
    says(presence, 1, "paper_out")
    says(presence, 2, "jam")

    state = presence.device("k1")
    assert state is not None
    assert [f.code for p in state.parts for f in p.faults] == ["jam"]


def test_a_fault_of_a_part_is_a_transition_and_a_figure_is_none():
    presence = Presence()
    presence.joined(KIOSK, "a", "1", T0)
    assert presence.due(T0) == [here()]
    says(presence, 1, "silent")
    assert presence.due(s(1)) == [here()]
    presence.acked(
        "k1", seq=1, content="", faults=(), now=s(2), parts=(printer("silent", left_mm=900),)
    )

    assert presence.due(s(20)) == []


def test_the_age_of_a_fault_is_counted_from_when_it_was_first_heard_of():
    presence = Presence()
    presence.joined(KIOSK, "a", "1", T0)
    for at, faults in ((1, ("muted",)), (5, ("muted", "no_sound")), (9, ("no_sound",))):
        says(presence, at, faults=faults)

    state = presence.device("k1")
    assert state is not None
    assert state.fault_since == {"no_sound": s(5)}


def test_a_fault_that_came_and_went_between_two_rounds_is_told_all_the_same():
    presence = Presence()
    presence.joined(KIOSK, "a", "1", T0)
    presence.due(T0)
    says(presence, 1, faults=("jam",))
    says(presence, 1.5)

    assert presence.due(s(2)) == [here("jam")]
    told = [t for n in range(20) for t in presence.due(s(2 + n))]
    assert told == [here()]


def test_a_flapping_fault_is_told_at_most_every_few_seconds_and_its_end_is_not_lost():
    presence = Presence()
    presence.joined(KIOSK, "a", "1", T0)
    told = []
    for n in range(120):  # two minutes, on and off each second
        says(presence, n, faults=("cover_open",) if n % 2 else ())
        told += presence.due(s(n))
    for n in range(120, 140):
        says(presence, n)
        told += presence.due(s(n))

    assert here("cover_open") in told
    assert len(told) <= 140 / 4 + 2
    assert told[-1] == here()


def test_a_device_that_goes_is_told_at_once_however_much_it_flapped():
    presence = Presence()
    presence.joined(KIOSK, "a", "1", T0)
    for n in range(4):
        says(presence, n, faults=("jam",) if n % 2 else ())
        presence.due(s(n))
    presence.left("k1", "a", s(4))

    (gone,) = presence.due(s(14))
    assert (gone.online, gone.seen_at) == (False, s(4))

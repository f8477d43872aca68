"""What managers tell the hall to be: voice, kiosks, screens, and searches that found nothing."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from server.actions import screens, searches, settings
from server.domain.people import Role, Staff
from server.kit.contract.messages import CatalogueChanged, DeviceAssigned, SettingChanged
from server.kit.contract.reasons import Refused
from server.kit.contract.screens import KioskRules, Layout, QuietHours, Spoken, ZoneVoice
from server.reads.catalogue import catalogue
from server.store import devices as device_rows
from server.store import searches as search_rows
from server.store import settings as setting_rows
from tests.support.bench import Bench

LOUD = ZoneVoice()
SOFT = ZoneVoice(
    zone="2F", volume=40, quiet=(QuietHours(from_at="12:00", to_at="13:30", volume=0),)
)


def manager(bench: Bench) -> Staff:
    return bench.staff("boss", (Role.MANAGER, ""))


def test_a_voice_is_set_for_each_zone_and_reaches_every_screen(bench: Bench) -> None:
    staff = manager(bench)
    before = bench.board().digest

    bench.verified(lambda w: settings.set_voice(w, (LOUD, SOFT), staff=staff, expected=0))

    assert bench.read(catalogue).voice == (LOUD, SOFT)
    assert bench.board().digest != before
    kinds = [type(e.message) for e in bench.events()[-2:]]
    assert kinds == [CatalogueChanged, SettingChanged]


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ((), "全大厅"),
        ((SOFT,), "全大厅"),
        ((LOUD, LOUD), "重复"),
        ((LOUD, ZoneVoice(zone="9F")), "不存在"),
        ((ZoneVoice(repeat=0),), "遍数"),
        ((ZoneVoice(repeat=9),), "遍数"),
        ((ZoneVoice(volume=101),), "音量"),
        ((ZoneVoice(gap_ms=-1),), "间隔"),
        ((ZoneVoice(languages=()),), "语言"),
        ((ZoneVoice(languages=(Spoken(), Spoken())),), "两次"),
        ((ZoneVoice(languages=(Spoken(pack="../../etc"),)),), "语音包"),
        ((ZoneVoice(languages=(Spoken(lang="普通话"),)),), "语音包"),
        ((ZoneVoice(digits="dong"),), "读法"),
        ((ZoneVoice(max_age_s=0),), "过时"),
        ((ZoneVoice(quiet=(QuietHours(from_at="25:00", to_at="26:00", volume=0),)),), "12:30"),
        ((ZoneVoice(quiet=(QuietHours(from_at="一点", to_at="2:00", volume=0),)),), "12:30"),
        ((ZoneVoice(quiet=(QuietHours(from_at="12:00", to_at="12:00", volume=0),)),), "相同"),
        ((ZoneVoice(quiet=(QuietHours(from_at="12:00", to_at="13:00", volume=500),)),), "音量"),
    ],
)
def test_a_voice_that_cannot_be_is_refused_and_nothing_changes(
    bench: Bench, value: tuple[ZoneVoice, ...], problem: str
) -> None:
    staff, seq = manager(bench), bench.board().seq

    with pytest.raises(Refused) as refused:
        bench.run(lambda w: settings.set_voice(w, value, staff=staff, expected=0))

    assert refused.value.code == "malformed"
    assert problem in refused.value.zh
    assert bench.board().seq == seq
    assert bench.read(lambda r: setting_rows.history(r)) == []


def test_two_managers_do_not_overwrite_each_other(bench: Bench) -> None:
    staff = manager(bench)
    bench.run(lambda w: settings.set_voice(w, (LOUD,), staff=staff, expected=0))

    with pytest.raises(Refused) as refused:
        bench.run(lambda w: settings.set_voice(w, (LOUD, SOFT), staff=staff, expected=0))

    assert refused.value.code == "stale"
    assert bench.read(catalogue).voice == (LOUD,)


@pytest.mark.parametrize("role", [Role.CLERK, Role.GUIDE, Role.SUPERVISOR])
def test_only_who_may_configure_changes_settings(bench: Bench, role: Role) -> None:
    staff = bench.staff("other", (role, ""))
    device = bench.device("display")

    def assigned(w: Any) -> Any:
        return screens.assign(
            w, device.uid, name="x", zone="", layout=Layout(), expected=1, staff=staff
        )

    for attempt in (
        lambda w: settings.set_voice(w, (LOUD,), staff=staff, expected=0),
        lambda w: settings.set_kiosk(w, KioskRules(), staff=staff, expected=0),
        lambda w: searches.settle(w, 1, staff=staff),
        assigned,
    ):
        with pytest.raises(Refused) as refused:
            bench.run(attempt)
        assert refused.value.code == "forbidden"


@pytest.mark.parametrize(
    "changes",
    [
        {"idle_s": 5},
        {"idle_large_s": 30},
        {"ask_s": 0},
        {"long_wait_min": 0},
        {"long_ahead": 0},
        {"idle_s": 100_000},
    ],
)
def test_a_kiosk_always_leaves_time_enough(bench: Bench, changes: dict[str, int]) -> None:
    staff = manager(bench)
    rules = msgspec.structs.replace(KioskRules(), **changes)

    with pytest.raises(Refused) as refused:
        bench.run(lambda w: settings.set_kiosk(w, rules, staff=staff, expected=0))

    assert refused.value.code == "malformed"
    assert bench.read(catalogue).kiosk == KioskRules()


def test_the_history_says_who_changed_what_from_what_to_what_and_why(bench: Bench) -> None:
    staff = manager(bench)
    bench.run(
        lambda w: settings.set_kiosk(
            w, KioskRules(idle_s=90), staff=staff, expected=0, reason="老人多"
        )
    )
    bench.run(lambda w: settings.set_kiosk(w, KioskRules(idle_s=45), staff=staff, expected=1))

    second, first = bench.read(lambda r: setting_rows.history(r, "kiosk"))
    assert (first.version, first.was, first.reason) == (1, None, "老人多")
    assert (second.version, second.was) == (2, first.value)
    assert msgspec.json.decode(second.value, type=KioskRules).idle_s == 45
    assert bench.read(lambda r: setting_rows.history(r, "voice")) == []


def test_a_setting_of_another_version_counts_as_the_default(bench: Bench) -> None:
    bench.run(lambda w: setting_rows.store(w, "voice", '[{"shout": true}]', was_version=0))
    bench.run(lambda w: w.changed_config())

    assert bench.read(catalogue).voice == (ZoneVoice(),)


def test_a_second_language_is_kept_in_its_order(bench: Bench) -> None:
    staff = manager(bench)
    value = (ZoneVoice(languages=(Spoken(), Spoken(lang="ii", pack="yi"), Spoken(lang="en"))),)

    bench.run(lambda w: settings.set_voice(w, value, staff=staff, expected=0))

    assert [s.lang for s in bench.read(catalogue).voice[0].languages] == ["zh", "ii", "en"]


# --- screens ---


def test_a_screen_is_told_to_be_another_and_everybody_hears_of_it(bench: Bench) -> None:
    staff, device = manager(bench), bench.device("display")
    layout = Layout(role="counter", counter="3", distance_m=4.0)

    done = bench.verified(
        lambda w: screens.assign(
            w, device.uid, name="三号窗口屏", zone="1F", layout=layout, expected=1, staff=staff
        )
    )

    now = bench.read(lambda r: device_rows.by_uid(r, device.uid))
    assert now is not None
    assert screens.setup_of(now).layout == layout
    assert (now.name, now.zone, now.version, done.version) == ("三号窗口屏", "1F", 2, 2)
    told = bench.events()[-1].message
    assert told == DeviceAssigned(device=device.uid, version=2)
    change = bench.read(lambda r: setting_rows.history(r, f"device:{device.uid}"))[0]
    assert '"role":"counter"' in change.value


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"role": "radio"}, "屏幕"),
        ({"zones": ("9F",)}, "分区"),
        ({"role": "counter"}, "窗口"),
        ({"role": "counter", "counter": "99"}, "窗口"),
        ({"regions": ("weather",)}, "显示内容"),
        ({"regions": ("queues", "queues")}, "重复"),
        ({"rows": 1}, "行数"),
        ({"rows": 50}, "行数"),
        ({"orientation": "askew"}, "方向"),
        ({"theme": "rainbow"}, "主题"),
        ({"logo": "00"}, "标志"),
        ({"screen_inch": 1.0}, "英寸"),
        ({"distance_m": 0.0}, "距离"),
    ],
)
def test_a_layout_that_cannot_be_shown_is_refused(
    bench: Bench, changes: dict[str, Any], problem: str
) -> None:
    staff, device = manager(bench), bench.device("display")
    layout = msgspec.structs.replace(Layout(), **changes)

    with pytest.raises(Refused) as refused:
        bench.run(
            lambda w: screens.assign(
                w, device.uid, name="大屏", zone="", layout=layout, expected=1, staff=staff
            )
        )

    assert refused.value.code == "malformed"
    assert problem in refused.value.zh
    assert bench.read(lambda r: device_rows.by_uid(r, device.uid)) == device


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"expected": 7}, "stale"),
        ({"zone": "9F"}, "not_found"),
        ({"name": "  "}, "malformed"),
        ({"name": "屏" * 41}, "malformed"),
        ({"uid": "nobody"}, "not_found"),
    ],
)
def test_an_assignment_is_refused_by_its_reason(
    bench: Bench, wrong: dict[str, Any], code: str
) -> None:
    staff, device = manager(bench), bench.device("display")
    asked = {"uid": device.uid, "name": "大屏", "zone": "", "expected": 1} | wrong

    with pytest.raises(Refused) as refused:
        bench.run(
            lambda w: screens.assign(w, asked.pop("uid"), layout=Layout(), staff=staff, **asked)
        )

    assert refused.value.code == code


# --- searches ---


def test_what_people_search_for_in_vain_is_counted_by_its_words(bench: Bench) -> None:
    device = bench.device()
    for text in ("开网吧", " 开网吧 ", "迁坟"):
        bench.run(lambda w, text=text: searches.record(w, device, text=text, language="zh"))

    found = bench.read(search_rows.unsettled)

    assert [(m.text, m.count) for m in found] == [("开网吧", 2), ("迁坟", 1)]
    assert "开网吧" not in str(bench.events())


@pytest.mark.parametrize("text", ["533522198001011234", "13800138000", "我的号 6222 0212 3456"])
def test_a_number_that_may_be_a_persons_is_never_kept(bench: Bench, text: str) -> None:
    device = bench.device()
    bench.run(lambda w: searches.record(w, device, text=text, language="zh"))

    assert bench.read(search_rows.unsettled) == []


@pytest.mark.parametrize(
    ("text", "language"), [("", "zh"), ("   ", "zh"), ("长" * 25, "zh"), ("x", "中文"), ("x", "")]
)
def test_nonsense_is_refused(bench: Bench, text: str, language: str) -> None:
    device = bench.device()

    with pytest.raises(Refused) as refused:
        bench.run(lambda w: searches.record(w, device, text=text, language=language))

    assert refused.value.code == "malformed"


def test_a_text_seen_to_comes_back_when_people_still_do_not_find_it(bench: Bench) -> None:
    staff, device = manager(bench), bench.device()

    def search(w: Any) -> Any:
        return searches.record(w, device, text="开网吧", language="zh")

    bench.run(search)
    miss = bench.read(search_rows.unsettled)[0]
    bench.run(lambda w: searches.settle(w, miss.id, staff=staff))
    settled = bench.read(search_rows.unsettled)
    bench.run(search)

    assert settled == []
    assert [m.count for m in bench.read(search_rows.unsettled)] == [2]

"""What managers may say about slips: what is refused in words, and what everybody is told."""

from __future__ import annotations

import msgspec
import pytest

from server.actions import paper
from server.domain.people import Role
from server.kit.contract.messages import CatalogueChanged, SettingChanged
from server.kit.contract.paper import DEFAULT_SLIP, SLIP_ALWAYS, SLIP_BLOCKS, SlipBlock, SlipLayout
from server.kit.contract.reasons import Refused
from server.kit.contract.words import SLIP_ZH
from server.reads.catalogue import catalogue
from server.reads.settings import change_lines
from server.store import settings as setting_rows
from tests.support.bench import Bench

ALWAYS = tuple(SlipBlock(what=what) for what in SLIP_ALWAYS)
SHORT = SlipLayout(blocks=ALWAYS)


def with_block(**more: object) -> SlipLayout:
    return SlipLayout(blocks=(*ALWAYS, SlipBlock(**more)))  # type: ignore[arg-type]


def test_a_layout_reaches_every_kiosk(bench: Bench) -> None:
    staff, before = bench.staff("boss", (Role.MANAGER, "")), bench.board().digest

    bench.verified(lambda w: paper.set_slip(w, SHORT, staff=staff, expected=0))

    assert bench.read(catalogue).slip == SHORT
    assert bench.board().digest != before
    kinds = [type(e.message) for e in bench.events()[-2:]]
    assert kinds == [CatalogueChanged, SettingChanged]


@pytest.mark.parametrize(
    ("layout", "problem"),
    [
        (SlipLayout(blocks=ALWAYS[1:]), "不能没有“补打标记”"),
        (SlipLayout(blocks=ALWAYS[::2]), "不能没有“号码”"),
        (SlipLayout(blocks=ALWAYS[:2]), "不能没有“取号时间”"),
        (with_block(what="weather"), "没有“weather”这一项"),
        (with_block(what="item", size=0), "1 到 8 倍"),
        (with_block(what="item", size=9), "1 到 8 倍"),
        (with_block(what="item", size=5, tall=True), "加高时最多 4 倍"),
        (with_block(what="text", text="长" * 61), "最多 60 个字，现在有 61 个"),
        (with_block(what="text", text=" "), "还没有写"),
        (with_block(what="text", text="好\x1bi"), "不能打印的字符"),
        (with_block(what="text", text="好\u202e"), "不能打印的字符"),
        (with_block(what="qr", text="扫\n码"), "不能打印的字符"),
        (with_block(what="number"), "只要一次"),
        (SlipLayout(blocks=(*ALWAYS, *[SlipBlock(what="rule")] * 22)), "最多 24 项，现在有 25 项"),
    ],
)
def test_a_layout_that_cannot_be_is_refused_in_words(
    bench: Bench, layout: SlipLayout, problem: str
) -> None:
    staff, seq = bench.staff("boss", (Role.MANAGER, "")), bench.board().seq

    with pytest.raises(Refused) as refused:
        bench.run(lambda w: paper.set_slip(w, layout, staff=staff, expected=0))

    assert refused.value.code == "malformed"
    assert problem in refused.value.zh
    assert bench.board().seq == seq


def test_the_products_own_layout_and_a_full_one_may_be_set(bench: Bench) -> None:
    staff = bench.staff("boss", (Role.MANAGER, ""))
    full = SlipLayout(blocks=(*ALWAYS, *[SlipBlock(what="rule")] * 21))

    for expected, layout in enumerate((DEFAULT_SLIP, full, SlipLayout())):
        bench.run(lambda w, e=expected, x=layout: paper.set_slip(w, x, staff=staff, expected=e))

    assert bench.read(catalogue).slip == SlipLayout()


@pytest.mark.parametrize("phone", ["", "12345", "0883-5211234 转 8", "纪委 0883-5211234"])
def test_a_telephone_for_complaints_is_printed_as_it_is_typed(bench: Bench, phone: str) -> None:
    staff = bench.staff("boss", (Role.MANAGER, ""))

    bench.run(lambda w: paper.set_complaint_phone(w, phone, staff=staff, expected=0))

    assert bench.read(catalogue).complaint_phone == phone


@pytest.mark.parametrize(
    ("phone", "problem"),
    [("打电话", "没有号码"), ("1" * 41, "最多 40"), ("12345\x1b@", "不能打印")],
)
def test_a_telephone_that_is_none_is_refused(bench: Bench, phone: str, problem: str) -> None:
    staff = bench.staff("boss", (Role.MANAGER, ""))

    with pytest.raises(Refused) as refused:
        bench.run(lambda w: paper.set_complaint_phone(w, phone, staff=staff, expected=0))

    assert problem in refused.value.zh
    assert bench.read(catalogue).complaint_phone == ""


@pytest.mark.parametrize("role", [Role.CLERK, Role.GUIDE, Role.SUPERVISOR])
def test_only_who_may_configure_changes_slips(bench: Bench, role: Role) -> None:
    staff = bench.staff("other", (role, ""))

    for act in (
        lambda w: paper.set_slip(w, SHORT, staff=staff, expected=0),
        lambda w: paper.set_complaint_phone(w, "12345", staff=staff, expected=0),
    ):
        with pytest.raises(Refused) as refused:
            bench.run(act)
        assert refused.value.code == "forbidden"


def test_who_comes_too_late_overwrites_nothing(bench: Bench) -> None:
    staff = bench.staff("boss", (Role.MANAGER, ""))
    bench.run(lambda w: paper.set_slip(w, SHORT, staff=staff, expected=0))

    with pytest.raises(Refused) as refused:
        bench.run(lambda w: paper.set_slip(w, DEFAULT_SLIP, staff=staff, expected=0))

    assert refused.value.code == "stale"
    assert bench.read(catalogue).slip == SHORT


def test_the_history_says_what_came_went_and_changed_its_place(bench: Bench) -> None:
    staff = bench.staff("boss", (Role.MANAGER, ""))
    blocks = [b for b in DEFAULT_SLIP.blocks if b.what != "promise"]
    blocks[3] = msgspec.structs.replace(blocks[3], size=3, bold=True)
    blocks[0], blocks[1] = blocks[1], blocks[0]
    blocks.append(SlipBlock(what="text", text="请在休息区等候"))
    layout = SlipLayout(blocks=tuple(blocks))
    bench.run(
        lambda w: paper.set_slip(w, layout, staff=staff, expected=0, reason="字再大些"),
    )
    bench.run(lambda w: paper.set_complaint_phone(w, "12345", staff=staff, expected=0))

    phone, slip = bench.read(change_lines)
    said = {(d.field, d.before, d.after) for d in slip.differences}
    assert (slip.what, slip.reason, slip.restorable) == ("小票", "字再大些", True)
    assert said == {
        ("号码", "4 倍 上空一行", "3 倍 加粗 上空一行"),
        ("承诺时限和收费", "正常", "去掉"),
        ("自己的话", "", "“请在休息区等候”"),
        ("先后", "", "换了先后"),
    }
    assert [(d.before, d.after) for d in phone.differences] == [("（空）", "12345")]
    assert bench.read(lambda r: setting_rows.stored(r, "slip"))[1] == 1  # type: ignore[index]


def test_every_part_of_a_slip_has_a_name() -> None:
    assert set(SLIP_ZH) == set(SLIP_BLOCKS)

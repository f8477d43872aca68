"""The five disclosures on paper: all of them, at any width, nothing lost."""

from __future__ import annotations

import pytest
from msgspec import structs

from kiosk.printing.guide import Guide, guide_layout
from kiosk.printing.layout import Cut, Line, QrCode, cells
from server.kit.contract.views import Fee, Limit, Material
from tests.kiosk.hall import DISCLOSURE

FULL = structs.replace(
    DISCLOSURE,
    revision=7,
    materials=(
        Material(name="双方居民身份证", form="原件"),
        Material(name="无配偶且无直系血亲和三代以内旁系血亲关系的签字声明", form="现场签署"),
        Material(name="双方近期半身免冠合影（常见3张大2寸）", form="照片", example=True),
    ),
    promised=Limit(n=0, unit="spot"),
    statutory=Limit(n=10, unit="workday", note="材料补正的时间不算在内"),
    fee=Fee(charged=False, text="不收费", basis="财税〔2017〕20号"),
    legal_basis=("《婚姻登记条例》（国务院令第804号）第七条",),
    not_needed=("户口簿",),
    result="结婚证",
    validity="长期",
)
GUIDE = Guide(
    hall_name="永德县政务服务中心",
    item_name="内地居民结婚登记",
    department="民政",
    counters=("1号窗口", "2号窗口"),
    disclosure=FULL,
    url="http://hall.example/g/MZ-01",
    printed_local="2026-11-23 09:41",
)


def lines(columns: int) -> list[Line]:
    return [op for op in guide_layout(GUIDE, columns) if isinstance(op, Line)]


@pytest.mark.parametrize("columns", [32, 48])
def test_every_line_fits_the_paper(columns: int) -> None:
    assert all(cells(x.text) * x.width <= columns for x in lines(columns))


@pytest.mark.parametrize("columns", [20, 32, 48])
def test_nothing_of_the_five_disclosures_is_lost(columns: int) -> None:
    text = "".join(x.text.strip() for x in lines(columns)).replace(" ", "")
    wanted = [
        FULL.content,
        *FULL.steps,
        *(m.name for m in FULL.materials),
        *FULL.legal_basis,
        FULL.statutory.note,
        FULL.fee.basis,
        "办完拿到：结婚证",
        "不用带：户口簿",
    ]

    assert [w for w in wanted if w.replace(" ", "") not in text] == []


def test_the_five_parts_stand_in_their_order_with_their_numbers() -> None:
    titles = [x.text for x in lines(48) if x.height == 2 and x.left]

    assert titles == [
        "一、服务内容",
        "二、办事程序",
        "三、申报材料",
        "四、承诺时限",
        "五、收费标准",
    ]


def test_running_text_begins_at_the_left_and_hangs_under_its_box() -> None:
    materials = [x for x in lines(32) if x.left and ("□" in x.text or x.text.startswith("   "))]

    assert materials[0].text == "□ 双方居民身份证（原件）"
    assert materials[2].text.startswith("   ")


def test_a_sample_value_says_that_it_is_one() -> None:
    assert any("〔示例〕" in x.text for x in lines(48))


def test_the_code_leads_to_the_full_text_and_the_paper_says_it_is_no_ticket() -> None:
    ops = guide_layout(GUIDE, 48)
    text = [x.text for x in lines(48)]

    assert QrCode(data="http://hall.example/g/MZ-01") in ops
    assert "第 7 版　打印于 2026-11-23 09:41" in text
    assert "这不是号票，办理请另取号" in text
    assert ops[-1] == Cut()


def test_an_item_without_materials_says_so() -> None:
    bare = structs.replace(FULL, materials=(), not_needed=())
    text = [
        x.text
        for x in guide_layout(Guide(**{**vars_of(GUIDE), "disclosure": bare}), 48)
        if isinstance(x, Line)
    ]

    assert "不需要材料" in text


def vars_of(guide: Guide) -> dict[str, object]:
    return {name: getattr(guide, name) for name in Guide.__slots__}

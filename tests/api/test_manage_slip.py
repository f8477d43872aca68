"""小票 in 管理: seen before it is saved, moved without script, and never able to stop the server."""

from __future__ import annotations

import html
import re
import time

import msgspec
import pytest

from server.kit.contract.paper import DEFAULT_SLIP, SlipBlock, SlipLayout
from tests.api.manage import Form, catalogue, fields_of
from tests.api.world import World

PAGE = "/manage/slip"
LOOK = "/manage/slip/look"
PARTS = re.compile(r'name="what_\d+" value="(\w+)"')
PAPER = re.compile(r'aria-label="([^"]*)" class="paper"')
FACT = re.compile(r"<dd>([\d.]+) <small>(\S+)</small>")


def parts(page: str) -> list[str]:
    return PARTS.findall(page)


def paper(page: str) -> str:
    """The lines that stand on the drawn slip."""
    found = PAPER.search(page)
    assert found, page
    return html.unescape(found[1])


def facts(page: str) -> dict[str, float]:
    return {unit: float(n) for n, unit in FACT.findall(page)}


def fields_of_all(page: str) -> list[list[tuple[str, str]]]:
    """The fields of every form that puts an earlier value back."""
    forms = re.findall(r'action="/manage/history/restore">.*?</form>', page, re.DOTALL)
    return [re.findall(r'name="([^"]+)" value="([^"]*)"', form) for form in forms]


def pressed(form: Form, do: str, **typed: str) -> str:
    answer = form.fill(do=do, **typed).send(LOOK)
    assert answer.status == 200, answer.text
    text: str = answer.text
    return text


@pytest.fixture
def form(world: World) -> Form:
    """The page's form, with the product's own layout and no telephone in force."""
    found = Form.of(world.manager, PAGE)
    own = fields_of(pressed(found, "default", phone=""))
    assert Form(world.manager, PAGE, own).send().status == 303
    return Form.of(world.manager, PAGE)


def stored(world: World) -> SlipLayout:
    return msgspec.convert(catalogue(world)["slip"], SlipLayout)


def test_the_page_shows_the_slip_as_the_printer_prints_it(world: World, form: Form) -> None:
    page = world.manager.get(PAGE).text

    assert parts(page) == [b.what for b in DEFAULT_SLIP.blocks]
    assert "A012" in paper(page)
    assert "永德县政务服务中心" in paper(page)
    found = facts(page)
    assert 250 < found["字节"] <= 300
    assert found["秒"] == pytest.approx(found["字节"] * 10 / 9600, abs=0.006)
    assert 90 < found["毫米"] < 130


@pytest.mark.parametrize(
    ("sample", "says"),
    [
        ("reprint", "补打 2（与原票同号）"),
        ("consult", "本号仅供咨询"),
        ("priority", "优先："),
        ("rough", "粗略"),
        ("unknown", "前面 6 人，请到 1号窗口，扫码看进度"),
        ("nothing like that", "前面 6 人，约 20-35 分钟"),
    ],
)
def test_each_kind_of_ticket_can_be_looked_at(
    world: World, form: Form, sample: str, says: str
) -> None:
    text = world.manager.get(f"{PAGE}?sample={sample}").text

    assert says in paper(text)


def test_both_papers_can_be_looked_at(world: World, form: Form) -> None:
    narrow = world.manager.get(f"{PAGE}?paper=58").text

    assert 'data-paper="58"' in narrow
    assert "把二维码一点一点画" in narrow
    assert 'data-paper="80"' in world.manager.get(f"{PAGE}?paper=1000").text


def test_a_press_moves_a_part_and_saves_nothing(world: World, form: Form) -> None:
    before = world.seq()
    was = [b.what for b in DEFAULT_SLIP.blocks]

    assert parts(pressed(form, "down:0")) == [was[1], was[0], *was[2:]]
    assert parts(pressed(form, "up:1")) == [was[1], was[0], *was[2:]]
    assert parts(pressed(form, "up:0")) == was
    assert parts(pressed(form, "down:11")) == was
    assert parts(pressed(form, "remove:8")) == was[:8] + was[9:]
    assert parts(pressed(form, "add:rule")) == [*was, "rule"]
    assert "materials" in parts(pressed(form, "add:materials"))
    for nothing in ("remove:3", "remove:99", "add:qr", "add:weather", "up:x", "nonsense"):
        assert parts(pressed(form, nothing)) == was
    assert world.seq() == before


def test_what_is_typed_is_kept_and_drawn_while_a_part_moves(world: World, form: Form) -> None:
    page = pressed(form, "up:9", text_9="扫一扫看到哪了", phone="0883-5211234", size_3="2t")

    assert 'name="text_8" value="扫一扫看到哪了"' in page
    assert 'value="0883-5211234"' in page
    assert "扫一扫看到哪了" in paper(page)


def test_it_is_saved_and_the_next_slip_looks_so(world: World, form: Form) -> None:
    sent = form.fill(size_3="3", bold_3="on", text_9="扫码评价", phone="12345").send()

    assert sent.status == 303, sent.text
    number = next(b for b in stored(world).blocks if b.what == "number")
    assert number == SlipBlock(what="number", size=3, bold=True, gap=True)
    assert catalogue(world)["complaint_phone"] == "12345"
    assert "还没有“投诉电话”这一项" in world.manager.get(PAGE).text
    assert Form.of(world.manager, PAGE).fill(phone="").send().status == 303


def test_the_products_own_layout_is_stored_as_none(world: World, form: Form) -> None:
    assert form.fill(text_9="别的").send().status == 303

    own = Form.of(world.manager, PAGE).fill(text_9="扫码看进度").send()
    assert own.status == 303
    assert stored(world) == SlipLayout()


def test_saving_without_a_change_is_no_change(world: World, form: Form) -> None:
    before = world.seq()

    assert form.send().status == 303
    assert world.seq() == before


def test_what_is_wrong_stands_at_its_part(world: World, form: Form) -> None:
    added = pressed(form, "add:text")
    answer = Form(world.manager, PAGE, fields_of(added)).send()
    assert answer.status == 422
    assert "第 13 项：“自己的话”还没有写" in answer.text
    assert 'id="text_12"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert form.fill(phone="没有").send().status == 422
    assert form.fill(what_0="weather").send().status == 422
    assert form.fill(size_3="99").send().status == 422


def test_two_managers_do_not_overwrite_each_other(world: World, form: Form) -> None:
    assert form.fill(text_9="先到的").send().status == 303

    late = form.fill(text_9="后到的").send()
    assert late.status == 409
    assert "刚刚改过" in late.text
    assert "“先到的”" in late.text
    assert 'value="后到的"' in late.text
    assert stored(world).blocks[9].text == "先到的"


def test_an_earlier_slip_is_put_back_by_one_press(world: World, form: Form) -> None:
    for words in ("第一次", "第二次"):
        assert Form.of(world.manager, PAGE).fill(text_9=words).send().status == 303
    forms = fields_of_all(world.manager.get("/manage/history?key=slip").text)

    assert Form(world.manager, "/manage/history/restore", forms[0]).send().status == 303
    assert stored(world).blocks[9].text == "第一次"


def test_who_only_looks_sees_every_ticket_and_changes_nothing(world: World, form: Form) -> None:
    eyes = world.supervisor
    assert "补打 2" in paper(eyes.get(f"{PAGE}?sample=reprint").text)

    refused = Form(eyes, PAGE, form.values)
    assert refused.send(LOOK).status == 403
    assert refused.send().status == 403


def test_garbage_is_drawn_within_bounds_and_holds_up_nobody(world: World, form: Form) -> None:
    """60 rare hanzi in each of 24 parts are sent as pictures: the most that can be asked for."""
    rare = "".join(chr(0x3400 + n) for n in range(60)) * 2
    typed = {"csrf_token": form.get("csrf_token")}
    for n in range(30):
        typed |= {f"what_{n}": "text", f"size_{n}": "8", f"text_{n}": rare}
    begun = time.monotonic()

    answer = Form(world.manager, LOOK, list(typed.items())).send()

    assert answer.status == 200
    assert len(parts(answer.text)) == 25
    assert facts(answer.text)["毫米"] < 1000
    assert time.monotonic() - begun < 5

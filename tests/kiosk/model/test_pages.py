"""The tray page and the control interface, without a process."""

import re
from zoneinfo import ZoneInfo

import pytest

from kiosk.printing.model.pages import create_app
from kiosk.printing.model.tray import Tray


class Still:
    """A printer body that works at once when something is done to it."""

    def __init__(self, bench):
        self.bench = bench
        self.machine = bench.machine
        self.changes = 0

    def control(self, faults):
        self.machine.control(faults)
        self.machine.run()

    def wait_for_change(self, seen, timeout_s):
        pass


@pytest.fixture
def tray(tmp_path, bench):
    tray = Tray(tmp_path)
    bench.machine._keeper = tray
    return tray


@pytest.fixture
def client(bench, tray):
    app = create_app(Still(bench), tray, title="80 毫米", tz=ZoneInfo("Asia/Shanghai"))
    return app.test_client()


def test_the_first_html_shows_an_empty_tray_in_words(client):
    page = client.get("/").text

    assert "还没有小票" in page
    assert "就绪" in page


def test_the_first_html_carries_the_slips_newest_first_with_number_text_and_time(
    client, bench, ticket
):
    for number in ("A001", "A002"):
        bench.play(ticket(number))

    page = client.get("/").text

    assert re.findall(r">(A00\d)</text>", page) == ["A002", "A001"]
    assert "个人业务（综合受理）" in page
    assert "09:15:07" in page
    assert '<path class="qr"' in page


def test_the_number_is_drawn_four_times_as_large_as_the_text(client, bench, ticket):
    bench.play(ticket("A001"))

    svg = client.get("/model/slips/1.svg").text

    assert re.search(r"scale\(4 4\)[^>]*>A001<", svg)
    assert re.search(r"scale\(1 1\)[^>]*>请在休息区等候<", svg)


def test_only_the_last_thirty_slips_are_shown(client, bench):
    for _ in range(33):
        bench.play(b"x\n\x1dVB\x00")

    page = client.get("/").text

    assert page.count('<li class="slip') == 30
    assert 'data-n="33"' in page
    assert 'data-n="3"' not in page


def test_markup_in_the_bytes_stays_text(client, bench):
    bench.play(b'<script>alert(1)</script>&"\n\x1dVB\x00')

    page = client.get("/").text

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;" in page


def test_every_answer_forbids_foreign_and_inline_content(client):
    for path in ("/", "/model/state", "/model/strip.svg", "/kit/tokens.css"):
        answer = client.get(path)

        assert answer.status_code == 200
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_the_page_has_no_inline_style_or_script(client, bench, ticket):
    bench.play(ticket())

    page = client.get("/").text

    assert " style=" not in page
    assert re.findall(r"<script(?![^>]*src=)", page) == []


def test_slips_are_handed_out_from_a_number_on(client, bench, ticket):
    for number in ("A001", "A002", "A003"):
        bench.play(ticket(number))

    answer = client.get("/model/slips?since=1").json

    assert [slip["text"][2] for slip in answer["slips"]] == ["A002", "A003"]
    assert answer["slips"][0]["qr"] == ["https://q.example.cn/t/abcdef"]
    assert answer["last"] == 3
    assert client.get("/model/slips?since=rubbish").status_code == 200


def test_the_state_tells_faults_buffer_and_complaints(client, bench):
    bench.play(b"\x1bZ")
    client.post("/model/control", json={"paper": "out"})
    bench.play(b"waiting")

    state = client.get("/model/state").json

    assert (state["paper"], state["offline"], state["buffered"]) == ("out", True, 7)
    assert state["statuses"]["eot4"] == "7e"
    assert state["complaints"][0]["bytes"] == "1b 5a"
    assert state["words"].startswith("缺纸")


@pytest.mark.parametrize(
    ("message", "field", "value"),
    [
        ({"paper": "near_end"}, "paper", "near_end"),
        ({"cover": "open"}, "cover_open", True),
        ({"jam": True}, "jam", True),
        ({"cutter": True}, "cutter", True),
        ({"silent": True}, "silent", True),
        ({"slow": True}, "slow", True),
        ({"power": "off"}, "power", False),
        ({"paper_out_after": 3}, "paper", "near_end"),
    ],
)
def test_every_fault_can_be_made_by_json_and_by_button_and_healed(client, message, field, value):
    healthy = client.get("/model/state").json[field]

    assert client.post("/model/control", json=message).json[field] == value
    assert client.post("/model/control", json={"recover": True}).json[field] == healthy
    form = {name: str(v).lower() if isinstance(v, bool) else v for name, v in message.items()}
    assert client.post("/model/control", data=form).status_code == 303
    assert client.get("/model/state").json[field] == value


def test_each_button_undoes_itself(client):
    for button in client.get("/model/state").json["buttons"]:
        if button["name"].endswith(("_after", "_bytes")):
            continue
        client.post("/model/control", data={button["name"]: button["value"]})
        on = {b["id"]: b for b in client.get("/model/state").json["buttons"]}[button["id"]]
        client.post("/model/control", data={on["name"]: on["value"]})
        off = {b["id"]: b for b in client.get("/model/state").json["buttons"]}[button["id"]]

        assert (on["on"], off) == (True, button)


@pytest.mark.parametrize(
    "body", [{"paper": "wet"}, {"fire": True}, {"paper_out_after": "many"}, []]
)
def test_a_fault_the_model_does_not_know_is_refused(client, body):
    answer = client.post("/model/control", json=body)

    assert (answer.status_code, answer.json["code"]) == (400, "malformed")


def test_another_site_cannot_press_the_buttons(client):
    answer = client.post(
        "/model/control", data={"paper": "out"}, headers={"Origin": "http://evil.example"}
    )

    assert answer.status_code == 403
    assert client.get("/model/state").json["paper"] == "ok"


def test_nothing_is_changed_by_get(client):
    assert client.get("/model/control").status_code == 405


def test_a_raster_image_is_served_as_a_png(client, bench):
    bench.play(b"\x1dv0\x00\x02\x00\x02\x00\xaa\x55\xff\x00\x1dVB\x00")

    png = client.get("/model/slips/1/0.png")

    assert png.data.startswith(b"\x89PNG")
    assert "/model/slips/1/0.png" in client.get("/").text
    assert client.get("/model/slips/1/1.png").status_code == 404
    assert client.get("/model/slips/9.svg").status_code == 404


def test_the_stream_says_what_the_state_is(client, bench):
    stream = client.get("/model/events", buffered=False)
    first = next(stream.response)

    assert b'"mood":"ready"' in (first if isinstance(first, bytes) else first.encode())
    stream.close()


def test_the_paper_in_the_slot_is_drawn_while_it_is_printed(client, bench):
    bench.play(b"half a ticket\n")

    assert "half a ticket" in client.get("/model/strip.svg").text
    assert "half a ticket" in client.get("/").text

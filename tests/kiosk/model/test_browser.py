"""The tray page in Chromium: paper appears by itself, buttons press, nothing breaks the CSP."""

import pytest
import serial

from kiosk.printing.model.testing import running_model


@pytest.fixture
def page(chromium):
    found = chromium.new_page(viewport={"width": 1280, "height": 1024})
    yield found
    found.close()


def test_the_page_lives(page, tmp_path, ticket):
    problems = []
    page.on("console", lambda message: problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    with running_model(tmp_path) as model, serial.Serial(model.port, 115200, timeout=5) as line:
        page.goto(model.http)
        page.get_by_text("还没有小票").wait_for()

        line.write(ticket("A012", b"P001"))
        assert line.read(7) == b"\x37\x22P001\x00"
        page.locator("#slips text", has_text="A012").wait_for(timeout=15000)
        assert page.locator("#empty").is_hidden()

        page.get_by_role("button", name="缺纸", exact=True).click()
        page.get_by_text("缺纸", exact=True).wait_for()
        assert model.state()["paper"] == "out"
        line.write(ticket("A013", b"P002"))
        page.get_by_text("没印完的小票等装纸后接着印").wait_for(timeout=15000)
        page.get_by_role("button", name="恢复正常").click()
        page.locator("#slips > li:first-child text", has_text="A013").wait_for(timeout=15000)
        assert line.read(7) == b"\x37\x22P002\x00"

        line.write(b"\x1bZ")
        page.get_by_text("不认识的 ESC 命令").wait_for(timeout=15000)
        assert problems == []

        overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert overflow <= 0

        model.kill()
        page.get_by_text("连接断了").wait_for(timeout=15000)
        assert page.locator("#slips > li").count() == 2


def test_the_page_finds_the_printer_again(page, tmp_path, ticket):
    with running_model(tmp_path) as model:
        page.goto(model.http)
        page.get_by_text("就绪").wait_for()
        address = model.http.removeprefix("http://")
    page.get_by_text("连接断了").wait_for(timeout=15000)

    with running_model(tmp_path, http=address) as model:
        with serial.Serial(model.port, 115200, timeout=5) as line:
            line.write(ticket("A077"))
        page.locator("#slips text", has_text="A077").wait_for(timeout=20000)

        assert page.locator("#lost").is_hidden()

"""Faults that were read in other queue systems' kiosks: each is proved absent here, by its name."""

from __future__ import annotations

import re
from pathlib import Path

from kiosk.printing.model.testing import RunningModel
from tests.kiosk.box import RunningKiosk
from tests.kiosk.test_kiosk_process import take, tickets
from tests.support.hall import ROOT, RunningHall


def test_fqm_get_issues_a_ticket_and_prefetch_or_reload_prints_again(
    kiosk: RunningKiosk, hall: RunningHall, model: RunningModel
) -> None:
    """Only a POST takes a number, and the same touch sent again is the same number, once on paper."""
    finger = kiosk.finger().press("choose item:MZ-01")
    issued, papers = len(tickets(hall)), len(model.slips())
    for address in ("/", "/act", "/act?act=take", "/screen", "/act?page=x&act=take", "/take"):
        finger.http.request("GET", kiosk.url + address, headers={"X-Page": finger.token})
        finger.http.request("HEAD", kiosk.url + address, headers={"Purpose": "prefetch"})
    fetched = (len(tickets(hall)), len(model.slips()))
    first = finger.post("take").data.decode()
    again = finger.post("take").data.decode()  # as a browser does that repeats its last form
    model.wait_for_slips(papers + 1)
    kiosk.wait(lambda h: h["undelivered"] == 0)
    numbers = {m for page in (first, again) for m in re.findall(r"data-number>([^<]+)<", page)}

    assert fetched == (issued, papers)
    assert len(numbers) == 1
    assert (len(tickets(hall)), len(model.slips())) == (issued + 1, papers + 1)


def test_jackqchen_near_end_refuses_to_print(
    kiosk: RunningKiosk, hall: RunningHall, model: RunningModel
) -> None:
    """Paper near its end is a warning to staff; the slip comes out."""
    model.control(paper="near_end")
    try:
        kiosk.wait(lambda h: h["near_end"])
        before = len(model.slips())
        finger = take(kiosk.finger())
        finger.until(lambda f: f.paper == "printed")
        paper = model.wait_for_slips(before + 1)[-1]
    finally:
        model.control(paper="ok")
        kiosk.wait(lambda h: not h["near_end"])

    assert finger.number in paper.text


def test_jackqchen_number_stored_then_print_and_the_error_only_in_a_dialog(
    kiosk: RunningKiosk, hall: RunningHall, model: RunningModel
) -> None:
    """What became of the paper is a state of the ticket; the citizen keeps the number on the page."""
    model.control(paper="out")
    try:
        kiosk.wait(lambda h: h["faults"] == ["paper_out"])
        finger = take(kiosk.finger())
        finger.until(lambda f: f.paper == "failed")
        kiosk.wait(lambda h: h["undelivered"] == 0)
    finally:
        model.control(paper="ok")
        kiosk.wait(lambda h: h["faults"] == [])

    assert (finger.number, "failed", "paper_out") in tickets(hall)
    assert finger.screen == "number"
    assert "请记下号码，或到导办台补打" in finger.html


def test_jackqchen_printer_handle_left_open_when_paper_is_out(
    kiosk: RunningKiosk, model: RunningModel
) -> None:
    """After paper was put in, the next slip comes out, without a restart."""
    model.control(paper="out")
    kiosk.wait(lambda h: h["faults"] == ["paper_out"])
    take(kiosk.finger()).until(lambda f: f.paper == "failed")
    model.control(paper="ok")
    kiosk.wait(lambda h: h["faults"] == [])
    before = len(model.slips())

    take(kiosk.finger()).until(lambda f: f.paper == "printed")

    assert len(model.wait_for_slips(before + 1)) == before + 1


def test_zms_kiosk_prints_by_browser(
    kiosk: RunningKiosk, hall: RunningHall, model: RunningModel
) -> None:
    """The slip is printed by the kiosk's own program: with no browser at all, and none ever asked."""
    before = len(model.slips())
    number = take(kiosk.finger()).number
    paper = model.wait_for_slips(before + 1)[-1]
    page = Path(ROOT / "kiosk")
    sources = [*page.glob("static/*.js"), *page.glob("templates/kiosk/*.html")]

    assert number in paper.text
    assert [p.name for p in sources if re.search(r"\bprint\s*\(", p.read_text("utf-8"))] == []


def test_reference_kiosk_is_left_by_a_default_code(kiosk: RunningKiosk) -> None:
    """No code is set at first, and none of the codes people guess opens the staff page."""
    finger = kiosk.finger()
    page = finger.post("staff").data.decode()
    finger.html = page

    assert finger.screen == "staff_code"
    assert "没有设置口令" in page
    for code in ("1234", "0000", "123456"):
        for digit in code:
            finger.html = finger.post(f"digit {digit}").data.decode()
        finger.html = finger.post("enter").data.decode()
        assert finger.screen == "staff_code"

"""The kiosk's page over HTTP: one address, one form, whole pages as answers.

`GET /` opens a page at home; `POST /act` is a touch; `GET /screen` is the same page as it is now.
Every touch carries the page's token, made when it was opened and known to nobody else, and must
come from this origin. Scripts make it smooth; without them every button still works.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import qrcode
from flask import Blueprint, Response, abort, redirect, render_template, request

from kiosk import journey as j
from kiosk.app import Kiosk, Page, UnknownPage
from kiosk.content import Line, Offer
from kiosk.journey import Act, Journey, Screen, Tab
from server.kit.change import LinkStatus
from server.kit.contract.words import limit_words, wait_words

WEEKDAYS = "一二三四五六日"
TABS: dict[Tab, str] = {
    Tab.CONTENT: "服务内容",
    Tab.STEPS: "办事程序",
    Tab.MATERIALS: "申报材料",
    Tab.PROMISED: "承诺时限",
    Tab.FEE: "收费标准",
}
FAULTS: dict[str, str] = {
    "paper_out": "打印机缺纸",
    "cover_open": "打印机盖没有关好",
    "cutter": "打印机切纸刀故障",
    "jam": "打印机卡纸",
    "offline": "打印机没有就绪",
    "silent": "打印机没有回应",
    "no_port": "打印机没有连接",
}
"""Faults of the printer in a citizen's words."""
KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
DIGITS = "1234567890"
GONE = 204
"""The page is not known any more and has to open itself anew; an error status would be none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """An offer with its line as it is now."""

    offer: Offer
    line: Line


def pages(kiosk: Kiosk) -> Blueprint:
    """Return the routes of *kiosk*."""
    routes = Blueprint("kiosk", __name__)

    @routes.get("/")
    def home() -> Response:
        return _answer(kiosk, kiosk.open_page())

    @routes.get("/screen")
    def screen() -> Response:
        try:
            return _answer(kiosk, kiosk.page(request.headers.get("X-Page", "")))
        except UnknownPage:
            return Response(status=GONE)

    @routes.post("/act")
    def act() -> Response:
        if not _same_origin():
            abort(403)
        try:
            page = kiosk.touch(request.form.get("page", ""), _act())
        except UnknownPage:
            # Opened before the last start: nothing was done, a new page shows what is true.
            if request.headers.get("X-Page"):
                return Response(status=GONE)
            return redirect("/", 303)  # type: ignore[return-value]  # werkzeug's, a Response here
        return _answer(kiosk, page)

    @routes.app_errorhandler(404)
    def nowhere(_error: Exception) -> Response:
        return _broken("这个页面不存在。", 404)

    @routes.app_errorhandler(500)
    def broken(_error: Exception) -> Response:
        return _broken("取号机出了点问题，已记录。急办请到导办台取号。", 500)

    return routes


def _broken(words: str, status: int) -> Response:
    return Response(
        render_template("kiosk/broken.html", words=words), status=status, mimetype="text/html"
    )


def _same_origin() -> bool:
    """Whether a touch comes from a page of this origin.

    Browsers of today say it in Sec-Fetch-Site, which no page can forge; older ones in Origin, which
    is `null` for a form of a page that sends no referrer.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin") == f"{request.scheme}://{request.host}"


def _act() -> Act:
    name, _, value = request.form.get("act", "alive").partition(" ")
    if name == "type" and not value:
        value = request.form.get("query", "")
    serial = request.form.get("serial", "")
    return Act(
        name=name, value=value, serial=int(serial) if serial.isascii() and serial.isdigit() else -1
    )


def _answer(kiosk: Kiosk, page: Page) -> Response:
    return Response(_render(kiosk, page), mimetype="text/html")


def _render(kiosk: Kiosk, page: Page) -> str:
    hall = kiosk.hall(page)
    journey = page.journey
    closed = _out_of_service(kiosk)
    if hall is None or closed:
        return render_template(
            "kiosk/out_of_service.html",
            **_frame(kiosk, page),
            words=closed or "取号机正在准备，请稍候。也可以到导办台取号。",
        )
    if hall.board is not None and hall.board.emergency is not None:
        return render_template(
            "kiosk/emergency.html", **_frame(kiosk, page), words=hall.board.emergency
        )

    def tile(offer: Offer) -> Tile:
        return Tile(offer=offer, line=hall.line(offer.queue))

    chosen = hall.content.offer(journey.choice) if journey.choice else None
    context: dict[str, object] = {}
    match journey.screen:
        case Screen.HOME:
            context["common"] = [tile(o) for o in hall.content.common]
            context["departments"] = hall.content.departments
        case Screen.DEPARTMENT:
            department = hall.content.department(journey.department)
            context["department"] = department
            context["tiles"] = [tile(o) for o in department.offers] if department else []
        case Screen.SEARCH:
            context["tiles"] = [tile(o) for o in hall.content.search(journey.query)]
            context["suggestions"] = hall.content.suggestions
            context["keyboard"] = KEYBOARD
            context["digits"] = DIGITS
        case Screen.ITEM | Screen.CONFIRM if chosen:
            context.update(_item(journey, chosen, hall.line(chosen.queue)))
        case Screen.NUMBER:
            context.update(_number(journey))
    return render_template(
        f"kiosk/{journey.screen}.html", **_frame(kiosk, page), **context, hall=hall
    )


def _frame(kiosk: Kiosk, page: Page) -> dict[str, object]:
    """Return what every page shows around its own matter."""
    content = page.content
    local = kiosk.hall_time.astimezone(content.tz if content else None)
    fault = kiosk.faults[0] if kiosk.faults else ""
    return {
        "page_token": page.token,
        "journey": page.journey,
        "stamp": kiosk.stamp,
        "left_ms": kiosk.left_ms(page),
        "hall_name": content.catalogue.hall_name if content else "政务服务中心",
        "date": f"{local.month}月{local.day}日",
        "weekday": f"周{WEEKDAYS[local.weekday()]}",
        "clock": f"{local:%H:%M}",
        "fresh": kiosk.fresh,
        "help": kiosk.help,
        "printer_fault": FAULTS.get(fault, "打印机没有就绪") if fault else "",
    }


def _out_of_service(kiosk: Kiosk) -> str:
    """Return why this box can give no number at all, or nothing."""
    if not kiosk.link.enrolled or kiosk.link.status is LinkStatus.UNKNOWN_DEVICE:
        return "这台取号机还没有登记，不能取号。请到导办台取号。"
    if kiosk.link.status is LinkStatus.UPGRADE_NEEDED:
        return "这台取号机需要升级，暂时不能取号。请到导办台取号。"
    return ""


def _item(journey: Journey, offer: Offer, line: Line) -> dict[str, object]:
    d = offer.disclosure
    return {
        "offer": offer,
        "line": line,
        "wait": wait_words(line.low, line.high),
        "d": d,
        "tabs": TABS,
        "promised": limit_words(d.promised) if d else "",
        "statutory": limit_words(d.statutory) if d else "",
        "warnings": [w.code for w in j.warnings_for(line, consult_only=offer.consult_only)],
        "all_ticked": bool(d and d.materials)
        and all(i in journey.ticked for i in range(len(d.materials if d else ()))),
    }


def _number(journey: Journey) -> dict[str, object]:
    slip = journey.slip
    if slip is None:
        return {}
    size, path = qr_path(slip.url)
    return {
        "slip": slip,
        "wait": wait_words(slip.low_min, slip.high_min),
        "qr_size": size,
        "qr_path": path,
        "fault_words": FAULTS.get(journey.fault, "小票没有打印出来"),
    }


@lru_cache(maxsize=32)
def qr_path(text: str) -> tuple[int, str]:
    """Return the QR code of *text* as the side of its square and an SVG path, one unit a module."""
    code = qrcode.QRCode(border=0, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    parts = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            run = x
            while run < len(row) and row[run]:
                run += 1
            if run > x:
                parts.append(f"M{x} {y}h{run - x}v1h-{run - x}z")
            x = run + 1 if run == x else run
    return len(rows), "".join(parts)

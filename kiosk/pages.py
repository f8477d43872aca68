"""The kiosk's page over HTTP: one address, one form, whole pages as answers.

`GET /` opens a page at home; `POST /act` is a touch; `GET /screen` is the same page as it is now;
`GET /voice/<name>.wav` is what the page says aloud, under a name that only the page was told.
Every touch carries the page's token, made when it was opened and known to nobody else, and must
come from this origin. Scripts make it smooth; without them every button still works.
"""

from __future__ import annotations

from flask import Blueprint, Response, abort, redirect, render_template, request

from kiosk.app import Kiosk
from kiosk.journey import Act, Screen
from kiosk.manner import SOURCE
from kiosk.page import Page, UnknownPage
from kiosk.speech import said, step_of
from kiosk.views import of_screen
from server.kit.change import LinkStatus

LIFTED = frozenset(
    {Screen.HOME, Screen.DEPARTMENTS, Screen.DEPARTMENT, Screen.SEARCH, Screen.CONSULT}
)
"""Pages whose upper half is free in 低位: there stands in large type what is read aloud."""
GONE = 204
"""The page is not known any more and has to open itself anew; an error status would be none."""


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

    @routes.get("/voice/<name>.wav")
    def voice(name: str) -> Response:
        sound = kiosk.reader.sound(name)
        return Response(sound, mimetype="audio/wav") if sound else Response(status=404)

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
    closed = _out_of_service(kiosk)
    frame = _frame(kiosk, page)
    if page.journey.screen in {Screen.STAFF_CODE, Screen.STAFF}:
        staff = kiosk.machine.view(kiosk.now_s())
        return render_template(f"kiosk/{page.journey.screen}.html", **frame, staff=staff)
    if hall is None or closed:
        return render_template("kiosk/out_of_service.html", **frame, words=closed or "out.starting")
    if hall.board is not None and hall.board.emergency is not None:
        return render_template("kiosk/emergency.html", **frame, words=hall.board.emergency)
    matter = of_screen(page.journey, hall, kiosk.words(page))
    return render_template(f"kiosk/{page.journey.screen}.html", **frame, **matter, hall=hall)


def _frame(kiosk: Kiosk, page: Page) -> dict[str, object]:
    """Return what every page shows around its own matter."""
    content, journey, words = page.content, page.journey, kiosk.words(page)
    local = kiosk.hall_time.astimezone(content.tz if content else None)
    hall = kiosk.hall(page)
    left_ms = kiosk.left_ms(page)
    return {
        "page_token": page.token,
        "journey": journey,
        "manner": journey.manner,
        "w": words,
        "t": words.t,
        "languages": kiosk.languages,
        "screen_inch": kiosk.config.screen_inch,
        "stamp": kiosk.stamp,
        "left_ms": left_ms,
        "seconds_left": -(-(left_ms or 0) // 1000),
        "hall_name": words.hall(content.catalogue if content else None),
        "date": words.date(local),
        "weekday": words.weekday(local.weekday()),
        "clock": f"{local:%H:%M}",
        "fresh": kiosk.fresh,
        "pause": hall.pause if hall else None,
        "help": kiosk.help,
        "printer_fault": kiosk.faults[0] if kiosk.faults else "",
        "can_speak": kiosk.reader.can_speak(kiosk.now_s()),
        "clip": _clip(kiosk, page),
        "step": step_of(journey),
        "upper": said(journey, hall, words) if hall and journey.screen in LIFTED else "",
    }


def _clip(kiosk: Kiosk, page: Page) -> str:
    """Return the address of what this page says aloud, while it is wanted."""
    hall, language = kiosk.hall(page), kiosk.words(page).language
    if hall is None or not page.journey.manner.listen:
        return ""
    emergency = hall.board is not None and hall.board.emergency
    text = said(page.journey, hall, kiosk.words(page))
    lang, pack = (SOURCE, "") if emergency else (language.code, language.voice)
    name = kiosk.reader.name(text, lang=lang, pack=pack)
    return f"/voice/{name}.wav" if name else ""


def _out_of_service(kiosk: Kiosk) -> str:
    """Return the key of why this box can give no number at all, or nothing."""
    if not kiosk.link.enrolled or kiosk.link.status is LinkStatus.UNKNOWN_DEVICE:
        return "out.unknown_device"
    if kiosk.link.status is LinkStatus.UPGRADE_NEEDED:
        return "out.upgrade"
    return ""

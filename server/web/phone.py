"""A citizen's phone: the live state of a ticket by its QR, and giving the number back.

The address is the only key: 96 random bits, good for the day of the ticket. Nothing here needs
script; with script the same page fetches itself more often and rings.
"""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from server.actions import tickets as acts
from server.kit.contract.reasons import Refused
from server.reads.phone import PhoneTicket, phone_ticket
from server.store.work import Actor
from server.web.limits import refuse_guesser, wrong_guess
from server.web.services import services

bp = Blueprint("phone", __name__)

CITIZEN = Actor("phone", "ticket")
"""Who holds the slip; nothing more is known of the person, and nothing more is asked."""
LONGEST_TOKEN = 64


def _found(token: str) -> PhoneTicket | None:
    refuse_guesser("ticket")
    newest = services().forecast()
    found = services().read(lambda r: phone_ticket(r, token[:LONGEST_TOKEN], forecast=newest))
    if found is None:
        wrong_guess("ticket")
    return found


def _gone() -> Response:
    name = services().read(lambda r: r.hall.name)
    return Response(render_template("ticket_gone.html", hall_name=name), 404)


@bp.get("/t/<token>")
def ticket(token: str) -> Response:
    """The live state of a ticket; without script it refreshes itself."""
    found = _found(token)
    if found is None:
        return _gone()
    return Response(render_template("ticket.html", ticket=found, token=token))


@bp.get("/t/<token>/give-back")
def ask(token: str) -> Response | AnyResponse:
    """Ask once more before the number is given back."""
    found = _found(token)
    if found is None:
        return _gone()
    if not found.may_give_back:
        return redirect(url_for("phone.ticket", token=token))
    return Response(render_template("give_back.html", ticket=found, token=token))


@bp.post("/t/<token>/give-back")
def give_back(token: str) -> Response | AnyResponse:
    """Give the number back 我来不了了; whoever comes again finds it given back."""
    found = _found(token)
    if found is None:
        return _gone()
    if request.content_length and request.content_length > 1024:
        raise Refused("malformed", problem="请求")
    try:
        services().run(CITIZEN, lambda w: acts.give_back(w, token[:LONGEST_TOKEN]))
    except Refused as refused:
        if refused.code != "wrong_state":
            raise
        # Called or ended in the meantime: the page says what is true now.
    return redirect(url_for("phone.ticket", token=token), code=303)

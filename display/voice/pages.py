"""The address from which a page fetches what it is told to play."""

from __future__ import annotations

from flask import Blueprint, Response, abort

from display.voice.output import PageSpeaker


def routes(speaker: PageSpeaker) -> Blueprint:
    """Return the routes of *speaker*."""
    voice = Blueprint("voice", __name__)

    @voice.get("/voice/<name>.wav")
    def clip(name: str) -> Response:
        """Answer a sound that the page was told to play; `nothing` is one without sound."""
        found = speaker.clip(name)
        if found is None:
            abort(404)
        return Response(found, mimetype="audio/wav")

    return voice

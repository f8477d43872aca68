"""Why there is no number, said by this kiosk itself: the server was not reached, nothing can be kept."""

from __future__ import annotations

from kiosk.journal import JournalFull
from kiosk.journey import Refusal
from server.kit.contract.reasons import Refused
from server.kit.http import Unreachable

UNREACHABLE = Refusal(
    code="unreachable",
    words="现在连不上服务器，没有取到号。请再试一次，或到导办台取号。",
    words_en="The server cannot be reached; you have no ticket yet. Try again, or go to the guide desk.",
    retry=True,
)
JOURNAL_FULL = Refusal(
    code="storage_full",
    words="这台取号机的存储出了问题，没有取号。请到导办台取号。",
    words_en="This kiosk cannot store anything; no ticket was taken. Please go to the guide desk.",
)


def refusal_of(error: Refused | Unreachable | JournalFull) -> Refusal:
    """Return what the citizen is told of *error*; only an unanswered touch may be sent again."""
    match error:
        case Refused():
            own = error.context if error.code == "number_open" else {}
            return Refusal(
                code=error.code,
                words=error.zh,
                words_en=error.en,
                number=str(own.get("number", "")),
                counter=str(own.get("counter", "")),
            )
        case Unreachable(said=Refused() as said):
            return Refusal(code=said.code, words=said.zh, words_en=said.en, retry=True)
        case Unreachable():
            return UNREACHABLE
        case JournalFull():
            return JOURNAL_FULL

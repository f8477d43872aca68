"""When a slip counts as printed: the rule of each kind of confirmation, strongest first.

| kind | the proof |
|---|---|
| process_id | `37 22` with this job's id, and nothing else |
| star_etb | the ETB counter is one further than before this job's `ETB` |
| asb | `GS r` was answered, automatic status came with this job, and all was well after the answer |
| gs_r | `GS r` was answered, and a round of questions begun after the answer found all well |
| dle_eot | never a fault from the first byte on, and all well after the time of printing; weak |
| none | there is none |

An answer to an earlier job must prove nothing. Process ids take care of it by themselves. Before
the first job after an unknown one the others *settle*: `GS r` is asked until its late answers have
gone by; Star's counter is set to 0 and moved to 1, so that only the job itself can move it to 2.
"""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.printing.enquiry import Enquiry
from kiosk.printing.escpos import ASK_PAPER
from kiosk.printing.status import in_order
from server.kit.serial.profiles import Confirm

ZERO_AND_ETB = bytes.fromhex("1B1E4500 17")
"""`ESC RS E 0` sets the ETB counter to 0, `ETB` moves it to 1 and sends the status."""
LAST_COUNT = 31
"""The counter's largest value. After it comes 0, which a printer just switched on says as well."""
BY_GS_R = frozenset({"gs_r", "asb"})
HEALTHY = (0x00, 0x03, 0x0C, 0x0F)
"""All answers of `GS r 1`: both bits of a sensor pair are always alike; the rest is noise."""
PAPER_END = 0x0C


@dataclass(slots=True)
class Evidence:
    """What has been heard for one job since its first byte."""

    counter: int | None = None
    """Star's counter before the job."""
    automatic: bool = False
    """Whether automatic status came."""
    cycle: int | None = None
    """The first round of questions that completes the proof of `GS r`."""
    troubled: bool = False
    """Whether a fault was seen, or a question was not answered."""


def must_settle(confirm: Confirm, enquiry: Enquiry, *, unsettled: bool) -> bool:
    """Return whether answers to earlier jobs may still come that would seem to prove the next."""
    if confirm.kind == "star_etb":
        return unsettled or enquiry.counter is None or enquiry.counter == LAST_COUNT
    return unsettled and confirm.kind in BY_GS_R


def settling_question(confirm: Confirm) -> bytes:
    """Return what is asked while settling."""
    return ZERO_AND_ETB if confirm.kind == "star_etb" else ASK_PAPER


def is_proved(evidence: Evidence, confirm: Confirm, enquiry: Enquiry, *, printed_by: float) -> bool:
    """Return whether *evidence* and the round of questions just completed prove the job.

    Args:
        evidence: of the job, of which all bytes have left.
        confirm: the profile's kind and times.
        enquiry: the printer's status.
        printed_by: the moment at which a healthy printer is done.
    """
    match confirm.kind:
        case "star_etb":
            known = enquiry.counter is not None and evidence.counter is not None
            return known and enquiry.counter == (evidence.counter or 0) + 1
        case "gs_r":
            return not enquiry.status.faults and _answered(evidence, enquiry)
        case "asb":
            clean = enquiry.automatic is not None and not in_order(enquiry.automatic)
            return (
                not enquiry.status.faults
                and _answered(evidence, enquiry)
                and evidence.automatic
                and clean
            )
        case "dle_eot":
            well = not enquiry.status.faults and not evidence.troubled
            return well and enquiry.cycle_began >= printed_by
        case "process_id" | "none":
            return False


def _answered(evidence: Evidence, enquiry: Enquiry) -> bool:
    return evidence.cycle is not None and enquiry.heard >= evidence.cycle

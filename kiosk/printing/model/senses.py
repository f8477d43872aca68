"""Status bytes, written from the manual's bit tables and from nothing else.

Source: hardware facts 2.3 (Epson TM-T88III specification; Bixolon, Citizen and SNBC agree), and
for which ASB item watches which bit the TM-T88III programming guide, `GS a`, p. 316-318.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Senses:
    """What the printer's sensors say at one moment."""

    cover_open: bool = False
    paper_end: bool = False
    near_end: bool = False
    mechanical: bool = False
    """Jam 卡纸."""
    cutter: bool = False
    auto_recoverable: bool = False
    """Cover opened, or head too hot, while printing."""
    at_exit: bool = False
    """A cut slip not taken yet (presenter models)."""
    drawer: bool = False
    """Level of pin 3 of the drawer connector; HIGH with nothing plugged in."""

    @property
    def error(self) -> bool:
        """Any error, recoverable or not."""
        return self.mechanical or self.cutter or self.auto_recoverable

    @property
    def offline(self) -> bool:
        """True when the printer executes nothing from its buffer."""
        return self.cover_open or self.paper_end or self.error


def real_time(senses: Senses, n: int, *, mouth_in_1: bool = False) -> bytes:
    """Answer to DLE EOT n.

    n=1  b2 drawer   b3 offline
    n=2  b2 cover open   b5 stopped by paper end   b6 error
    n=3  b2 mechanical   b3 cutter   b6 auto-recoverable
    n=4  b2,3 near end   b5,6 paper end
    n=5  b2 paper at exit   b3 jam        (MASUNG presenter; no fixed bits)
    n=20 `10 0F p u r x` (Custom KPM and VKP; no fixed bits)
         p b0 no paper, b2 near end, b5 ticket in the output   u b0 head up, b1 cover open
         r b0 head temperature, b6 paper path                  x b0 cutter
    n=1-4 have b1 and b4 fixed to 1, b0 and b7 to 0; Cashino's b7 of n=1 is the slip in the mouth
    (*mouth_in_1*).
    """
    match n:
        case 1:
            byte = 0x12 | senses.drawer << 2 | senses.offline << 3
            byte |= (mouth_in_1 and senses.at_exit) << 7
        case 2:
            byte = 0x12 | senses.cover_open << 2 | senses.paper_end << 5 | senses.error << 6
        case 3:
            byte = 0x12 | senses.mechanical << 2 | senses.cutter << 3
            byte |= senses.auto_recoverable << 6
        case 4:
            byte = 0x12 | (0x0C if senses.near_end else 0) | (0x60 if senses.paper_end else 0)
        case 5:
            byte = senses.at_exit << 2 | senses.mechanical << 3
        case 20:
            paper = senses.paper_end | senses.near_end << 2 | senses.at_exit << 5
            user = 0x03 if senses.cover_open else 0
            path = senses.auto_recoverable | senses.mechanical << 6
            return bytes((0x10, 0x0F, paper, user, path, senses.cutter))
        case _:
            return b""
    return bytes((byte,))


def paper_sensor(senses: Senses) -> bytes:
    """Answer to GS r 1: b0,1 near end, b2,3 end."""
    return bytes(((0x03 if senses.near_end else 0) | (0x0C if senses.paper_end else 0),))


def status_back(senses: Senses) -> bytes:
    """The four bytes of Automatic Status Back (GS a).

    byte 1  b2 drawer  b3 offline  b4=1  b5 cover open
    byte 2  b2 mechanical  b3 cutter  b6 auto-recoverable
    byte 3  b0,1 near end  b2,3 paper end
    byte 4  0F, reserved
    """
    first = 0x10 | senses.drawer << 2 | senses.offline << 3 | senses.cover_open << 5
    second = senses.mechanical << 2 | senses.cutter << 3 | senses.auto_recoverable << 6
    return bytes((first, second)) + paper_sensor(senses) + b"\x0f"


def watched(status: bytes, items: int) -> bytes:
    """The bits of a Status Back whose change is reported under `GS a items`.

    b0 drawer | b1 on/offline, cover, paper sensors | b2 errors | b3 paper sensors
    """
    first = (0x04 if items & 0x01 else 0) | (0x68 if items & 0x02 else 0)
    second = (0x01 if items & 0x02 else 0) | (0x6C if items & 0x04 else 0)
    third = 0x0F if items & 0x0A else 0
    return bytes((status[0] & first, status[1] & second, status[2] & third))


def offline_causes(senses: Senses) -> bytes:
    """Causes in the offline notice `37 23 … 00` of GS ( H fn 49 with d = 2.

    Values *assumed* (only their range 40h-7Fh is documented to us): 41 cover, 44 paper end,
    48 error.
    """
    causes = bytearray()
    if senses.cover_open:
        causes.append(0x41)
    if senses.paper_end:
        causes.append(0x44)
    if senses.error:
        causes.append(0x48)
    return bytes(causes)

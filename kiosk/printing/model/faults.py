"""What can be done to the printer from outside, and what it complains of.

One message names only what changes: `{"paper": "out"}`, `{"cover": "open", "jam": true}`.
"""

from typing import Literal

import msgspec


class Faults(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One message to the printer's body; None leaves a thing as it is."""

    paper: Literal["ok", "near_end", "out"] | None = None
    """`ok` is a new roll: an interrupted job goes on where it stopped."""
    cover: Literal["open", "closed"] | None = None
    jam: bool | None = None
    """Paper stuck; false frees it."""
    cutter: bool | Literal["next"] | None = None
    """true: the knife is stuck now, until false. `next`: it sticks at the next cut, and one
    DLE ENQ 1 or 2 (or false) frees it."""
    silent: bool | None = None
    """Hung: answers nothing, prints nothing, buffers what it receives until it is false again."""
    slow: bool | None = None
    """Prints at a tenth of its speed (cold head, weak supply)."""
    power: Literal["on", "off"] | None = None
    """`off` loses everything but the paper; `on` is a fresh printer with ASB off."""
    taken: Literal[True] | None = None
    """The last slip was pulled out of the exit (DLE EOT 5 b2)."""
    paper_out_after: int | None = None
    """Near end now, end after so many further printed lines; -1 takes it back."""
    power_off_after_bytes: int | None = None
    """The power goes when so many further bytes have been interpreted; -1 takes it back."""
    recover: Literal[True] | None = None
    """Everything is as it should be again: the 恢复 button."""


class Complaint(msgspec.Struct, frozen=True, kw_only=True):
    """Something a real printer would have done wrong without a word."""

    code: str
    words: str
    """Chinese, for the tray page."""
    bytes: str
    """Hexadecimal, the bytes in question."""
    at_byte: int
    """Bytes interpreted since power-on, up to here."""

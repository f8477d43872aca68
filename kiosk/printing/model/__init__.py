"""A printer model 打印机模型: what a thermal ticket printer does with the bytes it is sent.

It is written from the manuals' facts and imports nothing of the kiosk's encoder, transport or
device profiles, so that it can bear witness against them. It runs as a process of its own behind
a pseudo terminal, shows its paper in the browser (纸盘), and writes every cut slip to disk before
it confirms it.

    python -m kiosk.printing.model --link run/printer --http 127.0.0.1:8103 --tray run/tray
    python -m kiosk.printing.model --profile star_line …

* `makes` says what differs between the makes of printers; each is called by the id of the device
  profile that is for it. It is written from the manuals' tables, not from the profiles.
* `machine.Machine` is the printer without cable and clock; `head`, `commands`, `codes` and `star`
  its firmware, `senses` and `unasked` what it says, `paper` what comes out.
* `cable` joins it to a pty. **Flow control by modem lines (RTS/CTS, DTR/DSR) cannot be tried on
  a pty**: a full receive buffer only stops the reading.
* `tray` is the directory of slips, `pages` the web page and the control interface, `faults` the
  words of that interface, `testing` starts it all for tests.
"""

from kiosk.printing.model.machine import Machine
from kiosk.printing.model.paper import Image, Qr, Slip, Span, TextLine
from kiosk.printing.model.tray import read_tray

__all__ = ["Image", "Machine", "Qr", "Slip", "Span", "TextLine", "read_tray"]

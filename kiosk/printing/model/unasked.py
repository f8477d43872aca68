"""What a printer says without being asked: changes of its status, and Star's counter."""

from kiosk.printing.model import senses as status
from kiosk.printing.model import star
from kiosk.printing.model.makes import Dialect, Make
from kiosk.printing.model.senses import Senses


class Unasked:
    """Remembers what the host wants to hear of by itself, and what it heard last."""

    def __init__(self, make: Make) -> None:
        self._star = make.dialect is Dialect.STAR
        self.items = 0
        """Items of Automatic Status Back that are enabled, 0 = off."""
        self.notice = 0
        """GS ( H fn 49: 0 off, 1 offline notices, 2 with their causes."""
        self.counter = 0
        """Star's ETB counter, 0-31."""
        self._sent = star.status_back(Senses(), 0) if self._star else b""
        self._was_offline = False

    def switched_on(self, senses: Senses) -> None:
        """Forget everything, as after a loss of power."""
        self.counter = 0
        self._was_offline = senses.offline

    def watch(self, items: int, senses: Senses) -> bytes:
        """GS a n: enable items; return what is said of it at once."""
        self.items = items
        if not items:
            return b""
        self._sent = status.status_back(senses)
        return self._sent

    def count(self, senses: Senses, *, forward: bool) -> bytes:
        """ETB moves the counter on and says the status; ESC RS E 0 sets it to 0 in silence."""
        self.counter = (self.counter + 1) % 32 if forward else 0
        if not forward:
            return b""
        self._sent = self.now(senses)
        return self._sent

    def now(self, senses: Senses) -> bytes:
        """Star's status as it is."""
        return star.status_back(senses, self.counter)

    def changed(self, senses: Senses) -> bytes:
        """Return what is said of a change, as far as the host asked for it."""
        said = b""
        if senses.offline and not self._was_offline and self.notice:
            causes = status.offline_causes(senses) if self.notice == 2 else b""
            said = b"\x37\x23" + causes + b"\x00"
        self._was_offline = senses.offline
        if self._star:
            back = self.now(senses)
            is_news = back != self._sent
        else:
            back = status.status_back(senses)
            old, new = (status.watched(s, self.items) for s in (self._sent or back, back))
            is_news = bool(self.items) and old != new
        if is_news:
            self._sent = back
            said += back
        return said

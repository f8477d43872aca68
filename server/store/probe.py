"""Whether the store still takes what is written: a full disk refuses writes and answers reads."""

from __future__ import annotations

import time
from collections.abc import Callable

import sqlalchemy as sa

from server.kit.contract.reasons import Refused
from server.store import tables
from server.store.sql import Sql
from server.store.work import Work

EVERY_S = 10.0
"""A probe is one commit; asked more often, the last answer is given again."""

_KEY = "write_probe"
_ADD = Sql(
    sa.insert(tables.setting).values(
        hall_id=sa.bindparam("hall_key"), key=_KEY, value=sa.bindparam("value")
    )
)
_S = tables.setting.c
_TAKE_AWAY = Sql(
    sa.delete(tables.setting).where(_S.hall_id == sa.bindparam("hall_key"), _S.key == _KEY)
)


def write_nothing_new(w: Work) -> None:
    """Add a row and take it away: it goes to the disk like any command and says nothing to anybody.

    A row written as it was would not do: SQLite sees that and writes nothing.
    """
    w.run(_ADD, hall_key=w.hall.id, value="1")
    w.run(_TAKE_AWAY, hall_key=w.hall.id)


class WriteProbe:
    """Tries now and then whether a command would be stored.

    Args:
        write: stores something; raises as a command would.
        clock: seconds from any start.
    """

    def __init__(
        self, write: Callable[[], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._write = write
        self._clock = clock
        self._next = float("-inf")
        self._fault = ""

    def fault(self) -> str:
        """Return the code of what keeps the store from writing, empty while it writes."""
        if self._clock() >= self._next:
            self._next = self._clock() + EVERY_S
            try:
                self._write()
            except Refused as refused:
                self._fault = refused.code
            else:
                self._fault = ""
        return self._fault

"""Every state of every page, in the order of the gallery."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools import (
    gallery_board,
    gallery_cards,
    gallery_devices,
    gallery_kiosk,
    gallery_manage,
    gallery_phone,
    gallery_staff,
)

if TYPE_CHECKING:
    from tools.gallery_state import State

STATES: tuple[State, ...] = (
    *gallery_kiosk.STATES,
    *gallery_cards.STATES,
    *gallery_board.STATES,
    *gallery_phone.STATES,
    *gallery_staff.STATES,
    *gallery_manage.STATES,
    *gallery_devices.STATES,
)
"""Names are unique."""

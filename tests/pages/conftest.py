"""The whole kiosk, for modules that ask for it by name."""

from tests.kiosk.rig import hall, kiosk, model

__all__ = ["hall", "kiosk", "model"]

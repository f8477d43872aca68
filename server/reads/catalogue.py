"""The catalogue as an answer."""

from __future__ import annotations

from server.store.published import catalogue

__all__ = ["catalogue"]

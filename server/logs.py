"""Logging: one JSON line an event, without names, identity numbers or tokens."""

from __future__ import annotations

import logging
import sys

import structlog


def set_up(level: str) -> None:
    """Send our log and the libraries' to standard error as JSON lines."""
    chosen = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    logging.basicConfig(level=max(chosen, logging.WARNING), format="%(message)s")
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(chosen),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
    )

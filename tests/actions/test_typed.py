"""What a technician types or pastes on a command line is never taken for an option."""

from __future__ import annotations

from server.actions import devices
from server.store.engine import new_uid
from tests.support.bench import Bench

MANY = 500
"""One in 64 random URL-safe words begins with a dash."""


def test_an_enrolment_token_begins_with_no_dash(bench: Bench) -> None:
    made = bench.run(
        lambda w: [devices.create_enrolment(w, kind="kiosk", zone="") for _ in range(MANY)]
    )

    assert [token for token in made if token.startswith("-")] == []
    assert len(set(made)) == MANY


def test_a_uid_begins_with_no_dash() -> None:
    made = [new_uid() for _ in range(MANY)]

    assert [uid for uid in made if uid.startswith("-")] == []
    assert {len(uid) for uid in made} == {22}

"""Roles, departments and passwords."""

from __future__ import annotations

import pytest

from server.domain.people import ALLOWS, ROLE_ZH, Permission, Role, Staff, check_password
from server.domain.waiting import LEARN_FROM, typical_service_s
from server.kit.contract.reasons import Refused


def staff(*roles: tuple[Role, str]) -> Staff:
    """A person with roles."""
    return Staff(id=1, uid="u", login="wang01", label="01号", roles=roles)


def test_a_role_in_one_department_does_not_count_in_another() -> None:
    clerk = staff((Role.CLERK, "MZ"))

    assert clerk.may(Permission.SERVE, "MZ")
    assert not clerk.may(Permission.SERVE, "GA")


def test_a_role_in_the_whole_hall_counts_everywhere() -> None:
    assert staff((Role.CLERK, "")).may(Permission.SERVE, "GA")


def test_a_supervisor_sees_and_changes_nothing() -> None:
    assert ALLOWS[Role.SUPERVISOR] == {Permission.WATCH}
    with pytest.raises(Refused) as refused:
        staff((Role.SUPERVISOR, "")).require(Permission.SERVE)

    assert refused.value.code == "forbidden"


def test_an_administrator_does_not_serve() -> None:
    assert not staff((Role.ADMIN, "")).may(Permission.SERVE)


def test_every_role_has_words_and_permissions() -> None:
    assert set(ROLE_ZH) == set(Role) == set(ALLOWS)


@pytest.mark.parametrize(
    "password",
    ["", "Aa1!", "abcdefgh", "abcdefg1", "ABCDEFG1", "Wang01-xyz", "A1!" + "a" * 200],
)
def test_a_weak_password_is_refused(password: str) -> None:
    with pytest.raises(Refused) as refused:
        check_password(password, login="wang01")

    assert refused.value.code == "weak_password"


@pytest.mark.parametrize("password", ["Abcdefg1", "abcdef1!", "好好学习Abc1", "ABC-123-x"])
def test_a_password_of_three_kinds_is_accepted(password: str) -> None:
    check_password(password, login="wang01")


def test_the_setting_counts_until_five_services_were_seen() -> None:
    assert typical_service_s([300] * (LEARN_FROM - 1), setting_s=600) == 600
    assert typical_service_s([300] * LEARN_FROM, setting_s=600) == 300


def test_slips_of_the_finger_teach_nothing() -> None:
    assert typical_service_s([1, 2, 9999, 300, 300, 300], setting_s=600) == 600
    assert typical_service_s([1, 2, 9999, 240, 250, 260, 250, 250], setting_s=600) == 250

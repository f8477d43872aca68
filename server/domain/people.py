"""Staff: roles, what each may do, and the rules of passwords and lock-out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from server.kit.contract.reasons import Refused


class Role(StrEnum):
    """A role 角色."""

    CLERK = "clerk"
    GUIDE = "guide"
    MANAGER = "manager"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


class Permission(StrEnum):
    """Something that a role allows."""

    SERVE = "serve"
    """Open a counter, call and serve."""
    GUIDE = "guide"
    """Issue for others, reinstate, cancel, reprint, answer a kiosk."""
    DAY = "day"
    """Open, stop and close the business day; emergency."""
    PUBLISH = "publish"
    """Publish disclosures."""
    CONFIGURE = "configure"
    """Change what the hall is told to be: screens, voice, notices, media, settings."""
    WATCH = "watch"
    """See every counter."""
    ADMINISTER = "administer"
    """People and devices."""


ROLE_ZH: Mapping[Role, str] = MappingProxyType(
    {
        Role.CLERK: "窗口人员",
        Role.GUIDE: "导办人员",
        Role.MANAGER: "中心管理员",
        Role.SUPERVISOR: "监督人员",
        Role.ADMIN: "系统管理员",
    }
)

ALLOWS: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.CLERK: frozenset({Permission.SERVE}),
        Role.GUIDE: frozenset({Permission.GUIDE, Permission.WATCH}),
        Role.MANAGER: frozenset(
            {
                Permission.SERVE,
                Permission.GUIDE,
                Permission.DAY,
                Permission.PUBLISH,
                Permission.CONFIGURE,
                Permission.WATCH,
            }
        ),
        Role.SUPERVISOR: frozenset({Permission.WATCH}),
        Role.ADMIN: frozenset({Permission.ADMINISTER, Permission.CONFIGURE, Permission.WATCH}),
    }
)

LOCK_AFTER = 5
"""Wrong passwords in a row before an account is locked."""
LOCK_S = 15 * 60
"""How long it stays locked, in seconds."""
SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """A signed-in person as the rules see one; no name."""

    id: int
    uid: str
    login: str
    label: str
    """Work number 工号, the only part of a person that screens show."""
    roles: tuple[tuple[Role, str], ...]
    """Role and department code; empty department = the whole hall."""
    must_change: bool = False

    def may(self, permission: Permission, department: str = "") -> bool:
        """Say whether this person may do something, in a department when one is named."""
        return any(
            permission in ALLOWS[role] and (not where or not department or where == department)
            for role, where in self.roles
        )

    def require(self, permission: Permission, department: str = "") -> None:
        """Refuse with `forbidden` unless the person may."""
        if not self.may(permission, department):
            raise Refused("forbidden")


def check_password(password: str, *, login: str) -> None:
    """Refuse a password that is too weak.

    At least 8 characters of three of four kinds, and not the login (GB/T 22239-2019 asks for
    complexity without fixing numbers; *assumed*).

    Raises:
        Refused: `weak_password`.
    """
    kinds = sum(bool(re.search(p, password)) for p in ("[A-Z]", "[a-z]", "[0-9]", "[^A-Za-z0-9]"))
    too_short = len(password) < SHORTEST_PASSWORD
    if (
        too_short
        or len(password) > LONGEST_PASSWORD
        or kinds < 3
        or login.lower() in password.lower()
    ):
        raise Refused("weak_password")

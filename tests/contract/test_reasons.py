"""Every refusal says in words what happened, and the words have no holes."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.kit.contract.reasons import REASONS, Refused

ROOT = Path(__file__).resolve().parents[2]

STATUSES = {400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503}


def placeholders(text: str) -> set[str]:
    """Return the names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def refusals() -> Iterator[tuple[str, int, ast.Call]]:
    """Yield file, line and call of every `Refused("code", …)` in the product."""
    for package in ("server", "kiosk", "display"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Name | ast.Attribute)
                    and ast.unparse(node.func).rpartition(".")[2] == "Refused"
                ):
                    yield str(path.relative_to(ROOT)), node.lineno, node


@pytest.mark.parametrize("code", REASONS)
def test_a_reason_is_whole(code):
    reason = REASONS[code]

    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", code)
    assert reason.status in STATUSES
    assert reason.zh.endswith(("。", "{hours}"))  # the hours are sentences of their own
    assert re.search(r"[\u4e00-\u9fff]{3}", reason.zh)
    assert reason.en.endswith((".", "{hours}"))
    assert not re.search(r"[\u4e00-\u9fff]", reason.en)


@pytest.mark.parametrize("code", REASONS)
def test_the_words_are_filled_from_the_context(code):
    reason = REASONS[code]
    context = {name: f"<{name}>" for name in placeholders(reason.zh) | placeholders(reason.en)}

    refused = Refused(code, **context)

    for name in placeholders(reason.zh):
        assert f"<{name}>" in refused.zh
    for name in placeholders(reason.en):
        assert f"<{name}>" in refused.en
    assert "{" not in refused.zh + refused.en
    assert str(refused).startswith(f"{code}: ")


def test_missing_context_never_hides_a_refusal():
    assert Refused("counter_busy").zh


def test_a_code_outside_the_list_is_a_bug_at_once():
    with pytest.raises(KeyError):
        Refused("because")


def test_every_refusal_in_the_product_is_on_the_list():
    unknown = [
        f"{path}:{line}: {node.args[0].value}"
        for path, line, node in refusals()
        if node.args
        and isinstance(node.args[0], ast.Constant)
        and node.args[0].value not in REASONS
    ]

    assert unknown == []


def test_every_refusal_in_the_product_fills_its_words():
    holes: list[str] = []
    for path, line, node in refusals():
        if not node.args or not isinstance(node.args[0], ast.Constant):
            continue
        given = {k.arg for k in node.keywords}
        reason = REASONS.get(str(node.args[0].value))
        if reason is None or None in given:
            continue
        lacking = (placeholders(reason.zh) | placeholders(reason.en)) - given
        if lacking:
            holes.append(f"{path}:{line}: {node.args[0].value} without {sorted(lacking)}")

    assert holes == []


def test_no_reason_is_left_over():
    said = {
        node.value
        for package in ("server", "kiosk", "display")
        for path in (ROOT / package).rglob("*.py")
        if path.name != "reasons.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }

    assert [code for code in REASONS if code not in said] == []

"""A reprint 补打 carries the same number, and managers see who asked for it, why, and what came of it."""

from __future__ import annotations

import re

from tests.api.world import World

LINE = re.compile(r'<h2 id="h-reprints">.*?</section>', re.DOTALL)


def shown(world: World, device: str) -> list[str]:
    """The list of reprints on the page of a kiosk, line by line, without markup."""
    found = LINE.search(world.manager.get(f"/manage/devices/{device}").text)
    if found is None:
        return []
    lines = re.findall(r"<li.*?</li>", found[0], re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", line).split()) for line in lines]


def test_managers_see_who_asked_for_a_reprint_and_what_came_of_it(world: World) -> None:
    kiosk = world.hall.enrol("kiosk", name="西门取号机")
    ticket = kiosk.take("MZ-01")
    device = kiosk.device  # type: ignore[attr-defined]
    assert shown(world, device) == []

    for reason in ("纸卡住了", "群众丢了小票"):
        body = {"device": device, "reason": reason}
        assert world.guide.post(f"/tickets/{ticket['uid']}/reprint", body).status == 200
    jobs = kiosk.get("/api/v1/devices/me/slips").json["jobs"]
    result = {"state": "failed", "fault": "paper_out", "job": jobs[0]["job"]}
    assert kiosk.post(f"/tickets/{ticket['uid']}/print-results", result).status == 200

    assert [(j["slip"]["number"], j["slip"]["reprint"]) for j in jobs] == [
        (ticket["number"], 1),
        (ticket["number"], 2),
    ]
    second, first = shown(world, device)
    assert re.fullmatch(
        rf"{ticket['number']} 补打 2 \S.* · 工号 guide · 群众丢了小票 还没有打", second
    )
    assert first.startswith(f"{ticket['number']} 补打 1 ")
    assert first.endswith("工号 guide · 纸卡住了 没有打出来：缺纸")
    assert shown(world, world.kiosk.device) == []  # type: ignore[attr-defined]

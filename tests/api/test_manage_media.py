"""Pictures and films: what is taken, what is refused, and that nothing half is ever kept."""

from __future__ import annotations

import hashlib
import re
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.api.manage import Form, catalogue, display, png
from tests.api.world import World

WEBM = (
    b"\x1a\x45\xdf\xa3" + b"\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm"
)
MP4 = b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41" + b"\0" * 64
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xc0\x00\x0b\x08\x00\x10\x00\x10\x01\x01\x11\x00\xff\xd9"


def folder(world: World) -> Path:
    return world.hall.folder / "server" / "media"


def kept(world: World) -> set[str]:
    """Names of the files there are."""
    return {p.name for p in folder(world).iterdir()} if folder(world).is_dir() else set()


def upload(world: World, kind: str, name: str, data: bytes, **values: str):
    form = Form.of(world.manager, f"/manage/media/new/{kind}")
    return form.fill(title=values.pop("title", f"{kind}一张"), **values).send(
        file=(name, data, "application/octet-stream")
    )


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def uid_of(world: World, data: bytes) -> str:
    return next(m["uid"] for m in catalogue(world)["media"] if m["digest"] == digest(data))


@pytest.mark.parametrize(
    ("kind", "name", "data", "mime"),
    [
        ("picture", "a.png", png(seed=1), "image/png"),
        ("picture", "没有后缀", JPEG, "image/jpeg"),
        ("video", "b.webm", WEBM, "video/webm"),
        ("video", "名字不作数.exe", MP4, "video/mp4"),
        ("honour", "c.png", png(seed=2), "image/png"),
        ("logo", "d.png", png(seed=3), "image/png"),
    ],
)
def test_a_file_reaches_screens_as_what_it_is(world, kind, name, data, mime):
    sent = upload(world, kind, name, data)
    assert sent.status == 303, sent.text
    shown = next(m for m in catalogue(world)["media"] if m["digest"] == digest(data))

    assert (shown["kind"], shown["mime"], shown["size"]) == (kind, mime, len(data))
    for client in (world.display, world.kiosk, world.manager, world.clerk):
        got = client.http.request(
            "GET", f"{client.url}/media/{digest(data)}", headers=client.headers()
        )
        assert (got.status, got.data) == (200, data)
        assert got.headers["Content-Type"] == mime
        assert got.headers["X-Content-Type-Options"] == "nosniff"
    part = world.display.http.request(
        "GET",
        f"{world.hall.url}/media/{digest(data)}",
        headers={**world.display.headers(), "Range": "bytes=2-5"},
    )
    assert (part.status, part.data) == (206, data[2:6])
    assert part.headers["Content-Range"] == f"bytes 2-5/{len(data)}"


@pytest.mark.parametrize(
    ("kind", "data", "says"),
    [
        ("picture", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "不是 PNG"),
        ("picture", b"<html><script>alert(1)</script>", "不是 PNG"),
        ("picture", WEBM, "这里要的是图片的文件"),
        ("video", png(seed=4), "这里要的是影片的文件"),
        (
            "logo",
            b"RIFF\x1a\0\0\0WEBPVP8L\x0e\0\0\0\x2f\0\0\0\0\0\0\0\0\0\0\0\0\0",
            "这里要的是标志",
        ),
        ("video", b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "放不了"),
        ("video", b"\x1a\x45\xdf\xa3\x9fB\x82\x88matroska" + b"\0" * 80, "放不了"),
        ("picture", png(seed=5)[:-14], "不完整"),
        ("picture", JPEG[:-2], "不完整"),
        ("picture", png(20000, 1, seed=6), "像素"),
        ("picture", b"", "请选一个文件"),
        ("picture", png(seed=7) + b"\0" * (8 * 1024 * 1024), "文件太大"),
        ("logo", png(seed=8) + b"\0" * (3 * 1024 * 1024), "文件太大"),
    ],
    ids=range(13),
)
def test_what_is_not_taken_is_said_and_leaves_nothing_behind(world, kind, data, says):
    before = kept(world)
    with world.unchanged():
        refused = upload(world, kind, "a.png", data, title="留下的标题")

    assert refused.status == 422
    assert says in refused.text
    assert 'id="file-wrong"' in refused.text
    assert "留下的标题" in refused.text, "what was typed stays"
    assert kept(world) == before


def test_a_wrong_field_beside_a_good_file_keeps_neither(world):
    before = kept(world)
    with world.unchanged():
        refused = upload(world, "picture", "a.png", png(seed=9), seconds="0")
        backwards = upload(
            world, "picture", "a.png", png(seed=9),
            from_at="2026-12-02T09:00", to_at="2026-12-01T09:00",
        )  # fmt: skip

    assert (refused.status, backwards.status) == (422, 422)
    assert "结束时间要晚于开始时间" in backwards.text
    assert kept(world) == before


def test_the_same_form_twice_shows_it_once(world):
    data = png(seed=10)
    form = Form.of(world.manager, "/manage/media/new/picture").fill(title="一次")
    file = ("a.png", data, "image/png")

    assert form.send(file=file).status == 303
    with world.unchanged():
        assert form.send(file=file).status == 303
    assert digest(data) in kept(world)


def test_a_form_without_its_token_or_right_writes_no_file(world):
    before = kept(world)
    form = Form.of(world.manager, "/manage/media/new/picture").fill(title="偷传")
    file = ("a.png", png(seed=11), "image/png")
    with world.unchanged():
        assert form.fill(csrf_token="x").send(file=file).status == 403
        assert Form(world.nobody, form.path, form.values).send(file=file).status == 401
        for who in ("supervisor", "clerk"):
            assert Form(world.asker(who), form.path, form.values).send(file=file).status == 403

    assert kept(world) == before


def test_other_names_are_not_reachable_and_strangers_get_nothing(world):
    data = png(seed=12)
    assert upload(world, "picture", "a.png", data).status == 303
    (folder(world) / ("f" * 64)).write_bytes(b"left over")
    for name in ("f" * 64, "../hall.db", "..%2fhall.db", "%2e%2e/secret.key", "0" * 64, "x.part"):
        assert world.display.get(f"/media/{name}").status == 404
    (folder(world) / ("f" * 64)).unlink()

    assert world.nobody.get(f"/media/{digest(data)}").status == 401
    assert world.newcomer.get(f"/media/{digest(data)}").status == 403


def test_a_file_goes_when_nothing_shows_it_any_more(world):
    data = png(seed=13)
    for title in ("甲", "乙"):
        assert upload(world, "picture", "a.png", data, title=title).status == 303
    uids = [m["uid"] for m in catalogue(world)["media"] if m["digest"] == digest(data)]
    assert len(uids) == 2

    assert Form.of(world.manager, f"/manage/media/{uids[0]}/delete").send().status == 303
    assert digest(data) in kept(world)
    form = Form.of(world.manager, f"/manage/media/{uids[1]}/delete")
    assert form.send().status == 303
    assert digest(data) not in kept(world)
    with world.unchanged():
        assert form.send().status == 303, "the same once more is harmless"


def test_a_new_file_takes_the_place_of_the_old(world):
    old, new = png(seed=14), png(seed=15)
    assert upload(world, "picture", "a.png", old).status == 303
    form = Form.of(world.manager, f"/manage/media/{uid_of(world, old)}")
    assert form.send(file=("b.png", new, "image/png")).status == 303

    assert digest(old) not in kept(world)
    assert digest(new) in kept(world)
    assert len([m for m in catalogue(world)["media"] if m["digest"] == digest(new)]) == 1


def test_a_stale_edit_with_a_file_keeps_the_file_of_the_other(world):
    old, hers, mine = png(seed=16), png(seed=17), png(seed=18)
    assert upload(world, "picture", "a.png", old).status == 303
    path = f"/manage/media/{uid_of(world, old)}"
    first, second = Form.of(world.manager, path), Form.of(world.manager, path)
    assert first.send(file=("b.png", hers, "image/png")).status == 303
    refused = second.send(file=("c.png", mine, "image/png"))

    assert refused.status == 409
    assert "工号 manager" in refused.text
    assert digest(hers) in kept(world)
    assert digest(mine) not in kept(world)


def test_deleting_asks_first_and_a_changed_one_again(world):
    data = png(seed=19)
    assert upload(world, "picture", "a.png", data).status == 303
    path = f"/manage/media/{uid_of(world, data)}"
    with world.unchanged():
        ask = Form.of(world.manager, f"{path}/delete")
        assert ask.fill(csrf_token="").send().status == 403
    assert Form.of(world.manager, path).fill(title="改名").send().status == 303
    with world.unchanged():
        refused = ask.send()

    assert refused.status == 409
    assert "刚刚被改过" in refused.text
    assert digest(data) in kept(world)


def test_a_logo_that_a_screen_shows_is_not_taken_away(world):
    data = png(seed=20)
    assert upload(world, "logo", "a.png", data, title="县徽").status == 303
    screen = f"/manage/screens/{display(world)}"
    assert Form.of(world.manager, screen).fill(logo=digest(data)).send().status == 303
    form = Form.of(world.manager, f"/manage/media/{uid_of(world, data)}/delete")
    with world.unchanged():
        refused = form.send()
    assert refused.status == 422
    assert "正在用这个标志" in refused.text
    assert Form.of(world.manager, screen).fill(logo="").send().status == 303

    assert form.send().status == 303


def test_the_order_is_changed_by_moving(world):
    for n in (21, 22):
        assert upload(world, "picture", "a.png", png(seed=n), title=f"第{n}张").status == 303
    titles = [m["title"] for m in catalogue(world)["media"]]
    assert titles.index("第21张") < titles.index("第22张")
    uid = uid_of(world, png(seed=22))
    page = world.manager.get("/manage/shown").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    form = Form(
        world.manager, f"/manage/media/{uid}/move", [("csrf_token", token[1]), ("to", "up")]
    )
    assert form.send().status == 303
    with world.unchanged():
        assert form.fill(csrf_token="").send().status == 403
        assert Form(world.supervisor, form.path, form.values).send().status == 403
        assert form.send("/manage/media/nothing/move").status == 404
    titles = [m["title"] for m in catalogue(world)["media"]]

    assert titles.index("第22张") < titles.index("第21张")


def test_a_film_of_sixty_megabytes_never_lies_in_memory(world):
    process = world.hall.process
    assert process is not None
    status = Path(f"/proc/{process.pid}/status")

    def peak() -> int:
        found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
        assert found
        return int(found[1])

    before = peak()
    film = WEBM + b"\0" * (60 * 1024 * 1024)
    assert upload(world, "video", "a.webm", film).status == 303
    grown = peak() - before

    assert (folder(world) / digest(film)).stat().st_size == len(film)
    assert grown < 25_000, f"{grown} kB"
    uid = uid_of(world, film)
    assert Form.of(world.manager, f"/manage/media/{uid}/delete").send().status == 303


def test_a_disk_without_room_is_said_and_nothing_is_kept(world):
    place = folder(world)
    place.rename(place.with_suffix(".away"))
    place.write_bytes(b"")
    try:
        with world.unchanged():
            refused = upload(world, "picture", "a.png", png(seed=30))
    finally:
        place.unlink()
        place.with_suffix(".away").rename(place)

    assert refused.status == 507
    assert "磁盘" in refused.text


def test_a_body_without_measure_is_refused_before_it_is_read(world):
    before = kept(world)
    form = Form.of(world.manager, "/manage/media/new/video")
    kiosk = Form.of(world.manager, "/manage/kiosk")
    for path, length in ((form.path, 300 * 1024 * 1024), (kiosk.path, 300 * 1024)):
        with closing(HTTPConnection("127.0.0.1", world.hall.port, timeout=20)) as line:
            line.putrequest("POST", path)
            line.putheader("Content-Type", "multipart/form-data; boundary=x")
            line.putheader("Content-Length", str(length))
            line.putheader("Cookie", world.manager.cookie)
            line.endheaders()
            answer = line.getresponse()

            assert answer.status in {413, 507}
    assert kept(world) == before

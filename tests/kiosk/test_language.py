"""The words of the pages: every string in every language, and a county's own file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kiosk.language import SHIPPED, LanguageError, cells, faults_of, load, names, places

PACKAGE = SHIPPED.parent
USED = re.compile(r"""\bt\(\s*["']([a-z_.]+)["'](?:\s*(?:if|\)|,))""")

LOCAL = """
code = "wa"
shown = "Vax"
voice = "vax"
font = "Noto Sans"

[strings]
take = "Tui ba"
"home.ask" = "Pa grax?"

[items]
"MZ-01" = "Kix lai"
"""


def local(folder: Path, text: str = LOCAL) -> Path:
    path = folder / "wa.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_chinese_and_english_come_with_the_kiosk_and_say_the_same_things() -> None:
    zh, en = load()

    assert (zh.code, en.code) == ("zh", "en")
    assert set(zh.strings) == set(en.strings)
    assert faults_of(SHIPPED / "en.toml") == []


def test_the_places_of_a_string_are_the_same_in_both() -> None:
    zh, en = load()

    assert {k for k in en.strings if places(en.strings[k]) - places(zh.strings[k])} == set()


def test_every_string_that_a_page_asks_for_is_there() -> None:
    """A key with a part that is made up at run time (`help.` ~ state) is proved by its page."""
    (zh, _) = load()
    sources = [*PACKAGE.glob("templates/kiosk/*.html"), PACKAGE / "words.py", PACKAGE / "speech.py"]
    asked = {k for path in sources for k in USED.findall(path.read_text(encoding="utf-8"))}

    assert len(asked) > 80
    assert asked - set(zh.strings) == set()


def test_a_county_s_own_language_is_a_file(tmp_path: Path) -> None:
    local(tmp_path)
    own = load(str(tmp_path))[-1]

    assert (own.code, own.shown, own.html, own.voice) == ("wa", "Vax", "wa", "vax")
    assert own.text("take") == "Tui ba"
    assert names(load(str(tmp_path))) == ({"MZ-01": "Kix lai"},)


def test_what_a_language_lacks_is_said_in_chinese(tmp_path: Path) -> None:
    local(tmp_path)
    own = load(str(tmp_path))[-1]

    assert own.text("confirm.many", n=12) == "现在人多，前面有 12 人"


@pytest.mark.parametrize("broken", ["{n", "{m}", "{n.x}", "{}"])
def test_a_broken_place_never_fails_a_page(tmp_path: Path, broken: str) -> None:
    local(tmp_path, f'code = "wa"\nshown = "Vax"\n[strings]\n"confirm.many" = "{broken}"\n')

    assert load(str(tmp_path))[-1].text("confirm.many", n=12) == "现在人多，前面有 12 人"


def test_a_county_s_file_may_better_the_english_but_not_replace_the_chinese(tmp_path: Path) -> None:
    path = local(tmp_path, 'code = "en"\nshown = "English"\n[strings]\ntake = "Ticket"\n')

    assert [x.code for x in load(str(tmp_path))] == ["zh", "en"]
    assert load(str(tmp_path))[1].text("take") == "Ticket"
    path.write_text('code = "zh"\nshown = "中文"\n[strings]\n', encoding="utf-8")
    with pytest.raises(LanguageError, match="不能替换"):
        load(str(tmp_path))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "code = ",
        'code = "wa"\n[strings]\n',
        'code = "../x"\nshown = "x"\n[strings]\n',
        'code = "wa"\nshown = " "\n[strings]\n',
        'code = "wa"\nshown = "x"\ncolour = "red"\n[strings]\n',
        'code = "wa"\nshown = "x"\n[strings]\ntake = 3\n',
    ],
)
def test_a_file_that_is_none_stops_the_start_with_its_name(tmp_path: Path, text: str) -> None:
    local(tmp_path, text)

    with pytest.raises(LanguageError, match="wa"):
        load(str(tmp_path))


def test_a_folder_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(LanguageError, match="没有这个语言文件夹"):
        load(str(tmp_path / "nowhere"))


def test_the_check_lists_what_lacks_what_is_unknown_and_what_is_too_long(tmp_path: Path) -> None:
    long = "o" * 40
    path = local(
        tmp_path,
        f'code = "wa"\nshown = "Vax"\n[strings]\ntake = "{long}"\nnonsense = "x"\n'
        '"confirm.many" = "{people}"\n',
    )

    faults = faults_of(path)

    assert "缺少 home：首页" in faults
    assert "多余 nonsense：取号机没有这一条" in faults
    assert "占位 confirm.many：原文里没有 people" in faults
    assert [f for f in faults if f.startswith("过长")] == [f"过长 take：40 格，最多 18 格：{long}"]


def test_a_mark_over_a_letter_takes_no_room() -> None:
    assert cells("ab") == 2
    assert cells("a\u0301b") == 2
    assert cells("取号") == 4

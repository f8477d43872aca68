"""The two sample halls are whole, and honest about what is not known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import resources

import pytest

from server.kit.contract.reasons import Refused
from server.store.seed import SAMPLES, Seed, sample
from server.store.seed_parts import Disclosure

LETTERS = "ABCDEFGHJKLMNPQRS"
"""A to S without I and O: one letter for each of the essay's seventeen bodies."""

# What the samples may state without 示例, item by item: read in a law, found published for the
# whole country, or well known. Whoever adds a code here has found a source for it.
SURE_PROMISES = {"MZ-01"}
UNSURE_STATUTORY = "MZ-03 SP-03 SP-04 WS-04 WS-05 JS-01 GT-02 GA-02 XM-01 LD-01 LD-03"
UNSURE_FEES = {"GA-02", "JJD-02"}
UNSURE_MATERIALS = {
    "MZ-01": {2},
    "MZ-03": {2},
    "SP-01": {4},
    "SP-04": {0, 1, 2, 3},
    "WS-03": {3},
    "WS-04": {4},
    "JS-01": {1},
    "WT-02": {2},
    "GA-02": {2},
    "YJ-01": {0, 1, 2, 3},
}
ITEMS = (
    "MZ-01 MZ-02 MZ-03 SP-01 SP-02 SP-03 SP-04 WS-01 WS-02 WS-03 WS-04 WS-05 JS-01 WT-01 WT-02 "
    "JJ-01 SW-01 JT-01 GT-01 GT-02 GA-01 GA-02 SW-02 YZ-01 GS-01 GS-02 JJD-01 JJD-02 XM-01 XM-02 "
    "LD-01 LD-02 LD-03 LY-01 JY-01 JY-02 YJ-01"
)


def disclosures(seed: Seed) -> dict[str, Disclosure]:
    """Return the disclosures of a seed by item; every item of a sample has them."""
    return {i.code: i.disclosure for i in seed.items if i.disclosure is not None}


def shown(seed: Seed) -> Iterator[str]:
    """Yield every text of a seed that a page shows."""
    yield from (p.name for part in (seed.zones, seed.departments, seed.queues) for p in part)
    yield from (p.name for p in seed.priority_classes)
    yield from (n.text for n in seed.notices)
    for item in seed.items:
        yield from (item.name, item.short_name, *item.keywords)
    for d in disclosures(seed).values():
        yield from (d.content, *d.steps, *(m.name for m in d.materials), *d.not_needed)
        yield from (d.promised.note, d.statutory.note, d.fee.text, d.fee.basis)
        yield from (*d.legal_basis, d.result, d.validity)


@pytest.mark.parametrize("name", SAMPLES)
def test_everything_a_foreigner_reads_has_its_english_name(name):
    """Hall, zones, departments, queues, counters and items."""
    seed = sample(name)
    parts = (seed.zones, seed.departments, seed.queues, seed.counters, seed.items)
    named = [seed.hall, *(p for part in parts for p in part)]

    assert [p.name for p in named if not re.fullmatch(r"[A-Za-z0-9 ,:'()-]+", p.name_en)] == []


def test_posts_and_cards_of_a_sample_say_that_they_are_one():
    """No real office-holder's day is claimed."""
    seed = sample("2026")

    assert len({ld.weekday for ld in seed.leaders}) == 5
    assert all("示例" in ld.place for ld in seed.leaders)
    assert all("示例" in h.title for h in (*seed.honours, *sample("2007").honours))


def test_the_hall_of_2026_has_seventeen_counters_and_thirty_seven_items():
    """Every body of the essay has its counter under its present name; all items are there."""
    seed = sample("2026")

    assert seed.hall.name == "永德县政务服务中心"
    assert [c.code for c in seed.counters] == [str(n) for n in range(1, 18)]
    assert "".join(q.prefix for q in seed.queues) == LETTERS
    assert [[s.queue for s in c.queues] for c in seed.counters] == [[c] for c in LETTERS]
    assert [i.code for i in seed.items] == ITEMS.split()
    assert {i.queue for i in seed.items} == set(LETTERS)
    assert not any(i.consult_only for i in seed.items)


def test_merged_bodies_keep_both_their_counters():
    """计生局 became part of 卫生健康局, 运政所 of 交通运输局."""
    by_department: dict[str, list[str]] = {}
    for c in sample("2026").counters:
        by_department.setdefault(c.department, []).append(c.code)

    assert by_department["health"] == ["2", "3"]
    assert by_department["transport"] == ["7", "11"]


def test_eight_items_are_common_and_every_item_can_be_found_by_everyday_words():
    """The kiosk's first page has eight tiles; search needs words that people say."""
    items = sample("2026").items
    said = {word: i.code for i in items for word in i.keywords}

    assert sum(i.common for i in items) == 8
    assert all(4 <= len(set(i.keywords)) <= 10 for i in items)
    assert said["领证"] == "MZ-01"
    assert said["上户口"] == "GA-02"
    assert said["身份证丢了"] == "GA-01"
    assert {i.code for i in items if "开饭店" in i.keywords} == {"SP-02", "YJ-01"}


def test_the_hall_of_the_essay_has_two_departments_with_authority():
    """Eight items at two counters; the other fifteen give advice only 授权不到位."""
    seed = sample("2007")
    real = [i for i in seed.items if not i.consult_only]
    advice = [i for i in seed.items if i.consult_only]

    assert len(seed.counters) == len(seed.departments) == 17
    assert "".join(q.prefix for q in seed.queues) == LETTERS
    assert [q.code for q in seed.queues if not q.consult_only] == ["A", "B"]
    assert [i.name for i in real] == [
        "婚姻登记",
        "食品卫生许可证",
        "餐饮业经营卫生许可证",
        "食品经营企业卫生许可证",
        "生产加工卫生许可证",
        "公共场所卫生许可证",
        "医疗机构卫生许可证",
        "健康证",
    ]
    assert [i.queue for i in advice] == list(LETTERS[2:])


def test_the_hall_of_the_essay_says_whence_its_disclosures_come():
    """Its own were not found: each names the present item, and every value says 示例."""
    seed = sample("2007")
    today = {i.name for i in sample("2026").items}

    for item in seed.items:
        d = item.disclosure
        assert d is not None
        assert d.promised.example and d.statutory.example and d.fee.example
        assert all(m.example for m in d.materials)
        if item.consult_only:
            assert "仅提供咨询" in d.content
        else:
            assert set(re.findall("取自今天的“(.+?)”", d.content)) <= today
            assert "今为“" in d.content
            assert all(b.startswith("今：") for b in d.legal_basis)


def test_the_hall_of_the_essay_has_a_beginning_and_no_invented_end():
    """The essay gives the start of the trial and no end of its count."""
    years = [y for text in shown(sample("2007")) for y in re.findall(r"2007年[\d月日]*", text)]

    assert years == ["2007年10月12日"]


@pytest.mark.parametrize("name", SAMPLES)
def test_every_item_discloses_all_five(name):
    """And says 不收费 in words where nothing is charged."""
    seed = sample(name)
    five = disclosures(seed)

    assert set(five) == {i.code for i in seed.items}
    assert {d.missing() for d in five.values()} == {()}
    assert all("不收费" in d.fee.text for d in five.values() if not d.fee.charged)
    assert all(d.fee.text != "不收费" for d in five.values() if d.fee.charged)


def test_nothing_uncertain_is_stated_as_a_fact():
    """A promise is a county's own choice: all but the one that the law gives say 示例."""
    five = disclosures(sample("2026"))

    assert {c for c, d in five.items() if not d.promised.example} == SURE_PROMISES
    assert {c for c, d in five.items() if d.statutory.example} == set(UNSURE_STATUTORY.split())
    assert {c for c, d in five.items() if d.fee.example} == UNSURE_FEES
    unsure = {c: {n for n, m in enumerate(d.materials) if m.example} for c, d in five.items()}
    assert {c: n for c, n in unsure.items() if n} == UNSURE_MATERIALS


def test_another_places_promise_says_so():
    """A value found elsewhere is not this hall's."""
    promised = disclosures(sample("2026"))["WS-01"].promised

    assert promised.note == "怒江州公布值"
    assert promised.example


def test_limits_keep_their_units():
    """Workdays, days, months and 当场 all occur and are not mixed up."""
    five = disclosures(sample("2026"))
    statutory = {c: (d.statutory.n, d.statutory.unit) for c, d in five.items()}

    assert statutory["MZ-02"] == (30, "day")
    assert statutory["JY-02"] == (3, "month")
    assert statutory["SP-01"] == (10, "workday")
    assert statutory["GS-01"] == (3, "workday")
    assert statutory["WS-03"] == (45, "day")
    assert statutory["LD-01"] == (0, "none")
    assert (five["SP-02"].promised.n, five["SP-02"].promised.unit) == (7, "workday")
    assert {c for c, d in five.items() if d.fee.charged} == {"GT-01", "GA-01", "JJD-01", "JJD-02"}


@pytest.mark.parametrize("name", SAMPLES)
def test_shown_texts_are_set_in_chinese_punctuation_and_tell_no_source_codes(name):
    """No ASCII brackets, commas, semicolons or colons; no F#18, K-m or words of the workshop."""
    for text in shown(sample(name)):
        assert not re.search(r"[(),;:!?]|\s$|^\s", text), text
        assert not re.search(r"F#|\bK-[hml]\b|演示|停表|待核", text), text


@pytest.mark.parametrize("name", SAMPLES)
def test_citizens_are_told_that_the_hall_is_a_sample(name):
    """Hours have no 示例 of their own; a notice on the screens speaks for them."""
    assert any("示例大厅" in n.text and "开放时间" in n.text for n in sample(name).notices)


def test_samples_are_data_in_the_package():
    """They are found as resources of `server`, and there is no package of that name."""
    folder = resources.files("server") / "samples"

    assert sorted(f.name for f in folder.iterdir()) == ["2007.toml", "2026.toml"]


def test_an_unknown_sample_is_refused():
    """Also one that looks like a path."""
    for name in ("1999", "../config", ""):
        with pytest.raises(Refused) as e:
            sample(name)
        assert e.value.code == "not_found"

"""Search by everyday words, pinyin and initials."""

import pytest

from kiosk.search import Entry, Index, folded

ENTRIES = [
    (
        "marriage",
        ("内地居民结婚登记", "结婚登记"),
        ("结婚", "领证", "婚姻"),
        ("民政局", "永德县民政局"),
    ),
    ("divorce", ("内地居民离婚登记", "离婚登记"), ("离婚", "婚姻"), ("民政局", "永德县民政局")),
    (
        "idcard",
        ("居民身份证换领补领", "身份证换领"),
        ("身份证", "补办身份证"),
        ("公安局", "永德县公安局"),
    ),
    (
        "food",
        ("食品经营许可(餐饮服务)", "食品经营（餐饮）"),
        ("开饭店", "餐馆", "开餐馆"),
        ("市场监管", "市场监督管理局"),
    ),
    ("hotel", ("旅馆业特种行业许可", "旅馆许可"), ("开旅馆", "宾馆"), ("公安局", "永德县公安局")),
    ("green", ("林木采伐许可(县级)", "林木采伐"), ("砍树",), ("林草局", "林业和草原局")),
    ("tax", ("存量房交易申报缴税", "买卖二手房"), ("二手房", "过户"), ("税务局", "国家税务总局")),
    ("truck", ("C1驾驶证换证", "C1换证"), ("驾照",), ("交警", "公安局交警大队")),
]
INDEX = Index(Entry(key=k, names=n, keywords=w, departments=d) for k, n, w, d in ENTRIES)


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("结婚登记", "marriage"),
        ("离婚", "divorce"),
        ("开饭店", "food"),
        ("我要开饭店", "food"),
        ("身份证", "idcard"),
        ("sfz", "idcard"),
        ("SFZ", "idcard"),
        ("sfzhl", "idcard"),
        ("shenfenzheng", "idcard"),
        ("shen fen zheng", "idcard"),
        ("shenfz", "idcard"),
        ("sfenz", "idcard"),
        ("身份z", "idcard"),
        ("身f证", "idcard"),
        ("身 份 证", "idcard"),
        ("ｓｆｚ", "idcard"),
        ("kfd", "food"),
        ("kaifandian", "food"),
        ("jiehun", "marriage"),
        ("lvguan", "hotel"),
        ("lg", "hotel"),
        ("ks", "green"),
        ("c1", "truck"),
        ("Ｃ１", "truck"),
        ("c1hz", "truck"),
        ("缴税", "tax"),
        ("ersf", "tax"),
        ("林草局", "green"),
        ("lcj", "green"),
    ],
)
def test_the_first_hit_is_what_the_citizen_meant(query: str, first: str) -> None:
    assert INDEX.find(query)[:1] == (first,)


@pytest.mark.parametrize("query", ["", "   ", "，。", "xyzq", "火星", "sfzq", "vv"])
def test_nothing_is_found_for_nothing(query: str) -> None:
    assert INDEX.find(query) == ()


def test_exact_comes_before_prefix_before_substring_before_keyword_before_pinyin() -> None:
    index = Index(
        Entry(key=k, names=n, keywords=w, departments=d)
        for k, n, w, d in [
            ("department", ("落户",), (), ("社保局",)),
            ("pinyin", ("设保",), (), ()),
            ("keyword", ("养老金",), ("社保",), ()),
            ("substring", ("企业社保缴费",), (), ()),
            ("prefix", ("社保卡补办",), (), ()),
            ("exact", ("社保",), (), ()),
        ]
    )

    assert index.find("社保") == ("exact", "prefix", "substring", "keyword", "department")
    assert index.find("shebao")[-1] == "department"


def test_a_department_finds_all_its_items() -> None:
    assert set(INDEX.find("公安局")) == {"idcard", "hotel", "truck"}


def test_no_character_may_be_skipped() -> None:
    """`sz` is not 身份证: who types two letters would drown in hits."""
    assert "idcard" not in INDEX.find("sz")


def test_a_hanzi_finds_no_other_of_the_same_sound() -> None:
    index = Index([Entry(key="a", names=("公证",), keywords=(), departments=())])

    assert index.find("工") == ()
    assert index.find("gong") == ("a",)


def test_a_very_long_query_is_cut_and_does_no_harm() -> None:
    assert INDEX.find("身份证" * 5000) == ("idcard",)
    assert INDEX.find("身份证" + " " * 100_000) == ("idcard",)


def test_folding_forgets_width_case_spaces_and_marks() -> None:
    assert folded(" Ｃ１ 驾驶证（换证）· ") == "c1驾驶证换证"

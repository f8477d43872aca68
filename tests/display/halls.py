"""A hall as the display sees it: catalogue, board and events, made by hand, with long real names."""

from __future__ import annotations

from datetime import datetime, timedelta

from server.kit.contract.board import Board, CounterLine, QueueLine
from server.kit.contract.codec import Event
from server.kit.contract.messages import Message, TicketCalled, TicketServing
from server.kit.contract.moments import moment
from server.kit.contract.views import (
    Catalogue,
    CatalogueCounter,
    CatalogueDepartment,
    CatalogueItem,
    CatalogueQueue,
    CatalogueZone,
    DisclosureView,
    Fee,
    Limit,
    Material,
)

NOW = datetime.fromisoformat("2026-11-23T01:41:07.000Z")
"""09:41:07 on a Monday in the hall."""

DEPARTMENTS = (
    ("A", "民政局", "民政局", "婚姻登记"),
    ("B", "卫生健康局", "卫健局", "卫生许可"),
    ("C", "卫生健康局（计划生育）", "卫健局计生", "生育登记"),
    ("D", "文化和旅游局", "文旅局", "文化旅游"),
    ("E", "工业和信息化局", "工信局", "投资项目备案"),
    ("F", "水务局", "水务局", "取水许可"),
    ("G", "交通运输局", "交通局", "涉路施工许可"),
    ("H", "自然资源局", "自然资源局", "不动产登记"),
    ("J", "公安局", "公安局", "户政 证件"),
    ("K", "税务局", "税务局", "办税"),
    ("L", "交通运输局（道路运输）", "道路运输", "道路运输许可"),
    ("M", "市场监督管理局", "市场监管局", "登记 许可"),
    ("N", "公安局交警大队", "交警大队", "车驾管"),
    ("P", "农业农村局", "农业农村局", "畜牧兽医"),
    ("Q", "人力资源和社会保障局", "人社局", "就业 社保"),
    ("R", "林业和草原局", "林草局", "林木采伐"),
    ("S", "教育体育局", "教体局", "教师资格 民办学校"),
)


def spot(*, example: bool = False) -> Limit:
    return Limit(n=0, unit="spot", example=example)


def workdays(n: int, *, example: bool = False) -> Limit:
    return Limit(n=n, unit="workday", example=example)


def disclosure(item: str, **changes: object) -> DisclosureView:
    base: dict[str, object] = {
        "item": item,
        "revision": 3,
        "content": "从事餐饮服务（含单位食堂）的许可",
        "steps": ("申请", "受理", "材料审查", "现场核查", "决定", "发证"),
        "materials": (
            Material(name="食品经营许可申请书"),
            Material(name="营业执照（可共享免交）"),
            Material(name="布局流程图与设备清单"),
        ),
        "promised": workdays(7, example=True),
        "statutory": workdays(10),
        "fee": Fee(charged=False, text="不收费"),
        "published_at": "2026-11-20T02:00:00.000Z",
    }
    return DisclosureView(**{**base, **changes})  # type: ignore[arg-type]


ITEMS = (
    ("SP-02", "食品经营许可（餐饮服务）", "M", disclosure("SP-02")),
    (
        "MZ-01",
        "内地居民结婚登记",
        "A",
        disclosure(
            "MZ-01",
            content="为双方自愿结婚的内地居民办理结婚登记、发给结婚证。男满22、女满20周岁；双方须共同到场；全国任一婚姻登记机关可办",
            steps=(
                "双方共同到窗口提出申请",
                "查验证件、询问情况",
                "填写并签署《申请结婚登记声明书》",
                "审查",
                "当场登记并发结婚证",
            ),
            materials=(
                Material(name="双方居民身份证", form="原件"),
                Material(
                    name="无配偶且无直系血亲和三代以内旁系血亲关系的签字声明", form="现场签署"
                ),
                Material(name="双方近期半身免冠合影（常见3张大2寸）", form="照片"),
            ),
            promised=spot(),
            statutory=spot(),
        ),
    ),
    (
        "WS-05",
        "从业人员预防性健康检查（健康证明）",
        "B",
        disclosure(
            "WS-05",
            content="食品、公共场所等直接为顾客服务人员每年健康检查；由疾控或医疗机构体检出证，大厅只受理咨询、登记、领证",
            steps=("登记", "体检", "检验", "出具健康合格证明", "领证"),
            materials=(
                Material(name="居民身份证", form="原件"),
                Material(name="近期免冠照片", form="照片"),
            ),
            promised=workdays(5),
            statutory=Limit(n=0, unit="none"),
            fee=Fee(
                charged=False,
                text="法定行业从业人员预防性体检费2017-04-01起取消（经费由同级财政保障，非法定行业由机构按医疗价格收）",
            ),
        ),
    ),
    (
        "SP-01",
        "食品经营许可（食品销售）",
        "M",
        disclosure(
            "SP-01",
            content="从事散装食品、冷藏冷冻食品等销售的许可；仅销售预包装食品改为备案；销售食用农产品无需许可",
            steps=(
                "申请",
                "受理（当场或5个工作日内一次告知补正）",
                "材料审查",
                "必要时现场核查",
                "决定",
                "发证（电子证同效）",
            ),
            materials=(
                Material(name="食品经营许可申请书"),
                Material(name="营业执照（可共享免交）"),
                Material(name="与经营相适应的主要设备设施、经营布局、操作流程等文件"),
                Material(name="食品安全自查、从业人员健康管理、进货查验等制度"),
                Material(name="食品安全管理人员信息"),
                Material(name="代理人身份证明与授权书（委托时）"),
            ),
            promised=workdays(5, example=True),
        ),
    ),
    (
        "JY-01",
        "教师资格认定（幼儿园、小学、初中）",
        "S",
        disclosure(
            "JY-01",
            content="每年春、秋两季集中受理",
            steps=("网上申报", "现场确认", "体检", "审查", "受理期终止后30日内发证"),
            promised=workdays(20, example=True),
            statutory=Limit(n=30, unit="day"),
            fee=Fee(charged=False, text="不收费（体检费由医院收）"),
        ),
    ),
    (
        "GT-01",
        "不动产转移登记（存量房）",
        "H",
        disclosure(
            "GT-01",
            promised=workdays(3, example=True),
            statutory=workdays(30),
            fee=Fee(
                charged=True,
                text="住宅每件80元，非住宅每件550元；小微企业（含个体户）免收；车库车位80元/件",
            ),
        ),
    ),
)


def catalogue(**changes: object) -> Catalogue:
    """Return the catalogue of a county hall with 17 departments, queues and counters, two zones."""
    base: dict[str, object] = {
        "hall": "main",
        "hall_name": "永德县政务服务中心",
        "tz": "Asia/Shanghai",
        "digest": "d1",
        "zones": (
            CatalogueZone(code="1F", name="一楼大厅", floor="1"),
            CatalogueZone(code="2F", name="二楼大厅", floor="2"),
        ),
        "departments": tuple(
            CatalogueDepartment(code=letter, name=name, short_name=short)
            for letter, name, short, _ in DEPARTMENTS
        ),
        "queues": tuple(
            CatalogueQueue(
                code=letter,
                name=queue,
                prefix=letter,
                department=letter,
                zone="2F" if n > 12 else "1F",
                counters=("11", "12") if letter == "M" else (str(n),),
            )
            for n, (letter, _, _, queue) in enumerate(DEPARTMENTS, start=1)
        ),
        "counters": tuple(
            CatalogueCounter(
                code=str(n),
                name=f"{n}号窗口",
                department=letter,
                zone="2F" if n > 12 else "1F",
            )
            for n, (letter, *_) in enumerate(DEPARTMENTS, start=1)
        ),
        "items": tuple(
            CatalogueItem(
                code=code,
                name=name,
                short_name=name,
                department=queue,
                queue=queue,
                mode="promised",
                keywords=(),
                common=False,
                consult_only=False,
                disclosure=published,
            )
            for code, name, queue, published in ITEMS
        ),
        "notices": (
            "今日坐班领导：民政局副局长（3号窗口旁），欢迎当面反映问题。过号 30 分钟内可凭号票到导办台恢复。",
            "取号后请在休息区等候，留意大屏。",
        ),
        "no_show_rule": "过号 30 分钟内可凭此票到导办台恢复。",
        "public_url": "http://hall.example.cn",
    }
    return Catalogue(**{**base, **changes})  # type: ignore[arg-type]


def board(*, waiting: int = 0, open_counters: bool = True, **changes: object) -> Board:
    """Return a board on which nobody is called yet."""
    base: dict[str, object] = {
        "hall": "main",
        "seq": 100,
        "date": "2026-11-23",
        "day_state": "open",
        "digest": "d1",
        "emergency": None,
        "queues": tuple(
            QueueLine(
                code=letter,
                waiting=waiting,
                issuing=True,
                reason="",
                resumes_at=None,
                service_s=480,
            )
            for letter, *_ in DEPARTMENTS
        ),
        "counters": tuple(
            CounterLine(
                code=str(n),
                name=f"{n}号窗口",
                zone="2F" if n > 12 else "1F",
                state="open" if open_counters else "closed",
                reason="",
                until=None,
                clerk_label="",
                ticket=None,
            )
            for n in range(1, len(DEPARTMENTS) + 1)
        ),
        "calls": (),
    }
    return Board(**{**base, **changes})  # type: ignore[arg-type]


class Story:
    """Makes events that follow each other, a millisecond apart, beginning after *seq*."""

    def __init__(self, seq: int = 100) -> None:
        self.seq = seq

    def __call__(self, message: Message, at: str = "") -> Event:
        self.seq += 1
        at = at or moment(NOW + timedelta(milliseconds=self.seq - 8000))
        return Event(hall="main", seq=self.seq, at=at, message=message)


def called(ticket: str, counter: str = "3", **changes: object) -> TicketCalled:
    base: dict[str, object] = {
        "call": f"c-{ticket}",
        "ticket": ticket,
        "queue": ticket[0],
        "counter": counter,
        "counter_name": f"{counter}号窗口",
        "zone": "2F" if counter.isdecimal() and int(counter) > 12 else "1F",
        "times": 1,
        "speak": True,
        "waiting": 4,
    }
    return TicketCalled(**{**base, **changes})  # type: ignore[arg-type]


def serving(ticket: str, counter: str = "3") -> TicketServing:
    return TicketServing(ticket=ticket, counter=counter)

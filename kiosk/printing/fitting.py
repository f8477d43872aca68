"""Which profile fits a printer, judged by what it answered, each reason in words.

Pure: `check` asks, this judges. A profile *fits* when nothing that the printer said speaks against
it; the higher score then says which of those to take. A score is not a probability.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kiosk.printing.replies import FULL, FULL_HEAD, FULL_LENGTH, UNMARKED
from server.kit.serial.profiles import PrinterProfile

MAKER, MODEL = 66, 67
"""n of `GS I n` whose answers name the maker and the model."""
STAR_LENGTHS = range(7, 10)

VERIFIED = {
    "measured": "已在实机上逐项测过",
    "vendor_oracle": "与厂家自己的程序逐字节相同",
    "vendor_source": "按厂家程序源码写成，没有在实机上试过",
    "published_vector": "与公开样例相同，没有在实机上试过",
    "published_document": "按公开手册写成，没有在实机上试过",
    "unverified": "含推测的内容，没有在实机上试过",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a printer answered; empty bytes where it did not."""

    baud: int = 9600
    real_time: Mapping[int, bytes] = field(default_factory=dict)
    """n of `DLE EOT n` → the answer."""
    star: bytes = b""
    """Answer to `ESC ACK SOH`."""
    paper: bytes = b""
    """Answer to `GS r 1`."""
    automatic: bytes = b""
    """Answer to `GS a 0E`."""
    names: Mapping[int, bytes] = field(default_factory=dict)
    """n of `GS I n` → the answer, of 65 and above without 5F and 00."""
    printed: bool | None = None
    """Whether `GS ( H` was answered after a page; None when it was not asked."""
    is_offline: bool = False
    """True when it said that it is offline: then it answers nothing from its buffer."""

    @property
    def is_silent(self) -> bool:
        """Whether nothing at all came back in a known shape."""
        return not self.star and not any(
            is_status(n, answer) for n, answer in self.real_time.items()
        )

    @property
    def is_garbage(self) -> bool:
        """Whether bytes came back, but none of them in a known shape."""
        return self.is_silent and any(self.real_time.values())

    def name(self, n: int) -> str:
        """Return the answer to `GS I n` as text."""
        return self.names.get(n, b"").decode("gb18030", errors="replace").strip()


@dataclass(slots=True, kw_only=True)
class Fit:
    """How well a profile fits."""

    profile: PrinterProfile
    score: int = 0
    reasons: list[str] = field(default_factory=list)
    against: list[str] = field(default_factory=list)

    @property
    def fits(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.against

    def count(self, points: int, words: str = "") -> None:
        """Add *points*, and the reason where it is worth telling."""
        self.score += points
        if words:
            self.reasons.append(words)


def is_status(n: int, answer: bytes) -> bool:
    """Return whether *answer* has the shape of an answer to `DLE EOT n`."""
    if n == FULL:
        return answer[:2] == FULL_HEAD and len(answer) == FULL_LENGTH
    if n == UNMARKED:
        return len(answer) == 1
    return len(answer) == 1 and answer[0] & 0x13 == 0x12


def is_star(answer: bytes) -> bool:
    """Return whether *answer* has the shape of Star's automatic status."""
    return len(answer) in STAR_LENGTHS and answer[0] & 0x91 == 0x01


def fits_of(
    profiles: Iterable[PrinterProfile], seen: Evidence, *, paper_mm: int | None = None
) -> list[Fit]:
    """Return how well each of *profiles* fits, the best first."""
    found = [fit_of(profile, seen, paper_mm=paper_mm) for profile in profiles]
    return sorted(found, key=lambda fit: (not fit.fits, -fit.score, fit.profile.id))


def fit_of(profile: PrinterProfile, seen: Evidence, *, paper_mm: int | None = None) -> Fit:
    """Return how well *profile* fits what was *seen*."""
    fit = Fit(profile=profile)
    if profile.status.kind == "star":
        _star(fit, seen)
    else:
        _real_time(fit, seen)
    _names(fit, seen)
    _confirmation(fit, seen)
    if paper_mm is not None and profile.paper.width_mm != paper_mm:
        fit.against.append(f"它是 {profile.paper.width_mm} 毫米纸，您说的是 {paper_mm} 毫米")
    elif profile.paper.width_mm == 80:
        fit.count(1)
    if profile.text.charset == "none":
        fit.count(-2)  # only for a printer whose test page shows no hanzi
    if profile.id.startswith("generic_"):
        fit.count(2)  # without any sign of a maker, the one that assumes least
    if profile.link.baud == seen.baud:
        fit.count(1)
    return fit


def unproved(profile: PrinterProfile, seen: Evidence, *, page: bool) -> list[str]:
    """Return what this check has not proved about *profile*, in words."""
    found = [f"配置“{profile.id}”{VERIFIED[profile.verified]}"]
    if not page:
        found.append("没有打印测试页：汉字、字号、纸宽、二维码和切纸都没有看过")
    if profile.confirm.kind == "process_id" and seen.printed is None:
        found.append("没有问过“打印完成”（GS ( H）：打印测试页时会问")
    if profile.confirm.kind in ("dle_eot", "none"):
        found.append("这种打印机不会说“印好了”：只能知道它活着、没有故障")
    found.append("缺纸、开盖、将尽、卡纸各位的含义：用 hall-kiosk printer learn 逐项试一遍")
    if profile.status.taken is not None:
        found.append("出纸口“小票没取走”的那一位：同上")
    return found


def _star(fit: Fit, seen: Evidence) -> None:
    if is_star(seen.star):
        fit.count(40, f"用 Star 行模式应答（{seen.star.hex(' ')}）")
    else:
        fit.against.append("ESC ACK SOH（Star 状态）没有应答")


def _real_time(fit: Fit, seen: Evidence) -> None:
    profile = fit.profile
    silent = [n for n in profile.status.queries if not is_status(n, seen.real_time.get(n, b""))]
    if silent:
        asked = "、".join(map(str, silent))
        fit.against.append(f"DLE EOT {asked} 没有应答，或应答的样子不对")
    else:
        asked = "、".join(map(str, profile.status.queries))
        fit.count(4 * len(profile.status.queries), f"DLE EOT {asked} 都按样子应答")
    for n, points, words in ((FULL, 40, "六字节全状态"), (UNMARKED, 15, "出纸器状态")):
        if is_status(n, seen.real_time.get(n, b"")):
            used = n in profile.status.queries
            fit.count(points if used else -5, f"有{words}（DLE EOT {n}）" if used else "")
    first = seen.real_time.get(1, b"")
    if len(first) == 1 and first[0] & 0x80:
        taken = profile.status.taken
        known = taken is not None and taken.query == 1 and bool(taken.mask & 0x80)
        fit.count(15 if known else -10, "DLE EOT 1 的第 7 位在用" if known else "")


def _names(fit: Fit, seen: Evidence) -> None:
    rules = fit.profile.identify
    model, maker = seen.name(MODEL), seen.name(MAKER)
    if model and (hit := _longest(rules.models, model)):
        fit.count(50 + len(hit), f"型号自报为“{model}”")
    elif model and rules.models:
        fit.count(-10)
    if maker and _longest(rules.makers, maker):
        fit.count(10, f"厂家自报为“{maker}”")


def _longest(beginnings: Sequence[str], text: str) -> str:
    return max((b for b in beginnings if text.startswith(b)), key=len, default="")


def _confirmation(fit: Fit, seen: Evidence) -> None:
    profile = fit.profile
    if seen.is_offline:
        return  # what is asked through the buffer waits until the printer is well again
    if profile.confirm.kind in ("gs_r", "asb"):
        if seen.paper:
            fit.count(3, "GS r 1 有应答，可以证明印到哪里")
        else:
            fit.against.append("GS r 1 没有应答")
    if profile.status.asb and profile.status.kind == "dle_eot":
        if seen.automatic:
            fit.count(2)
        else:
            fit.against.append("自动状态（GS a）没有应答")
    if profile.confirm.kind == "process_id" and seen.printed is not None:
        if seen.printed:
            fit.count(10, "GS ( H 印完后有应答，可以证明已印好")
        else:
            fit.against.append("GS ( H（印完回报）没有应答")

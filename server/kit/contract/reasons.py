"""The closed list of reasons for which a request is refused, each with its words.

A refusal tells a person what happened and what to do. The code is stable and part of the contract;
the words may be improved at any time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason: its HTTP status and its words in Chinese and English (`str.format` templates)."""

    status: int
    zh: str
    en: str


REASONS: Mapping[str, Reason] = MappingProxyType(
    {
        # the request itself
        "malformed": Reason(
            status=400,
            zh="请求内容有误：{problem}。请检查后再试。",
            en="The request is malformed: {problem}.",
        ),
        "key_required": Reason(
            status=400,
            zh="请求缺少 Idempotency-Key，请刷新页面后再试。",
            en="This command needs an Idempotency-Key header holding a UUID.",
        ),
        "key_reused": Reason(
            status=422,
            zh="同一操作编号用在了不同的请求上，请刷新页面后再试。",
            en="This Idempotency-Key was used with another request.",
        ),
        "method_not_allowed": Reason(
            status=405, zh="此地址不接受这种请求方式。", en="This method is not allowed here."
        ),
        "not_found": Reason(
            status=404, zh="没有找到您要的内容：{what}。", en="There is no such thing: {what}."
        ),
        "too_many_requests": Reason(
            status=429, zh="操作太频繁，请稍等片刻再试。", en="Too many requests; wait a moment."
        ),
        "too_large": Reason(status=413, zh="提交的内容过大。", en="The request is too large."),
        # who asks
        "sign_in_required": Reason(status=401, zh="请先登录。", en="Sign in first."),
        "wrong_credentials": Reason(
            status=401, zh="登录名或密码不对，请重新输入。", en="Wrong sign-in name or password."
        ),
        "locked_out": Reason(
            status=429,
            zh="连续输错 5 次，账号已锁定至 {until}，请稍后再试或找系统管理员。",
            en="Locked until {until} after five wrong passwords.",
        ),
        "password_change_required": Reason(
            status=403, zh="第一次登录请先修改密码。", en="Change your password first."
        ),
        "weak_password": Reason(
            status=422,
            zh="密码至少 8 位，含大写字母、小写字母、数字、符号中的三种，且不能与旧密码或工号相同。",
            en="At least 8 characters, three of upper case, lower case, digit, symbol; not the old one.",
        ),
        "csrf": Reason(
            status=403, zh="页面已过期，请刷新后再试。", en="The page is out of date; reload it."
        ),
        "forbidden": Reason(status=403, zh="您没有这项操作的权限。", en="You may not do this."),
        "device_unknown": Reason(
            status=401,
            zh="这台设备没有登记或已被停用，请联系管理员重新登记。",
            en="This device is not enrolled or was revoked.",
        ),
        "enrolment_invalid": Reason(
            status=403,
            zh="设备登记码无效、已用过或已过期，请管理员重新生成。",
            en="The enrolment token is wrong, used or expired.",
        ),
        # taking a number
        "hall_closed": Reason(
            status=409,
            zh="现在不是取号时间。{hours}",
            en="The hall is not open for tickets now. {hours}",
        ),
        "lunch_break": Reason(
            status=409,
            zh="午休时间暂停取号，{from_} 恢复。",
            en="Tickets are paused over lunch until {from_}.",
        ),
        "stopped": Reason(
            status=409,
            zh="{queue}今天已停止取号：下班前办不完了。请改天再来或到导办台咨询。",
            en="{queue} gives no more tickets today: there is no time left to serve them.",
        ),
        "queue_closed": Reason(
            status=409,
            zh="{queue}暂停取号，请到导办台咨询。",
            en="{queue} gives no tickets now; please ask at the guide desk.",
        ),
        "quota_reached": Reason(
            status=409,
            zh="{queue}今天的号已取完（{limit} 个）。若窗口空闲可直接到窗口办理。",
            en="All {limit} tickets of {queue} for now are taken.",
        ),
        "numbers_used_up": Reason(
            status=409,
            zh="{queue}今天的号码已用完，请到导办台办理。",
            en="The numbers of {queue} are used up for today.",
        ),
        "day_closed": Reason(
            status=409,
            zh="今天的营业日已结束，号码已停止使用。",
            en="The business day has ended.",
        ),
        "emergency": Reason(
            status=409,
            zh="现在有紧急情况，暂停取号和叫号，请听从工作人员指引。",
            en="There is an emergency; follow the staff's directions.",
        ),
        "priority_reason_needed": Reason(
            status=422,
            zh="给予优先“{priority}”要写明原因。",
            en="Priority {priority} needs a reason.",
        ),
        # identity cards 实名取号
        "identity_needed": Reason(
            status=409,
            zh="{queue}要刷身份证取号。没有带身份证请到导办台。",
            en="{queue} needs your ID card. Without it please go to the guide desk.",
        ),
        "identity_stale": Reason(
            status=409,
            zh="这次刷身份证已经过时，请再放一次身份证。",
            en="This reading of your ID card is out of date; please lay the card once more.",
        ),
        "number_open": Reason(
            status=409,
            zh="您在本队列已有号码 {number}，请留意叫号。",
            en="You already have number {number} in this queue; please wait for its call.",
        ),
        "day_limit": Reason(
            status=409,
            zh="{queue}每人每天可取 {limit} 个号，您今天已取满。急事请到导办台。",
            en="{queue} gives {limit} tickets a day to one person; please ask at the guide desk.",
        ),
        # calling and serving
        "stale": Reason(
            status=409,
            zh="号码 {number} 的情况刚刚变了，页面已更新，请再看一眼。",
            en="Ticket {number} has just changed; look again.",
        ),
        "wrong_state": Reason(
            status=409,
            zh="号码 {number} 现在是“{state_zh}”，不能{verb_zh}。",
            en="Ticket {number} is {state}: cannot {verb}.",
        ),
        "nobody_waiting": Reason(status=409, zh="现在没有人等候。", en="Nobody is waiting."),
        "counter_closed": Reason(
            status=409,
            zh="{counter}还没有开始服务，请先开窗。",
            en="{counter} is not open.",
        ),
        "counter_paused": Reason(
            status=409, zh="{counter}正在暂停服务，请先恢复。", en="{counter} is paused."
        ),
        "counter_busy": Reason(
            status=409,
            zh="{counter}还有号码 {number} 没有办完，请先办结、过号或挂起。",
            en="{counter} still has ticket {number}.",
        ),
        "no_ticket": Reason(
            status=409,
            zh="{counter}现在没有号码，请先呼叫下一位。",
            en="{counter} has no ticket now; call the next one first.",
        ),
        "counter_taken": Reason(
            status=409,
            zh="{counter}已由{clerk}使用，请先请其退出窗口。",
            en="{counter} is in use by {clerk}.",
        ),
        "clerk_elsewhere": Reason(
            status=409,
            zh="您已在{counter}服务，请先在那里关窗。",
            en="You already serve at {counter}.",
        ),
        "not_your_counter": Reason(
            status=403, zh="这不是您正在服务的窗口。", en="This is not the counter you serve."
        ),
        "not_your_ticket": Reason(
            status=403,
            zh="号码 {number} 不在您的窗口。",
            en="Ticket {number} is not at your counter.",
        ),
        "not_served_here": Reason(
            status=409,
            zh="{counter}不办理这个队列的业务。",
            en="{counter} does not serve this queue.",
        ),
        "recall_too_soon": Reason(
            status=409,
            zh="刚呼叫过，请 {wait_s} 秒后再重呼。",
            en="Just called; wait {wait_s} s before recalling.",
        ),
        "calls_too_few": Reason(
            status=409,
            zh="过号前要呼叫满 {min_calls} 次（已呼叫 {calls} 次），请重呼。",
            en="Call {min_calls} times before passing (called {calls}).",
        ),
        "reason_needed": Reason(status=422, zh="请写明或选择原因。", en="A reason is needed."),
        "target_unknown": Reason(
            status=422,
            zh="转移的目标没有找到或不在服务，请重新选择。",
            en="The transfer target does not exist or serves nobody.",
        ),
        "same_queue": Reason(
            status=422, zh="号码已在这个队列里。", en="The ticket is already in that queue."
        ),
        "reinstate_too_late": Reason(
            status=409,
            zh="号码 {number} 过号已超过 {window_min} 分钟，请重新取号。",
            en="Ticket {number} was passed over {window_min} minutes ago; take a new one.",
        ),
        "reinstate_used_up": Reason(
            status=409,
            zh="号码 {number} 已恢复过 {limit} 次，请重新取号。",
            en="Ticket {number} was already reinstated {limit} times.",
        ),
        "people_waiting": Reason(
            status=409,
            zh="还有 {waiting} 人在等候，关窗或闭厅要写明原因。",
            en="{waiting} people are waiting: closing needs a reason.",
        ),
        "day_wrong_state": Reason(
            status=409,
            zh="营业日现在是“{state_zh}”，不能这样操作。",
            en="The business day is {state}.",
        ),
        # catalogue and disclosures
        "incomplete": Reason(
            status=422,
            zh="五公开不完整，还缺：{missing_zh}。补齐后才能发布。",
            en="The five disclosures are incomplete: {missing}.",
        ),
        "already_exists": Reason(status=409, zh="{what}已经存在。", en="{what} already exists."),
        # devices
        "contract_too_old": Reason(
            status=409,
            zh="这台设备的软件版本太旧，请升级。",
            en="This device speaks no contract version that the server speaks.",
        ),
        # the server itself
        "busy": Reason(
            status=503,
            zh="系统繁忙，请稍候再试，您的号码不会重复。",
            en="The server is busy; try again with the same key.",
        ),
        "storage_full": Reason(
            status=503,
            zh="服务器存储已满，暂时不能取号叫号，请立即联系管理员。",
            en="The server cannot store anything now.",
        ),
        "unreachable": Reason(
            status=503,
            zh="与服务器的连接断开了，请稍候再试，或到导办台取号。",
            en="The server cannot be reached.",
        ),
        "internal": Reason(
            status=500,
            zh="系统出了问题（编号 {id}），已记录。请到导办台办理。",
            en="Internal error {id}; it was logged.",
        ),
    }
)


class _Blank(dict[str, object]):
    """Leaves an unknown placeholder out instead of failing: words must never hide a refusal."""

    def __missing__(self, key: str) -> str:
        return ""


class Refused(Exception):  # noqa: N818  the glossary's word; a refusal is an answer, not an error
    """The person asked for something that is not allowed now.

    Args:
        code: a key of `REASONS`; any other is a bug and raises `KeyError` at once.
        context: what the words need and what a page may use; never a name or identity number.
    """

    def __init__(self, code: str, **context: object) -> None:
        self.reason = REASONS[code]
        self.code = code
        self.context = context
        super().__init__(code)

    @property
    def zh(self) -> str:
        """The refusal in Chinese, for the person."""
        return self.reason.zh.format_map(_Blank(self.context))

    @property
    def en(self) -> str:
        """The refusal in English."""
        return self.reason.en.format_map(_Blank(self.context))

    def __str__(self) -> str:
        return f"{self.code}: {self.en}"

"""Whole sentences that stand on a screen when nobody is called, or when it cannot do its work."""

PROBLEMS = {
    "unknown_device": "这块屏幕没有登记，或已被停用。请管理员重新登记。",
    "upgrade_needed": "这块屏幕的软件版本太旧，收不到新的叫号。请管理员升级。",
}
"""Words for the states of the link that do not heal alone."""

WELCOME = {
    "open": ("欢迎光临", "在取号机上选要办的事，取一张号票", "在休息区坐等，留意这块屏幕", "叫到您的号，请到屏幕上写的窗口"),
    "closing": ("今天已停止取号", "手里有号的群众，请继续等候叫号", "还没有取号的群众，请下一个工作日再来"),
    "before": ("今天的服务还没有开始", "开始后，在取号机上选要办的事，取一张号票", "材料要带哪些，请看下方五公开"),
    "lunch": ("现在午休", "手里有号的群众，号码下午继续有效", "材料要带哪些，请看下方五公开"),
    "over": ("今天的服务已结束", "请下一个工作日再来", "扫下方二维码，可先看好办事指南和要带的材料"),
}  # fmt: skip
"""What stands in place of the calls while nobody is called: a headline, then what to do."""


WELCOME_HEADLINES = frozenset({"before", "lunch"})
"""Days whose headline says when it goes on."""


def welcome(day: str, words: str) -> tuple[str, ...]:
    """Return the headline and the steps of *day*, told with what *words* say of it."""
    if day == "over":  # "what is over, what then"
        head, _, then = words.rstrip("。").partition("，")
        return (head, then, *WELCOME[day][2:])
    if day in WELCOME_HEADLINES:
        return (words.rstrip("。"), *WELCOME[day][1:])
    return WELCOME[day]


BELOW = "下方"
"""Stands in steps that point at the disclosure region; without one they are left out."""

"""What hangs on a box is refused with file, line, key and what is allowed, or it is all right."""

from __future__ import annotations

from importlib import resources

import pytest

from display.hung import hung_lines

EXAMPLE = (resources.files("firmware_configs") / "sites" / "example.toml").read_text("utf-8")


@pytest.fixture
def site(tmp_path):
    def write(text=EXAMPLE):
        path = tmp_path / "devices.toml"
        path.write_text(text, "utf-8")
        return str(path)

    return write


def refusal(path):
    with pytest.raises(ValueError) as caught:
        hung_lines(path)
    return str(caught.value)


def test_the_example_is_all_right(site):
    lines = hung_lines(site())

    assert [d.key for line in lines for d in line.devices][:4] == [
        "led:1", "led:2", "led:3", "led:zone-1F",
    ]  # fmt: skip
    assert lines[0].devices[2].name == "3号窗口条屏（换过一次）"
    assert lines[0].link.baud == 9600
    assert lines[2].port.rs485


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            'profile = "onbon_bx6k"',
            'profile = "onbon_bx7"',
            "没有名为“onbon_bx7”的配置；led 里有：alpha",
        ),
        ("w = 256", "w = 9999", "不能是 9999；允许：整数 8 到 2048"),
        ("w = 256", "width = 256", "没有这个参数；允许：addr"),
        ("params = { addr = 2 }", "params = { addr = 1 }", "地址 1 已经是 1号窗口条屏 的"),
        ("params = { addr = 2 }", 'params = { addr = "2" }', "允许：整数"),
        (
            'role = "led"\nprofile = "kanban4"',
            'role = "reader"\nprofile = "kanban4"',
            "不接 reader",
        ),
        ("baud = 9600 ", "baud = 9601 ", "允许：1200"),
        ("rs485 = true", "rs458 = true", "不认识这个键"),
        ('address = "/dev/ttyS1"', 'address = "tcp://192.0.2.20:5005"', "写了两次"),
        (
            'address = "/dev/ttyS1"',
            'address = "input:/dev/input/event3"',
            "键盘式端口上只接一个设备",
        ),
    ],
)
def test_a_wrong_value_is_refused_with_its_line_and_what_is_allowed(site, old, new, says):
    assert EXAMPLE.count(old) == 1, old
    said = refusal(site(EXAMPLE.replace(old, new)))

    assert says in said
    assert "devices.toml" in said
    assert " 行，port." in said


def test_the_line_is_the_one_where_it_stands(site):
    text = EXAMPLE.replace("w = 256", "w = 9999")
    number = next(n for n, line in enumerate(text.splitlines(), 1) if "9999" in line)

    assert f"第 {number} 行" in refusal(site(text))


def test_two_speeds_on_one_line_are_refused_and_one_baud_for_all_is_not(site):
    mixed = EXAMPLE.replace('profile = "onbon_bx6k"', 'profile = "onbon_bx6k"\ncounter = "1"') + (
        '\n[[port]]\nname = "x"\naddress = "/dev/ttyS2"\n'
        '[[port.device]]\nrole = "led"\nprofile = "onbon_bx5k"\ncounter = "5"\n'
        '[[port.device]]\nrole = "led"\nprofile = "kanban4"\ncounter = "6"\n'
    )

    assert "与同一端口的前一个设备不同" in refusal(site(mixed))
    assert hung_lines(site(mixed.replace('"/dev/ttyS2"', '"/dev/ttyS2"\nbaud = 9600')))


def test_a_site_may_bring_its_own_profile_beside_its_file(site, tmp_path):
    text = (resources.files("firmware_configs") / "led" / "template_unknown.toml").read_text(
        "utf-8"
    )
    (tmp_path / "our_bar.toml").write_text(text.replace('"template_unknown"', '"our_bar"'), "utf-8")
    changed = EXAMPLE.replace('profile = "onbon_bx6k"', 'profile = "our_bar.toml"')
    changed = changed.replace("params = { addr = 1, w = 256, h = 16 }", "")

    assert hung_lines(site(changed))[1].devices[0].profile.id == "our_bar"
    (tmp_path / "our_bar.toml").write_text(text.replace('"xor8"', '"xor9"'), "utf-8")
    said = refusal(site(changed))
    assert "our_bar.toml" in said
    assert "none、sum16、sum8" in said


def test_a_file_that_is_not_there_is_told(tmp_path):
    assert "没有配置文件" in refusal(str(tmp_path / "none.toml"))

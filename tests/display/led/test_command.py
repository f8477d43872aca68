"""`hall-display attached check` and `led test`, against the model at real pseudo terminals."""

from __future__ import annotations

import json
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import pytest

from display.config import DisplayConfig
from display.led.command import test as led_test
from display.led.model.pages import Wall, create_app
from display.led.model.sample import write_sample
from display.led.model.testing import running_bars

ROOT = Path(__file__).parents[3]


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "display", *arguments],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def bars(tmp_path_factory):
    with running_bars(write_sample(tmp_path_factory.mktemp("led"))) as running:
        yield running


def test_a_check_says_of_every_device_how_it_answered(bars):
    bars.control(bar="led:2", silent=True)
    done = command("attached", "check", "--devices-file", str(bars.site))
    bars.control(bar="led:2", silent=False)
    lines = [line.strip() for line in done.stdout.splitlines()]

    assert done.returncode == 1
    assert any(line.startswith("✓ 1号窗口条屏") and "有应答" in line for line in lines)
    assert any(line.startswith("✗ 2号窗口条屏") and "没有应答：看电源" in line for line in lines)
    assert any(line.startswith("✓ 1号窗口呼叫器") and "有应答" in line for line in lines)
    assert any(line.startswith("✓ 10号窗口条屏") and "请看一眼显示" in line for line in lines)
    assert bars.text("led:1") == "测试1"


def test_keys_are_told_as_they_are_pressed(bars):
    asked = ["attached", "check", "--keys", "--seconds", "30", "--devices-file", str(bars.site)]
    with subprocess.Popen(
        [sys.executable, "-m", "display", *asked], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            assert "请逐个按键" in process.stdout.readline()
            bars.control(pad="pad:2", press="next")
            assert "2号窗口呼叫器：键 01，next" in process.stdout.readline()
            bars.control(pad="pad:2", press="finish")
            assert "2号窗口呼叫器：键 04，finish" in process.stdout.readline()
        finally:
            process.terminate()
            process.wait(10)


def test_a_text_is_shown_on_one_counters_bar(bars):
    site = str(bars.site)
    done = command(
        "led",
        "test",
        "--devices-file",
        site,
        "--counter",
        "5",
        "--text",
        "镕A005",
        "--seconds",
        "1",
    )

    assert done.returncode == 0, done.stderr
    assert bars.text("led:5") == "〓A005"
    assert "显示不了的字：镕" in done.stdout


def test_a_dry_run_prints_bytes_and_sends_none(bars, capsys):
    before = bars.bar("led:8")["frames"]
    here, nowhere = DisplayConfig(devices_file=str(bars.site)), DisplayConfig()
    asked = {"text": "A123", "seconds": 1.0, "dry_run": True}

    assert led_test(here, Namespace(counter="8", **asked)) == 0
    assert "08 00 7B 83" in capsys.readouterr().out
    assert bars.bar("led:8")["frames"] == before
    assert led_test(here, Namespace(counter="99", **asked)) == 2
    assert "没有 99 号窗口的条屏；有：1、2" in capsys.readouterr().err
    assert led_test(nowhere, Namespace(counter="", **asked)) == 2
    assert "没有写明现场文件" in capsys.readouterr().err


def test_the_models_page_and_its_controls(bars):
    client = create_app(Wall()).test_client()
    page = client.get("/")
    assert page.status_code == 200
    assert page.headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert client.get("/model/state").get_json() == {"lines": []}
    assert client.get("/kit/tokens.css").status_code == 200
    for body, status in ((b"{", 400), (b'{"bar": "led:9"}', 404), (b'{"colour": 1}', 400)):
        assert client.post("/model/control", data=body).status_code == status
    stranger = {"Origin": "http://elsewhere.example"}
    assert client.post("/model/control", data=b"{}", headers=stranger).status_code == 403

    state = bars.state()
    assert json.dumps(state, ensure_ascii=False).count('"kind": "digits"') == 3
    assert [len(line["pads"]) for line in state["lines"]][:2] == [3, 0]

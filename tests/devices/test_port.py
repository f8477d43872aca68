"""Ports on real ptys and loopback sockets: nothing waits, nothing is lost in silence."""

from __future__ import annotations

import socket
import termios
import time
from pathlib import Path

import pytest

from server.kit.serial.frames import DeviceFault
from server.kit.serial.port import SerialPort, TcpPort, UdpPort, VirtualPort, open_port
from server.kit.serial.profiles import Link

DESCRIPTORS = Path("/proc/self/fd")


@pytest.fixture
def port(pty):
    opened = open_port(pty.path, Link())
    yield opened
    opened.close()


def read_all(port, count, within_s=5.0):
    data = b""
    deadline = time.monotonic() + within_s
    while len(data) < count:
        assert time.monotonic() < deadline
        data += port.read()
    return data


def test_bytes_pass_both_ways_unchanged(pty, port):
    everything = bytes(range(256))
    pty.say(everything)

    assert read_all(port, 256) == everything
    assert port.write(everything) == 256
    assert pty.hear(256) == everything


def test_reading_nothing_returns_at_once(port):
    began = time.monotonic()

    assert port.read() == b""
    assert time.monotonic() - began < 0.05


def test_a_stalled_line_takes_a_part_then_nothing_and_never_waits(pty, port):
    """The other end does not read: pyserial's own write would spin for ever here."""
    chunk = b"x" * 1024
    taken = []
    began = time.monotonic()
    while not taken or taken[-1]:
        taken.append(port.write(chunk))
        assert len(taken) < 1000

    assert time.monotonic() - began < 1.0
    assert sum(taken) > 0
    assert pty.hear(sum(taken)) == b"x" * sum(taken)
    assert port.write(b"y") == 1


def test_a_stalled_line_closes_at_once(pty):
    port = SerialPort(pty.path, Link())
    while port.write(b"x" * 4096):
        pass
    began = time.monotonic()
    port.close()

    assert time.monotonic() - began < 1.0


def test_an_unplugged_port_says_so_to_everyone(pty, port):
    pty.unplug()

    for use in (port.read, lambda: port.write(b"x")):
        with pytest.raises(DeviceFault) as caught:
            use()
        assert caught.value.code == "no_port"
    port.close()
    port.close()


def test_a_closed_port_is_gone(port):
    port.close()

    for use in (port.read, lambda: port.write(b"x"), port.pending):
        with pytest.raises(DeviceFault):
            use()


def test_a_port_is_opened_by_one_process_only(pty, port):
    with pytest.raises(DeviceFault) as caught:
        open_port(pty.path, Link())

    assert caught.value.code == "no_port"


def test_a_device_that_is_not_there_is_no_port(tmp_path):
    with pytest.raises(DeviceFault) as caught:
        open_port(str(tmp_path / "ttyUSB9"), Link())

    assert caught.value.code == "no_port"
    assert not caught.value.permanent


def test_the_lines_settings_reach_the_driver(pty):
    port = open_port(pty.path, Link(baud=19200, flow="xonxoff"))
    attributes = termios.tcgetattr(port.fileno())
    port.close()

    iflag, _, cflag, _, ispeed, ospeed, _ = attributes
    assert ispeed == ospeed == termios.B19200
    assert iflag & termios.IXON
    assert not cflag & termios.CRTSCTS


def test_hardware_flow_control_reaches_the_driver(pty):
    """All that a pty can show of it: the flag. It has no modem lines."""
    port = open_port(pty.path, Link(flow="rtscts"))
    cflag = termios.tcgetattr(port.fileno())[2]
    port.close()

    assert cflag & termios.CRTSCTS


def test_a_network_printer_is_a_port(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = open_port(f"tcp://127.0.0.1:{server.getsockname()[1]}", Link())
        assert isinstance(port, TcpPort)
        peer, _ = server.accept()
        with peer:
            assert port.write(b"hello") == 5
            assert peer.recv(5) == b"hello"
            peer.sendall(b"\x12")
            assert read_all(port, 1) == b"\x12"
            assert port.read() == b""
        with pytest.raises(DeviceFault):
            read_all(port, 1)
        port.close()


def test_a_refused_connection_is_no_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"

    with pytest.raises(DeviceFault) as caught:
        open_port(address, Link())
    assert not caught.value.permanent


def test_an_led_card_gets_each_write_as_one_datagram():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as card:
        card.bind(("127.0.0.1", 0))
        card.settimeout(5)
        port = open_port(f"udp://127.0.0.1:{card.getsockname()[1]}", Link())
        assert isinstance(port, UdpPort)
        port.write(b"one")
        port.write(b"two")
        first, host = card.recvfrom(100)
        card.sendto(b"ok", host)

        assert (first, card.recv(100)) == (b"one", b"two")
        assert read_all(port, 2) == b"ok"
        port.close()


@pytest.mark.parametrize("address", ["tcp://", "tcp://host", "tcp://host:port", "http://x:80"])
def test_an_address_that_can_never_work_is_a_permanent_fault(address):
    with pytest.raises(DeviceFault) as caught:
        open_port(address, Link())

    assert caught.value.permanent


def test_a_pair_in_memory_is_two_ports():
    left, right = VirtualPort.pair()

    assert left.write(b"abc") == 3
    assert right.read() == b"abc"
    assert right.read() == b""
    left.close()
    with pytest.raises(DeviceFault):
        right.read()
    right.close()


def test_discarding_is_allowed_on_every_port(port):
    port.discard()
    left, right = VirtualPort.pair()
    left.discard()
    assert left.pending() == port.pending() == 0
    left.close()
    right.close()


def test_no_descriptor_is_left_open(pty):
    before = len(list(DESCRIPTORS.iterdir()))
    for _ in range(5):
        port = open_port(pty.path, Link())
        port.close()
        with pytest.raises(DeviceFault):
            open_port(pty.path + "x", Link())

    assert len(list(DESCRIPTORS.iterdir())) == before

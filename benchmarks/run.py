"""Runs the benchmarks and prints one line of JSON for each.

    python benchmarks/run.py [GROUP]... [--only NAME]... [--rounds 5] [--seconds 3]

Everything happens on loopback, in a temporary folder, in processes that end with this one. The
sides of a comparison run interleaved; a value is the median over the rounds of the ratio within a
round. The exit status says whether the benchmarks could be run, not whether the goals were met.
"""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
from types import FrameType

from processes import HERE, Failed


def main() -> int:
    """Run what was asked for; return 1 when something could not be measured."""
    subprocess.run([str(HERE / "build.sh")], check=True)
    import benches  # the product is imported here: a broken one is a failure with its words

    parser = argparse.ArgumentParser(description="Benchmarks of hallqueue.")
    groups = sorted({name.partition("_")[0] for name in benches.ALL})
    parser.add_argument("group", nargs="*", help=f"all benchmarks of a group: {', '.join(groups)}")
    parser.add_argument("--only", action="append", choices=list(benches.ALL), default=[])
    parser.add_argument("--rounds", type=int, default=5, choices=range(1, 21), metavar="1..20")
    parser.add_argument("--seconds", type=float, default=3.0, help="length of one measurement")
    args = parser.parse_args()
    if not 0.2 <= args.seconds <= 30:
        parser.error("--seconds is between 0.2 and 30")
    if unknown := set(args.group) - set(groups):
        parser.error(f"no such group: {', '.join(sorted(unknown))}")
    chosen = [n for n in benches.ALL if n in args.only or n.partition("_")[0] in args.group]
    signal.signal(signal.SIGTERM, _stop)  # so that the processes are ended
    settings = benches.Settings(rounds=args.rounds, seconds=args.seconds)
    broken = 0
    for name in chosen or benches.ALL:
        try:
            print(benches.ALL[name](settings).line(), flush=True)
        except (Failed, OSError, subprocess.SubprocessError) as error:
            broken = 1
            print(json.dumps({"bench": name, "error": str(error)}, ensure_ascii=False), flush=True)
    return broken


def _stop(_number: int, _frame: FrameType | None) -> None:
    sys.exit(143)


if __name__ == "__main__":
    sys.exit(main())

# make run     a whole hall on this machine      ARGS="--busy --fresh"
# make check   every checker, under two minutes
# make test    every proof: unit, process, Chromium, PostgreSQL      ARGS="tests/kiosk -x"
# make bench   the measurements of docs/performance.md
# make torture the long hammers and kills; writes docs/reliability.md
# make gallery every page in every state as a picture in docs/gallery    ARGS="kiosk phone"
# make vendor  only the browser's third-party files
# make contract  docs/contract.md and contract.d.ts anew
# make wheel   dist/hallqueue-….whl

.DEFAULT_GOAL := help
.PHONY: help run check test bench torture gallery vendor contract wheel clean
ARGS ?=

help:
	@sed -n 's/^# \{0,1\}//p' Makefile

run:
	@tools/setup run
	@exec .venv/bin/hall-demo $(ARGS)

check:
	@tools/setup check
	@tools/check

test:
	@tools/setup test
	@tools/test $(ARGS)

bench:
	@tools/setup bench
	@exec .venv/bin/python benchmarks/run.py $(ARGS)

torture:
	@tools/setup test
	@exec .venv/bin/python tools/reliability.py $(ARGS)

gallery:
	@tools/setup test
	@exec .venv/bin/python -m tools.gallery $(ARGS)

vendor:
	@tools/setup run

contract:
	@tools/setup run
	@.venv/bin/python -m server.kit.contract.reference --write

wheel:
	@tools/setup run
	@.venv/bin/pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist .
	@ls -1 dist/*.whl

clean:
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

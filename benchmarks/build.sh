#!/bin/sh
# Builds the C parts of the benchmarks into benchmarks/build/ when their source is newer.
set -eu
cd "$(dirname "$0")"
mkdir -p build
newer() { [ ! -e "$1" ] || [ "$2" -nt "$1" ] || [ net.h -nt "$1" ]; }
flags="-O2 -std=gnu11 -Wall -Wextra"
cc=${CC:-gcc}
if newer build/loadgen loadgen.c; then $cc $flags -o build/loadgen loadgen.c; fi
if newer build/broadcast broadcast.c; then $cc $flags -o build/broadcast broadcast.c; fi
if newer build/slowsync.so slowsync.c; then
    $cc $flags -shared -fPIC -o build/slowsync.so slowsync.c -ldl
fi

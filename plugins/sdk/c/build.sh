#!/bin/sh
# Builds a flow in C: `sh build.sh PROJECT OUT.wasm`.
#
# PROJECT is a folder with flow.c, which has the function on_event. Other *.c files beside it, and those in src/, belong to
# it. OUT.wasm is a core module that knows its world; `ponte build` makes a component of it (so does
# `wasm-tools component new`).
#
# `sh build.sh --check` only says whether all that is needed is installed.
#
# CC_WASM and WASM_LD name another clang and another wasm-ld; WASI_SYSROOT the folder with include/wasm32-wasi (default: /usr,
# as Debian has it).
set -eu

fail() {
    echo "build.sh: $1" >&2
    exit 1
}

install="on Debian and Ubuntu run \`apt-get install --no-install-recommends clang-19 lld-19 wasi-libc libclang-rt-19-dev-wasm32\`"

# The first of some programs that is there.
first() {
    for program in "$@"; do
        if command -v "$program" >/dev/null 2>&1; then
            command -v "$program"
            return
        fi
    done
}

clang=${CC_WASM:-$(first clang-19 clang-20 clang-21 clang-18 clang)}
[ -n "$clang" ] || fail "no clang is installed: $install; then try again, or name one in CC_WASM"
linker=${WASM_LD:-$(first wasm-ld-19 wasm-ld-20 wasm-ld-21 wasm-ld-18 wasm-ld)}
[ -n "$linker" ] || fail "no linker for WebAssembly (wasm-ld) is installed: $install; then try again, or name one in WASM_LD"
sysroot=${WASI_SYSROOT:-/usr}
[ -f "$sysroot/include/wasm32-wasi/stdlib.h" ] ||
    fail "there is no C library for WebAssembly in $sysroot: $install; then try again, or name its folder in WASI_SYSROOT"

[ "${1:-}" != --check ] || exit 0
[ $# -eq 2 ] || fail "usage: sh build.sh PROJECT OUT.wasm, or build.sh --check"
sdk=$(cd "$(dirname "$0")" && pwd)
project=$(cd "$1" 2>/dev/null && pwd) || fail "there is no folder $1"
out=$2
[ -f "$project/flow.c" ] || fail "$project has no flow.c: that is the file in which a flow in C begins"

sources=""
for file in "$project"/*.c "$project"/src/*.c; do
    [ -f "$file" ] && sources="$sources
$file"
done
part="$out.part"
trap 'rm -f "$part"' EXIT

# A line each, so that folders may have spaces in their names.
IFS='
'
# No entry point and a stack of 32 KiB: fresh instances are cheap. --stack-first makes an overflow a trap.
# shellcheck disable=SC2086
"$clang" --target=wasm32-wasi "--sysroot=$sysroot" -mexec-model=reactor -std=c17 -Os -s -Wall -Wextra -Wno-unused-parameter \
    "-I$sdk" "-I$project" "-ffile-prefix-map=$project/=" "-ffile-prefix-map=$sdk/=sdk/" \
    -o "$part" $sources "$sdk/ponte.c" "$sdk/gen/flow.c" "$sdk/gen/flow_component_type.o" \
    -Wl,-z,stack-size=32768 -Wl,--stack-first "-fuse-ld=$linker" ||
    fail "$project does not build (see above); if it says that builtins are missing: $install"

# What printf and its relatives need from a system is not there.
if LC_ALL=C grep -aq wasi_snapshot_preview1 "$part"; then
    fail "$project uses files, printf, time or something else that flows do not have: use ponte_log, ponte_format and ponte_now (ponte.h tells what there is)"
fi
mv "$part" "$out"

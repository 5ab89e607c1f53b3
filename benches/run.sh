#!/usr/bin/env bash
# Measures `unjwt scan` beside ripgrep, ast-grep and semgrep: one machine, one tree, one run. See README.md.
# Usage: benches/run.sh [TREE] (default: target/bench/tree, which tree.sh makes)
#   UNJWT  the program to measure (default: a release build of this source)
#   RUNS   timed runs of unjwt and ripgrep (5); ast-grep has a third of them, semgrep one
#   TOOLS  which to measure (unjwt rg rg-same ast-grep semgrep)
#   BOUND  seconds after which a run of ast-grep or semgrep is ended (1800)
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=$here/../target/bench
rm -rf "$out/runs"
mkdir -p "$out/runs"
out=$(cd "$out" && pwd)
runs=${RUNS:-5}
bound=${BOUND:-1800}
tools=" ${TOOLS:-unjwt rg rg-same ast-grep semgrep} "

# The tools. ripgrep and hyperfine come from the system, the others into folders of their own.
ast_grep=0.51.1
semgrep=1.182.0
missing=()
command -v rg >/dev/null || missing+=(ripgrep)
command -v hyperfine >/dev/null || missing+=(hyperfine)
[[ -x /usr/bin/time ]] || missing+=(time)
if ((${#missing[@]})); then
    root=() && ((EUID)) && root=(sudo)
    "${root[@]}" apt-get -qq update && "${root[@]}" apt-get -qq install -y "${missing[@]}"
fi
if [[ ! -x $out/npm/node_modules/.bin/ast-grep ]]; then
    npm install --silent --no-fund --no-audit --prefix "$out/npm" "@ast-grep/cli@$ast_grep"
fi
if [[ ! -x $out/venv/bin/semgrep ]]; then
    python3 -m venv "$out/venv" && "$out/venv/bin/pip" install -q --disable-pip-version-check "semgrep==$semgrep"
fi

if [[ $# -gt 0 ]]; then
    tree=$(cd "$1" && pwd)
else
    "$here/tree.sh" "$out/tree" && tree=$out/tree
fi
if [[ -z ${UNJWT:-} ]]; then
    (cd "$here/.." && cargo build --quiet --release)
    UNJWT=${CARGO_TARGET_DIR:-$here/../target}/release/unjwt
fi
unjwt=$(realpath "$UNJWT")

# The strings that unjwt looks for, as it says itself. A slash may be written as `\/` in JSON.
needles=$out/needles
"$unjwt" rules list --format needles >"$needles"
sed -n 's,/,\\/,gp' "$needles" >"$out/escaped" && cat "$out/escaped" >>"$needles"

cd "$tree"
load=$(cut -d' ' -f1 /proc/loadavg)
# measure NAME RUNS WARMUP BOUND COMMAND: times, memory and what it said, under runs/NAME.
measure() {
    local name=$1 count=$2 warmup=$3 bound=$4
    shift 4
    [[ $tools == *" $name "* ]] || return 0
    echo "$name" >&2
    # Each run notes its exit code and peak memory.
    cat >"$out/runs/$name.sh" <<SH
/usr/bin/time -v -o '$out/runs/$name.now' timeout $bound $* >'$out/runs/$name.stdout' 2>'$out/runs/$name.stderr' </dev/null
echo \$? >'$out/runs/$name.code'
cat '$out/runs/$name.now' >>'$out/runs/$name.time'
SH
    hyperfine --style none --shell none --warmup "$warmup" --runs "$count" --export-json "$out/runs/$name.json" \
        "bash $out/runs/$name.sh" >/dev/null
}

few=$(((runs + 2) / 3))
measure unjwt "$runs" 1 "$bound" "$unjwt" scan --format json .
measure rg "$runs" 1 "$bound" rg -c -F -f "$needles" .
# The files and the letter cases of unjwt.
same=(--hidden --no-require-git --no-ignore-parent --no-ignore-global --no-ignore-exclude --no-ignore-dot)
measure rg-same "$runs" 1 "$bound" rg -c -i "${same[@]}" -F -f "$needles" .
rg --files . | wc -l >"$out/runs/rg.files"
rg --files "${same[@]}" . | wc -l >"$out/runs/rg-same.files"
"$out/npm/node_modules/.bin/ast-grep" --version >"$out/ast-grep.version"
measure ast-grep "$few" 0 "$bound" "$out/npm/node_modules/.bin/ast-grep" scan -c "$here/ast-grep/sgconfig.yml" \
    --no-ignore hidden --json=stream --inspect summary .
measure semgrep 1 0 "$bound" "$out/venv/bin/semgrep" scan --metrics=off --disable-version-check --config "$here/semgrep.yml" \
    --no-git-ignore --max-target-bytes 2000000 --json .

{
    echo "Linux $(uname -r), $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(nproc) processors; load before: $load."
    echo "Tree: $(find . -type f | wc -l) files, $(du -sh --apparent-size . | cut -f1); in the page cache."
    echo "$("$unjwt" --version), $(hyperfine --version), $(rg --version | sed -n 1p), $(cat "$out/ast-grep.version"), semgrep $semgrep."
    echo
    python3 "$here/table.py" "$out/runs" "$bound"
} | tee "$out/results.md"

#!/usr/bin/env bash
# Assembles the tree that is measured: every package of packages.txt in a folder of its own, unpacked, nothing run.
# Usage: benches/tree.sh FOLDER (default: target/bench/tree). Packages that are there already are kept.
# Needs pip, npm, apt-get (Debian bookworm's lists), tar, xz.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tree=${1:-$here/../target/bench/tree}
mkdir -p "$tree"
tree=$(cd "$tree" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# apt-get reads a copy of the machine's own lists in which binary packages are turned into sources; no root needed.
apt_sources() {
    mkdir -p "$work/apt/parts" "$work/apt/lists/partial" "$work/apt/cache/archives/partial"
    for file in /etc/apt/sources.list.d/*.sources; do
        [[ -e $file ]] && sed 's/^Types:.*/Types: deb-src/' "$file" >"$work/apt/parts/$(basename "$file")"
    done
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        [[ -s $file ]] && sed -n 's/^deb /deb-src /p' "$file" >"$work/apt/parts/$(basename "$file")"
    done
    apt=(apt-get -qq -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$work/apt/parts"
        -o Dir::State::lists="$work/apt/lists" -o Dir::Cache="$work/apt/cache" -o APT::Sandbox::User=)
    "${apt[@]}" update
}

# Puts the archives of one package into the current folder.
download() {
    case $1 in
    pypi) python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: \
        --python-version 3.12 "$2==$3" ;;
    npm) npm pack --silent "$2@$3" >/dev/null ;;
    debian)
        [[ -n ${apt:-} ]] || apt_sources
        "${apt[@]}" source --download-only "$2=$3"
        ;;
    *) echo "unknown registry: $1" >&2 && return 1 ;;
    esac
}

unpack() {
    for archive in "$1"/*; do
        case $archive in
        *.whl | *.zip) python3 -m zipfile -e "$archive" "$2" ;;
        *.debian.tar.*) mkdir -p "$2/debian" && tar -C "$2/debian" --strip-components=1 -xf "$archive" ;;
        *.tar.* | *.tgz) tar -C "$2" --strip-components=1 --no-same-owner --no-same-permissions -xf "$archive" ;;
        esac
    done
    # Some archives hold folders that nobody may enter.
    chmod -R u+rwX "$2"
}

while read -r registry name version; do
    [[ -z $registry || $registry == \#* ]] && continue
    folder=$tree/$registry-${name//\//-}
    [[ -e $folder ]] && continue
    echo "$registry $name $version"
    rm -rf "$work/got" "$work/out"
    mkdir -p "$work/got" "$work/out"
    (cd "$work/got" && download "$registry" "$name" "$version") </dev/null
    unpack "$work/got" "$work/out"
    mv "$work/out" "$folder"
done <"$here/packages.txt"
printf '%s: %s files, %s\n' "$tree" "$(find "$tree" -type f | wc -l)" "$(du -sh --apparent-size "$tree" | cut -f1)"

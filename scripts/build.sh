# Building, formatting, static analysis, benchmarks.

# verb_build [PRESET [TARGET…]]
verb_build() {
    install_packages build
    build "$@"
}

# build [PRESET [TARGET…]]: one build of a folder at a time; progress is ninja's own.
build() {
    local preset=${1:-dev} fresh='' status=0
    [ $# -eq 0 ] || shift
    case $preset in dev | release | asan | tsan | fuzz) ;; *) die "no such preset: $preset" ;; esac
    mkdir -p "build/$preset"
    lock 9 "build/$preset/.dev-lock" build 3600
    say "building the $preset preset in build/$preset"
    # A checkout that was moved brings a cache that speaks of its old place.
    [ ! -f "build/$preset/CMakeCache.txt" ] ||
        grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$ROOT" "build/$preset/CMakeCache.txt" || fresh=--fresh
    job cmake --preset "$preset" ${fresh:-} --log-level=WARNING -DCMAKE_CXX_COMPILER_LAUNCHER=ccache >&2 || status=$?
    [ $status -ne 0 ] || job ninja -C "build/$preset" -j "$(jobs_at_once)" "$@" >&2 || status=$?
    [ $status -eq 0 ] || die "the build failed"
    [ "$preset" = fuzz ] || build_web "$preset"
    exec 9>&-
}

# build_web PRESET: the pages, beside the binary, where it looks for them; only if something of them changed.
build_web() {
    local target=build/$1/src/main/web record=build/$1/.web-inputs inputs
    inputs=$(find web -name node_modules -prune -o -type f -print0 | sort -z | xargs -0 sha256sum)
    [ ! -d "$target" ] || [ "$inputs" != "$(cat "$record" 2>/dev/null)" ] || return 0
    install_node_packages web
    say "building the pages in $target"
    job node web/build.mjs "$target" >&2 || die "the pages cannot be built"
    printf '%s\n' "$inputs" >"$record"
}

# One compiler per core, and at least 1.5 GB of memory for each: Beast is hungry.
jobs_at_once() {
    local cores fitting
    cores=$(nproc)
    fitting=$(awk '/^MemAvailable:/ { print int($2 / 1500000) }' /proc/meminfo)
    [ "$fitting" -ge 1 ] || fitting=1
    echo "${ORDERPUSH_JOBS:-$((cores < fitting ? cores : fitting))}"
}

sources() {
    find . \( -name node_modules -o -name .git -o -path ./build -o -path "$LOCAL" -o -path ./.local \) -prune -o \
        -type f \( -name '*.cpp' -o -name '*.hpp' \) -print | sort
}

verb_fmt() {
    install_packages tools
    case ${1:-} in
        --check) sources | xargs -r clang-format --dry-run --Werror ;;
        '') sources | xargs -r clang-format -i ;;
        *) die "fmt takes --check or nothing" ;;
    esac
}

# verb_tidy [--all | --since REVISION]: the sources that differ from REVISION. Without one, what is not committed; in a
# clean checkout, what the last commit changed.
verb_tidy() {
    local files
    install_packages build tools
    case ${1:-} in
        --all) files=$(sources) ;;
        --since) files=$(changed_sources "${2:?tidy --since takes a revision}") ;;
        '') files=$(changed_sources HEAD) && files=${files:-$(changed_sources HEAD~1)} ;;
        *) die "tidy takes --all, --since REVISION or nothing" ;;
    esac
    [ -n "$files" ] || {
        say "no source changed; --all for every source"
        return 0
    }
    job cmake --preset dev --log-level=WARNING -DCMAKE_CXX_COMPILER_LAUNCHER=ccache >&2
    say "clang-tidy over $(wc -l <<<"$files") sources"
    xargs -n 1 -P "$(jobs_at_once)" clang-tidy-19 --quiet -p build/dev <<<"$files"
}

# changed_sources REVISION: the sources that are not as they were then; for a header its own source, which includes it.
changed_sources() {
    {
        git diff --name-only --relative "$1" 2>/dev/null || true
        git ls-files --others --exclude-standard
    } | sed -n 's/\.[ch]pp$/.cpp/p' | sort -u | while read -r name; do [ ! -f "$name" ] || echo "$name"; done
}

verb_bench() {
    local name=${1:-}
    if [ -z "$name" ]; then
        find bench -maxdepth 1 -name 'run-*' -printf '%f\n' | sed 's/^run-//' | sort
        return
    fi
    shift
    [ -x "bench/run-$name" ] || die "no such benchmark: $name"
    install_packages build database
    if [ "$name" = hub ]; then # the official Socket.IO server runs beside ours
        install_packages test
        install_node_packages tests/e2e
    fi
    build release orderpush bench-orders bench-hub bench-broker
    job "bench/run-$name" "$@"
}

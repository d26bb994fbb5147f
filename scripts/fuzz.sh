# libFuzzer on whatever takes a stranger's bytes (tests/fuzz).

# verb_fuzz [TARGET [SECONDS]]: TARGET (all, one after another) for so long each (60), on from what earlier runs found.
verb_fuzz() {
    local target=${1:-} seconds=${2:-60} targets status=0
    targets=$(sed -n 's/^orderpush_fuzz(\([a-z_]*\)_fuzz.cpp .*/\1/p' tests/fuzz/CMakeLists.txt)
    [ -z "$target" ] || [ "$target" = all ] || grep -qxF -- "$target" <<<"$targets" ||
        die "no such target: $target; there are: ${targets//$'\n'/ }"
    [[ $seconds =~ ^[1-9][0-9]{0,5}$ ]] || die "fuzz takes a target and seconds"
    [ -z "$target" ] || [ "$target" = all ] || targets=$target
    install_packages build fuzz
    build fuzz
    for target in $targets; do
        fuzz_one "$target" "$seconds" || status=$?
    done
    return "$status"
}

# fuzz_one TARGET SECONDS: a finding is written to build/fuzz/found/TARGET-crash-…; run the target on that file to see it
# again, and once it is mended keep the file in tests/fuzz/corpus/TARGET.
fuzz_one() {
    local length found=build/fuzz/found/$1
    length=$(sed -n "s/^orderpush_fuzz($1_fuzz.cpp \([0-9]*\))/\1/p" tests/fuzz/CMakeLists.txt)
    mkdir -p "$found"
    say "fuzzing $1 for $2 s"
    job nice "build/fuzz/tests/fuzz/$1_fuzz" -max_total_time="$2" -max_len="$length" -timeout=30 -rss_limit_mb=1024 \
        -print_final_stats=1 -artifact_prefix="$found-" "$found" "tests/fuzz/corpus/$1"
}

# test_fuzz LOG: a moment of each target, as part of ./dev test.
test_fuzz() {
    job ctest --test-dir build/fuzz --output-on-failure -L fuzz -j "$(jobs_at_once)" -O "$1"
}

# ./dev test: everything from packages to the last test.

# What the sanitizers are for; the real SDKs and the source tree are the same in every preset.
SANITIZED_LABELS='^(unit|contract|integration)$'

verb_test() { test_preset dev "$@"; }

verb_check() {
    verb_fmt --check
    verb_tidy
    verb_test
}

# test_preset PRESET [LABEL]
test_preset() {
    local preset=$1 label=${2:-} home status=0
    [ "$preset" = dev ] || label=${label:-$SANITIZED_LABELS}
    install_packages build database test
    local_folder
    build "$preset"
    if is_fuzzed "$preset" "$label"; then
        install_packages fuzz
        build fuzz
    fi
    lock 9 "$LOCAL/test-lock" "./dev test" 3600
    install_node_packages tests/e2e
    install_node_packages web
    say "starting a throwaway PostgreSQL"
    discard_test_cluster
    ORDERPUSH_PG_PORT='' pg_start test-pg tethered -c fsync=off -c full_page_writes=off -c max_connections=400
    home=$PG_HOME
    ORDERPUSH_TEST_DATABASE_URL=$(pg_url postgres)
    export ORDERPUSH_TEST_DATABASE_URL
    run_phases "$preset" "$label" || status=$?
    retire "$PG_STARTED"
    rm -rf "$home"
    summarize
    return "$status"
}

# is_fuzzed PRESET LABEL: whether the short run of the fuzz targets, which have a build of their own, is part of it.
is_fuzzed() { [ "$1" = dev ] && [[ -z $2 || fuzz =~ $2 ]]; }

# What a killed run left.
discard_test_cluster() {
    pg_select test-pg
    ! pg_stop || say "stopped the server of an earlier run"
    rm -rf "$PG_HOME"
}

# First what keeps the processor busy. Then the integration test, alone: it asks the server whether anybody waits for a
# lock. Then the end-to-end tests; one that fails is run once more, and both runs are shown, because browsers and
# databases share two cores there. All, whatever comes of the phase before.
run_phases() {
    local preset=$1 label=$2 common status=0
    common=(ctest --test-dir "build/$preset" --output-on-failure --no-tests=ignore)
    # The thread sanitizer of gcc 12 cannot map its shadow where the kernel randomises addresses by more than 28 bits.
    [ "$preset" != tsan ] || common=(setarch -R "${common[@]}")
    [ -z "$label" ] || common+=(-L "$label")
    rm -f "$LOCAL"/test-*.log
    job "${common[@]}" -LE '^(integration|e2e)$' -j "$(jobs_at_once)" -O "$LOCAL/test-1.log" || status=$?
    job "${common[@]}" -L '^integration$' -O "$LOCAL/test-2.log" || status=$?
    job "${common[@]}" -L '^e2e$' -j "$(journeys_at_once)" --repeat until-pass:2 -O "$LOCAL/test-3.log" || status=$?
    ! is_fuzzed "$preset" "$label" || test_fuzz "$LOCAL/test-4.log" || status=$?
    if ! grep -qs 'tests passed,' "$LOCAL"/test-*.log; then
        say "there is no test with the label '$label'"
        status=1
    fi
    return "$status"
}

# Twice as many end-to-end tests as cores: most of their time they wait. Eight need at most half of the connections that
# the server takes.
journeys_at_once() {
    local count=$((2 * $(jobs_at_once)))
    echo $((count < 8 ? count : 8))
}

# What failed and why, last, where it is looked for; then one line for all phases, in ctest's words.
summarize() {
    grep -hE -A 8 -m 10 ': Failure$|^not ok|ERROR: (Address|Leak)Sanitizer|WARNING: ThreadSanitizer' \
        "$LOCAL"/test-*.log | grep -v '^{' || true
    awk '/^\[  FAILED  \] [^ ]+\.[^ ]+ \(/ { print "failed: " $4 }
         /^ *[0-9]+\/[0-9]+ Test .*\*\*\*/ { print "failed in a run: " $4 }
         /^\t *[0-9]+ - / { print "failed:" $0 }
         /tests passed, / { failed += $4; total += $NF }
         END { if (total) printf "%d%% tests passed, %d tests failed out of %d\n", (total - failed) * 100 / total, failed, total }' \
        "$LOCAL"/test-*.log
}

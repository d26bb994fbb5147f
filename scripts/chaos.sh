# ./dev chaos: the service is killed again and again while orders flow; the verdict is the exit status.

verb_chaos() {
    local status=0
    install_packages build database test
    local_folder
    [ -n "${ORDERPUSH_BINARY:-}" ] || build release src/main/orderpush
    ORDERPUSH_BINARY=$(realpath "${ORDERPUSH_BINARY:-$BINARY}")
    install_node_packages tests/e2e
    lock 9 "$LOCAL/chaos-lock" "./dev chaos" 3600
    # What a killed run left.
    discard_chaos_cluster
    say "starting a throwaway PostgreSQL"
    ORDERPUSH_PG_PORT='' pg_start chaos-pg detached -c max_connections=200
    # pg_ctl replaces the server in each restart, so it is stopped by its folder, not by its process.
    CHILDREN=()
    trap 'retire_all; discard_chaos_cluster' EXIT
    ORDERPUSH_TEST_DATABASE_URL=$(pg_url postgres)
    ORDERPUSH_DATABASE_RESTART=$(printf '%q ' env -C / "${PG_AS[@]}" "$PG_BIN/pg_ctl" restart -D "$PG_HOME/cluster/data" \
        -m immediate -w -t 60 -s -l "$PG_HOME/cluster/data/restarts.log")
    export ORDERPUSH_BINARY ORDERPUSH_TEST_DATABASE_URL ORDERPUSH_DATABASE_RESTART
    say "chaos begins"
    job node tests/e2e/chaos/run.mjs "$@" || status=$?
    return "$status"
}

discard_chaos_cluster() {
    pg_select chaos-pg
    pg_stop || true
    rm -rf "$PG_HOME"
}

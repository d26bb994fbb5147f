# ./dev run: the service with a demo restaurant, as it is released and measured.

BINARY=build/release/src/main/orderpush

verb_run() {
    install_packages build database
    local_folder
    build release src/main/orderpush
    # The demo log-ins and the secrets are for this user alone.
    umask 077
    service_settings
    run_step "migrating the database" "$BINARY" migrate
    run_step "seeding the demo restaurant" "$BINARY" seed-demo --out "$LOCAL/demo.json" >"$LOCAL/demo.txt"
    say "starting the service on $BIND_ADDRESS:$PORT (logs follow)"
    spawn TERM 30 "$BINARY" serve
    await_ready "$SPAWNED"
    cat "$LOCAL/demo.txt"
    say "ready; this is also in $LOCAL/demo.txt and demo.json. Ctrl-C stops everything"
    wait "$SPAWNED" || die "the service ended with status $?"
}

# given NAME: its value from the environment or the developer's .env, which the binary reads itself; false if neither.
given() {
    if [ -n "${!1:-}" ]; then
        echo "${!1}"
    else
        [ -f .env ] && sed -nE "s/^[[:space:]]*$1[[:space:]]*=[[:space:]]*[\"']?([^\"']*[^\"'[:space:]]).*/\1/p" .env | tail -n 1 | grep .
    fi
}

# Exports what neither the environment nor .env sets.
service_settings() {
    local line
    generate_secrets
    while read -r line; do
        given "${line%%=*}" >/dev/null || export "${line?}"
    done <"$LOCAL/secrets.env"
    BIND_ADDRESS=$(given BIND_ADDRESS || echo 127.0.0.1)
    PORT=$(given PORT || free_service_port)
    export BIND_ADDRESS PORT
    ! port_taken "$PORT" || die "port $PORT is taken: set PORT to another"
    if ! given DATABASE_URL >/dev/null; then
        say "starting the private PostgreSQL"
        pg_start postgres tethered
        DATABASE_URL=$(pg_url "$PG_ROLE")
        export DATABASE_URL
        [ -n "$PG_STARTED" ] || say "using the PostgreSQL that already runs in $PG_HOME; whoever started it stops it"
    fi
}

free_service_port() {
    local port=8080
    while port_taken "$port"; do
        ((port++))
    done
    [ "$port" = 8080 ] || say "port 8080 is taken: using $port"
    echo "$port"
}

# Made once, whole or not at all: two runs at the same time agree on the first one's.
generate_secrets() {
    local fresh
    [ ! -f "$LOCAL/secrets.env" ] || return 0
    fresh=$(mktemp "$LOCAL/secrets.XXXXXX")
    cat >"$fresh" <<TEXT
JWT_SECRET=$(random_hex 32)
BUILTIN_APP_ID=$((100000 + RANDOM))
BUILTIN_KEY=$(random_hex 10)
BUILTIN_SECRET=$(random_hex 20)
TEXT
    ln "$fresh" "$LOCAL/secrets.env" 2>/dev/null || true
    rm -f "$fresh"
}

run_step() {
    local what=$1
    shift
    say "$what"
    job "$@" || die "$what failed"
}

await_ready() {
    local deadline=$((SECONDS + 60)) host=$BIND_ADDRESS
    case $host in 0.0.0.0 | ::) host=127.0.0.1 ;; *:*) host="[$host]" ;; esac
    until curl -kfsS --noproxy '*' -m 2 -o /dev/null "http${TLS_CERTIFICATE_FILE:+s}://$host:$PORT/ready" 2>/dev/null; do
        kill -0 "$1" 2>/dev/null || die "the service ended before it was ready"
        ((SECONDS < deadline)) || die "the service is not ready after 60 s"
        sleep 0.1
    done
    kill -0 "$1" 2>/dev/null || die "the service ended; something else answers on port $PORT"
}

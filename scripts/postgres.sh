# Private PostgreSQL clusters: on 127.0.0.1 only, with a generated password and without a Unix socket, whose path
# would have to be short. A cluster is a folder NAME with data/ and password, made whole by one rename.

PG_BIN=/usr/lib/postgresql/15/bin
PG_ROLE=orderpush

# Sets PG_HOME (where cluster NAME lives) and PG_AS (how to become the user that runs it: never root).
pg_select() {
    local user=postgres
    PG_AS=()
    PG_HOME=$LOCAL/$1
    if [ "$(id -u)" != 0 ]; then
        mkdir -p "$PG_HOME"
        [ ! -d "$PG_HOME/cluster" ] || [ -O "$PG_HOME/cluster" ] ||
            die "$PG_HOME was made by $(stat -c %U "$PG_HOME"): run as that user, or set ORDERPUSH_LOCAL"
        return 0
    fi
    id -u postgres >/dev/null 2>&1 || die "there is no user postgres: run ./dev install database"
    PG_AS=(setpriv --reuid=postgres --regid=postgres --init-groups --)
    if ! "${PG_AS[@]}" test -x "$LOCAL" 2>/dev/null; then
        PG_HOME=/var/tmp/orderpush-$(printf '%s' "$LOCAL" | sha256sum | cut -c1-12)
        say "user postgres cannot reach $LOCAL: the database lives in $PG_HOME/$1"
        mkdir -p -m 711 "$PG_HOME"
        [ -O "$PG_HOME" ] && [ ! -L "$PG_HOME" ] || die "$PG_HOME belongs to somebody else"
        PG_HOME=$PG_HOME/$1
    fi
    mkdir -p -m 711 "$PG_HOME"
    # A cluster made by an ordinary user stays that user's.
    [ ! -d "$PG_HOME/cluster/data" ] || user=$(stat -c %U "$PG_HOME/cluster/data")
    PG_AS=(setpriv "--reuid=$user" "--regid=$(id -g "$user")" --init-groups --)
}

pg_line() { sed -n "$1p" "$PG_HOME/cluster/data/postmaster.pid" 2>/dev/null; }

# The process id of the server that runs on our data, if one does.
pg_pid() {
    local pid
    pid=$(pg_line 1)
    [ -n "$pid" ] && [ "/proc/$pid/cwd" -ef "$PG_HOME/cluster/data" ] && echo "$pid"
}

pg_url() {
    echo "postgresql://$PG_ROLE:$(cat "$PG_HOME/cluster/password")@127.0.0.1:$(pg_line 4)/$1"
}

# Makes the cluster unless it is there; an interrupted attempt leaves nothing that counts.
pg_create() {
    local fresh
    rm -rf "$PG_HOME"/new.*
    [ ! -d "$PG_HOME/cluster" ] || return 0
    say "creating a PostgreSQL cluster in $PG_HOME"
    fresh=$(mktemp -d "$PG_HOME/new.XXXXXX")
    chmod 755 "$fresh"
    mkdir -m 700 "$fresh/data"
    (umask 077 && random_hex 24 >"$fresh/password")
    (umask 077 && cp "$fresh/password" "$fresh/for-initdb")
    if [ ${#PG_AS[@]} -gt 0 ]; then
        chown postgres:postgres "$fresh/data" "$fresh/for-initdb"
    fi
    job env -C / "${PG_AS[@]}" "$PG_BIN/initdb" -D "$fresh/data" -U "$PG_ROLE" --pwfile="$fresh/for-initdb" \
        --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 >"$PG_HOME/log" 2>&1 ||
        die "initdb failed: $(tail -n 5 "$PG_HOME/log")"
    rm "$fresh/for-initdb"
    echo "CREATE DATABASE $PG_ROLE" |
        env -C / "${PG_AS[@]}" "$PG_BIN/postgres" --single -D "$fresh/data" postgres >>"$PG_HOME/log" 2>&1 ||
        die "could not create the database: $(tail -n 5 "$PG_HOME/log")"
    mv "$fresh" "$PG_HOME/cluster"
}

# pg_start NAME tethered|detached [OPTION…]: brings cluster NAME up, or finds it up. PG_STARTED is its process if this
# call started it, else empty. A tethered one ends with this script.
pg_start() {
    local name=$1 mode=$2 attempt port
    shift 2
    pg_select "$name"
    lock 8 "$PG_HOME/lock" "start of this database" 180
    PG_STARTED=
    pg_create
    if ! pg_settled; then
        port=${ORDERPUSH_PG_PORT:-$(cat "$PG_HOME/port" 2>/dev/null || random_port)}
        for attempt in {1..20}; do
            pg_launch "$mode" "$port" "$@" && break
            grep -qE 'could not bind|Address already in use|still in use' "$PG_HOME/log" || attempt=20
            [ "$attempt" -lt 20 ] || die "PostgreSQL does not start: $(tail -n 5 "$PG_HOME/log")"
            grep -q 'still in use' "$PG_HOME/log" || port=$(random_port)
            sleep 0.5
        done
        echo "$port" >"$PG_HOME/port"
    fi
    exec 8>&-
}

# Below the range that the kernel gives to outgoing connections.
random_port() { echo $((20000 + RANDOM % 12000)); }

# Whether our server is up. Waits for one that is starting or stopping; clears a note left by a dead one whose
# process id now belongs to something else, which PostgreSQL would take for a live server.
pg_settled() {
    local deadline=$((SECONDS + 60)) pid
    while [ -n "$(pg_pid)" ]; do
        [[ $(pg_line 8) != ready* ]] || return 0
        ((SECONDS < deadline)) || die "the PostgreSQL in $PG_HOME neither starts nor stops (process $(pg_pid))"
        sleep 0.1
    done
    pid=$(pg_line 1)
    if [ -n "$pid" ] && [ -d "/proc/$pid" ]; then
        rm -f "$PG_HOME/cluster/data/postmaster.pid"
    fi
    return 1
}

# One attempt on one port; false if the server ended instead of becoming ready.
pg_launch() {
    local mode=$1 port=$2 deadline=$((SECONDS + 120))
    shift 2
    local command=(env -C / "${PG_AS[@]}" "$PG_BIN/postgres" -D "$PG_HOME/cluster/data" -p "$port"
        -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c logging_collector=off "$@")
    if [ "$mode" = tethered ]; then
        spawn INT 30 "${command[@]}" >"$PG_HOME/log" 2>&1
    else
        setsid "${command[@]}" </dev/null >"$PG_HOME/log" 2>&1 8>&- 9>&- &
        SPAWNED=$!
        CHILDREN+=("$SPAWNED")
    fi
    PG_STARTED=$SPAWNED
    until [ -n "$(pg_pid)" ] && [[ $(pg_line 8) == ready* ]]; do
        kill -0 "$PG_STARTED" 2>/dev/null || {
            retire "$PG_STARTED"
            return 1
        }
        ((SECONDS < deadline)) || die "PostgreSQL is not ready after 120 s: $(tail -n 5 "$PG_HOME/log")"
        sleep 0.05
    done
}

# Stops the selected cluster; false if it did not run.
pg_stop() {
    local pid deadline=$((SECONDS + 60))
    pid=$(pg_pid) || return 1
    kill -INT "$pid"
    while [ "$(pg_pid)" = "$pid" ]; do
        ((SECONDS < deadline)) || die "PostgreSQL (process $pid) does not stop"
        sleep 0.1
    done
}

verb_up() {
    install_packages database
    local_folder
    pg_start postgres detached
    # It outlives this script on purpose.
    CHILDREN=()
    pg_url "$PG_ROLE"
}

verb_down() {
    pg_select postgres
    if pg_stop; then
        say "PostgreSQL stopped"
    else
        say "no PostgreSQL runs in $PG_HOME"
    fi
}

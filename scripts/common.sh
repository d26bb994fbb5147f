# Shared by every verb: messages, the local folder, locks, and children that never outlive us.

LOCAL=${ORDERPUSH_LOCAL:-$ROOT/.local}
case $LOCAL in /*) ;; *) LOCAL=$PWD/$LOCAL ;; esac
CHILDREN=()

say() { printf '==> %s\n' "$*" >&2; }
die() {
    printf 'dev: %s\n' "$*" >&2
    exit 1
}

# Makes $LOCAL, traversable for the user that runs the database.
local_folder() {
    mkdir -p "$LOCAL" 2>/dev/null && [ -w "$LOCAL" ] ||
        die "cannot write to $LOCAL: change its owner, or set ORDERPUSH_LOCAL to another folder"
    [ ! -O "$LOCAL" ] || chmod go+x "$LOCAL"
}

# lock FD FILE WHAT SECONDS: holds FILE until FD is closed, here and in scripts/tether.
lock() {
    eval "exec $1>>\"\$2\""
    flock -n "$1" && return
    say "waiting for another $3 to finish ($2)"
    flock -w "$4" "$1" || die "another $3 still runs after $4 s"
}

# spawn SIGNAL GRACE COMMAND…: starts COMMAND in the background, its process id in $SPAWNED. It ends with this script,
# however that ends: by SIGNAL, and after GRACE seconds by SIGKILL. Lock 9 is kept until it has.
spawn() {
    setsid setpriv --pdeathsig TERM -- "$ROOT/scripts/tether" $$ "$@" 8>&- &
    SPAWNED=$!
    CHILDREN+=("$SPAWNED")
}

# job COMMAND…: the same for a step to wait for; returns its status.
job() {
    local status=0
    spawn TERM 10 "$@"
    wait "$SPAWNED" || status=$?
    unset 'CHILDREN[-1]'
    return "$status"
}

# retire PID: ends a spawned child and waits; its own grace bounds the wait.
retire() {
    local index
    kill -TERM "$1" 2>/dev/null || true
    wait "$1" 2>/dev/null || true
    for index in "${!CHILDREN[@]}"; do
        [ "${CHILDREN[$index]}" != "$1" ] || unset "CHILDREN[$index]"
    done
}

# Last started, first ended: the service before its database.
retire_all() {
    trap '' INT TERM HUP
    local index indices=("${!CHILDREN[@]}")
    for ((index = ${#indices[@]} - 1; index >= 0; index--)); do
        retire "${CHILDREN[${indices[$index]}]}"
    done
}
trap retire_all EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

random_hex() { od -An -N"$1" -tx1 /dev/urandom | tr -d ' \n'; }

# port_taken PORT: whether something on this machine accepts connections there.
port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Debian packages: only what is missing, nothing at all when all is there.

verb_install() {
    [ $# -gt 0 ] || set -- build runtime database test tools fuzz
    install_packages "$@"
}

# install_packages LIST…: the packages of scripts/packages/LIST.txt.
install_packages() {
    local list missing=()
    for list in "$@"; do
        [ -f "scripts/packages/$list.txt" ] || die "no such package list: $list"
    done
    mapfile -t missing < <(packages_of "$@" | while read -r name; do is_installed "$name" || echo "$name"; done)
    [ ${#missing[@]} -gt 0 ] || return 0
    command -v apt-get >/dev/null || die "this needs Debian 12 (no apt-get here); missing: ${missing[*]}"
    say "installing ${#missing[@]} Debian packages: ${missing[*]}"
    as_root dpkg --configure -a >&2
    update_package_lists
    keep_postgres_unstarted
    keep_servers_unstarted
    as_root apt-get install -y -q --no-install-recommends -o DPkg::Lock::Timeout=300 "${missing[@]}" >&2 ||
        die "apt-get could not install: ${missing[*]}"
    let_postgres_start
    let_servers_start
}

packages_of() {
    local list
    for list in "$@"; do
        sed 's/#.*//; s/[[:space:]]//g; /^$/d' "scripts/packages/$list.txt"
    done | sort -u | while read -r name; do
        # A node or npm from elsewhere serves as well.
        case $name in nodejs | npm) command -v "${name%js}" >/dev/null || echo "$name" ;; *) echo "$name" ;; esac
    done
}

# install_node_packages FOLDER: what its package-lock.json names, unless it is there.
install_node_packages() {
    local folder=$1
    mkdir -p build
    lock 8 build/.npm-lock "npm ci" 600
    # npm writes this file last.
    if [ ! "$folder/node_modules/.package-lock.json" -nt "$folder/package-lock.json" ]; then
        say "installing the npm packages of $folder"
        job npm ci --prefix "$folder" --no-audit --no-fund >&2 || die "npm ci failed in $folder"
    fi
    exec 8>&-
}

is_installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

as_root() {
    if [ "$(id -u)" = 0 ]; then
        DEBIAN_FRONTEND=noninteractive "$@"
    elif command -v sudo >/dev/null; then
        sudo env DEBIAN_FRONTEND=noninteractive "$@"
    else
        die "packages are missing and this user can neither be root nor sudo; as root run: $ROOT/dev install"
    fi
}

# The lists' lock knows no timeout of its own, so another apt-get is waited for here.
update_package_lists() {
    local attempt
    for attempt in 1 2 3 4 5 6; do
        as_root apt-get update -q -o Acquire::Retries=3 >&2 && return
        say "apt-get update failed (attempt $attempt of 6)"
        sleep 5
    done
    die "apt-get update keeps failing"
}

# Debian's postgresql starts a server on 5432 when it is first installed. We bring our own.
PG_DROP_IN=/etc/postgresql-common/createcluster.d/orderpush.conf
keep_postgres_unstarted() {
    case " ${missing[*]} " in *" postgresql-15 "*) ;; *) return 0 ;; esac
    as_root mkdir -p "${PG_DROP_IN%/*}"
    echo 'create_main_cluster = false' | as_root tee "$PG_DROP_IN" >/dev/null
}
# Debian starts these when they are installed (6432, 80), and with the machine. The tests bring their own.
new_servers() {
    local name
    for name in "${missing[@]}"; do
        case $name in pgbouncer | haproxy) echo "$name.service" ;; nginx-light) echo nginx.service ;; esac
    done
}
keep_servers_unstarted() {
    local servers
    mapfile -t servers < <(new_servers)
    [ ${#servers[@]} -eq 0 ] || [ ! -d /run/systemd/system ] || as_root systemctl mask -q "${servers[@]}"
}
# By whoever wants them; not by themselves.
let_servers_start() {
    local servers
    mapfile -t servers < <(new_servers)
    [ ${#servers[@]} -gt 0 ] && [ -d /run/systemd/system ] || return 0
    as_root systemctl unmask -q "${servers[@]}"
    as_root systemctl disable -q "${servers[@]}"
}
# Whoever installs another version later gets Debian's usual behaviour back.
let_postgres_start() {
    [ ! -e "$PG_DROP_IN" ] || as_root rm -f "$PG_DROP_IN"
}

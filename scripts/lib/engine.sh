# shellcheck shell=bash
# A container engine for the container tests, where there is none. Sourced by scripts/*, with KUME_ROOT set to the
# checkout.

engine_pid=
engine_sockets=

# Whether somebody answers where an engine should be, sound or not: the tests find out which, and an own engine would
# hide it.
engine_is_there() {
    [ -z "${DOCKER_HOST:-}" ] || return 0
    command -v docker >/dev/null || [ -S /var/run/docker.sock ] || return 1
    local said
    said=$(timeout 20 docker version 2>&1) && return 0
    case $said in
        *"Cannot connect to the Docker daemon"* | *"docker: command not found"*) return 1 ;;
        # Somebody else's: the tests see nobody there, too.
        *"permission denied"*) return 1 ;;
    esac
    return 0
}

# Starts an engine that touches neither addresses nor firewall of this host, and has its data below target/. It ends
# with stop_engine, and by itself after an hour, whatever became of who started it.
start_engine() {
    remove_dead_engines
    engine_data=$KUME_ROOT/target/engine.$$
    # The path of a socket has at most 107 bytes, which a checkout may have used up.
    engine_sockets=$(mktemp -d /tmp/kume-engine.XXXXXX)
    local driver
    for driver in overlay2 vfs; do
        timeout --kill-after=30 3600 dockerd --iptables=false --ip6tables=false --ip-forward=false --bridge=none \
            --storage-driver "$driver" -H "unix://$engine_sockets/engine.sock" --data-root "$engine_data" \
            --exec-root "$engine_sockets/run" --pidfile "$engine_sockets/pid" >"$KUME_ROOT/target/engine.log" 2>&1 &
        engine_pid=$!
        if engine_comes_up; then
            export DOCKER_HOST=unix://$engine_sockets/engine.sock
            # It has no registry to take a helper for cleaning up from, and goes away as a whole.
            export TESTCONTAINERS_RYUK_DISABLED=true TESTCONTAINERS_HOST_OVERRIDE=127.0.0.1
            return 0
        fi
        end_engine_process
        rm -rf "$engine_data"
    done
    stop_engine
    echo "no container engine: dockerd does not start here; the end of target/engine.log:" >&2
    tail -n 5 "$KUME_ROOT/target/engine.log" >&2
    return 1
}

engine_comes_up() {
    local tries
    for ((tries = 0; tries < 100; tries++)); do
        timeout 20 docker -H "unix://$engine_sockets/engine.sock" version >/dev/null 2>&1 && return 0
        kill -0 "$engine_pid" 2>/dev/null || return 1
        sleep 0.2
    done
    return 1
}

# Ends the engine with its containers, and takes its data away.
stop_engine() {
    [ -n "$engine_sockets" ] || return 0
    end_engine_process
    remove_engine "$engine_data" "$engine_sockets"
    engine_sockets=
    unset DOCKER_HOST
}

# Its own end lets containers stop and takes mounts down; thirty seconds later it is killed.
end_engine_process() {
    [ -n "$engine_pid" ] || return 0
    kill "$engine_pid" 2>/dev/null || true
    local tries
    for ((tries = 0; tries < 150; tries++)); do
        kill -0 "$engine_pid" 2>/dev/null || break
        sleep 0.2
    done
    [ ! -s "$engine_sockets/pid" ] || kill -KILL "$(cat "$engine_sockets/pid")" 2>/dev/null || true
    kill -KILL "$engine_pid" 2>/dev/null || true
    wait "$engine_pid" 2>/dev/null || true
    engine_pid=
}

# Folders $@ of an engine that has ended, with what is still mounted in them.
remove_engine() {
    local folder mounted
    for folder in "$@"; do
        while read -r mounted; do
            umount -l "$mounted" || true
        done < <(awk -v folder="$folder/" 'index($2, folder) == 1 { print $2 }' /proc/self/mounts | sort -r)
        rm -rf --one-file-system "$folder"
    done
}

# Data of engines whose scripts were killed before they could clean up.
remove_dead_engines() {
    local data
    for data in "$KUME_ROOT"/target/engine.[0-9]*; do
        if [ -d "$data" ] && ! kill -0 "${data##*.}" 2>/dev/null &&
            ! pgrep -f -- "--data-root $data " >/dev/null; then
            remove_engine "$data"
        fi
    done
}

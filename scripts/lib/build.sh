# shellcheck shell=sh
# Builds the distribution target-cli/target/kume. Sourced by scripts/*, with KUME_ROOT set to the checkout.

# shellcheck source=scripts/lib/jdk.sh
. "$KUME_ROOT/scripts/lib/jdk.sh"

KUME_HOME=$KUME_ROOT/target-cli/target/kume
kume_stamp=$KUME_ROOT/target-cli/target/kume.built

need_maven() {
    command -v mvn >/dev/null && return 0
    echo "kume: Maven (mvn) is not on PATH and builds Kume: install it (Debian: apt install maven)" >&2
    return 1
}

# Whether the distribution is there and no source is newer. The stamp carries the time at which its build began, so that
# what was changed meanwhile counts; or ended, when somebody called Maven.
built() {
    [ -f "$kume_stamp" ] && [ -x "$KUME_HOME/bin/kume" ] || return 1
    [ -z "$(cd "$KUME_ROOT" && find pom.xml config scripts/lib target-*/pom.xml target-*/src/main target-cli/src/dist \
        -newer "$kume_stamp" -print 2>/dev/null | head -n 1)" ]
}

# Builds when the distribution is missing or older than the sources; shows Maven only when it fails.
build_when_stale() {
    # Under scripts/test the build is going on around us and has the lock: its distribution is what is to be tested.
    [ -z "${KUME_UNDER_TEST:-}" ] || return 0
    built && return 0
    find_jdk javac && need_maven || return 1
    echo "kume: building (a minute or two the first time)..." >&2
    mkdir -p "$KUME_ROOT/target"
    build_log=$(mktemp "$KUME_ROOT/target/build.XXXXXX") || return 1
    build_began=$(mktemp "$KUME_ROOT/target/began.XXXXXX") || return 1
    if (cd "$KUME_ROOT" && lock_build mvn -B -ntp -Dmaven.test.skip=true -Dspotless.check.skip=true package) \
        >"$build_log" 2>&1; then
        touch -r "$build_began" "$kume_stamp"
        rm -f "$build_log" "$build_began"
    else
        rm -f "$build_began"
        cat "$build_log" >&2
        echo "kume: the build failed; its output is above and in $build_log" >&2
        return 1
    fi
}

# Two builds of one checkout would tread on each other's files; where flock is missing they are not kept apart.
lock_build() {
    if command -v flock >/dev/null; then
        flock "$KUME_ROOT/target" "$@"
    else
        "$@"
    fi
}

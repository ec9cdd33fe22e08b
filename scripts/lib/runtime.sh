# shellcheck shell=bash
# Kume with a Java runtime of its own. Sourced by scripts/*, with KUME_ROOT set to the checkout and build.sh sourced.

# What Kume and its libraries use of the JDK. Stack traces keep their line numbers.
RUNTIME_MODULES=java.base,java.logging,java.management,java.naming,java.xml
RUNTIME_MODULES=$RUNTIME_MODULES,jdk.jfr,jdk.management,jdk.net,jdk.unsupported

# kume_home_with_runtime DIRECTORY: a copy of the distribution that needs no Java on its host.
kume_home_with_runtime() {
    local out=$1
    find_jdk jlink || return 1
    rm -rf "$out"
    mkdir -p "$(dirname "$out")"
    cp -R "$KUME_HOME" "$out"
    rm -rf "$out/aot"
    make_runtime || return 1
    cp -R "$runtime" "$out/runtime"
    list_libraries "$out"
}

# Makes the runtime once for each JDK, and says in runtime where it is.
make_runtime() {
    local jdk part
    jdk=$(printf '%s\n' "$JAVA_HOME" "$RUNTIME_MODULES" "$("$JAVA_HOME/bin/java" --version)" | sha256sum | cut -c 1-12)
    runtime=$KUME_ROOT/target/runtime.$jdk
    [ ! -d "$runtime" ] || return 0
    part=$(mktemp -d "$KUME_ROOT/target/jlink.XXXXXX") || return 1
    if "$JAVA_HOME/bin/jlink" --add-modules "$RUNTIME_MODULES" --no-header-files --no-man-pages --compress zip-6 \
        --output "$part/runtime" && { mv -T "$part/runtime" "$runtime" 2>/dev/null || [ -d "$runtime" ]; }; then
        rm -rf "$part"
    else
        rm -rf "$part"
        return 1
    fi
}

# What bin/kume compares with: an installation that is not whole says so instead of failing somewhere.
list_libraries() {
    (cd "$1/lib" && LC_ALL=C sh -c 'echo *.jar' >libraries.list)
}

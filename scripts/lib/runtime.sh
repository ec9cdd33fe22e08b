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
    "$JAVA_HOME/bin/jlink" --add-modules "$RUNTIME_MODULES" --no-header-files --no-man-pages --compress zip-6 \
        --output "$out/runtime" || return 1
    list_libraries "$out"
}

# What bin/kume compares with: an installation that is not whole says so instead of failing somewhere.
list_libraries() {
    (cd "$1/lib" && LC_ALL=C sh -c 'echo *.jar' >libraries.list)
}

# shellcheck shell=sh
# Finds a JDK that can run or build Kume. Sourced by scripts/* and, as bin/jdk.sh, by the distribution's bin/kume.

KUME_JAVA_LEAST=25

# The major version of the Java in folder $1, or nothing. The release file answers without starting a JVM.
jdk_major() {
    jdk_version=
    if [ -r "$1/release" ]; then
        while IFS='=' read -r jdk_key jdk_value; do
            if [ "$jdk_key" = JAVA_VERSION ]; then
                jdk_version=${jdk_value#\"}
            fi
        done <"$1/release"
    fi
    if [ -z "$jdk_version" ]; then
        jdk_version=$("$1/bin/java" -version 2>&1 | sed -n 's/.* version "\([0-9.]*\).*/\1/p')
    fi
    printf '%s\n' "${jdk_version%%[!0-9]*}"
}

# Whether folder $1 holds a Java that is new enough and has the program $2 (java, or javac to build).
jdk_fits() {
    [ -x "$1/bin/java" ] && [ -x "$1/bin/$2" ] || return 1
    jdk_found=$(jdk_major "$1")
    [ -n "$jdk_found" ] && [ "$jdk_found" -ge "$KUME_JAVA_LEAST" ]
}

# The folder of the java on PATH, with links followed, or nothing.
jdk_on_path() {
    jdk_java=$(command -v java) || return 0
    jdk_java=$(readlink -f "$jdk_java") || return 0
    dirname "$(dirname "$jdk_java")"
}

# Sets JAVA_HOME to a Java >= 25 that has the program $1 (default: java). Otherwise one line on stderr, and 1.
find_jdk() {
    jdk_program=${1:-java}
    for jdk_home in "${JAVA_HOME:-}" "$(jdk_on_path)" \
        /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* \
        "${HOME:-}"/.sdkman/candidates/java/* "${HOME:-}"/.jdks/* \
        /Library/Java/JavaVirtualMachines/*/Contents/Home; do
        if [ -n "$jdk_home" ] && jdk_fits "$jdk_home" "$jdk_program"; then
            JAVA_HOME=$jdk_home
            export JAVA_HOME
            return 0
        fi
    done
    echo "kume: no JDK $KUME_JAVA_LEAST or newer in JAVA_HOME, on PATH or in the usual folders:" \
        "install one (Debian: apt install openjdk-25-jdk, or https://adoptium.net) or set JAVA_HOME" >&2
    return 1
}

# shellcheck shell=bash
# Container images: Kume's own, and those of the initiators that test it. Sourced by scripts/*, with KUME_ROOT set to
# the checkout, and build.sh and runtime.sh sourced. Roots are made here where that is allowed, and otherwise taken
# from a registry.

# shellcheck source=scripts/lib/debian-root.sh
. "$KUME_ROOT/scripts/lib/debian-root.sh"

IMAGES=$KUME_ROOT/target/images

# What a checksum of $@ looks like in the name of a file.
content() {
    printf '%s\n' "$@" | sha256sum | cut -c 1-12
}

# Whether roots are made here instead of pulled.
makes_roots() {
    [ "$(id -u)" = 0 ] && command -v mmdebstrap >/dev/null
}

# debian_files SUITE PACKAGE...: the packages, with all that they need and without configuring any, as a tar file that
# is kept for a week. Prints its path.
debian_files() {
    local suite=$1 file
    file=$IMAGES/$suite-$(content "$@" "$(unneeded)").tar
    if [ -z "$(find "$file" -mtime -7 2>/dev/null)" ]; then
        shift
        make_root "$file" "$suite" extract "$(IFS=, && echo "$*")" --extract-hook="$(unneeded)" || return 1
    fi
    echo "$file"
}

# A hook that writes down which versions they are, and removes what nobody reads in a container.
unneeded() {
    local each words=
    # shellcheck disable=SC2016
    echo 'for each in "$1"/usr/share/doc/*/changelog.Debian.gz; do zcat -f "$each" | head -n 1; done' \
        '>"$1"/etc/packages;'
    # Licenses stay.
    # shellcheck disable=SC2016
    echo 'find "$1"/usr/share/doc -type f ! -name copyright -delete;'
    for each in usr/share/man usr/share/info usr/share/locale usr/share/zoneinfo usr/share/bash-completion \
        boot home media mnt srv; do
        words="$words \"\$1\"/$each"
    done
    echo "rm -rf$words \"\$1\"/usr/lib/*/gconv"
}

# import_root TAG FILE [CHANGE...]: an image of a tar file, unless it is there.
import_root() {
    local tag=$1 file=$2 changes=() label
    shift 2
    label=$(basename "$file" .tar)-$(content "$@")
    local change present='{{index .Config.Labels "dev.kume.root"}}'
    [ "$(docker image inspect -f "$present" "$tag" 2>/dev/null)" != "$label" ] || return 0
    for change in "LABEL dev.kume.root=$label" "$@"; do
        changes+=(--change "$change")
    done
    docker import "${changes[@]}" "$file" "$tag" >/dev/null
}

# bare_image TAG: a Debian with what the Debian package needs, and without Java: the root of debian-root.sh.
bare_image() {
    local tag=$1 file
    if makes_roots; then
        file=$(debian_root debian bookworm adduser init-system-helpers) || return 1
        import_root "$tag" "$file" 'CMD ["sleep", "900"]'
    else
        initiator_image "$tag" bookworm adduser init-system-helpers
    fi
}

# initiator_image TAG SUITE PACKAGE...
initiator_image() {
    local tag=$1 suite=$2 file
    shift 2
    if makes_roots; then
        file=$(debian_files "$suite" base-files coreutils dash "$@") || return 1
        import_root "$tag" "$file" 'CMD ["sleep", "900"]'
    else
        build_image "$tag" "$KUME_ROOT/containers/initiator.Containerfile" "$KUME_ROOT/containers" \
            --build-arg "BASE=debian:$suite-slim" --build-arg "PACKAGES=$*"
    fi
}

# build_image TAG FILE CONTEXT [OPTION...]: says what was wrong, and nothing otherwise.
build_image() {
    local tag=$1 file=$2 context=$3 said builder=1
    shift 3
    docker buildx version >/dev/null 2>&1 || builder=0
    said=$(DOCKER_BUILDKIT=$builder docker build -q -t "$tag" -f "$file" "$@" "$context" 2>&1) && return 0
    printf '%s\n' "$said" >&2
    return 1
}

# image HOME VERSION: kume:VERSION and kume:latest, of a distribution with its own runtime. What scripts/package calls.
image() {
    kume_image "kume:$2" "$1" || return 1
    docker tag "kume:$2" kume:latest
    echo "container image kume:$2, $(docker image inspect -f '{{.Size}}' "kume:$2") bytes"
}

# kume_image TAG HOME: built twice, for the second has the start-up caches that the first makes at the place where they
# fit. The engine does not repeat the steps that both have.
kume_image() {
    local tag=$1 home=$2 context base result=0
    base=$(kume_base) || return 1
    context=$(mktemp -d "$KUME_ROOT/target/context.XXXXXX") || return 1
    lay_out_context "$context" "$home" &&
        build_image "$tag-cold" "$KUME_ROOT/containers/Containerfile" "$context" --build-arg "BASE=$base" &&
        start_up_caches "$tag-cold" "$context/start/aot" && options_files "$context" "$home" &&
        build_image "$tag" "$KUME_ROOT/containers/Containerfile" "$context" --build-arg "BASE=$base" || result=1
    docker image rm "$tag-cold" >/dev/null 2>&1 || true
    rm -rf "$context"
    return "$result"
}

# What Kume's image lies on: a C library and a shell. Prints its name.
kume_base() {
    local file
    if makes_roots; then
        file=$(debian_files bookworm base-files dash libc6) || return 1
        import_root kume-base:bookworm "$file" || return 1
        echo kume-base:bookworm
    else
        echo debian:12-slim
    fi
}

# lay_out_context DIRECTORY HOME: what the Containerfile copies.
lay_out_context() {
    local out=$1 home=$2
    mkdir -p "$out/etc/kume" "$out/bin" "$out/run" "$out/state" "$out/kume" "$out/start/aot"
    # Only the modes of what is in a copied folder are kept, and nobody else may come to state and socket.
    mkdir -m 700 "$out/run/kume" "$out/state/kume"
    cp "$home/config/kume.yaml" "$out/etc/kume/"
    echo 'root:x:0:0:root:/root:/bin/sh' >"$out/etc/passwd"
    echo 'kume:x:3260:3260:Kume iSCSI target:/var/lib/kume:/bin/false' >>"$out/etc/passwd"
    printf '%s\n' 'root:x:0:' 'kume:x:3260:' >"$out/etc/group"
    install -m 755 "$KUME_ROOT/containers/kume" "$out/bin/kume"
    cp -Rp "$home/lib" "$home/runtime" "$home/LICENSE" "$home/NOTICE" "$out/kume/"
    options_files "$out" "$home"
}

# Without profiles, for the reason that kume-aot gives.
TRAINING="-XX:+IgnoreUnrecognizedVMOptions -XX:+UnlockDiagnosticVMOptions -XX:-AOTRecordTraining"

# start_up_caches IMAGE DIRECTORY: what the JVM has loaded and linked after a start and a look, as kume-aot makes it.
start_up_caches() {
    local name=kume-caches-$$ log=$2.log result=0
    mkdir -p "$2"
    take_caches "$name" "$1" "$2" >"$log" 2>&1 || result=1
    [ "$result" = 0 ] || cat "$log" >&2
    docker rm -f -v "$name" >/dev/null 2>&1 || true
    rm -f "$log"
    return "$result"
}

take_caches() {
    docker run -d --name "$1" --network none --no-healthcheck \
        -e "JDK_JAVA_OPTIONS=-XX:AOTCacheOutput=/run/kume/serve.aot $TRAINING" "$2" &&
        warm "$1" && docker stop -t 60 "$1" &&
        docker cp "$1:/run/kume/serve.aot" "$3/serve.aot" && docker cp "$1:/run/kume/verb.aot" "$3/verb.aot"
}

# warm CONTAINER: lets the daemon do what it will do first.
warm() {
    local tries
    for ((tries = 0; tries < 60; tries++)); do
        docker exec "$1" kume health --alive && break
        [ "$(docker inspect -f '{{.State.Running}}' "$1")" = true ] || { docker logs "$1" && return 1; }
        sleep 0.5
    done
    docker exec "$1" kume cluster create warm --node a=iqn.2026-11.dev.kume:a --node b=iqn.2026-11.dev.kume:b \
        --witness warm=64MB --sparse &&
        docker exec "$1" kume cluster validate warm &&
        docker exec -e "JDK_JAVA_OPTIONS=-XX:AOTCacheOutput=/run/kume/verb.aot $TRAINING" "$1" kume health
}

# options_files CONTEXT HOME: the words that bin/kume would give java, as files that java reads itself.
options_files() {
    mkdir -p "$1/start/options"
    jvm_options serve "$1" "$2" >"$1/start/options/serve" && jvm_options status "$1" "$2" >"$1/start/options/verb"
}

# jvm_options VERB CONTEXT HOME: for an image in which no script runs.
jvm_options() {
    local stage result
    stage=$(mktemp -d "$KUME_ROOT/target/options.XXXXXX") || return 1
    mkdir -p "$stage/java/bin" "$stage/kume"
    cp -R "$3/bin" "$2/start/aot" "$stage/kume/"
    echo "JAVA_VERSION=\"25\"" >"$stage/java/release"
    printf '%s\n' '#!/bin/sh' 'printf "%s\n" "$@"' >"$stage/java/bin/java"
    chmod +x "$stage/java/bin/java"
    env -u KUME_JAVA_OPTS "JAVA_HOME=$stage/java" "$stage/kume/bin/kume" "$1" |
        sed -e '$d' -e "s|$stage/kume|/opt/kume|g" -e 's|.*|"&"|'
    result=${PIPESTATUS[0]}
    rm -rf "$stage"
    return "$result"
}

# shellcheck shell=bash
# A bare Debian root as a tar file, made once and kept. Sourced by scripts/*, with KUME_ROOT set to the checkout.

# debian_root NAME SUITE [PACKAGE...]: makes target/images/NAME.tar when it is missing, and prints its path.
debian_root() {
    local name=$1 suite=$2 file
    shift 2
    file=$KUME_ROOT/target/images/$name.tar
    if [ ! -f "$file" ]; then
        if ! command -v mmdebstrap >/dev/null; then
            echo "kume: mmdebstrap makes Debian roots and is not on PATH: apt install mmdebstrap" >&2
            return 1
        fi
        mkdir -p "$KUME_ROOT/target/images"
        mmdebstrap --quiet --format=tar --variant=minbase --include="$(IFS=,; echo "$*")" \
            --dpkgopt=path-exclude=/usr/share/doc/* --dpkgopt=path-exclude=/usr/share/locale/* \
            --dpkgopt=path-exclude=/usr/share/man/* --aptopt='Acquire::Languages "none"' \
            "$suite" "$file.new" >&2 || return 1
        mv "$file.new" "$file"
    fi
    echo "$file"
}

# shellcheck shell=bash
# Debian roots as tar files. Sourced by scripts/*, with KUME_ROOT set to the checkout.

# debian_root NAME SUITE [PACKAGE...]: a bare root, made once and kept as target/images/NAME.tar. Prints its path.
debian_root() {
    local name=$1 suite=$2 file
    shift 2
    file=$KUME_ROOT/target/images/$name.tar
    if [ ! -f "$file" ]; then
        if ! command -v mmdebstrap >/dev/null; then
            echo "kume: mmdebstrap makes Debian roots and is not on PATH: apt install mmdebstrap" >&2
            return 1
        fi
        make_root "$file" "$suite" minbase "$(IFS=, && echo "$*")" --dpkgopt=path-exclude=/usr/share/doc/* \
            --dpkgopt=path-exclude=/usr/share/locale/* --dpkgopt=path-exclude=/usr/share/man/* || return 1
    fi
    echo "$file"
}

# make_root FILE SUITE VARIANT PACKAGES [OPTION...]: by mmdebstrap, with the sources and the proxies of this host.
make_root() {
    local file=$1 suite=$2 variant=$3 packages=$4 proxy=() source=()
    shift 4
    mkdir -p "$(dirname "$file")"
    mapfile -t proxy < <(apt-config dump 2>/dev/null | grep -E '^Acquire::https?::Proxy ' | sed 's/^/--aptopt=/')
    mapfile -t source < <(sources_of_host "$suite")
    mmdebstrap --quiet --format=tar "--variant=$variant" "--include=$packages" "${proxy[@]}" \
        --aptopt='Acquire::Languages "none"' "$@" "$suite" "$file.new" "${source[@]}" >&2 || return 1
    mv "$file.new" "$file"
}

# sources_of_host SUITE: from where this host has its packages, if it is a Debian itself; else what mmdebstrap knows.
sources_of_host() {
    local site
    grep -qs '^ID=debian$' /etc/os-release || return 0
    # shellcheck disable=SC2016
    apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 2>/dev/null | sort -u | while read -r site; do
        case $site in
            */debian | */debian/) printf 'deb %s %s main\n' "$site" "$1" "$site" "$1-updates" ;;
            */debian-security | */debian-security/) echo "deb $site $1-security main" ;;
        esac
    done
}

# Shared by the scripts: messages, and getting what the build needs. Bash, sourced.

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$repository" || exit 1

step_number=0
step_count=0 # set by each script

# step <what> [how long]: "==> [2/6] Building (about 3 minutes)"
step() {
    step_number=$((step_number + 1))
    printf '\n==> [%d/%d] %s%s\n' "$step_number" "$step_count" "$1" "${2:+ ($2)}"
}

# problem <line>...: says in plain words what is wrong; the first line stands out.
problem() {
    printf '\n!!! %s\n' "$1" >&2
    shift
    [ $# -eq 0 ] || printf '    %s\n' "$@" >&2
}

have() {
    command -v "$1" >/dev/null 2>&1
}

# at_least <version> <minimum>
at_least() {
    [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

# has_header <name>: does the compiler find it?
has_header() {
    printf '#if !__has_include(<%s>)\n#error\n#endif\n' "$1" |
        "${CXX:-g++}" -std=c++17 -E -x c++ - >/dev/null 2>&1
}

# Prints the Debian packages that are missing. What is there counts wherever it comes from.
missing_packages() {
    local pair
    for pair in "${CXX:-g++}:g++" cmake:cmake ninja:ninja-build ccache:ccache pkg-config:pkg-config python3:python3 \
        valgrind:valgrind; do
        have "${pair%%:*}" || echo "${pair#*:}"
    done
    for pair in asio/version.hpp:libasio-dev websocketpp/version.hpp:libwebsocketpp-dev \
        rapidjson/reader.h:rapidjson-dev sqlite3.h:libsqlite3-dev zlib.h:zlib1g-dev \
        openssl/ssl.h:libssl-dev; do
        has_header "${pair%%:*}" || echo "${pair#*:}"
    done
    # What only tests, the command-line tool and the examples inside other servers need.
    if [ "${for_tests:-yes}" = yes ]; then
        for pair in boost/beast/core.hpp:libboost-dev httplib.h:libcpp-httplib-dev CLI/CLI.hpp:libcli11-dev; do
            has_header "${pair%%:*}" || echo "${pair#*:}"
        done
    fi
    # version 2 or 3
    has_header catch2/catch.hpp || has_header catch2/catch_test_macros.hpp || echo catch2
    [ "${need_node:-yes}" = no ] || { have node && have npm; } || printf '%s\n' nodejs npm
}

# What a package manager cannot tell: the versions. Says what to do and returns 1 when one is too old.
check_versions() {
    local cmake compiler node
    cmake=$(cmake --version 2>/dev/null | sed -n '1s/.*version //p')
    compiler=$("${CXX:-g++}" -dumpfullversion -dumpversion 2>/dev/null)
    if ! at_least "${cmake:-0}" 3.25; then
        problem "CMake 3.25 or newer is needed; this computer has ${cmake:-none}." \
            "Ubuntu 22.04 is too old in this and other ways (its GCC and Asio too). Either use Debian 12, Ubuntu 24.04" \
            "or newer, or run this script in a container:" \
            "    docker run --rm -it -v \"\$PWD\":/unisono -w /unisono debian:12 ./scripts/$(basename "$0")"
        return 1
    fi
    if [ -z "${CXX:-}" ] && ! at_least "${compiler:-0}" 12; then
        problem "GCC 12 or newer is needed; this computer has ${compiler:-none}." \
            "Install g++-12 and run: CXX=g++-12 ./scripts/$(basename "$0")"
        return 1
    fi
    if [ "${need_node:-yes}" = yes ]; then
        node=$(node --version 2>/dev/null | sed 's/^v//')
        if ! at_least "${node:-0}" 18; then
            problem "Node.js 18 or newer is needed for the web pages; this computer has ${node:-none}." \
                "Get it from https://nodejs.org/en/download, then run this script again."
            return 1
        fi
    fi
}

# Installs what is missing. Set need_node=no first for C++ only. Does nothing when all is there.
install_packages() {
    local packages
    packages=$(missing_packages)
    if [ -z "$packages" ]; then
        echo "everything needed is installed"
    elif ! have apt-get; then
        problem "These packages are missing (their names in Debian):" $packages \
            "" "This script installs them on Debian and Ubuntu only. Install them, then run it again."
        return 1
    elif [ "$(id -u)" -ne 0 ] && ! have sudo; then
        problem "These packages are missing, and installing them needs root or sudo:" $packages
        return 1
    else
        echo "installing:" $packages
        # shellcheck disable=SC2086 # one word per package
        if ! { as_root apt-get update -q &&
            as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $packages; }; then
            problem "apt-get could not install: $(echo $packages)" \
                "Its last messages above say why. Without a network, install them some other way and run this again."
            return 1
        fi
    fi
    check_versions
}

# Prints the path of a browser that starts. Ubuntu's chromium package is a stub for a snap, which may not.
find_browser() {
    local name
    for name in "${UNISONO_BROWSER:-}" chromium google-chrome google-chrome-stable chromium-browser; do
        if [ -n "$name" ] && have "$name" && timeout 20 "$name" --version >/dev/null 2>&1; then
            command -v "$name"
            return 0
        fi
    done
    return 1
}

# install_browser <folder>: Debian has a package; elsewhere the Playwright of that folder downloads one. Exports
# UNISONO_BROWSER when there is a browser to name.
install_browser() {
    if ! find_browser >/dev/null; then
        if have apt-get && grep -q '^ID=debian' /etc/os-release; then
            as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends chromium
        else
            (cd "$1" && npx --no-install playwright-core install --with-deps chromium) && return 0
        fi
    fi
    if ! UNISONO_BROWSER=$(find_browser); then
        problem "No browser was found for the browser tests." \
            "Install Chromium or Google Chrome, or name one: UNISONO_BROWSER=/path/to/chrome ./scripts/test"
        return 1
    fi
    export UNISONO_BROWSER
}

# npm_install <folder>: exactly what its package-lock.json says; nothing when that is installed already.
npm_install() {
    if [ "$1/node_modules/.package-lock.json" -nt "$1/package-lock.json" ]; then
        return 0
    fi
    if ! (cd "$1" && npm ci --no-audit --no-fund); then
        problem "npm could not install what $1 needs." "It downloads from the npm registry: is there a network?"
        return 1
    fi
}

build_pages() {
    npm_install examples/showcase/web && npm run --prefix examples/showcase/web build
}

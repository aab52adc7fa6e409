# Sourced by demo.sh and test.sh: installs the Debian packages that a build and a throw-away server need.

# The packages, and what shows that each is there.
missing_packages() {
    pkg-config --exists libpq 2>/dev/null || echo libpq-dev
    pkg-config --exists libcrypto 2>/dev/null || echo libssl-dev
    pkg-config --exists zlib 2>/dev/null || echo zlib1g-dev
    command -v pkg-config >/dev/null || echo pkg-config
    command -v git >/dev/null || echo git
    command -v psql >/dev/null || echo postgresql-client
    compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || echo postgresql
}

# What the tests of the pages need: a real browser, and a font with Chinese characters.
missing_browser_packages() {
    command -v chromium >/dev/null || echo chromium
    compgen -G '/usr/share/fonts/*/*wqy*' >/dev/null || compgen -G '/usr/share/fonts/*/*/*CJK*' >/dev/null ||
        echo fonts-wqy-microhei
}

# What the tests of metrics need: a real Prometheus, and promtool.
missing_monitoring_packages() {
    command -v prometheus >/dev/null && command -v promtool >/dev/null || echo prometheus
}

# Installs both. Without them the tests that use them are skipped, and say so: that is no failure.
install_for_tests() {
    local missing as_root=()
    mapfile -t missing < <(missing_browser_packages && missing_monitoring_packages)
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || return 0
        as_root=(sudo)
    fi
    echo "Installing ${missing[*]} ..."
    { "${as_root[@]}" apt-get update -qq &&
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null >/dev/null; } ||
        echo "Not installed: tests in a browser or with Prometheus will be skipped." >&2
    # Debian starts a Prometheus of its own, which nobody here has asked for.
    if [[ " ${missing[*]} " == *" prometheus "* ]] && command -v systemctl >/dev/null; then
        "${as_root[@]}" systemctl disable --now prometheus >/dev/null 2>&1 || true
    fi
}

# What builds and tests the Debian package. Run as root.
install_package_tools() {
    local missing=() program
    for program in dpkg-shlibdeps:dpkg-dev strip:binutils lintian:lintian debootstrap:debootstrap man:man-db \
        systemd-analyze:systemd; do
        command -v "${program%:*}" >/dev/null || missing+=("${program#*:}")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    echo "Installing ${missing[*]} ..."
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null >/dev/null
}

# Installs what is missing, as root or through sudo. Debian's own server is neither created nor started.
install_packages() {
    local missing as_root=() setting=/etc/postgresql-common/createcluster.d/bashu.conf
    command -v swift >/dev/null || {
        echo "Swift is not installed, or not in PATH: see https://www.swift.org/install/linux" >&2
        return 1
    }
    mapfile -t missing < <(missing_packages)
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || {
            echo "These Debian packages are missing; install them as root: ${missing[*]}" >&2
            return 1
        }
        as_root=(sudo)
    fi
    echo "Installing ${missing[*]} ..."
    "${as_root[@]}" mkdir -p "${setting%/*}"
    echo "create_main_cluster = false" | "${as_root[@]}" tee "$setting" >/dev/null
    local status=0
    "${as_root[@]}" apt-get update -qq || status=$?
    [ $status != 0 ] || "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null >/dev/null || status=$?
    "${as_root[@]}" rm -f "$setting"
    return $status
}

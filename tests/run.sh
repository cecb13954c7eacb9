#!/usr/bin/env bash
# The whole test run on a bare Debian machine that has Rust and a C compiler: installs what the tests need, builds, tests, counts.
#
#   bash tests/run.sh            all tests
#   KENTO_LINT=1                 clippy and cargo-deny too (clippy checks all of burn once, some ten minutes)
#   KENTO_TEST_GPU=0             leave out the tests on Mesa's software rasteriser
#   CARGO_TARGET_DIR=DIR         where to build; in CI /var/cache/kento/target, which later runs on that machine reuse
set -uo pipefail
cd "$(dirname "$0")/.."
started=$SECONDS
failed=()
say() { printf '\n== %s (%d min)\n' "$*" $(((SECONDS - started) / 60)); }

# 1. What the tests need from Debian: Vulkan and OpenGL on the CPU, a screen that nobody sees, fonts, keyboard maps.
packages=(mesa-vulkan-drivers libvulkan1 libegl1 libgl1-mesa-dri xvfb xauth fonts-dejavu-core libxkbcommon0 libxkbcommon-x11-0 libx11-xcb1 libxcursor1 libxi6 libxrandr2 libwayland-client0)
missing=()
for package in "${packages[@]}"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then
    say "system packages are there"
elif ! command -v apt-get >/dev/null || [ "$(id -u)" -ne 0 ]; then
    say "cannot install ${missing[*]}: not root on a Debian machine; tests that need them will say so"
else
    say "installing ${missing[*]}"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" \
        || say "apt-get failed; tests that need ${missing[*]} will say so"
fi

# 2. One build directory for CI runs, so that burn and wgpu are built once for each machine.
if [ "${CI:-}" = true ] && [ -z "${CARGO_TARGET_DIR:-}" ] && mkdir -p /var/cache/kento/target 2>/dev/null; then
    export CARGO_TARGET_DIR=/var/cache/kento/target
fi
if [ "${CI:-}" = true ]; then
    export CARGO_INCREMENTAL=0
fi
# The software rasteriser only: a real GPU of the machine takes no part in the tests.
for icd in /usr/share/vulkan/icd.d/lvp_icd.*.json /usr/share/vulkan/icd.d/lvp_icd.json; do
    [ -e "$icd" ] && export VK_DRIVER_FILES="$icd" && break
done

# 3. The tests.
log=$(mktemp)
gpu_log=$(mktemp)
trap 'rm -f "$log" "$gpu_log"' EXIT
say "cargo test --workspace"
cargo test --workspace --locked --no-fail-fast 2>&1 | tee "$log"
[ "${PIPESTATUS[0]}" -eq 0 ] || failed+=("tests")
if [ "${KENTO_TEST_GPU:-1}" = 1 ]; then
    # OpenGL, because there burn compiles WGSL; the SPIR-V that it compiles for Vulkan crashes inside lavapipe.
    if compgen -G "/usr/lib/*/libEGL_mesa.so.0" >/dev/null; then
        say "parity through burn-wgpu on llvmpipe"
        LIBGL_ALWAYS_SOFTWARE=1 CUBECL_AUTOTUNE_LEVEL=minimal \
            cargo test --workspace --locked --no-fail-fast --test parity -- --ignored gpu_ --test-threads 1 2>&1 | tee "$gpu_log"
        [ "${PIPESTATUS[0]}" -eq 0 ] || failed+=("parity on the software GPU")
    else
        say "no Mesa EGL: the tests on a software GPU are left out"
    fi
fi

say "cargo fmt --check"
cargo fmt --all --check || failed+=("formatting")

# 4. House style on request. Tools that are not installed are named, not assumed.
if [ "${KENTO_LINT:-0}" = 1 ]; then
    if cargo clippy --version >/dev/null 2>&1; then
        say "cargo clippy"
        cargo clippy --workspace --all-targets --locked -- -D warnings || failed+=("clippy")
    else
        say "clippy is not installed"
    fi
    if command -v cargo-deny >/dev/null; then
        say "cargo deny"
        checks=(bans licenses sources)
        [ -d "${CARGO_HOME:-$HOME/.cargo}/advisory-dbs" ] && checks+=(advisories)
        cargo deny --offline check "${checks[@]}" || failed+=("cargo deny")
    else
        say "cargo-deny is not installed; tests/tidy.rs still checks for network crates"
    fi
fi

# 5. The count, over every test binary. A test that was ignored in the first run and ran in the second is not skipped.
count() { awk -v word="$1" '/^test result:/ { for (i = 2; i <= NF; i++) if ($i ~ "^" word) n += $(i - 1) } END { print n + 0 }' "$2"; }
ran_on_gpu=$(($(count passed "$gpu_log") + $(count failed "$gpu_log")))
say "done"
echo "$(($(count passed "$log") + $(count passed "$gpu_log"))) passed, $(($(count failed "$log") + $(count failed "$gpu_log"))) failed, $(($(count ignored "$log") - ran_on_gpu)) skipped"
if [ ${#failed[@]} -gt 0 ]; then
    echo "failed: ${failed[*]}" >&2
    exit 1
fi

#!/usr/bin/env bash
# Takes the README's picture of the real window: a screen that nobody sees, the real engine, a first generation.
#
#   bash tests/screenshots.sh [KENTO [WIDTHxHEIGHT [FILE [SECONDS]]]]
#
# KENTO is the executable (target/release/kento). SECONDS is how long the first generation may take (30).
# Needs Debian's packages xvfb, imagemagick, xdotool and mesa-vulkan-drivers.
set -euo pipefail
cd "$(dirname "$0")/.."
kento=${1:-target/release/kento}
size=${2:-1280x800}
file=${3:-assets/screenshots/first-generation.png}
seconds=${4:-30}
mkdir -p "$(dirname "$file")"
export DISPLAY=:97
Xvfb "$DISPLAY" -screen 0 "${size}x24" -nolisten tcp >/dev/null 2>&1 &
screen=$!
trap 'kill "${window:-}" "$screen" 2>/dev/null || true' EXIT
sleep 1
XDG_RUNTIME_DIR=$(mktemp -d) "$kento" >/dev/null 2>&1 &
window=$!
sleep 2
# No window manager runs here: the window is put where it fills the screen.
id=$(xdotool search --onlyvisible --pid "$window" | tail -n 1)
xdotool windowmove "$id" 0 0 windowsize "$id" "${size%x*}" "${size#*x}"
sleep "$seconds"
import -window root "$file"
echo "$file"

#!/usr/bin/env bash
# Takes the README's pictures of the real window on a screen that nobody sees, with the real engine.
#
#   bash tests/screenshots.sh [KENTO [WIDTHxHEIGHT [FOLDER [PROJECT]]]]
#
# KENTO is the executable (target/release/kento). Without a PROJECT, `kento demo` makes one first. Writes operator.png,
# director.png and reviewer.png into FOLDER (assets/screenshots), and at 1600x1000, where it knows the places to press, repair.png: a
# stroke on the selected picture and its candidates, which the project has from then on.
# Needs Debian's packages xvfb, imagemagick, xdotool and mesa-vulkan-drivers.
set -euo pipefail
cd "$(dirname "$0")/.."
kento=${1:-target/release/kento}
size=${2:-1600x1000}
folder=${3:-assets/screenshots}
place=$(mktemp -d)
project=${4:-}
if [ -z "$project" ]; then
    project="$place/harbour-days.kento"
    "$kento" demo "$project" --device cpu
fi
mkdir -p "$folder"
export DISPLAY=:97 XDG_RUNTIME_DIR="$place" XDG_CONFIG_HOME="$place/config"
Xvfb "$DISPLAY" -screen 0 "${size}x24" -nolisten tcp >/dev/null 2>&1 &
screen=$!
trap 'kill "${window:-}" "$screen" 2>/dev/null || true; rm -rf "$place"' EXIT
sleep 1
USER="Mara Lind" "$kento" open "$project" >/dev/null 2>&1 &
window=$!
sleep 4
# No window manager runs here: the window is put where it fills the screen.
id=$(xdotool search --onlyvisible --pid "$window" | tail -n 1)
xdotool windowmove "$id" 0 0 windowsize "$id" "${size%x*}" "${size#*x}"
xdotool windowfocus "$id" 2>/dev/null || true
sleep 4
# In the corner, where it points at nothing.
xdotool mousemove 0 "$((${size#*x} - 1))"
# The project remembers which hat was worn last, so each role is put on.
for role in operator:F7 director:F6 reviewer:F8; do
    xdotool key --window "$id" "${role#*:}"
    sleep 3
    import -window root "$folder/${role%:*}.png"
done
if [ "$size" = 1600x1000 ]; then
    xdotool key --window "$id" F7
    sleep 2
    press() { xdotool mousemove "$1" "$2"; sleep 0.4; xdotool click 1; sleep 1.5; }
    press 1246 67 # Mask and repair
    xdotool mousemove 1000 480 mousedown 1
    for step in $(seq 1 14); do
        xdotool mousemove $((1000 + step * 7)) $((480 + step * 3))
        sleep 0.1
    done
    xdotool mouseup 1
    sleep 2
    press 1217 818 # Make 4 candidates
    sleep "${KENTO_REPAIR_SECONDS:-45}"
    import -window root "$folder/repair.png"
fi
ls "$folder"/*.png

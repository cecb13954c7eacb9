"""Seconds from the start of the program to a visible window and to its first painted frame, without a project: startup.py KENTO [RUNS]

Counts from the moment in which the process is started, as `kento bench` and first_step.py do for the first denoising step.
Runs under Xvfb with settings of its own; needs xvfb, xdotool and ImageMagick. Looking costs up to 0.1 s, so the figures are upper bounds.
"""
import os, signal, subprocess, sys, tempfile, time

DISPLAY = ":91"


def quiet(*words, **more):
    return subprocess.run(words, capture_output=True, env=environment, **more).stdout


def window():
    found = quiet("xdotool", "search", "--onlyvisible", "--name", "^Kento$").split()
    return found[0].decode() if found else None


def is_painted(which):
    """Whether the top bar is there: an empty window has one colour."""
    pixels = quiet("import", "-window", which, "-crop", "400x60+0+0", "-depth", "8", "rgb:-")
    return len({pixels[i:i + 3] for i in range(0, len(pixels), 3)}) > 8


def measure(program):
    began = time.time()
    running = subprocess.Popen([program], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    visible = painted = None
    while painted is None and time.time() - began < 20:
        which = window()
        if which and visible is None: visible = time.time() - began
        if which and is_painted(which): painted = time.time() - began
    os.killpg(running.pid, signal.SIGTERM); running.wait()
    return visible, painted


with tempfile.TemporaryDirectory() as folder:
    environment = os.environ | dict(DISPLAY=DISPLAY, XDG_CONFIG_HOME=folder, XDG_RUNTIME_DIR=folder)
    screen = subprocess.Popen(["Xvfb", DISPLAY, "-screen", "0", "1600x1000x24", "-nolisten", "tcp"], stderr=subprocess.DEVNULL)
    time.sleep(1)
    try:
        for run in range(int(sys.argv[2]) if len(sys.argv) > 2 else 5):
            visible, painted = measure(sys.argv[1])
            if painted is None: sys.exit("the window did not come within 20 s")
            print(f"visible {visible:.2f} s, painted {painted:.2f} s", flush=True)
            time.sleep(.5)
    finally:
        screen.terminate()

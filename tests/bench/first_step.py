"""Seconds from the start of the program to the end of the first denoising step, for a new and for a known model: first_step.py KENTO [RUNS] [MODEL]

It needs no window. `kento bench` counts from the start of its process, and this script counts beside it from the same moment to the end of the
program: what lies between the two is decoding, the report and the exit, so the first figure must be the smaller one, or kento counts too little.
A model is new where KENTO_CACHE is empty: then all of it is hashed before the first step. MODEL is the starter model where none is named.
startup.py counts the window from the same moment.
"""
import json, os, subprocess, sys, tempfile, time

program, runs = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 5
model = ["--model", sys.argv[3]] if len(sys.argv) > 3 else []
command = [program, "bench", "--steps", "1", "--runs", "1", "--json", *model]


def measure(cache):
    """kento's own figures, and the seconds that the whole program took."""
    began = time.time()
    out = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=os.environ | dict(KENTO_CACHE=cache)).stdout
    return json.loads(out), time.time() - began


for run in range(runs):
    with tempfile.TemporaryDirectory() as cache:
        for name in "new", "known":
            told, whole = measure(cache)
            if told["first_step_secs"] > whole + 0.02: sys.exit(f"kento tells {told['first_step_secs']:.3f} s of {whole:.3f} s")
            parts = ", ".join(f"{part.removesuffix('_secs')} {told[part]:.3f}" for part in ("launch_secs", "start_secs", "open_secs", "load_secs") if told[part] is not None)
            print(f"{name:5} model: first step after {told['first_step_secs']:.3f} s ({parts}), program ended after {whole:.3f} s", flush=True)

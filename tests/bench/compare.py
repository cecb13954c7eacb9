"""Kento and PyTorch side by side in one run on one machine: runs both on the same SD1.5-sized folder and prints a table for the README.

usage: compare.py --kento target/release/kento [--model FOLDER] [--width 512] [--height 512] [--steps 3] [--runs 2]
Needs Python with tests/parity/requirements.txt. One program after the other; in each the first run warms up and the best of the others counts.
"""
import argparse, json, pathlib, subprocess, sys

HERE = pathlib.Path(__file__).resolve().parent
ap = argparse.ArgumentParser()
ap.add_argument("--kento", required=True), ap.add_argument("--model", default="/tmp/kento-sd15")
ap.add_argument("--width", default="512"), ap.add_argument("--height", default="512"), ap.add_argument("--steps", default="3"), ap.add_argument("--runs", default="2")
args = ap.parse_args()

if not pathlib.Path(args.model).exists():
    subprocess.run([sys.executable, HERE / "sd15_folder.py", args.model], check=True)
size = ["--width", args.width, "--height", args.height, "--steps", args.steps, "--runs", args.runs]
commands = {"kento": [args.kento, "bench", "--json", "--device", "cpu", "--dtype", "f32", "--model", args.model, *size],
            "pytorch": [sys.executable, HERE / "pytorch.py", args.model, *size]}


def measure(command):
    """The JSON object that the command prints as its last line."""
    out = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(out.strip().splitlines()[-1])


results = {}
for name, command in commands.items():
    results[name] = measure(command)
    print(name, json.dumps(results[name]), file=sys.stderr, flush=True)

ROWS = {
    "one denoising step, batch 2": lambda r: r["step_secs"],
    "VAE decode": lambda r: r["decode_secs"],
    "text encoding": lambda r: r["encode_secs"],
    "loading": lambda r: r["load_secs"],
    "peak memory": lambda r: r["peak_memory_bytes"] / 1e9,
}
print(f"| {args.width}x{args.height}, f32, CPU | Kento | PyTorch | ratio |\n|---|---|---|---|")
for row, value in ROWS.items():
    unit = "GB" if row == "peak memory" else "s"
    ours, theirs = value(results["kento"]), value(results["pytorch"])
    print(f"| {row} | {ours:.2f} {unit} | {theirs:.2f} {unit} | {ours / theirs:.2f}x |")

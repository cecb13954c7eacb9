"""Region adherence of a starter folder: subjects of held-out scenes are masked and made anew in another colour, through `kento repair` itself.

usage: repairs.py MODEL WORK --kento PATH --starter PATH [--count 100] [--strength 1.0] [--out WORK/repairs] [-- further arguments of kento repair]
1. `starter render --held-out` gives scenes whose (subject, colour, style) training never saw, with the place of their subject.
2. The square around the subject is the mask (a scene where that is more than a third is passed over: the rule says regenerate); the caption with
   another colour is the prompt; one candidate each, seed = 100 + index, so that nothing is picked.
3. The classifier of judge.py and `starter measure` judge the whole picture with the new colour; that no byte outside mask and band changed is asserted.
   Writes repairs.json and repairs.png (before and after, side by side, in order) into --out.
"""
import argparse, json, os, subprocess, sys
import numpy as np, torch
from PIL import Image
from common import save_grid
from judge import FACETS, Judge, measured

own, further = (sys.argv[1:sys.argv.index("--")], sys.argv[sys.argv.index("--") + 1:]) if "--" in sys.argv else (sys.argv[1:], [])
ap = argparse.ArgumentParser()
ap.add_argument("model"); ap.add_argument("work"); ap.add_argument("--kento", default="kento"); ap.add_argument("--starter", default="starter"); ap.add_argument("--out")
ap.add_argument("--count", type=int, default=100); ap.add_argument("--seed", type=int, default=123); ap.add_argument("--strength", default="1.0"); ap.add_argument("--threads", type=int, default=0); ap.add_argument("--classifier-steps", type=int, default=6000)
A = ap.parse_args(own); A.out = os.path.abspath(A.out or f"{A.work}/repairs"); os.makedirs(A.out, exist_ok=True)
if A.threads: torch.set_num_threads(A.threads)
S = np.load(f"{A.work}/data/images.npy", mmap_mode="r").shape[1]; held = f"{A.work}/held-out-repairs"
if not os.path.exists(f"{held}/images.npy"):
    subprocess.run([A.starter, "render", held, "--count", str(2 * A.count), "--size", str(S), "--seed", str(A.seed), "--held-out", "--phrasings", "1"], check=True)
pictures = np.load(f"{held}/images.npy"); attributes, captions, places = (json.load(open(f"{held}/{n}.json")) for n in ("attributes", "captions", "places"))
judge = Judge(A.work, "cpu", A.classifier_steps); colours = judge.names["colour"]; y, x = np.mgrid[0:S, 0:S] + .5


def near(mask, reach):
    """Which pixels lie within so many pixels of the mask."""
    ys, xs = np.nonzero(mask); corners = ys.min(), ys.max(), xs.min(), xs.max()  # the mask is a rectangle
    away = np.maximum(np.maximum(corners[0] - (y - .5), (y - .5) - corners[1]), 0) ** 2 + np.maximum(np.maximum(corners[2] - (x - .5), (x - .5) - corners[3]), 0) ** 2
    return away <= reach * reach


before, after, wanted = [], [], []
for i, picture in enumerate(pictures):
    if len(after) == A.count: break
    old, caption = attributes[i]["colour"], captions[i][0]; k = colours.index(old) + 5
    new = next(c for c in (colours[(k + q) % len(colours)] for q in range(12)) if c not in (old, attributes[i].get("place_colour")))
    cx, cy, half = *places[i]["centre"], places[i]["half"]; mask = np.maximum(abs(x / S - cx), abs(y / S - cy)) <= half
    if f" {old} " not in f" {caption} " or mask.mean() > 1 / 3 or not mask.any(): continue
    prompt = f" {caption} ".replace(f" {old} ", f" {new} ", 1).strip()
    Image.fromarray(picture).save(f"{A.out}/in.png"); Image.fromarray((mask * 255).astype("uint8")).save(f"{A.out}/mask.png")
    made = subprocess.run([A.kento, "repair", f"{A.out}/in.png", "--mask", f"{A.out}/mask.png", "--prompt", prompt, "--model", A.model, "--seed", str(100 + i), "--strength", A.strength,
        "--device", "cpu", "--json", "--out", f"{A.out}/out.png", *further], capture_output=True, text=True)
    if made.returncode: sys.exit(f"scene {i}: {made.stderr}")
    whole = np.array(Image.open(f"{A.out}/out.png").convert("RGB")); os.remove(f"{A.out}/out.png"); same = ~near(mask, json.loads(made.stdout)["region"]["blend"])
    assert (whole[same] == picture[same]).all(), f"scene {i}: something outside mask and band changed"
    before.append(picture); after.append(whole); wanted.append(attributes[i] | {"colour": new})
    if len(after) % 10 == 0: print("repaired", len(after), flush=True)
before, after = np.array(before), np.array(after); hit = judge.right(after, wanted); percent = lambda v: round(100 * v.float().mean().item(), 1)
report = dict(repairs=len(after), strength=float(A.strength), arguments=further, classifier=judge.report(after, wanted), subject_and_colour=percent(hit[:, :2].all(1)),
    measured=measured(A.starter, f"{A.out}/measured", after, wanted), classifier_before={f: percent(judge.right(before, wanted)[:, k]) for k, f in enumerate(FACETS)})
json.dump(report, open(f"{A.out}/repairs.json", "w"), indent=1); save_grid(np.stack([before, after], 1).reshape(-1, S, S, 3)[:120], 12, f"{A.out}/repairs.png"); print(json.dumps(report, indent=1))

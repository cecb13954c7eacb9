"""Adherence of a trained starter folder on held-out combinations, against chance and against real renders.

usage: starter evaluate MODEL WORK [--count 300] [--steps 20] [--guidance 3.5] [--threads N] [--out WORK] [--generated FILE.npy]
`starter evaluate` runs this script with `--starter` and its own path; without it: evaluate.py MODEL WORK --starter PATH/TO/starter …
1. `starter render --held-out` gives scenes whose (subject, colour, style) training never saw, with one plain caption each.
2. A small classifier, trained on WORK/data (rendered training scenes; judge.py), names subject, colour, composition and style of a picture.
3. diffusers generates one picture for each caption (seed = index). Classifier and `starter measure` judge the generated pictures and,
   as the ceiling, the renders of the same held-out scenes. Writes evaluation.json and uncurated.png (the first 60, in order) into --out: not into
   MODEL, whose JSON and text files are part of what recipe cards know it by.
"""
import argparse, json, os, subprocess, time, warnings
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE"); os.environ.setdefault("GOMP_SPINCOUNT", "0")
warnings.filterwarnings("ignore")
import numpy as np, torch
from diffusers import DDIMScheduler, StableDiffusionPipeline
from common import load_tokenizer, save_grid, to_pictures, to_tensor, token_ids
from judge import Judge, measured

ap = argparse.ArgumentParser()
ap.add_argument("model"); ap.add_argument("work"); ap.add_argument("--starter", default="starter"); ap.add_argument("--out")
for name, default in dict(count=300, steps=20, seed=99, threads=0, classifier_steps=6000).items(): ap.add_argument(f"--{name.replace('_', '-')}", type=int, default=default)
ap.add_argument("--guidance", type=float, default=3.5); ap.add_argument("--generated", help="pictures that an earlier run kept in WORK/generated.npy: judged, not made again")
A = ap.parse_args(); A.out = A.out or A.work
if A.threads: torch.set_num_threads(A.threads)
dev = "cuda" if torch.cuda.is_available() else "cpu"; torch.manual_seed(0)
S = np.load(f"{A.work}/data/images.npy", mmap_mode="r").shape[1]; judge = Judge(A.work, dev, A.classifier_steps)

held = f"{A.work}/held-out"
if not os.path.exists(f"{held}/images.npy"):
    subprocess.run([A.starter, "render", held, "--count", str(A.count), "--size", str(S), "--seed", str(A.seed), "--held-out", "--phrasings", "1"], check=True)
attributes = json.load(open(f"{held}/attributes.json")); captions = [c[0] for c in json.load(open(f"{held}/captions.json"))]; real = np.load(f"{held}/images.npy")


pipe = StableDiffusionPipeline.from_pretrained(A.model, torch_dtype=torch.float32, safety_checker=None, feature_extractor=None, requires_safety_checker=False)
v, u, te, s = pipe.vae.to(dev), pipe.unet.to(dev, memory_format=torch.channels_last), pipe.text_encoder.to(dev), DDIMScheduler.from_config(pipe.scheduler.config)
tk = load_tokenizer(f"{A.model}/tokenizer"); scale = v.config.scaling_factor; started = time.time(); out = []
s.set_timesteps(A.steps); empty = token_ids(tk, [""])
with torch.no_grad():
    h0 = te(empty.to(dev)).last_hidden_state
    if A.generated: out = [np.load(A.generated)]
    for i in range(0, 0 if A.generated else len(captions), 20):
        k = token_ids(tk, captions[i:i + 20]); x = torch.cat([torch.randn(1, u.config.in_channels, u.config.sample_size, u.config.sample_size, generator=torch.Generator().manual_seed(j)) for j in range(i, i + len(k))]).to(dev)
        h = torch.cat([h0.expand(len(k), -1, -1), te(k.to(dev)).last_hidden_state])
        for t in s.timesteps: a, b = u(torch.cat([x, x]), t, encoder_hidden_states=h).sample.chunk(2); x = s.step(a + A.guidance * (b - a), t, x).prev_sample
        out.append(to_pictures(v.decode(x / scale).sample)); print("generated", i + len(k), f"{time.time() - started:.0f} s", flush=True)
    out = np.concatenate(out); np.save(f"{A.work}/generated.npy", out)
    mse = np.concatenate([((to_pictures(v.decode(v.encode(to_tensor(real[i:i + 20], dev)).latent_dist.mean).sample).astype(float) - real[i:i + 20]) ** 2).mean((1, 2, 3)) for i in range(0, min(len(real), 200), 20)])
psnr = 10 * np.log10(255 ** 2 / np.maximum(mse, 1e-9))
report = dict(pictures=len(out), steps=A.steps, guidance=A.guidance, scheduler="DDIM",
    classifier_steps=A.classifier_steps,
    classifier_on_generated=judge.report(out, attributes), classifier_on_renders=judge.report(real, attributes), chance={f: round(100 / len(n), 1) for f, n in judge.names.items()},
    measured_on_generated=measured(A.starter, f"{A.work}/measured-generated", out, attributes), measured_on_renders=measured(A.starter, f"{A.work}/measured-real", real, attributes), chance_measured={"colour": round(100 / 12, 1)},
    vae_psnr_mean=round(float(psnr.mean()), 2), vae_psnr_worst=round(float(psnr.min()), 2), vae_psnr_by_style={st: round(float(np.mean([p for p, a in zip(psnr, attributes) if a["style"] == st])), 1) for st in judge.names["style"]})
json.dump(report, open(f"{A.out}/evaluation.json", "w"), indent=1); save_grid(out[:60], 12, f"{A.out}/uncurated.png")
with open(f"{A.out}/uncurated.txt", "w") as f: f.write("\n".join(f"{i + 1}. {c}" for i, c in enumerate(captions[:60])) + "\n")
print(json.dumps(report, indent=1))

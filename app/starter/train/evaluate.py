"""Adherence of a trained starter folder on held-out combinations, against chance and against real renders.

usage: evaluate.py MODEL WORK --starter PATH/TO/starter [--count 300] [--steps 20] [--guidance 3.5] [--threads N] [--out WORK] [--generated FILE.npy]
1. `starter render --held-out` gives scenes whose (subject, colour, style) training never saw, with one plain caption each.
2. A small classifier, trained on WORK/data (rendered training scenes), names subject, colour, composition and style of a picture.
3. diffusers generates one picture for each caption (seed = index). Classifier and `starter measure` judge the generated pictures and,
   as the ceiling, the renders of the same held-out scenes. Writes evaluation.json and uncurated.png (the first 60, in order) into --out: not into
   MODEL, whose JSON and text files are part of what recipe cards know it by.
"""
import argparse, json, os, subprocess, time, warnings
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE"); os.environ.setdefault("GOMP_SPINCOUNT", "0")
warnings.filterwarnings("ignore")
import numpy as np, torch, torch.nn as nn, torch.nn.functional as F
from diffusers import DDIMScheduler, StableDiffusionPipeline
from common import load_tokenizer, save, save_grid, to_pictures, to_tensor, token_ids

ap = argparse.ArgumentParser()
ap.add_argument("model"); ap.add_argument("work"); ap.add_argument("--starter", default="starter"); ap.add_argument("--out")
for name, default in dict(count=300, steps=20, seed=99, threads=0, classifier_steps=900).items(): ap.add_argument(f"--{name.replace('_', '-')}", type=int, default=default)
ap.add_argument("--guidance", type=float, default=3.5); ap.add_argument("--generated", help="pictures that an earlier run kept in WORK/generated.npy: judged, not made again")
A = ap.parse_args(); A.out = A.out or A.work
if A.threads: torch.set_num_threads(A.threads)
dev = "cuda" if torch.cuda.is_available() else "cpu"; torch.manual_seed(0)
FACETS = ("subject", "colour", "composition", "style")
train_attributes = json.load(open(f"{A.work}/data/attributes.json")); X = np.load(f"{A.work}/data/images.npy", mmap_mode="r"); S = X.shape[1]
names = {f: sorted({a[f] for a in train_attributes}) for f in FACETS}
labels = lambda attributes: torch.tensor([[names[f].index(a[f]) for f in FACETS] for a in attributes])

held = f"{A.work}/held-out"
if not os.path.exists(f"{held}/images.npy"):
    subprocess.run([A.starter, "render", held, "--count", str(A.count), "--size", str(S), "--seed", str(A.seed), "--held-out", "--phrasings", "1"], check=True)
attributes = json.load(open(f"{held}/attributes.json")); captions = [c[0] for c in json.load(open(f"{held}/captions.json"))]; real = np.load(f"{held}/images.npy"); Y = labels(attributes)


# The classifier sees 64x64 pictures, lightly blurred and with noise, so that it judges shapes and colours rather than the VAE's texture.
class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        layers, c = [], 3
        for w in (32, 64, 128, 192):
            layers += [nn.Conv2d(c, w, 3, 2, 1), nn.BatchNorm2d(w), nn.ReLU()]; c = w
        self.body = nn.Sequential(*layers); self.heads = nn.ModuleList(nn.Linear(192 * 16, len(names[f])) for f in FACETS)
        self.drop = nn.Dropout(.2)
    def forward(self, x):
        h = self.drop(F.adaptive_avg_pool2d(self.body(x), 4).flatten(1)); return [head(h) for head in self.heads]


shrink = lambda x: F.interpolate(x, size=64, mode="area")
net = Classifier().to(dev, memory_format=torch.channels_last)
if os.path.exists(f"{A.work}/classifier.pt"): net.load_state_dict(torch.load(f"{A.work}/classifier.pt", map_location=dev))
else:
    rng = np.random.default_rng(0); L = labels(train_attributes); o = torch.optim.AdamW(net.parameters(), 2e-3, weight_decay=.02); s = torch.optim.lr_scheduler.OneCycleLR(o, 3e-3, A.classifier_steps)
    for i in range(A.classifier_steps):
        j = np.sort(rng.integers(0, len(X), 64)); x = shrink(to_tensor(X[j], dev)); x = x + torch.randn_like(x) * .08 * torch.rand(len(x), 1, 1, 1, device=dev)
        if i % 2: x = F.avg_pool2d(F.pad(x, (1, 1, 1, 1), mode="replicate"), 3, 1)
        y = L[j].to(dev); loss = sum(F.cross_entropy(p, y[:, k]) for k, p in enumerate(net(x.contiguous(memory_format=torch.channels_last))))
        o.zero_grad(); loss.backward(); o.step(); s.step()
        if i % 100 == 0: print("classifier", i, f"{loss.item():.2f}", flush=True)
    save(net.state_dict(), f"{A.work}/classifier.pt")
net = net.eval()


def judge(pictures):
    with torch.no_grad(): p = [torch.cat(q) for q in zip(*[[h.argmax(1).cpu() for h in net(shrink(to_tensor(pictures[i:i + 50], dev)))] for i in range(0, len(pictures), 50)])]
    hit = torch.stack(p, 1) == Y[:len(pictures)]
    return {f: round(100 * hit[:, k].float().mean().item(), 1) for k, f in enumerate(FACETS)} | {"all four": round(100 * hit.all(1).float().mean().item(), 1)}


def measured(folder, pictures):
    os.makedirs(folder, exist_ok=True); np.save(f"{folder}/images.npy", pictures); json.dump(attributes[:len(pictures)], open(f"{folder}/attributes.json", "w"))
    r = json.loads(subprocess.run([A.starter, "measure", f"{folder}/images.npy", f"{folder}/attributes.json"], check=True, capture_output=True, text=True).stdout)
    return {"colour": round(100 * r["colour"], 1), "position": round(100 * r["position"], 1)}


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
    classifier_on_generated=judge(out), classifier_on_renders=judge(real), chance={f: round(100 / len(names[f]), 1) for f in FACETS},
    measured_on_generated=measured(f"{A.work}/measured-generated", out), measured_on_renders=measured(f"{A.work}/measured-real", real), chance_measured={"colour": round(100 / 12, 1)},
    vae_psnr_mean=round(float(psnr.mean()), 2), vae_psnr_worst=round(float(psnr.min()), 2), vae_psnr_by_style={st: round(float(np.mean([p for p, a in zip(psnr, attributes) if a["style"] == st])), 1) for st in names["style"]})
json.dump(report, open(f"{A.out}/evaluation.json", "w"), indent=1); save_grid(out[:60], 12, f"{A.out}/uncurated.png")
with open(f"{A.out}/uncurated.txt", "w") as f: f.write("\n".join(f"{i + 1}. {c}" for i, c in enumerate(captions[:60])) + "\n")
print(json.dumps(report, indent=1))

"""Trains the starter model from nothing to a diffusers folder. CPU or CUDA; resumable after any kill.

usage: train.py WORK --starter PATH/TO/starter [--out assets/starter] [--start FOLDER] [--size 128] [--images N] [--latents N]
                     [--seconds-vae N] [--seconds-unet N] [--seconds-decoder N] [--batch N] [--threads N] [--optimizer muon|adamw]
                     [--factor 4|8] [--channels N] [--widths 64,128,192] [--windows F] [--focus F] [--shapes F] [--naming F] [--hold F] [--shift F]
                     [--anchor F] [--printed F]
WORK gets data/ (from the Rust binary), tokenizer/, vae/, latents.npy, checkpoints, loss curves and sample grids; --out gets the f16 folder.
Time budgets are busy seconds (CPU time over threads; wall-clock time on CUDA). WORK/budget.json, for example {"seconds_unet": 3600},
changes them while it runs; {"unet_until": 1790000000} (a Unix time) makes the decay follow the wall clock from its start instead.
--windows F takes the part F of the UNet's steps, except for the last fifth of the budget, on windows of half the width around the subject: a quarter of the work
for a picture, at the scale that sampling uses. Where CPU time is short, shapes are told apart sooner. Whole pictures weigh the subject's place --focus times.
--shapes and --naming weigh what a reader of latents (reader.py) says about the predicted picture: how far its shapes are from the true ones, and whether
subject and style can be named in it. 0 leaves them out. --hold is the part of the budget after which the learning rate decays, --shift moves the middle of the
timesteps towards noise. v3 was made with --windows 0.8, later 0.6, --batch 96 --lr 1e-3 --hold .6 --shift .4 --shapes .05 --naming .01;
v4 went on from it with --anchor 1 --printed .5 --windows .6 --batch 96 --lr 6e-4 --hold .5 --shift .4 --shapes .05 --naming .01 (its reader went on from v3's by hand, for
1,000 steps: one that has seen 1,000 pictures only names others badly).
--start continues from a folder's VAE, text encoder and UNet; words that its tokenizer knew keep their embeddings. With --anchor F the VAE that goes on keeps
its latents where --start's are, except for what alternates from one latent to the next: a UNet that knows the old latents goes on with the new ones.
--printed F makes the part F of the VAE's crops prints (risograph, woodcut) on the grid of their screen, whose dots a VAE otherwise learns last.
On a GPU: --size 256 --factor 8 --channels 8 --widths 128,256,512 --batch 256 --images 200000 --latents 200000.
"""
import argparse, copy, json, os, shutil, subprocess, time, warnings
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE"); os.environ.setdefault("GOMP_SPINCOUNT", "0")  # spinning threads starve on a busy machine
warnings.filterwarnings("ignore")
import numpy as np, torch, torch.nn as nn, torch.nn.functional as F
from diffusers import AutoencoderKL, DDIMScheduler, StableDiffusionPipeline, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel
from muon import Muon
from reader import FACETS, distance, reader
from common import load_tokenizer, save, save_curve, save_grid, to_pictures, to_tensor, token_ids, write_tokenizer

ap = argparse.ArgumentParser()
ap.add_argument("work"); ap.add_argument("--starter", default="starter"); ap.add_argument("--out")
for name, default in dict(size=128, images=24000, latents=24000, batch=32, threads=0, factor=4, channels=4, seed=7).items(): ap.add_argument(f"--{name}", type=int, default=default)
for name, default in (("seconds-vae", 900.), ("seconds-unet", 5400.), ("seconds-decoder", 0.), ("lr", 1e-3), ("windows", 0.), ("focus", 3.), ("shapes", 0.), ("naming", 0.), ("hold", .7), ("shift", .2), ("anchor", 0.), ("printed", 0.)): ap.add_argument(f"--{name}", type=float, default=default)
ap.add_argument("--start"); ap.add_argument("--widths", default="64,128,192"); ap.add_argument("--export-only", action="store_true"); ap.add_argument("--optimizer", default="muon", choices=("muon", "adamw"))
A = ap.parse_args()
for key in ("start", "out", "work"):
    if getattr(A, key): setattr(A, key, os.path.abspath(getattr(A, key)))
os.makedirs(A.work, exist_ok=True)
if not os.path.exists(f"{A.work}/data/images.npy"):
    subprocess.run([A.starter, "render", f"{A.work}/data", "--count", str(A.images), "--size", str(A.size), "--seed", str(A.seed)], check=True)
os.chdir(A.work)
dev = "cuda" if torch.cuda.is_available() else "cpu"
if A.threads: torch.set_num_threads(A.threads)
rng = np.random.default_rng(int(time.time())); torch.manual_seed(int(time.time()))
# bf16 helps where the hardware has it; CPUs without avx512_bf16 or amx are faster in f32.
flags = open("/proc/cpuinfo").read() if dev == "cpu" and os.path.exists("/proc/cpuinfo") else ""
fast16 = dev == "cuda" or "avx512_bf16" in flags or "amx_bf16" in flags
cast = lambda: torch.autocast(dev, dtype=torch.bfloat16, enabled=fast16)
last_format = dict(memory_format=torch.channels_last)


def clock():
    """Busy seconds: on a CPU that others use too, the time that we got, in units of all our threads; wall-clock time on CUDA."""
    return time.time() if dev == "cuda" else time.process_time() / torch.get_num_threads()


def budget(name):
    """The time budget, which budget.json may change while we run."""
    try: return float(json.load(open("budget.json"))[name])
    except (OSError, KeyError, ValueError): return getattr(A, name)


def ramp(f, i, warm, hold):
    """Warm up over the first steps, hold, then decay to 2 % as a half cosine; f is the part of the budget that is spent."""
    return min(1, (i + 1) / warm) * (1 if f < hold else .02 + .98 * .5 * (1 + np.cos(np.pi * min(1, (f - hold) / (1 - hold)))))


X = np.load("data/images.npy", mmap_mode="r"); C = json.load(open("data/captions.json")); S = A.size; L = S // A.factor

# 1. tokenizer
if not os.path.exists("tokenizer/merges.txt"): write_tokenizer(json.load(open("data/vocabulary.json")), "tokenizer")
tk = load_tokenizer("tokenizer"); vocabulary = json.load(open("tokenizer/vocab.json")); n = len(vocabulary)

# 2. VAE
levels = {4: [32, 64, 128], 8: [32, 64, 128, 128]}[A.factor]
v = AutoencoderKL(in_channels=3, out_channels=3, latent_channels=A.channels, block_out_channels=levels, layers_per_block=1, norm_num_groups=8,
    down_block_types=["DownEncoderBlock2D"] * len(levels), up_block_types=["UpDecoderBlock2D"] * len(levels), sample_size=S)
with torch.no_grad(): v.quant_conv.bias[A.channels:] = -5; v.quant_conv.weight[A.channels:] *= .1  # else the posterior's noise drowns the start
if A.start: v = AutoencoderKL.from_pretrained(A.start, subfolder="vae", torch_dtype=torch.float32)
v = v.to(dev, **last_format)


def vae_loss(x, y):
    edges = lambda t: (t[..., 1:] - t[..., :-1], t[..., 1:, :] - t[..., :-1, :])
    return (y - x).abs().mean() + .5 * sum((a - b).abs().mean() for a, b in zip(edges(y), edges(x))) + 2 * (y - x).pow(2).mean()


prints = np.array([q for q, a in enumerate(json.load(open("data/attributes.json"))) if a["style"] in ("risograph", "woodcut")])


def crops(count, side):
    """Pictures cut to squares anywhere; the part A.printed are prints, cut on the grid of their screen (half a period is S / 32)."""
    j = rng.integers(0, len(X), count); oy, ox = rng.integers(0, S - side + 1, (2, count)); n = round(A.printed * count)
    if n: j[:n] = rng.choice(prints, n); oy[:n] -= oy[:n] % (S // 32); ox[:n] -= ox[:n] % (S // 32)
    return to_tensor(np.stack([X[q, a:a + side, b:b + side] for q, a, b in zip(j, oy, ox)]), dev)


def train_vae(name, key, parameters, step, rate):
    o = torch.optim.AdamW(parameters, rate, betas=(.9, .99), weight_decay=1e-4); i = 0; spent = 0.; curve = []
    if os.path.exists(f"{name}.ck"):
        k = torch.load(f"{name}.ck", map_location=dev, weights_only=False); v.load_state_dict(k[0]); o.load_state_dict(k[1]); i, spent, curve = k[2:]
    t0 = clock(); last = time.time(); ps = []
    while (f := (spent + clock() - t0) / max(budget(key), 1)) < 1:
        for p in o.param_groups: p["lr"] = rate * ramp(f, i, 60, .45)
        loss, psnr = step(i)
        o.zero_grad(); loss.backward(); nn.utils.clip_grad_norm_(parameters, 1.); o.step(); i += 1; ps.append(psnr)
        if i % 50 == 0:
            curve.append((i * 16, 10 ** (-np.mean(ps[-50:]) / 10)))
            print(name, i, int(spent + clock() - t0), f"psnr {np.mean(ps[-50:]):.1f}", flush=True)
        if time.time() - last > 120: save([v.state_dict(), o.state_dict(), i, spent + clock() - t0, curve], f"{name}.ck"); last = time.time(); save_curve(curve, f"{name}-curve.png", f"{name}: mean squared error")
    save_curve(curve, f"{name}-curve.png", f"{name}: mean squared error")


if os.path.exists("vae/config.json"): v = AutoencoderKL.from_pretrained("vae").to(dev)
else:
    before = copy.deepcopy(v).requires_grad_(False).eval()
    def step(i):
        x = crops(16, 64).contiguous(**last_format); held = 0
        with cast(): d = v.encode(x).latent_dist; z = d.sample()
        if A.anchor:
            with torch.no_grad(), cast(): old = before.encode(x).latent_dist.mean
            held = A.anchor * (F.avg_pool2d(d.mean - old, 2).float() * v.config.scaling_factor).pow(2).mean(); z = z + torch.randn_like(z) * .08 / v.config.scaling_factor
        with cast(): y = v.decode(z).sample.float()
        return vae_loss(x, y) + held + 2e-6 * d.kl().float().mean() / (64 * 64 * 3) * 16, -10 * np.log10(((y - x) / 2).pow(2).mean().item())
    train_vae("vae", "seconds_vae", list(v.parameters()), step, 6e-4 if A.start else 1.5e-3)
    v = v.eval()
    if not A.start:
        # Centre the latents: the mean moves into the two 1x1 convolutions, where it changes nothing; the scale becomes scaling_factor.
        with torch.no_grad(), cast():
            z = torch.cat([v.encode(to_tensor(X[i:i + 25], dev)).latent_dist.mean.float() for i in range(0, min(len(X), 300), 25)]); m = z.mean((0, 2, 3))
            v.quant_conv.bias[:A.channels] -= m; v.post_quant_conv.bias += v.post_quant_conv.weight[:, :, 0, 0] @ m
        v.register_to_config(scaling_factor=float(1 / (z - m[None, :, None, None]).std()))
    v.save_pretrained("vae"); save_grid(to_pictures(torch.cat([to_tensor(X[:14]), v.decode(v.encode(to_tensor(X[:14], dev)).latent_dist.mean).sample.cpu()]).detach()), 14, "vae-samples.png")
v = v.eval().requires_grad_(False); scale = v.config.scaling_factor

# 3. latents, made while the UNet already trains on the first ones
if not os.path.exists("latents.npy"): np.lib.format.open_memmap("latents.npy", "w+", np.float16, (min(A.latents, len(X)), A.channels, L, L)).flush()
Z = np.load("latents.npy", mmap_mode="r+"); ready = int(open("latents.count").read()) if os.path.exists("latents.count") else 0


def encode_more(count):
    global ready
    count = min(count, min(len(Z), A.latents) - ready)
    if count <= 0: return
    with torch.no_grad(), cast(): Z[ready:ready + count] = (v.encode(to_tensor(X[ready:ready + count], dev)).latent_dist.mean.float() * scale).cpu().numpy()
    ready += count; Z.flush()
    with open("latents.count", "w") as f: f.write(str(ready))


# 4. text encoder and UNet together: v-prediction, EMA, 10 % empty captions
widths = tuple(int(w) for w in A.widths.split(",")); cross = len(widths) - 1
config = dict(hidden_size=128, intermediate_size=384, num_hidden_layers=3, num_attention_heads=4, max_position_embeddings=77, hidden_act="quick_gelu")
te = CLIPTextModel(CLIPTextConfig(vocab_size=n, bos_token_id=n - 2, eos_token_id=n - 1, pad_token_id=n - 1, **config)).to(dev)
# No attention at full latent resolution: it costs most there, and a subject is many latents wide.
u = UNet2DConditionModel(sample_size=L, in_channels=A.channels, out_channels=A.channels, layers_per_block=1, block_out_channels=widths, norm_num_groups=16,
    down_block_types=("DownBlock2D",) + ("CrossAttnDownBlock2D",) * cross, up_block_types=("CrossAttnUpBlock2D",) * cross + ("UpBlock2D",), cross_attention_dim=128, attention_head_dim=4)
if A.start:
    u = UNet2DConditionModel.from_pretrained(A.start, subfolder="unet", torch_dtype=torch.float32)
    old = CLIPTextModel.from_pretrained(A.start, subfolder="text_encoder").float().state_dict(); words = json.load(open(f"{A.start}/tokenizer/vocab.json")); own = te.state_dict()
    table = next(k for k in own if k.endswith("token_embedding.weight")); shared = [(i, words[t]) for t, i in vocabulary.items() if t in words]
    own[table][[i for i, _ in shared]] = old[table][[j for _, j in shared]]
    te.load_state_dict(old | {table: own[table]}); print(f"{len(shared)} of {n} token embeddings taken over", flush=True)
u = u.to(dev, **last_format)
# beta_end is larger than Stable Diffusion's: with few latent pixels the last step must hide a picture's mean colour as well.
s = DDIMScheduler(beta_start=.00085, beta_end=.022, beta_schedule="scaled_linear", clip_sample=False, set_alpha_to_one=False, steps_offset=1, timestep_spacing="trailing", prediction_type="v_prediction")
P = list(u.parameters()) + list(te.parameters()); o = Muon(P, A.lr) if A.optimizer == "muon" else torch.optim.AdamW(P, A.lr, betas=(.9, .99), weight_decay=.01)
eu, et = copy.deepcopy(u).requires_grad_(False), copy.deepcopy(te).requires_grad_(False); i = 0; spent = 0.; curve = []
if os.path.exists("unet.ck"):
    k = torch.load("unet.ck", map_location=dev, weights_only=False)
    for part, state in zip((u, te, eu, et, o), k): part.load_state_dict(state)
    i, spent, curve = k[5:]
T = token_ids(tk, [c for cs in C for c in cs]).view(len(C), -1, 77); E = token_ids(tk, [""])[0]
PROMPTS = ["a red sun over blue mountains, flat vector illustration", "a red boat by the sea, centred, flat vector illustration", "a blue house over green hills, left third, paper cut-out",
    "a yellow star on a navy background, close-up, flat vector illustration", "a green cactus in the desert, right third, risograph print", "a pink heart on a white background, centred, watercolour wash",
    "a purple fish at sea, centred, woodcut ink print", "a teal lighthouse at night under stars, centred, flat vector illustration", "an orange flower, close-up, blueprint", "a white cat in a forest, neon sign"]


B = torch.tensor([[*b["centre"], b["half"]] for b in json.load(open("data/places.json"))]) * L  # in latent pixels


def places(j):
    """Where the subjects of the pictures j are: left, top, right, bottom in latent pixels."""
    return torch.cat([B[j, :2] - B[j, 2:], B[j, :2] + B[j, 2:]], 1)


def windows(j, side):
    """Left and top of a square window for each picture that holds its subject, or lies within it where the subject is larger."""
    box = places(j); low = torch.minimum(box[:, 2:] - side, box[:, :2]); high = torch.maximum(box[:, 2:] - side, box[:, :2])
    return (low + (high - low) * torch.rand(len(j), 2)).round().clamp(0, L - side).long().tolist()


def cut(j, side):
    """Latents of the pictures j, cut to windows."""
    return torch.stack([torch.from_numpy(Z[q, :, y:y + side, x:x + side].astype(np.float32)) for q, (x, y) in zip(j, windows(j, side))])


def focus(j):
    """Weights (n, 1, L, L), mean 1 a picture: the subject's place counts A.focus times."""
    at = torch.arange(L) + .5; box = places(j)[:, :, None]
    inside = ((at > box[:, 1]) & (at < box[:, 3]))[:, :, None] & ((at > box[:, 0]) & (at < box[:, 2]))[:, None, :]
    w = 1 + (A.focus - 1) * inside[:, None].float(); return w / w.mean((1, 2, 3), keepdim=True)


def grid(path, prompts, each=2, guidance=3.5, steps=20):
    s.set_timesteps(steps); k = token_ids(tk, [p for p in prompts for _ in range(each)]); m = len(k)
    x = torch.randn(m, A.channels, L, L, generator=torch.Generator().manual_seed(5)).to(dev)
    with torch.no_grad(), cast():
        h = et(torch.cat([E.expand_as(k), k]).to(dev)).last_hidden_state
        for t in s.timesteps: a, b = eu(torch.cat([x, x]), t.to(dev), encoder_hidden_states=h).sample.float().chunk(2); x = s.step(a + guidance * (b - a), t, x).prev_sample
        y = torch.cat([v.decode(q / scale).sample.float() for q in x.split(10)])
    y = to_pictures(y); y = y.reshape(len(prompts), each, *y.shape[1:]).swapaxes(0, 1).reshape(y.shape); save_grid(y, len(prompts), path)


def checkpoint(): save([u.state_dict(), te.state_dict(), eu.state_dict(), et.state_dict(), o.state_dict(), i, spent + clock() - t0, curve], "unet.ck"); save_curve(curve, "unet-curve.png", "UNet: v-prediction loss")


def progress():
    """The part of the UNet's budget that is spent, by busy time or, with unet_until, by the wall clock since the first start."""
    try: until = float(json.load(open("budget.json"))["unet_until"])
    except (OSError, KeyError, ValueError): return (spent + clock() - t0) / max(budget("seconds_unet"), 1)
    if not os.path.exists("unet.begun"): open("unet.begun", "w").write(str(time.time()))
    begun = float(open("unet.begun").read())
    return (time.time() - begun) / max(until - begun, 1)


t0 = clock(); last = last_grid = time.time(); losses = {True: [], False: []}; seen = curve[-1][0] if curve else 0; begun = i
while ready < min(5000, len(Z)): encode_more(25)
eyes = None; labels = None; noted = []
if (A.shapes or A.naming) and not A.export_only:
    attributes = json.load(open("data/attributes.json")); names = [sorted({a[f] for a in attributes}) for f in FACETS]
    labels = torch.tensor([[n.index(a[f]) for f, n in zip(FACETS, names)] for a in attributes]); turn = 0
    def draw(count):
        """Windows around the subjects in three of four batches, whole pictures in the fourth."""
        global turn
        turn += 1; j = rng.integers(0, ready, count if turn % 4 else count // 4)
        return j, cut(j, L // 2) if turn % 4 else torch.from_numpy(Z[j].astype(np.float32))
    eyes = reader("reader.pt", Z, labels, draw, device=dev)


def seen_by(eyes, z, x, p, t, labels, captioned):
    """What the reader says of the picture that the prediction p means, weighted down where noise leaves no shape to be seen."""
    a = s.alphas_cumprod.to(dev)[t][:, None, None, None]; predicted = a.sqrt() * x - (1 - a).sqrt() * p
    weight = (a.flatten() / .02).clamp(max=1)
    with torch.no_grad(): true, _ = eyes(z)
    features, named = eyes(predicted.contiguous(**last_format))
    shapes = (weight * distance(features, true)).mean(); wrong = sum(F.cross_entropy(n, labels[:, q], reduction="none") for q, n in enumerate(named))
    naming = (weight * captioned * wrong).mean(); noted.append((shapes.item(), naming.item(), ((named[0].argmax(1) == labels[:, 0]) * captioned * (weight < 1)).sum().item(), (captioned * (weight < 1)).sum().item()))
    return A.shapes * shapes + A.naming * naming


def notes():
    """Means of what the reader said in the last 50 steps, and the share of subjects that it could name where noise left no shape to be seen."""
    n = np.array(noted[-50:] or [(0, 0, 0, 1)])
    return f"shapes {n[:, 0].mean():.3f} naming {n[:, 1].mean():.3f} named {n[:, 2].sum() / max(n[:, 3].sum(), 1):.0%}"


while not A.export_only and (f := progress()) < 1:
    part = f < .8 and rng.random() < A.windows; batch = A.batch if part or not A.windows else max(A.batch // 3, 1)
    if i % 8 == 0: encode_more(60)
    for p in o.param_groups: p["lr"] = A.lr * ramp(f, i - begun, 10 if begun else 100, A.hold)
    j = rng.integers(0, ready, batch); z = cut(j, L // 2) if part else torch.from_numpy(Z[j].astype(np.float32))
    z = z.to(dev); weights = 1 if part else focus(j).to(dev)
    k = T[torch.from_numpy(j), torch.from_numpy(rng.integers(0, T.shape[1], batch))].clone(); empty = torch.rand(batch) < .1; k[empty] = E
    # Two thirds of the timesteps from a logit-normal around the middle, where shapes are decided; the rest even.
    t = torch.where(torch.rand(batch) < .67, torch.sigmoid(torch.randn(batch) + A.shift) * 1000, torch.rand(batch) * 1000).long().clamp(0, 999).to(dev); e = torch.randn_like(z)
    x = s.add_noise(z, e, t).contiguous(**last_format)
    with cast(): p = u(x, t, encoder_hidden_states=te(k.to(dev)).last_hidden_state).sample.float()
    loss = (weights * (p - s.get_velocity(z, e, t)).pow(2)).mean(); told = loss
    if eyes is not None: told = loss + seen_by(eyes, z, x, p, t, labels[torch.from_numpy(j)].to(dev), ~empty.to(dev))
    o.zero_grad(); told.backward(); nn.utils.clip_grad_norm_(P, 1.); o.step(); i += 1; seen += batch; losses[part].append(loss.item())
    with torch.no_grad(): torch._foreach_lerp_(list(eu.parameters()) + list(et.parameters()), P, 1 - min(.995, i / (i + 20)))
    if i % 50 == 0:
        whole, windowed = (float(np.mean(losses[k][-50:] or [0])) for k in (False, True)); curve.append((seen, whole))
        print("unet", i, int(spent + clock() - t0), f"loss {whole:.4f} windows {windowed:.4f} {notes()} samples {seen} latents {ready} lr {o.param_groups[0]['lr']:.5f}", flush=True)
    if time.time() - last > 150: checkpoint(); last = time.time()
    if time.time() - last_grid > 480: grid("samples-latest.png", PROMPTS); shutil.copy("samples-latest.png", f"samples-{seen:07d}.png"); last_grid = time.time()
if not A.export_only: checkpoint()

# 5. the decoder once more, the latents being settled
if budget("seconds_decoder") > 0 and not os.path.exists("decoder.done"):
    v.requires_grad_(False); v.decoder.requires_grad_(True); v.post_quant_conv.requires_grad_(True); v = v.train()
    def step(i):
        x = crops(16, 64)
        with cast():
            with torch.no_grad(): d = v.encode(x.contiguous(**last_format)).latent_dist.mean; d = d + torch.randn_like(d) * .04 / scale
            y = v.decode(d).sample.float()
        return vae_loss(x, y), -10 * np.log10(((y - x) / 2).pow(2).mean().item())
    train_vae("decoder", "seconds_decoder", [p for p in v.parameters() if p.requires_grad], step, 6e-4)
    v = v.eval().requires_grad_(False); v.save_pretrained("vae"); open("decoder.done", "w").close()

# 6. samples and the folder
grid("samples-final.png", PROMPTS)
if A.out:
    part = A.out + ".part"; shutil.rmtree(part, ignore_errors=True)
    s.register_to_config(); StableDiffusionPipeline(vae=v, text_encoder=et, tokenizer=tk, unet=eu, scheduler=s, safety_checker=None, feature_extractor=None, requires_safety_checker=False).to(torch.float16).save_pretrained(part, safe_serialization=True)
    for f in ("vocab.json", "merges.txt"): shutil.copy("tokenizer/" + f, f"{part}/tokenizer/{f}")
    index = json.load(open(f"{part}/model_index.json"))
    with open(f"{part}/model_index.json", "w") as f: json.dump(index | {"_kento_guidance_scale": 3.5}, f, indent=2)
    os.makedirs(A.out, exist_ok=True); shutil.copytree(part, A.out, dirs_exist_ok=True); shutil.rmtree(part)
    with open(f"{A.out}/training.json", "w") as f: json.dump(dict(samples=seen, batch=A.batch, images=len(X), seconds_unet=int(spent + clock() - t0), size=S), f)
    print("saved", A.out, flush=True)

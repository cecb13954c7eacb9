"""The judge of generated pictures: a small classifier of rendered training scenes, and `starter measure`. Training never sees either."""
import json, os, subprocess
import numpy as np, torch, torch.nn as nn, torch.nn.functional as F
from common import save, to_tensor

FACETS = ("subject", "colour", "composition", "style")


def shrink(x):
    """Pictures at 64x64, so that shapes and colours are judged rather than the VAE's texture."""
    return F.interpolate(x, size=64, mode="area")


class Classifier(nn.Module):
    """Names the facets of pictures (n, 3, 64, 64) in -1 to 1: one tensor of logits a facet."""
    def __init__(self, counts):
        super().__init__(); layers, c = [], 3
        for w in (32, 64, 128, 192): layers += [nn.Conv2d(c, w, 3, 2, 1), nn.BatchNorm2d(w), nn.ReLU()]; c = w
        self.body = nn.Sequential(*layers); self.heads = nn.ModuleList(nn.Linear(192 * 16, n) for n in counts); self.drop = nn.Dropout(.2)
    def forward(self, x):
        h = self.drop(F.adaptive_avg_pool2d(self.body(x), 4).flatten(1)); return [head(h) for head in self.heads]


class Judge:
    """Learns from WORK/data once (WORK/classifier-STEPS.pt keeps it): lightly blurred and noisy, every picture once or more."""
    def __init__(self, work, device="cpu", steps=6000):
        attributes = json.load(open(f"{work}/data/attributes.json")); self.device = device
        self.names = {f: sorted({a[f] for a in attributes}) for f in FACETS}; counts = [len(n) for n in self.names.values()]
        net = Classifier(counts).to(device, memory_format=torch.channels_last); path = f"{work}/classifier-{steps}.pt"
        if os.path.exists(path): net.load_state_dict(torch.load(path, map_location=device))
        else:
            X = np.load(f"{work}/data/images.npy", mmap_mode="r"); small = np.concatenate([shrink(to_tensor(X[i:i + 200])).mul(127.5).add(127.5).round().byte().numpy() for i in range(0, len(X), 200)])
            L = self.labels(attributes); rng = np.random.default_rng(0); o = torch.optim.AdamW(net.parameters(), 2e-3, weight_decay=.02); s = torch.optim.lr_scheduler.OneCycleLR(o, 3e-3, steps)
            for i in range(steps):
                j = rng.integers(0, len(small), 64); x = torch.from_numpy(small[j]).to(device).float() / 127.5 - 1; x = x + torch.randn_like(x) * .08 * torch.rand(len(x), 1, 1, 1, device=device)
                if i % 2: x = F.avg_pool2d(F.pad(x, (1, 1, 1, 1), mode="replicate"), 3, 1)
                y = L[j].to(device); loss = sum(F.cross_entropy(p, y[:, k]) for k, p in enumerate(net(x.contiguous(memory_format=torch.channels_last))))
                o.zero_grad(); loss.backward(); o.step(); s.step()
                if i % 500 == 0: print("classifier", i, f"{loss.item():.2f}", flush=True)
            save(net.state_dict(), path)
        self.net = net.eval()

    def labels(self, attributes):
        """(n, facets) indices of names."""
        return torch.tensor([[self.names[f].index(a[f]) for f in FACETS] for a in attributes])

    def right(self, pictures, attributes):
        """(n, facets) whether each facet of uint8 pictures (n, h, w, 3) is the wanted one."""
        with torch.no_grad(): named = [torch.stack([h.argmax(1).cpu() for h in self.net(shrink(to_tensor(pictures[i:i + 50], self.device)))], 1) for i in range(0, len(pictures), 50)]
        return torch.cat(named) == self.labels(attributes)[:len(pictures)]

    def report(self, pictures, attributes):
        """Percent right for each facet, and for all four."""
        hit = self.right(pictures, attributes)
        return {f: round(100 * hit[:, k].float().mean().item(), 1) for k, f in enumerate(FACETS)} | {"all four": round(100 * hit.all(1).float().mean().item(), 1)}


def measured(starter, folder, pictures, attributes):
    """What `starter measure` says: the colour at the subject's place, and whether something stands there. Percent."""
    os.makedirs(folder, exist_ok=True); np.save(f"{folder}/images.npy", pictures); json.dump(attributes[:len(pictures)], open(f"{folder}/attributes.json", "w"))
    r = json.loads(subprocess.run([starter, "measure", f"{folder}/images.npy", f"{folder}/attributes.json"], check=True, capture_output=True, text=True).stdout)
    return {"colour": round(100 * r["colour"], 1), "position": round(100 * r["position"], 1)}

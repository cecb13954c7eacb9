"""A reader of latents: names a picture's subject and style, and says how far two latents differ as shapes.

A squared difference on latents rewards the mean of everything that could stand there, a blob, long before it rewards an outline. The reader's features
make an outline count from the first steps (a perceptual loss in latent space, as in Kang et al. 2024, "Distilling Diffusion Models into Conditional GANs").
It sees training pictures only, and it is not the judge of `evaluate.py`: that one looks at pixels, has its own weights and is never trained against.
"""
import os
import numpy as np, torch, torch.nn as nn, torch.nn.functional as F
from common import save

FACETS = ("subject", "style")


class Reader(nn.Module):
    """Features and facet logits of latents (n, channels, h, w) of unit scale; h and w from 16 up."""
    def __init__(self, counts, channels):
        super().__init__(); stages, c = [], channels
        for width, stride in ((48, 1), (96, 2), (160, 2), (224, 2)): stages.append(nn.Sequential(nn.Conv2d(c, width, 3, stride, 1), nn.GroupNorm(16, width), nn.SiLU())); c = width
        self.stages = nn.ModuleList(stages); self.drop = nn.Dropout(.2); self.heads = nn.ModuleList(nn.Linear(2 * c, n) for n in counts)
    def forward(self, x):
        features = []
        for stage in self.stages: x = stage(x); features.append(x)
        pooled = self.drop(torch.cat([x.mean((2, 3)), x.amax((2, 3))], 1))
        return features, [head(pooled) for head in self.heads]


def distance(a, b):
    """(n,) how far two lists of features are apart: squared differences of unit vectors at every place, a mean a stage, summed over the stages."""
    return sum((F.normalize(x, dim=1) - F.normalize(y, dim=1)).pow(2).sum(1).mean((1, 2)) for x, y in zip(a, b))


def reader(path, Z, labels, draw, steps=3000, batch=96, device="cpu"):
    """The reader kept at `path`, or one trained on `draw(batch)`, which gives indices and latents; labels is (pictures, facets)."""
    net = Reader([int(n) + 1 for n in labels.amax(0)], Z.shape[1]).to(device, memory_format=torch.channels_last)
    if os.path.exists(path): net.load_state_dict(torch.load(path, map_location=device))
    else:
        o = torch.optim.AdamW(net.parameters(), 2e-3, weight_decay=.02); s = torch.optim.lr_scheduler.OneCycleLR(o, 3e-3, steps); hits = []
        for i in range(steps):
            j, z = draw(batch); z = z.to(device); y = labels[torch.from_numpy(j)].to(device)
            # What it will read while the UNet trains is blurred and noisy.
            if i % 2: z = torch.lerp(z, F.avg_pool2d(F.pad(z, (1, 1, 1, 1), mode="replicate"), 3, 1), torch.rand(len(z), 1, 1, 1, device=device))
            z = z + torch.randn_like(z) * .5 * torch.rand(len(z), 1, 1, 1, device=device)
            named = net(z.contiguous(memory_format=torch.channels_last))[1]; loss = sum(F.cross_entropy(p, y[:, k]) for k, p in enumerate(named))
            o.zero_grad(); loss.backward(); o.step(); s.step(); hits.append([(p.argmax(1) == y[:, k]).float().mean().item() for k, p in enumerate(named)])
            if i % 250 == 249: print("reader", i + 1, f"loss {loss.item():.2f}", *(f"{f} {h:.0%}" for f, h in zip(FACETS, np.mean(hits[-250:], 0))), flush=True)
        save(net.state_dict(), path)
    return net.eval().requires_grad_(False)

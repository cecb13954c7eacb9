"""Muon for convolution and matrix weights (momentum, then an orthogonalised update), AdamW for everything else.

Newton-Schulz coefficients: Keller Jordan, https://kellerjordan.github.io/posts/muon/ (MIT). The factor 0.2 sqrt(max(m, n)) matches
AdamW's update size, so one learning rate serves both (Liu et al. 2025, "Muon is scalable for LLM training").
"""
import torch


def orthogonalise(m, steps=5):
    """The nearest semi-orthogonal matrices, roughly; m is (batch, rows, columns)."""
    tall = m.shape[1] > m.shape[2]
    x = m.transpose(1, 2) if tall else m
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(steps):
        a = x @ x.transpose(1, 2)
        x = 3.4445 * x + (-4.7750 * a + 2.0315 * a @ a) @ x
    return x.transpose(1, 2) if tall else x


class Muon(torch.optim.Optimizer):
    def __init__(self, parameters, lr=1e-3, momentum=.95, weight_decay=.01, betas=(.9, .99)):
        parameters = list(parameters); matrix = [p for p in parameters if p.ndim >= 2 and min(p.shape[0], p[0].numel()) >= 32]
        ids = {id(p) for p in matrix}
        super().__init__([dict(params=matrix, muon=True), dict(params=[p for p in parameters if id(p) not in ids], muon=False)], dict(lr=lr, momentum=momentum, weight_decay=weight_decay, betas=betas))

    @torch.no_grad()
    def step(self):
        for g in self.param_groups:
            ps = [p for p in g["params"] if p.grad is not None]
            if not g["muon"]:
                b1, b2 = g["betas"]
                for p in ps:
                    s = self.state[p]
                    if not s: s.update(step=0, m=torch.zeros_like(p), v=torch.zeros_like(p))
                    s["step"] += 1; s["m"].lerp_(p.grad, 1 - b1); s["v"].mul_(b2).addcmul_(p.grad, p.grad, value=1 - b2)
                    p.addcdiv_(s["m"], (s["v"] / (1 - b2 ** s["step"])).sqrt_().add_(1e-8), value=-g["lr"] / (1 - b1 ** s["step"]))
                continue
            shapes = {}
            for p in ps:
                s = self.state[p]
                if not s: s["m"] = torch.zeros_like(p)
                s["m"].lerp_(p.grad, 1 - g["momentum"])
                shapes.setdefault((p.shape[0], p[0].numel()), []).append((p, p.grad.lerp(s["m"], g["momentum"])))
            for (rows, columns), items in shapes.items():
                update = orthogonalise(torch.stack([u.reshape(rows, columns) for _, u in items])) * (.2 * max(rows, columns) ** .5)
                for (p, _), u in zip(items, update):
                    p.mul_(1 - g["lr"] * g["weight_decay"]).add_(u.reshape(p.shape), alpha=-g["lr"])

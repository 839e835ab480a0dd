"""Reference figures of the optimisers: some steps of torch.optim.AdamW, and of Lion written here in plain torch from its paper.
Set up:  python3 -m venv V && V/bin/pip install torch
Run:     V/bin/python bench/peers/optimiser_steps.py > tests/fixtures/optimiser-steps.json
Prints, for each optimiser and setting, the values before, the gradients of each step, and the values after each step (float32)."""
import json

import torch


class Lion(torch.optim.Optimizer):
    """Chen et al. 2023 (arXiv 2302.06675), algorithm 2."""

    def __init__(self, params, lr, betas=(0.9, 0.99), weight_decay=0.0):
        super().__init__(params, dict(lr=lr, betas=betas, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            b1, b2 = group["betas"]
            for p in group["params"]:
                m = self.state[p].setdefault("m", torch.zeros_like(p))
                c = torch.sign(b1 * m + (1 - b1) * p.grad)
                p.copy_(p - group["lr"] * (c + group["weight_decay"] * p))
                m.copy_(b2 * m + (1 - b2) * p.grad)


def run(name, lr, decay, steps=12, size=9):
    generator = torch.Generator().manual_seed(len(name) * 1000 + round(decay * 100))
    p = torch.nn.Parameter(torch.randn(size, generator=generator))
    gradients = torch.randn(steps, size, generator=generator) * 10 ** torch.linspace(-4, 2, size)
    gradients[3] = 0
    optimiser = (torch.optim.AdamW if name == "adamw" else Lion)([p], lr=lr, weight_decay=decay)
    record = {"optimiser": name, "learningRate": lr, "weightDecay": decay, "before": p.tolist(), "gradients": gradients.tolist(), "after": []}
    for gradient in gradients:
        p.grad = gradient.clone()
        optimiser.step()
        record["after"].append(p.tolist())
    return record


runs = [run("adamw", 1e-2, 0.0), run("adamw", 1e-3, 0.1), run("lion", 1e-2, 0.0), run("lion", 1e-3, 0.5)]


def rounded(value):
    return [rounded(v) for v in value] if isinstance(value, list) else float(f"{value:.9g}")


for record in runs:
    for key in ("before", "gradients", "after"):
        record[key] = rounded(record[key])
print(json.dumps({"torch": torch.__version__, "runs": runs}))

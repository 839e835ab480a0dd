"""Peer: the losses of LoRA training with torch + PEFT in float32, on the dequantised weights of a GGUF file.
Set up:  python3 -m venv V && V/bin/pip install torch transformers peft gguf
Run:     V/bin/python lora_curve.py --model FILE.gguf --examples FILE [--steps 50] [--threads 2] [--batch 8] [--rank 16] [--rate 0.0002]
FILE is JSON: {"examples": [{"tokens": [...], "weights": [...]}, ...]}, taken in order. A starts with llama_gguf.fill's values and B with
zeros; AdamW with betas 0.9 and 0.999, epsilon 1e-8, weight decay 0.01. Prints one JSON line with the mean loss before each update."""
import argparse
import json
import os

import torch

from llama_gguf import adapt, fill, load, lora_parameters, loss_of

p = argparse.ArgumentParser()
p.add_argument("--model", required=True)
p.add_argument("--examples", required=True)
p.add_argument("--threads", type=int, default=os.cpu_count())
p.add_argument("--steps", type=int, default=50)
p.add_argument("--batch", type=int, default=8)
p.add_argument("--rank", type=int, default=16)
p.add_argument("--rate", type=float, default=2e-4)
a = p.parse_args()
torch.set_num_threads(a.threads)
model, permuted = load(a.model)
model = adapt(model, a.rank, 2 * a.rank)
with torch.no_grad():
    for place, (name, parameter, _) in enumerate(lora_parameters(model, permuted)):
        parameter.copy_(fill(place, parameter.numel()).reshape(parameter.shape) if name.endswith("lora_a") else 0 * parameter)
optimizer = torch.optim.AdamW([q for q in model.parameters() if q.requires_grad], lr=a.rate, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01)
with open(a.examples) as file:
    examples = json.load(file)["examples"]
losses = []
for step in range(a.steps):
    batch = [examples[(step * a.batch + i) % len(examples)] for i in range(a.batch)]
    weight = sum(sum(e["weights"][1:]) for e in batch)
    total = 0.0
    for e in batch:
        loss = loss_of(model, e["tokens"], e["weights"]) / weight
        loss.backward()
        total += loss.item()
    losses.append(total)
    optimizer.step()
    optimizer.zero_grad()
print(json.dumps({"losses": losses, "torch": torch.__version__}))

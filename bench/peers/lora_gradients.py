"""Golden gradients of LoRA for tests/training/network.test.ts, by torch's autograd in float32.
Set up:  python3 -m venv V && V/bin/pip install torch transformers peft gguf
Run:     V/bin/python lora_gradients.py --tiny $(node dist/tests/fixtures/tiny-model.js) --model SmolLM2-135M-Instruct.Q4_1.gguf --out tests/fixtures
Writes lora-gradients.json (what was computed) and lora-gradients.bin (the gradients as float32, one tensor after another)."""
import argparse
import json
import os

import numpy as np
import torch

from llama_gguf import adapt, load, lora_parameters, loss_of, set_values, to_llama_cpp

# Worked texts in the default model's tokens.
TEXTS = [
    [49, 38993, 24516, 216, 33, 36, 33190, 351, 216, 33, 34, 20587, 971, 30, 2306, 26064, 216, 41, 37, 20587, 30, 1073, 800, 359,
     2049, 47, 216, 33, 36, 15493, 216, 33, 34, 446, 933, 26910, 1508, 24, 33, 36, 26, 33, 34, 25, 17822, 216, 33, 38, 40, 77, 216, 33,
     38, 40, 28, 588, 216, 33, 38, 40, 20826, 216, 41, 37, 446, 216, 39, 35, 20587, 359, 2049, 30],
    [504, 4445, 3711, 418, 216, 40, 284, 2933, 216, 35, 2737, 28, 588, 357, 20623, 418, 216, 33, 33, 30],
    [19556, 17, 657, 314, 253, 4979, 1194, 30],
]
RANK, ALPHA = 2, 4

p = argparse.ArgumentParser()
p.add_argument("--tiny", required=True)
p.add_argument("--model", required=True)
p.add_argument("--out", required=True)
a = p.parse_args()
torch.set_num_threads(os.cpu_count())

cases, gradients = [], []
# A cut vocabulary keeps the two layers' file small; tokens beyond it are taken modulo its size.
for name, path, layers, vocabulary in [("tiny", a.tiny, None, None), ("two layers", a.model, 2, 8192)]:
    model, permuted = load(path, layers, vocabulary)
    size = model.config.vocab_size
    model = adapt(model, RANK, ALPHA)
    set_values(model, permuted)
    examples = []
    for n, text in enumerate(TEXTS):
        tokens = [token % size for token in text]
        # No loss on the first quarter and on every seventh token; weights that differ.
        weights = [0.0 if i < max(1, len(tokens) // 4) or i % 7 == 0 else 0.5 + (i + n) % 3 * 0.25 for i in range(len(tokens))]
        examples.append({"tokens": tokens, "weights": weights})
    loss = sum(loss_of(model, e["tokens"], e["weights"]) for e in examples)
    loss.backward()
    names = []
    for tensor, parameter, heads in lora_parameters(model, permuted):
        names.append(tensor)
        gradient = to_llama_cpp(parameter.grad, heads) if heads else parameter.grad
        gradients.append(gradient.numpy().astype("<f4").ravel())
    cases.append({"name": name, "layers": model.config.num_hidden_layers, "vocabulary": size, "rank": RANK, "alpha": ALPHA,
                  "examples": examples, "loss": loss.item(), "tensors": names})
with open(os.path.join(a.out, "lora-gradients.json"), "w") as file:
    json.dump({"torch": torch.__version__, "cases": cases}, file)
    file.write("\n")
np.concatenate(gradients).tofile(os.path.join(a.out, "lora-gradients.bin"))
print(json.dumps([{"name": c["name"], "loss": c["loss"]} for c in cases]))

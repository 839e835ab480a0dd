"""Peer: LoRA training steps with torch + PEFT on this CPU, on a model of the default one's shape (random weights: speed only).
Set up:  python3 -m venv V && V/bin/pip install torch transformers peft
Run:     V/bin/python peft_train.py --dtype bf16 --examples FILE [--batch 8] [--rank 16] [--targets q,k,v,o,gate,up,down] [--steps 8] [--threads 2]
FILE is JSON: {"examples": [{"tokens": [...], "weights": [...]}, ...]}. Batches are padded to their longest example, as transformers'
collator does. Prints one JSON line: useful tokens (padding not counted) per second of the median step, and the peak of memory.
A step is forward, backward and one AdamW update."""
import argparse
import json
import os
import resource
import time

import torch
from peft import LoraConfig, get_peft_model
from transformers import LlamaConfig, LlamaForCausalLM

MODULES = {"q": "q_proj", "k": "k_proj", "v": "v_proj", "o": "o_proj", "gate": "gate_proj", "up": "up_proj", "down": "down_proj"}

p = argparse.ArgumentParser()
p.add_argument("--dtype", choices=["f32", "bf16"], default="bf16")
p.add_argument("--examples", required=True)
p.add_argument("--batch", type=int, default=8)
p.add_argument("--rank", type=int, default=16)
p.add_argument("--targets", default="q,k,v,o,gate,up,down")
p.add_argument("--threads", type=int, default=os.cpu_count())
p.add_argument("--steps", type=int, default=8)
a = p.parse_args()
torch.set_num_threads(a.threads)
config = LlamaConfig(vocab_size=49152, hidden_size=576, intermediate_size=1536, num_hidden_layers=30, num_attention_heads=9,
                     num_key_value_heads=3, rms_norm_eps=1e-5, rope_theta=100000.0, tie_word_embeddings=True,
                     max_position_embeddings=2048)
model = LlamaForCausalLM(config).to(torch.bfloat16 if a.dtype == "bf16" else torch.float32)
model = get_peft_model(model, LoraConfig(r=a.rank, lora_alpha=2 * a.rank, task_type="CAUSAL_LM",
                                         target_modules=[MODULES[target] for target in a.targets.split(",")]))
model.train()
optimizer = torch.optim.AdamW([q for q in model.parameters() if q.requires_grad], lr=1e-4)
with open(a.examples) as file:
    examples = json.load(file)["examples"]
rates = []
for step in range(a.steps + 2):
    batch = [examples[(step * a.batch + i) % len(examples)] for i in range(a.batch)]
    longest = max(len(e["tokens"]) for e in batch)
    pad = lambda values, fill: values + [fill] * (longest - len(values))
    ids = torch.tensor([pad(e["tokens"], 2) for e in batch])
    mask = torch.tensor([pad([1] * len(e["tokens"]), 0) for e in batch])
    labels = torch.tensor([pad([t if w > 0 else -100 for t, w in zip(e["tokens"], e["weights"])], -100) for e in batch])
    started = time.perf_counter()
    model(input_ids=ids, attention_mask=mask, labels=labels).loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    if step >= 2:
        rates.append(int(mask.sum()) / (time.perf_counter() - started))
print(json.dumps({"tokensPerSecond": sorted(rates)[len(rates) // 2], "peakMegabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000,
                  "dtype": a.dtype, "torch": torch.__version__}))

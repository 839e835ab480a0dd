"""A llama-architecture GGUF file as a transformers model in float32 with a PEFT adapter: what the other scripts here compare with.
llama.cpp stores the rows of q and k so that the pairs that RoPE turns are neighbours; they are put back for transformers."""
import gguf
import numpy as np
import torch
from peft import LoraConfig, get_peft_model
from transformers import LlamaConfig, LlamaForCausalLM

TARGETS = {"q": "self_attn.q_proj", "k": "self_attn.k_proj", "v": "self_attn.v_proj", "o": "self_attn.o_proj",
           "gate": "mlp.gate_proj", "up": "mlp.up_proj", "down": "mlp.down_proj"}
NAMES = {"q": "attn_q", "k": "attn_k", "v": "attn_v", "o": "attn_output", "gate": "ffn_gate", "up": "ffn_up", "down": "ffn_down"}


def to_transformers(rows, heads):
    """Rows in llama.cpp's order to transformers' order."""
    n = rows.shape[0]
    return rows.reshape(heads, n // heads // 2, 2, -1).swapaxes(1, 2).reshape(rows.shape)


def to_llama_cpp(rows, heads):
    n = rows.shape[0]
    return rows.reshape(heads, 2, n // heads // 2, -1).swapaxes(1, 2).reshape(rows.shape)


def load(path, layers=None, vocabulary=None):
    """The model, of its first layers and tokens where asked, and {target: heads whose rows are permuted}."""
    reader = gguf.GGUFReader(path)
    tensors = {t.name: torch.from_numpy(np.array(gguf.dequantize(t.data, t.tensor_type), dtype=np.float32)) for t in reader.tensors
               if layers is None or not t.name.startswith("blk.") or int(t.name.split(".")[1]) < layers}
    field = lambda key: reader.fields["llama." + key].contents()
    heads, key_heads = field("attention.head_count"), field("attention.head_count_kv")
    embeddings = tensors["token_embd.weight"][:vocabulary]
    count = layers or field("block_count")
    config = LlamaConfig(
        vocab_size=embeddings.shape[0], hidden_size=field("embedding_length"), intermediate_size=field("feed_forward_length"),
        num_hidden_layers=count, num_attention_heads=heads, num_key_value_heads=key_heads,
        rms_norm_eps=field("attention.layer_norm_rms_epsilon"), rope_theta=field("rope.freq_base"),
        max_position_embeddings=field("context_length"), tie_word_embeddings="output.weight" not in tensors)
    permuted = {"q": heads, "k": key_heads}
    state = {"model.embed_tokens.weight": embeddings, "model.norm.weight": tensors["output_norm.weight"],
             "lm_head.weight": tensors.get("output.weight", embeddings)[:vocabulary]}
    for layer in range(count):
        own = lambda name: tensors[f"blk.{layer}.{name}.weight"]
        state[f"model.layers.{layer}.input_layernorm.weight"] = own("attn_norm")
        state[f"model.layers.{layer}.post_attention_layernorm.weight"] = own("ffn_norm")
        for target, module in TARGETS.items():
            rows = own(NAMES[target])
            state[f"model.layers.{layer}.{module}.weight"] = to_transformers(rows, permuted[target]) if target in permuted else rows
    model = LlamaForCausalLM(config).to(torch.float32)
    model.load_state_dict(state)
    return model, permuted


def adapt(model, rank, alpha, targets=tuple(TARGETS)):
    return get_peft_model(model, LoraConfig(r=rank, lora_alpha=alpha, lora_dropout=0.0, task_type="CAUSAL_LM",
                                            target_modules=[TARGETS[target].split(".")[1] for target in targets]))


def lora_parameters(model, permuted):
    """(llama.cpp's name, the parameter, heads whose rows are permuted or None), in the order of layers and of TARGETS, A before B."""
    modules = dict(model.named_modules())
    layers = model.config.num_hidden_layers
    for layer in range(layers):
        for target, module in TARGETS.items():
            linear = modules[f"base_model.model.model.layers.{layer}.{module}"]
            if not hasattr(linear, "lora_A"):
                continue
            name = f"blk.{layer}.{NAMES[target]}.weight"
            yield name + ".lora_a", linear.lora_A["default"].weight, None
            yield name + ".lora_b", linear.lora_B["default"].weight, permuted.get(target)


def fill(seed, count):
    """Numbers from -1/16 to 1/16 that JavaScript makes alike, bit for bit."""
    i = np.arange(count, dtype=np.uint64)
    mixed = (i * np.uint64(2654435761) + np.uint64(seed * 40503)) & np.uint64(0xFFFFFFFF)
    mixed = ((mixed ^ (mixed >> np.uint64(15))) * np.uint64(0x21F0AAAD)) & np.uint64(0xFFFFFFFF)
    return torch.from_numpy(((mixed >> np.uint64(8)).astype(np.float64) / 2**24 * 2 - 1).astype(np.float32) / 16)


def set_values(model, permuted):
    with torch.no_grad():
        for seed, (_, parameter, heads) in enumerate(lora_parameters(model, permuted)):
            values = fill(seed, parameter.numel()).reshape(parameter.shape)
            parameter.copy_(to_transformers(values, heads) if heads else values)


def loss_of(model, tokens, weights):
    """The sum of weights[i] * -log p(tokens[i])."""
    logits = model(input_ids=torch.tensor([tokens])).logits[0, :-1]
    each = torch.nn.functional.cross_entropy(logits, torch.tensor(tokens[1:]), reduction="none")
    return (each * torch.tensor(weights[1:])).sum()

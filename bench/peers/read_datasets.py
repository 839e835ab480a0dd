# Peer: exported datasets as their readers take them: Hugging Face's datasets library, and what TRL's SFT trainer does to a dataset before
# it trains (the calls of its `_prepare_dataset`). Neither PyTorch nor a model is needed.
# Set up in an empty folder:  python3 -m venv v && v/bin/pip install datasets transformers jinja2 && v/bin/pip install --no-deps trl
#                             (tried with datasets 5.2.0, transformers 5.24.0, trl 1.16.0)
# Run there:                  v/bin/python …/read_datasets.py jsonl=dataset.jsonl trl=trl.jsonl trl-messages=messages.jsonl openai=openai.jsonl
#                             with whichever of the formats there are. `jsonl` is what the others are counted against.
# Prints one JSON line: what was read of each, and exits with 1 when anything was not as it has to be.
import json
import sys

from datasets import load_dataset
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast
from trl.data_utils import _tokenize, get_dataset_column_names, is_conversational, maybe_apply_chat_template

# A word a token, unknown ones too: templates and masks are what is looked at here, not words.
CHAT = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] or '' }}"
    "{% for call in message['tool_calls'] or [] %}<tool_call>{{ call['function']['name'] }} {{ call['function']['arguments'] }}</tool_call>"
    "{% endfor %}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
plain = Tokenizer(models.WordLevel({"<unk>": 0}, unk_token="<unk>"))
plain.pre_tokenizer = pre_tokenizers.Split("", "isolated")
tokenizer = PreTrainedTokenizerFast(tokenizer_object=plain, unk_token="<unk>", chat_template=CHAT)

failures = []


def check(holds, what):
    if not holds:
        failures.append(what)


def read(file):
    with open(file, encoding="utf8") as lines:
        raw = [json.loads(line) for line in lines if line.strip()]
    rows = load_dataset("json", data_files=file, split="train")
    check(len(rows) == len(raw), f"{file}: {len(raw)} lines, {len(rows)} rows")
    return rows, raw


def same_members(file, rows, raw, names):
    for row, line in zip(rows, raw):
        check(all(row[name] == line.get(name) for name in names), f"{file}: a row is not its line: {line}")


def jsonl(file):
    rows, raw = read(file)
    same_members(file, rows, raw, ["text", "marked", "id"])
    calls = sum(len(row["calls"]) for row in rows)
    check(calls == sum(len(line["calls"]) for line in raw), f"{file}: calls are missing")
    return {"rows": len(rows), "calls": calls, "texts": [row["text"] for row in rows]}


def trl(file):
    rows, raw = read(file)
    columns = sorted(get_dataset_column_names(rows))
    if columns not in (["text"], ["completion", "prompt"]):
        check(False, f"{file}: columns {columns}")
        return {"rows": len(rows), "columns": columns}
    same_members(file, rows, raw, columns)
    check(not any(is_conversational(row) for row in rows), f"{file}: is taken for a conversation")
    for row in rows:
        if "prompt" not in row:
            check(len(_tokenize(tokenizer, row["text"])["input_ids"]) > 0, f"{file}: no tokens")
            continue
        prompt = _tokenize(tokenizer, row["prompt"])["input_ids"]
        whole = _tokenize(tokenizer, row["prompt"] + row["completion"])["input_ids"]
        check(whole[: len(prompt)] == prompt and len(whole) > len(prompt), f"{file}: the prompt does not begin the text: {row}")
    return {"rows": len(rows), "columns": columns}


def trl_messages(file):
    rows, raw = read(file)
    check(get_dataset_column_names(rows) == ["messages"], f"{file}: columns {get_dataset_column_names(rows)}")
    same_members(file, rows, raw, ["messages"])
    check(all(is_conversational(row) for row in rows), f"{file}: is not taken for a conversation")
    for row in rows:
        text = maybe_apply_chat_template(row, tokenizer)["text"]
        check(all(message["content"] in text for message in row["messages"]), f"{file}: the template loses text: {row}")
    return {"rows": len(rows)}


def openai(file):
    rows, raw = read(file)
    check(all(is_conversational(row) for row in rows), f"{file}: is not taken for a conversation")
    calls = 0
    for row, line in zip(rows, raw):
        check(row["tools"] == line["tools"], f"{file}: tools are not their line's: {row['tools']}")
        for message, written in zip(row["messages"], line["messages"]):
            check(message["content"] == written["content"], f"{file}: a message is not its line's: {written}")
            made = message.get("tool_calls") or []
            check(made == written.get("tool_calls", []), f"{file}: calls are not their line's: {written}")
            check(all(isinstance(json.loads(call["function"]["arguments"]), dict) for call in made), f"{file}: arguments: {made}")
            calls += len(made)
        text = maybe_apply_chat_template({"messages": line["messages"], "tools": line["tools"]}, tokenizer)["text"]
        check(all((message["content"] or "") in text for message in line["messages"]), f"{file}: the template loses text: {line}")
    texts = ["".join(message["content"] or "" for message in row["messages"] if message["role"] == "assistant") for row in rows]
    return {"rows": len(rows), "calls": calls, "texts": texts}


READERS = {"jsonl": jsonl, "trl": trl, "trl-messages": trl_messages, "openai": openai}
files = dict(argument.split("=", 1) for argument in sys.argv[1:])
figures = {name: READERS[name](file) for name, file in files.items()}
texts = {name: figure.pop("texts") for name, figure in figures.items() if "texts" in figure}
if len(texts) == 2:
    ours = "".join(texts["jsonl"])
    check(all(text in ours for text in texts["openai"]), "openai: an assistant's text is not in the dataset")
print(json.dumps({**figures, "failures": failures[:20]}, ensure_ascii=False))
sys.exit(1 if failures else 0)

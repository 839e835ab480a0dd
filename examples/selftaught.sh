#!/bin/sh
# The whole story: a small model teaches itself to use a calculator, and is then better at it than with any prompt.
#
#   examples/selftaught.sh           about two hours on one core
#   examples/selftaught.sh --quick   a few minutes, with fewer texts and questions
#
# Run it in the project's folder, after `npm ci`. Everything that it makes is in out/selftaught (or out/selftaught-quick). Stopped with
# Ctrl-C, or by a power cut, it goes on where it was when it is started again.
set -eu
cd "$(dirname "$0")/.."

case "${1-}" in
  "")      out=out/selftaught       kinds=arithmetic,one-step texts=600  first=160 questions=120 rounds=2 more="--from-answers" ;;
  --quick) out=out/selftaught-quick kinds=one-step            texts=64   first=32  questions=40  rounds=2 more="--epochs 8 --pack 256" ;;
  *)       echo "usage: $0 [--quick]" >&2; exit 2 ;;
esac
mkdir -p "$out"

# 1. Something to learn from: made-up problems with worked solutions. There are no calls in them; where a call is of use is what the
#    model finds out.
#
#        Hoa has 120 dresses, and there are 6 dresses in each row. Calculate how many rows there are.
#        120 in groups of 6 makes 120 / 6 = 20 groups. There are 20 rows.
npm run --silent problems -- --only "$kinds" --count "$texts" --seed 1 > "$out/problems.jsonl"

# 2. Something to be measured with: questions in wordings, names and things that no problem of step 1 has.
tasks=""
for set in $(echo "$kinds" | tr , " "); do
  npm run --silent problems -- --tasks "$set" --count "$questions" --seed 1 > "$out/$set.jsonl"
  tasks="$tasks${tasks:+,}$out/$set.jsonl"
done

# 3. The rounds. The base is measured with its best prompt, demonstrations and tools, and without tools. Then, in each round:
#      teach   the model writes calls into the solutions; they run; those whose results make what follows likelier are kept
#      train   an adapter learns the solutions with their calls
#      eval    the held-out questions, with the adapter and without any demonstration
#    The next round teaches with that adapter, which is quicker and finds more. The first one reads fewer texts, since the untrained
#    model has to be shown in each what a call is. A round that does not help is the last.
resume=""
if [ -e "$out/rounds/rounds.jsonl" ]; then resume="--resume"; fi
# shellcheck disable=SC2086 # words, or none
node dist/cli/main.js selftaught "$out/problems.jsonl" --tool calculator \
  --tasks "$tasks" --first "$first" --rounds "$rounds" $more $resume --out "$out/rounds"

# 4. What it is now: the same model, with ten megabytes beside it.
if [ -e "$out/rounds/adapter.gguf" ]; then
  node dist/cli/main.js ask "Rosa has 156 stamps, and there are 12 stamps on each page. How many pages are there?" --tools calculator --adapter "$out/rounds/adapter.gguf" --no-trace
fi

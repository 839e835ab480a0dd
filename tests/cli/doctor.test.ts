import { mkdir, writeFile } from "node:fs/promises";
import os from "node:os";
import { dirname, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { defaultModel, findModel } from "../../models/index.js";
import { noteOf } from "../../models/storage.js";
import { nobodysUrl } from "../models/chat-server.js";
import { HubServer } from "../models/hub-server.js";
import { inPlace } from "./program.js";

const test = suite("toolwright doctor");
/** Without any program on the path there is no pip. */
const NO_PIP = { PATH: "" };

test(
  "says that a chat works where the model can be fetched, and never a setting's value",
  inPlace(async ({ run, environment }) => {
    await using hub = await HubServer.start();
    const { code, stdout, stderr } = await run(["doctor"], { environment: { ...NO_PIP, HF_ENDPOINT: hub.url } });
    assert.is(code, 0, stderr);
    assert.match(
      stdout,
      new RegExp(`^✓ machine +${process.platform}-${process.arch}, .* cores, .* GiB of memory .*, Node ${process.version}`),
    );
    assert.match(stdout, /^✓ engine +llama\.cpp v\S+ of @node-llama-cpp\/\S+, its layouts fit$/m);
    assert.match(stdout, /^✓ folders +can be written: .*home\/models, .*home\/traces/m);
    assert.match(stdout, /^· model +the default model: it is not here\n +→ It is fetched on first use/m);
    assert.match(stdout, /^✓ hub +http:\S+ answers/m);
    assert.match(stdout, /^· pip +there is no Python with pip/m);
    assert.match(stdout, /^✓ settings +set: TOOLWRIGHT_HOME, HF_ENDPOINT, OPENAI_BASE_URL, OPENAI_API_KEY$/m);
    assert.not(stdout.includes(environment["OPENAI_API_KEY"]!));
    assert.match(stdout, /\nA chat works here: .*\n$/);
  }),
);

test(
  "ends with 1 and says what to do where the model can neither be found nor fetched",
  inPlace(async ({ run }) => {
    const { code, stdout } = await run(["doctor", "--json"], { environment: { ...NO_PIP, HF_ENDPOINT: await nobodysUrl() } });
    assert.is(code, 1);
    const { works, findings } = JSON.parse(stdout);
    assert.is(works, false);
    const [model, hub] = ["model", "hub"].map((wanted) => findings.find(({ what }: { what: string }) => what === wanted));
    assert.is(model.state, "fault");
    assert.match(model.remedy, /--model FILE\.gguf/);
    assert.match(hub.says, /cannot be reached: .*ECONNREFUSED/);
  }),
);

test(
  "names the folder that cannot be written",
  inPlace(async ({ folder, run }) => {
    await writeFile(join(folder, "home"), "a file where the folder should be");
    const { code, stdout } = await run(["doctor"], { environment: { ...NO_PIP, HF_ENDPOINT: await nobodysUrl() } });
    assert.is(code, 1);
    assert.match(stdout, /^✗ folders +The folder .*home\/\w+ cannot be written: .*\n +→ .*TOOLWRIGHT_HOME/m);
  }),
);

test(
  "says how the default model runs and with which figures, and what to do when they are of a busy machine",
  inPlace(async ({ folder, run }) => {
    const models = join(folder, "home", "models");
    await mkdir(models, { recursive: true });
    const note = noteOf(models, defaultModel.known!.sha256, Math.min(8, os.availableParallelism()));
    const measured = [
      { storage: "source", ms: 485.1, error: 0.05 },
      { storage: "BF16", ms: 988.4, error: 0 },
    ];
    const says = async (share: number) => {
      await writeFile(note, JSON.stringify({ storage: "source", measured, share, at: "2026-07-31T12:00:00.000Z" }));
      return (await run(["doctor"], { environment: { ...NO_PIP, HF_ENDPOINT: await nobodysUrl() } })).stdout;
    };
    const figures = "the default model runs as it is, measured 2026-07-31: the file as it is 485 ms, BF16 988 ms";
    assert.match(await says(0.97), new RegExp(`^✓ storage +${figures}$`, "m"));
    const busy = `^· storage +${figures}; other programs took 60 % of the processor meanwhile\\n +→ .* remove ${note}$`;
    assert.match(await says(0.4), new RegExp(busy, "m"));
  }),
);

test(
  "knows the default model and a damaged copy of it",
  inPlace(async ({ folder, run }) => {
    const file = await findModel("local");
    const there = await run(["doctor", "--json"], {
      environment: { ...NO_PIP, HF_ENDPOINT: await nobodysUrl(), TOOLWRIGHT_HOME: process.env["TOOLWRIGHT_HOME"] },
    });
    assert.is(there.code, 0, there.stdout);
    assert.match(there.stdout, new RegExp(`${file}, SHA-256 b179c952`));
    const copy = join(folder, "home", "models", ...file.split(/[/\\]/).slice(-3));
    await mkdir(dirname(copy), { recursive: true });
    await writeFile(copy, "no model");
    const damaged = await run(["doctor"], { environment: { ...NO_PIP, HF_ENDPOINT: await nobodysUrl() } });
    assert.is(damaged.code, 1);
    assert.match(damaged.stdout, /^✗ model +the default model: .*is no usable GGUF file/m);
  }),
);

test.run();

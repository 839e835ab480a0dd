import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { withLock } from "../../models/lock.js";

const test = suite<{ folder: string; path: string }>("withLock");
// Above every kernel's highest process number.
const NOBODY = 2 ** 30;

test.before.each(async (scene) => {
  scene.folder = await mkdtemp(join(tmpdir(), "toolwright-lock-"));
  scene.path = join(scene.folder, "lock");
});

test.after.each(({ folder }) => rm(folder, { recursive: true }));

function lockOf(host: string, pid: number): string {
  return JSON.stringify({ id: "another's", host, pid });
}

test("works of the same lock come one after the other, and leave nothing", async ({ folder, path }) => {
  let inside = 0;
  const results = await Promise.all(
    [1, 2, 3].map((n) =>
      withLock(path, async () => {
        assert.is(++inside, 1);
        await pause(20);
        inside--;
        return n;
      }),
    ),
  );
  assert.equal(results, [1, 2, 3]);
  assert.equal(await readdir(folder), []);
});

test("the lock goes when the work fails", async ({ path }) => {
  const failing = withLock(path, () => Promise.reject(new Error("the work's own")));
  assert.is(await failing.catch((error) => error.message), "the work's own");
  assert.not(existsSync(path));
});

test("a dead process's lock is taken over, by one of all who wait", async ({ folder, path }) => {
  await writeFile(path, lockOf(hostname(), NOBODY));
  await writeFile(`${path}.clear`, lockOf(hostname(), NOBODY));
  let inside = 0;
  const work = async () => {
    assert.is(++inside, 1);
    await pause(20);
    inside--;
  };
  await Promise.all([1, 2, 3, 4].map(() => withLock(path, work)));
  assert.equal(await readdir(folder), []);
});

test("a living process's lock, or one of another machine, is waited for until it is old", async ({ path }) => {
  for (const content of [lockOf(hostname(), process.pid), lockOf("another-host", NOBODY), "half wri"]) {
    await writeFile(path, content);
    let looks = 0;
    let entered: Promise<string> | undefined;
    await new Promise<void>((resolve) => {
      const waiting = () => void (++looks === 3 && resolve());
      entered = withLock(path, async () => `after ${looks} looks`, { waiting });
    });
    const minuteAgo = new Date(Date.now() - 60_000);
    await utimes(path, minuteAgo, minuteAgo);
    assert.match(await entered!, /after ([3-9]|\d\d) looks/);
  }
});

test("a signal ends the wait", async ({ path }) => {
  await writeFile(path, lockOf(hostname(), process.pid));
  const signal = AbortSignal.timeout(50);
  await withLock(path, async () => assert.unreachable(), { signal }).catch(() => {});
  assert.ok(signal.aborted);
  assert.ok(existsSync(path));
});

test.run();

import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Cells, Holding } from "../../engine/cells.js";

// The plain way: every cell is an object, a sequence an array of them.
type Plain = object[];

test("counts as a plain list of cells does, whatever is appended, shared and dropped", () => {
  const step = fc.record({ op: fc.constantFrom("append", "share", "keep"), a: fc.nat(5), b: fc.nat(5), count: fc.nat(20) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const cells = new Cells(10_000);
      const holdings = Array.from({ length: 6 }, () => new Holding());
      const plain: Plain[] = holdings.map(() => []);
      for (const { op, a, b, count } of steps) {
        if (op === "append") {
          cells.append(holdings[a]!, count);
          plain[a]!.push(...Array.from({ length: count }, () => ({})));
        } else if (op === "keep") {
          cells.keep(holdings[a]!, count);
          plain[a] = plain[a]!.slice(0, count);
        } else if (a !== b) {
          cells.keep(holdings[b]!, 0);
          const length = Math.min(count, plain[a]!.length);
          cells.share(holdings[a]!, holdings[b]!, length);
          plain[b] = plain[a]!.slice(0, length);
        }
        assert.is(cells.used, new Set(plain.flat()).size);
        holdings.forEach((holding, i) => {
          assert.is(
            holding.runs.reduce((sum, run) => sum + run.length, 0),
            plain[i]!.length,
          );
          const others = new Set(plain.filter((_, j) => j !== i).flat());
          assert.is(cells.solely(holding), plain[i]!.filter((cell) => !others.has(cell)).length);
        });
      }
    }),
  );
});

test.run();

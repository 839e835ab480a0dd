// Bookkeeping of the attention memory. In llama.cpp's unified cache a cell (one token's keys and values) may belong to several
// sequences, and is free when the last of them lets go; the library does not say how many are free, so they are counted here.

interface Run {
  length: number;
  readonly holders: Set<Holding>;
}

/** What one sequence holds: runs of cells, in order of position. */
export class Holding {
  readonly runs: Run[] = [];
}

export class Cells {
  used = 0;
  constructor(readonly size: number) {}

  get free(): number {
    return this.size - this.used;
  }

  append(to: Holding, count: number): void {
    const last = to.runs.at(-1);
    if (last && last.holders.size === 1) last.length += count;
    else if (count > 0) to.runs.push({ length: count, holders: new Set([to]) });
    this.used += count;
  }

  /** Makes `to` (which holds nothing) hold the first `length` cells of `from`. */
  share(from: Holding, to: Holding, length: number): void {
    this.split(from, length);
    let shared = 0;
    for (const run of from.runs) {
      if (shared >= length) break;
      run.holders.add(to);
      to.runs.push(run);
      shared += run.length;
    }
  }

  /** Lets go of all but the first `length` cells. */
  keep(holding: Holding, length: number): void {
    this.split(holding, length);
    let kept = 0;
    let index = 0;
    while (index < holding.runs.length && kept < length) kept += holding.runs[index++]!.length;
    for (const run of holding.runs.splice(index)) {
      run.holders.delete(holding);
      if (run.holders.size === 0) this.used -= run.length;
    }
  }

  /** How many cells would become free if `holding` let go of all. */
  solely(holding: Holding): number {
    return holding.runs.reduce((sum, run) => sum + (run.holders.size === 1 ? run.length : 0), 0);
  }

  /** Puts a border between runs at `length` cells, for everybody who holds them. */
  private split(holding: Holding, length: number): void {
    let start = 0;
    for (const run of holding.runs) {
      if (length <= start) return;
      const end = start + run.length;
      if (length < end) {
        const rest: Run = { length: end - length, holders: new Set(run.holders) };
        run.length = length - start;
        for (const holder of run.holders) holder.runs.splice(holder.runs.indexOf(run) + 1, 0, rest);
        return;
      }
      start = end;
    }
  }
}

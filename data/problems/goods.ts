// What people save for and see reduced: things of which one costs much more than a handful of change.

export interface Good {
  /** What begins with `*` is kept for tasks. */
  readonly name: string;
  /** Whole units of money. */
  readonly price: readonly [least: number, most: number];
}

export const GOODS: readonly Good[] = [
  { name: "book", price: [6, 40] },
  { name: "hat", price: [8, 40] },
  { name: "coat", price: [40, 200] },
  { name: "bicycle", price: [80, 400] },
  { name: "camera", price: [60, 400] },
  { name: "phone", price: [90, 400] },
  { name: "chair", price: [20, 160] },
  { name: "lamp", price: [12, 90] },
  { name: "pair of shoes/pairs of shoes", price: [25, 120] },
  { name: "guitar", price: [60, 300] },
  { name: "backpack", price: [20, 90] },
  { name: "skateboard", price: [25, 110] },
  { name: "watch", price: [20, 200] },
  { name: "board game", price: [10, 50] },
  { name: "desk", price: [60, 300] },
  { name: "tent", price: [50, 250] },
  { name: "radio", price: [20, 120] },
  { name: "sweater", price: [15, 80] },
  { name: "ticket", price: [5, 90] },
  { name: "basketball", price: [8, 40] },
  { name: "*telescope", price: [60, 300] },
  { name: "*sewing machine", price: [80, 400] },
  { name: "*kayak", price: [100, 400] },
  { name: "*hammock", price: [20, 100] },
  { name: "*umbrella stand", price: [12, 60] },
];

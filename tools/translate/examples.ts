import type { Example } from "../tool.js";
export const examples: readonly Example[] = [];

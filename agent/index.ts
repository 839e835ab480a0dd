// The agent: the loop, the marker parser and grammar, prompts and strategies, budgets, chats.
export type * from "./events.js";
export * from "./tape.js";

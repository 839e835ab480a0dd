import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** Where indexes are kept: `TOOLWRIGHT_HOME/index`, else `index` in the platform's folder for toolwright's caches; as `models/` has it for the rest. */
export function cacheFolder(environment: Readonly<Record<string, string | undefined>> = process.env): string {
  const { TOOLWRIGHT_HOME, XDG_CACHE_HOME, LOCALAPPDATA } = environment;
  if (TOOLWRIGHT_HOME) return join(TOOLWRIGHT_HOME, "index");
  if (process.platform === "win32") return join(LOCALAPPDATA ?? join(homedir(), "AppData", "Local"), "toolwright", "cache", "index");
  if (process.platform === "darwin") return join(homedir(), "Library", "Caches", "toolwright", "index");
  // The XDG specification: a path that is not absolute is to be ignored.
  return join(
    XDG_CACHE_HOME !== undefined && isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(homedir(), ".cache"),
    "toolwright",
    "index",
  );
}

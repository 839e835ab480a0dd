/** Does some work with these environment variables set, and those without a value unset. */
export async function withEnvironment<T>(variables: Record<string, string | undefined>, work: () => T | Promise<T>): Promise<T> {
  const kept = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  set(Object.entries(variables));
  try {
    return await work();
  } finally {
    set(kept);
  }
}

function set(variables: readonly (readonly [name: string, value: string | undefined])[]): void {
  for (const [name, value] of variables) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}

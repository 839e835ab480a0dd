// How numbers and times are put into words on a page.

const whole = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });

/** A count: `12,345`. */
export const counted = (value: number) => whole.format(value);

/** A count with its noun: `1 document`, `2,000 documents`. */
export const plural = (value: number, one: string, many = `${one}s`) => `${counted(value)} ${value === 1 ? one : many}`;

/** A number with so many decimals. What JSON cannot hold (null there) and infinities get their signs. */
export function fixed(value: number | null, decimals = 2): string {
  if (value === null || Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value < 0 ? "−∞" : "∞";
  const text = Math.abs(value).toFixed(decimals);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/** As `fixed`, with a sign before what is above nothing. */
export const signed = (value: number | null, decimals = 2) =>
  value !== null && value > 0 ? `+${fixed(value, decimals)}` : fixed(value, decimals);

/** A share as per cent: `0.4%`, `12%`; `–` of nothing. */
export function share(part: number, of: number): string {
  return of === 0 ? "–" : percent(part / of);
}

export function percent(value: number): string {
  if (Number.isNaN(value)) return "–";
  const hundredths = value * 100;
  if (hundredths > 0 && hundredths < 0.1) return "<0.1%";
  if (hundredths < 100 && hundredths > 99.9) return ">99.9%";
  return `${hundredths > 0 && (hundredths < 9.95 || (hundredths > 99 && hundredths < 100)) ? hundredths.toFixed(1) : Math.round(hundredths)}%`;
}

/** `340 ms`, `12.5 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${seconds % 60} s`;
}

/** `Calculator, Calendar and Search`. */
export function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

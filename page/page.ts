import { html, type Markup } from "./markup.js";

/** Nothing may be fetched or run, whatever the texts hold. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** One HTML page: light and dark, for small screens and for print, without script and without any other file. */
export function page(options: {
  readonly title: string;
  /** Of toolwright. */
  readonly version: string;
  readonly style: Markup;
  readonly body: Markup;
}): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="toolwright ${options.version}">
<title>${options.title}</title>
<link rel="icon" href="data:,">
<style>${options.style}</style>
</head>
<body>
${options.body}
</body>
</html>
`.toString();
}

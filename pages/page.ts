import { html, type Markup } from "./markup.js";
import { pageStyle } from "./style.js";

/** Nothing may be fetched or run, whatever the texts hold. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/**
 * A page that needs no other file and no script: light and dark, for small screens and for print. Whatever stands in it is shown as text.
 * @param content.version of toolwright; `style`: rules after those of every page
 */
export function page({
  title,
  version,
  style,
  body,
}: {
  readonly title: string;
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
<meta name="generator" content="toolwright ${version}">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${pageStyle}${style}</style>
</head>
<body>
${body}
</body>
</html>
`.toString();
}

// Pages that commands write for people: markup that is safe by construction, how it looks, charts, numbers in words. What a page says
// is the business of the folder whose report it is.
export { type Axis, along, figure, key, place, plot, stack, table, upwards } from "./charts.js";
export { type Content, html, type Markup } from "./markup.js";
export { page } from "./page.js";
export { style } from "./style.js";
export { counted, duration, fixed, listed, percent, plural, share, signed } from "./wording.js";

// Parts of self-contained pages: HTML that is safe by construction, the style, tables and simple charts, numbers in words. What a page
// says is its own folder's; nothing here knows of models, tools or teaching.
export { figure, key, place, stack, table } from "./figures.js";
export { type Content, html, type Markup } from "./markup.js";
export { page } from "./page.js";
export { type Axis, along, plot, upwards } from "./plot.js";
export { counted, duration, fixed, listed, percent, plural, share, signed } from "./wording.js";

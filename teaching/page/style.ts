// What only the report of teaching shows: verdicts, stages, the funnel, losses.
import { html } from "../../pages/index.js";

/** Rules that come after those of every page. */
export const style = html`

`;

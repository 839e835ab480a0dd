// A real browser for the tests of pages: Chromium, through playwright-core.
import { accessSync, constants } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

/** The program: what `TOOLWRIGHT_CHROMIUM` names, or the first of the known names on the path. */
function programOf(): string {
  const named = process.env["TOOLWRIGHT_CHROMIUM"];
  const places = (process.env["PATH"] ?? "").split(delimiter);
  const candidates = named ? [named] : NAMES.flatMap((name) => places.map((place) => join(place, name)));
  const found = candidates.find(runs);
  if (found === undefined) {
    throw new Error(
      named
        ? `TOOLWRIGHT_CHROMIUM names ${named}, which is no program that can be run.`
        : `Pages are tested in a browser, and none of ${NAMES.join(", ")} is on the PATH. Install Chromium (Debian: apt-get install chromium), or name it with TOOLWRIGHT_CHROMIUM.`,
    );
  }
  return found;
}

function runs(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A page that is open, and what the browser had to say of it. */
export interface OpenPage {
  readonly page: Page;
  /** Errors and warnings of the console, and errors that were thrown. */
  readonly complaints: readonly string[];
  /** Addresses that were asked for, but the page's own. */
  readonly requests: readonly string[];
}

export interface Look {
  /** Width of the window in pixels. Default 1400. */
  readonly width?: number;
  readonly scheme?: "light" | "dark";
}

/** A browser with one window, and a folder for its pages. */
export class TestBrowser implements AsyncDisposable {
  readonly #browser: Browser;
  readonly #page: Page;
  readonly #folder: string;
  #pages = 0;

  private constructor(browser: Browser, page: Page, folder: string) {
    this.#browser = browser;
    this.#page = page;
    this.#folder = folder;
  }

  /** @throws Error when there is no browser: it says how to get one */
  static async start(): Promise<TestBrowser> {
    const browser = await chromium.launch({ executablePath: programOf(), args: ["--no-sandbox"] });
    return new TestBrowser(browser, await browser.newPage(), await mkdtemp(join(tmpdir(), "toolwright-pages-")));
  }

  /** Opens HTML as a file, as a user does, in place of what the window showed. */
  async open(html: string, { width = 1400, scheme = "light" }: Look = {}): Promise<OpenPage> {
    const page = this.#page;
    const file = join(this.#folder, `${this.#pages++}.html`);
    await writeFile(file, html);
    const address = pathToFileURL(file).href;
    const [complaints, requests]: [string[], string[]] = [[], []];
    page.removeAllListeners();
    page.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("request", (request) => request.url() !== address && requests.push(request.url()));
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme: scheme, media: null });
    await page.goto(address, { waitUntil: "load", timeout: 120_000 }); // A busy machine is no fault of the page.
    return { page, complaints, requests };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
    await rm(this.#folder, { recursive: true });
  }
}

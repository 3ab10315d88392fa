/** The council's details and look, which `python -m infra theme` makes from its document. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { resolve } from "node:path";
import type { CouncilFacts } from "./facts.ts";
import type { Language } from "./languages.ts";

export interface Look {
  council: CouncilFacts;
  /** The colours and the typeface as custom properties. */
  css: string;
  /** The header and the footer as HTML. */
  parts: Record<string, string>;
  /** The logo, the icons and the typeface by address, without the first slash. */
  files: Map<string, Uint8Array>;
  /** The languages of pages beside English. */
  languages: Language[];
}

const PROJECT = resolve(import.meta.dirname, "../..");
const PARTS = ["header", "footer"];

/** `council` is a name in the catalogue, or a path ending in .json. */
export function readLook(council: string): Look {
  const folder = mkdtempSync(resolve(tmpdir(), "ginnel-theme-"));
  try {
    execFileSync("python", ["-m", "infra", "theme", council, folder], {
      cwd: PROJECT,
      stdio: ["ignore", "inherit", "pipe"],
      encoding: "utf8",
    });
    return lookIn(folder);
  } catch (error) {
    const said = (error as { stderr?: string }).stderr?.trim();
    throw said ? new Error(said) : error;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function lookIn(folder: string): Look {
  const text = (name: string) => readFileSync(resolve(folder, name), "utf8");
  return {
    council: JSON.parse(text("council.json")) as CouncilFacts,
    languages: JSON.parse(text("languages.json")) as Language[],
    css: text("theme.css"),
    parts: Object.fromEntries(PARTS.map((name) => [name, text(`${name}.html`)])),
    files: filesIn(resolve(folder, "public")),
  };
}

function filesIn(folder: string): Map<string, Uint8Array> {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const files = names.filter((name) => statSync(resolve(folder, name)).isFile());
  return new Map(files.map((name) => [name, readFileSync(resolve(folder, name))]));
}

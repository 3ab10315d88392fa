/**
 * Prints the texts in the scripts of pages, as JSON: those that go through `say`, and those that do not. A script of a
 * page that is not given is left out, even if another script imports it: its texts are shown on its own page. What goes
 * through `say` in the shared modules is always there, so that each page can be translated by itself.
 * Usage: node bundling/list-texts.ts <page.html>…
 */
import { readFileSync, readdirSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { descendants, callsIn, parse } from "./say.ts";
import { untranslatedTexts } from "./untranslated.ts";

const PROJECT = resolve(import.meta.dirname, "../..");
const FEATURES = resolve(PROJECT, "web/src/features");
const SHARED = resolve(PROJECT, "web/src/shared");

const entries = process.argv
  .slice(2)
  .flatMap((page) =>
    Array.from(readFileSync(page, "utf8").matchAll(/ src="\/(src\/[^"]+\.ts)"/g), ([, script]) =>
      resolve(PROJECT, "web", script!),
    ),
  );
/** The script of published report pages, which the service makes. */
entries.push(resolve(FEATURES, "report-page/report-page.ts"));
const folders = new Set(entries.map(dirname));
const found = { messages: [] as [string, string[]][], untranslated: [] as [string, string][] };
const seen = new Set<string>();

function addCalls(tree: ReturnType<typeof parse>, file: string): void {
  found.messages.push(...callsIn(tree, file).map(({ texts }): [string, string[]] => [file, texts]));
}

function readScript(path: string): void {
  if (seen.has(path) || (path.startsWith(FEATURES) && !folders.has(dirname(path)))) return;
  seen.add(path);
  const file = relative(PROJECT, path);
  const tree = parse(readFileSync(path, "utf8"));
  addCalls(tree, file);
  found.untranslated.push(...untranslatedTexts(tree).map((text): [string, string] => [file, text]));
  for (const [node] of descendants(tree)) {
    const isImport =
      node.type === "ImportDeclaration" || node.type === "ImportExpression" || node.type === "ExportNamedDeclaration";
    const from = isImport && node.source?.type === "Literal" ? node.source.value : null;
    if (typeof from === "string" && /^\..*\.ts$/.test(from)) readScript(resolve(dirname(path), from));
  }
}

for (const entry of entries) readScript(entry);
for (const name of readdirSync(SHARED, { recursive: true, encoding: "utf8" }).sort()) {
  const path = resolve(SHARED, name);
  if (name.endsWith(".ts") && !seen.has(path)) addCalls(parse(readFileSync(path, "utf8")), relative(PROJECT, path));
}
console.log(JSON.stringify(found));

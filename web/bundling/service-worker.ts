/** Builds each service worker as one file without imports, because not every browser supports them there. Each gets a
 * list of the files of its app (`Files` in web/src/sw/app-cache.ts). */
import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { type Plugin, type Rolldown, build } from "vite";
import { defineOf, ENGLISH } from "./languages.ts";
import { say } from "./say.ts";

const SOURCES = resolve(import.meta.dirname, "../src/sw");
const MANIFEST = "manifest.webmanifest";
const CHUNKS = "assets/chunks/";
const ICONS = ["favicon.svg", "icon-192.png", "logo.svg"];
/** The script of published report pages, which are not part of the build. */
const REPORT_PAGE = "assets/report-page.js";
/** Pages that residents do not use, or that hold what only one account may see. */
const NOT_STORED = /^([a-z]{2,3}\/)?(account|admin|crew|desk)\//;

type Define = Record<string, string>;
type Bundle = Rolldown.OutputBundle;

async function bundleWorker(name: string, define: Define): Promise<string> {
  const made = await build({
    configFile: false,
    logLevel: "warn",
    publicDir: false,
    define: { ...define, ...defineOf(ENGLISH) },
    plugins: [say(ENGLISH)],
    build: {
      write: false,
      target: "es2022",
      lib: { entry: resolve(SOURCES, `${name}.ts`), formats: ["iife"], name: "sw", fileName: "sw" },
    },
  });
  const [{ output }] = made as Rolldown.RolldownOutput[] as [Rolldown.RolldownOutput];
  return output[0].code;
}

/** A file with all its imports, dynamic ones too, and their styles. */
function filesOf(entry: string, bundle: Bundle): Set<string> {
  const found = new Set<string>();
  const add = (file: string) => {
    const part = bundle[file];
    if (!part || found.has(file)) return;
    found.add(file);
    if (part.type !== "chunk") return;
    const { importedCss, importedAssets } = part.viteMetadata ?? {};
    for (const each of [...part.imports, ...part.dynamicImports, ...(importedCss ?? []), ...(importedAssets ?? [])])
      add(each);
  };
  add(entry);
  return found;
}

const digest = (content: string | Uint8Array) => createHash("sha256").update(content).digest("hex").slice(0, 8);

function digestOf(file: string, bundle: Bundle): string {
  const part = bundle[file];
  if (!part) throw new Error(`A service worker needs ${file}, which was not built.`);
  return digest(part.type === "chunk" ? part.code : part.source);
}

/** The files that the page links to. */
function linkedFiles(page: string, bundle: Bundle): string[] {
  const part = bundle[page];
  const html = part?.type === "asset" ? String(part.source) : "";
  return Array.from(html.matchAll(/"\/(assets\/[^"]+)"/g), ([, file]) => file!);
}

function neededFiles(pages: string[], extras: string[], bundle: Bundle): Set<string> {
  const linked = [...pages.flatMap((page) => linkedFiles(page, bundle)), ...extras];
  return new Set([...pages, ...extras, ...linked.flatMap((file) => [...filesOf(file, bundle)])]);
}

/** The names of chunks have a digest already. */
const withDigest = (file: string, bundle: Bundle) =>
  file.startsWith(CHUNKS) ? file : `${file}?${digestOf(file, bundle)}`;

const fileList = (files: Iterable<string>, bundle: Bundle) =>
  [...files].sort().map((file) => `/${withDigest(file, bundle).replace(/index\.html\?/, "?")}`);

const residentsPages = (bundle: Bundle) =>
  Object.keys(bundle).filter((file) => file.endsWith(".html") && !NOT_STORED.test(file));

/** The lists of residents' files: for all, and those that only pages in another language need. */
function residentsFiles(translated: ReadonlyMap<string, Set<string>>, bundle: Bundle): Define {
  const pages = residentsPages(bundle);
  const isIn = (folder: string) => (page: string) => page.startsWith(`${folder}/`);
  const english = pages.filter((page) => ![...translated.keys()].some((folder) => isIn(folder)(page)));
  const files = neededFiles(english, [MANIFEST, ...ICONS, REPORT_PAGE], bundle);
  const others = Array.from(translated, ([folder, scripts]) => {
    const own = neededFiles(pages.filter(isIn(folder)), [`${folder}/${MANIFEST}`, ...scripts], bundle);
    return [
      folder,
      fileList(
        [...own].filter((each) => !files.has(each)),
        bundle,
      ),
    ];
  });
  return { FILES: JSON.stringify(fileList(files, bundle)), OTHERS: JSON.stringify(Object.fromEntries(others)) };
}

/** `translated` are the scripts and styles of pages in other languages, by their folders. */
export function serviceWorker(translated: ReadonlyMap<string, Set<string>>): Plugin {
  return {
    name: "ginnel-service-worker",
    generateBundle: {
      // After the pages, because the list contains their digests.
      order: "post",
      async handler(_, bundle) {
        const residents = residentsFiles(translated, bundle);
        const crews = { FILES: JSON.stringify(fileList(neededFiles(["crew/index.html"], [MANIFEST], bundle), bundle)) };
        this.emitFile({ type: "asset", fileName: "sw.js", source: await bundleWorker("sw", residents) });
        this.emitFile({ type: "asset", fileName: "crew/sw.js", source: await bundleWorker("crew", crews) });
      },
    },
  };
}

/** Builds each service worker as one file without imports, because not every browser supports them there. The crew's
 * worker gets a list of the files of its app, with their digests. */
import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { type Plugin, type Rolldown, build } from "vite";

const SOURCES = resolve(import.meta.dirname, "../src/sw");
const CREW_PAGE = "crew/index.html";
/** Files of the app that its page does not import. */
const CREW_EXTRAS = ["assets/ginnel.css", "manifest.webmanifest"];

type Define = Record<string, string>;
type Bundle = Rolldown.OutputBundle;

async function bundled(name: string, define: Define = {}): Promise<string> {
  const made = await build({
    configFile: false,
    logLevel: "warn",
    publicDir: false,
    define,
    build: {
      write: false,
      target: "es2022",
      lib: { entry: resolve(SOURCES, `${name}.ts`), formats: ["iife"], name: "sw", fileName: "sw" },
    },
  });
  const [{ output }] = made as Rolldown.RolldownOutput[] as [Rolldown.RolldownOutput];
  return output[0].code;
}

/** The page's script with all its imports, dynamic ones too, and their styles. */
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

const digest = (content: string | Uint8Array) => createHash("sha256").update(content).digest("hex").slice(0, 12);

function digestOf(file: string, bundle: Bundle): string {
  const part = bundle[file];
  if (!part) throw new Error(`The crew's page needs ${file}, which was not built.`);
  return digest(part.type === "chunk" ? part.code : part.source);
}

function crewDefine(bundle: Bundle): Define {
  const files = [CREW_PAGE, ...CREW_EXTRAS, ...filesOf("assets/crew.js", bundle)];
  const known = [...new Set(files)]
    .sort()
    .map((file) => [file === CREW_PAGE ? "/crew/" : `/${file}`, digestOf(file, bundle)]);
  return { FILES: JSON.stringify(known), VERSION: JSON.stringify(digest(JSON.stringify(known))) };
}

export function serviceWorker(): Plugin {
  return {
    name: "ginnel-service-worker",
    generateBundle: {
      // After the pages, because the list contains their digests.
      order: "post",
      async handler(_, bundle) {
        this.emitFile({ type: "asset", fileName: "sw.js", source: await bundled("sw") });
        this.emitFile({ type: "asset", fileName: "crew/sw.js", source: await bundled("crew", crewDefine(bundle)) });
      },
    },
  };
}

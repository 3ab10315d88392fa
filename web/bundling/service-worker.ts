/** The service worker: one file at the root, since it may serve only what lies below it, without imports, since not
 * every browser takes a worker that has any. */
import { resolve } from "node:path";
import { type Plugin, type Rolldown, build } from "vite";

const SOURCE = resolve(import.meta.dirname, "../src/sw/sw.ts");

async function bundled(): Promise<string> {
  const made = await build({
    configFile: false,
    logLevel: "warn",
    publicDir: false,
    build: { write: false, target: "es2022", lib: { entry: SOURCE, formats: ["iife"], name: "sw", fileName: "sw" } },
  });
  const [{ output }] = made as Rolldown.RolldownOutput[] as [Rolldown.RolldownOutput];
  return output[0].code;
}

export function serviceWorker(): Plugin {
  return {
    name: "ginnel-service-worker",
    async generateBundle() {
      this.emitFile({ type: "asset", fileName: "sw.js", source: await bundled() });
    },
  };
}

/** Builds for Node what ../tests/contract/test_browser_twins.py asks of the client. */
import { defineConfig } from "vite";
import { defineOf, ENGLISH } from "./bundling/languages.ts";
import { say } from "./bundling/say.ts";

export default defineConfig({
  plugins: [say(ENGLISH)],
  define: defineOf(ENGLISH),
  build: { ssr: "../tests/contract/twins.mts", emptyOutDir: true },
  logLevel: "error",
});

/** Tests of what needs no page; those of pages are in ../tests/browser. */
import { defineConfig } from "vitest/config";
import { defineOf, ENGLISH } from "./bundling/languages.ts";
import { say } from "./bundling/say.ts";

export default defineConfig({
  plugins: [say(ENGLISH)],
  define: defineOf(ENGLISH),
  // Its own globals and modules for each file, without a process for each.
  test: {
    pool: "vmThreads",
    include: ["tests/**/*.test.ts"],
    setupFiles: ["tests/clock.ts"],
    restoreMocks: true,
    unstubGlobals: true,
  },
});

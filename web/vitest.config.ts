/** Tests of what needs no page; those of pages are in ../tests/browser. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["tests/**/*.test.ts"], setupFiles: ["tests/clock.ts"], restoreMocks: true, unstubGlobals: true },
});

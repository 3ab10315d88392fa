import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");
const NAMES = JSON.parse(readFileSync(resolve(ROOT, "../chalicelib/catalogue/icons.json"), "utf8")) as string[];

test("every icon that a council may name has a drawing", () => {
  const drawn = (name: string) => existsSync(resolve(ROOT, "node_modules/lucide-static/icons", `${name}.svg`));
  expect(NAMES.filter((name) => !drawn(name))).toEqual([]);
});

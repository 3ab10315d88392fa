/** The drawings of lucide-static, for inline SVG. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

const ICONS = resolve(import.meta.dirname, "../node_modules/lucide-static/icons");
const DRAWING = /<svg[^>]*>(.*)<\/svg>/s;

/** The content of the icon's svg element, which is 24 by 24. */
export function drawingOf(name: string): string {
  const [, drawing] = DRAWING.exec(readFileSync(resolve(ICONS, `${name}.svg`), "utf8")) ?? [];
  if (!drawing) throw new Error(`lucide-static has no drawing in ${name}.svg.`);
  return drawing.replace(/\s*\n\s*/g, "");
}

/** Writes the tiles of the services that are reported most often into the page, with the icons of lucide-static. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Plugin } from "vite";
import type { CouncilFacts, ServiceTile } from "./council.ts";
import { escapeHtml } from "./escape.ts";

const ICONS = resolve(import.meta.dirname, "../node_modules/lucide-static/icons");
const DRAWING = /<svg[^>]*>(.*)<\/svg>/s;

function iconOf(name: string): string {
  const [, drawing] = DRAWING.exec(readFileSync(resolve(ICONS, `${name}.svg`), "utf8")) ?? [];
  if (!drawing) throw new Error(`lucide-static has no drawing in ${name}.svg.`);
  return `<svg class="app-icon" viewBox="0 0 24 24" aria-hidden="true">${drawing.replace(/\s*\n\s*/g, "")}</svg>`;
}

function tile({ service_code, service_name, icon }: ServiceTile): string {
  const text = `<span>${escapeHtml(service_name)}</span>`;
  return `<li><button class="app-service" type="button" data-service="${service_code}">${iconOf(icon)}${text}</button></li>`;
}

export function tiles({ frequent }: CouncilFacts): Plugin {
  return {
    name: "ginnel-tiles",
    transformIndexHtml: {
      order: "pre",
      handler: (html) => html.replace("<!-- services: tiles -->", () => frequent.map(tile).join("\n")),
    },
  };
}

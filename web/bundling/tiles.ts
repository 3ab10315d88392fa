/** Writes the tiles of the services that are reported most often into the page, with the icons of lucide-static. */
import type { Plugin } from "vite";
import type { CouncilFacts, ServiceTile } from "./facts.ts";
import { escapeHtml } from "./escape.ts";
import { drawingOf } from "./icons.ts";

function tile({ service_code, service_name, icon }: ServiceTile): string {
  const text = `<span>${escapeHtml(service_name)}</span>`;
  const svg = `<svg class="app-icon" viewBox="0 0 24 24" aria-hidden="true">${drawingOf(icon)}</svg>`;
  return `<li><button class="app-service" type="button" data-service="${service_code}">${svg}${text}</button></li>`;
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

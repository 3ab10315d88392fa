/** Writes the icons of all kinds of problem into the map page: as symbols for its pins and rows, and as a legend. */
import type { Plugin } from "vite";
import type { CouncilFacts, ServiceTile } from "./facts.ts";
import { escapeHtml } from "./escape.ts";
import { drawingOf } from "./icons.ts";

/** The default of chalicelib/catalogue/model.py. */
const USUAL_ICON = "circle-alert";

const symbol = (id: string, icon: string) => `<symbol id="${id}" viewBox="0 0 24 24">${drawingOf(icon)}</symbol>`;

/** `kind` is for what the page does not know: a service that is newer than the page, or that no longer exists. */
export function symbols(services: ServiceTile[]): string {
  const known = services.map(({ service_code, icon }) => symbol(`kind-${service_code}`, icon));
  return `<svg hidden>${[symbol("kind", USUAL_ICON), ...known].join("")}</svg>`;
}

function legendEntry({ service_code, service_name }: ServiceTile): string {
  const icon = `<svg class="app-icon" aria-hidden="true"><use href="#kind-${service_code}"/></svg>`;
  return `<li>${icon} ${escapeHtml(service_name)}</li>`;
}

export function kinds({ on_map }: CouncilFacts): Plugin {
  return {
    name: "ginnel-kinds",
    transformIndexHtml: {
      order: "pre",
      handler: (html) =>
        html
          .replace("<!-- kinds: symbols -->", () => symbols(on_map))
          .replace("<!-- kinds: legend -->", () => on_map.map(legendEntry).join("\n")),
    },
  };
}

/** Writes the services that are booked or paid into their pages, with what they cost. */
import type { Plugin } from "vite";
import type { CouncilFacts, OrderedService } from "./facts.ts";
import { escapeHtml } from "./escape.ts";

function entry({ service_code, service_name, description, costs }: OrderedService): string {
  const link = `<a class="app-link" href="/forms/services/${service_code}">${escapeHtml(service_name)}</a>`;
  const prices = costs.map((cost) => `<p class="app-muted">${escapeHtml(cost)}</p>`).join("");
  return `<li><h2>${link}</h2><p>${escapeHtml(description)}</p>${prices}</li>`;
}

export function orders({ booking, payment }: CouncilFacts): Plugin {
  return {
    name: "ginnel-orders",
    transformIndexHtml: {
      order: "pre",
      handler: (html) =>
        html
          .replace("<!-- services: book -->", () => booking.map(entry).join("\n"))
          .replace("<!-- services: pay -->", () => payment.map(entry).join("\n")),
    },
  };
}

/** The draft's service. */
import { type Catalogue, loadCatalogue, type Service } from "../../shared/council.ts";
import type { Draft } from "../../shared/pending-report.ts";
import { currentDraft } from "./draft.ts";

export async function currentService(): Promise<Service | undefined> {
  return serviceIn(await loadCatalogue().catch(() => null), currentDraft());
}

export function serviceIn(catalogue: Catalogue | null, { service_code }: Draft): Service | undefined {
  return catalogue?.items.find((service) => service.service_code === service_code);
}

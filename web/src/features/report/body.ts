/** The request body of a report. */
import type { Service } from "../../shared/council.ts";
import type { Draft } from "../../shared/pending-report.ts";
import { answersTo } from "./answers.ts";
import { addressOf, assetOf } from "./draft.ts";

/** The request body for the API: a field that is empty, or does not belong to the service, is left out. */
export function requestBody(draft: Draft, service: Service, photo_ids: string[]) {
  const attributes = answersTo(service, draft);
  const asset_id = assetOf(draft)?.asset_id;
  const contact = draft.anonymous ? {} : withoutEmpty({ name: draft.name, email: draft.email, phone: draft.phone });
  return {
    service_code: draft.service_code,
    lat: draft.lat,
    long: draft.long,
    description: draft.description.trim(),
    ...withoutEmpty({ title: draft.title, address: addressOf(draft).replace(/\s+/g, " ") }),
    ...(asset_id ? { asset_id } : {}),
    ...(Object.keys(attributes).length ? { attributes } : {}),
    ...(photo_ids.length ? { photo_ids } : {}),
    ...(Object.keys(contact).length ? { contact } : {}),
    ...(draft.anonymous ? { anonymous: true } : {}),
    ...(draft.no_alerts ? { alerts: false } : {}),
    ...withoutEmpty({ channel: draft.channel }),
  };
}

function withoutEmpty(texts: Record<string, string>): Record<string, string> {
  const trimmed = Object.entries(texts).map(([name, text]) => [name, text.trim()] as const);
  return Object.fromEntries(trimmed.filter(([, text]) => text));
}

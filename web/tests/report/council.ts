/** A small council, as its published documents tell of it. */
import type { Attribute, Corner, Elsewhere, Service } from "../../src/shared/council.ts";
import type { Draft } from "../../src/shared/pending-report.ts";
import type { Answer } from "../browser.ts";

export const HERE = { lat: 53.959, long: -1.081 };

export function question(code: string, changes: Partial<Attribute> = {}): Attribute {
  return {
    code,
    datatype: "string",
    description: code,
    datatype_description: null,
    required: false,
    order: 1,
    values: [],
    ...changes,
  };
}

function service(service_code: string, changes: Partial<Service> = {}): Service {
  return {
    service_code,
    service_name: service_code,
    group: "Streets",
    description: "",
    keywords: [],
    visibility: "public",
    ...changes,
  };
}

/** Its corners, for a box round a place. */
export function around({ lat, long }: typeof HERE, degrees = 0.01): Corner[] {
  return [
    [long - degrees, lat - degrees],
    [long + degrees, lat - degrees],
    [long + degrees, lat + degrees],
    [long - degrees, lat + degrees],
  ];
}

const WHAT = question("what", {
  datatype: "singlevaluelist",
  required: true,
  values: [
    { key: "out", name: "It is out" },
    { key: "wires", name: "Bare wires", dangerous: true },
  ],
});
export const SERVICES = [
  service("pothole", { attributes: [question("depth")] }),
  service("litter"),
  service("animal", { photo: "none" }),
  service("light", { attributes: [WHAT] }),
  service("noise", { visibility: "private" }),
  service("permit", { assurance: "proven", why_sign_in: "The council has to know who asks." }),
];

/** The documents that pages read, some of them another way. */
export function documents(changes: Record<string, Answer> = {}, elsewhere: Elsewhere[] = []): Record<string, Answer> {
  return {
    "/data/index.json": {
      name: "Eskerby Council",
      time_zone: "Europe/London",
      request: "/data/reports/{service_request_id}.json",
      services: "/data/services.json",
      wards: "/data/wards.json",
      facility_kinds: "/data/kinds.json",
      facilities: "/data/facilities/{kind}.json",
    },
    "/data/services.json": { items: SERVICES, elsewhere },
    "/data/wards.json": { items: [{ code: "W1", name: "Riverside", polygons: [[around(HERE, 0.1)]] }] },
    "/data/kinds.json": { items: [] },
    "/api/reports/nearby": { items: [] },
    ...changes,
  };
}

/** Lights at those distances to the north, in metres. */
export function lights(...metres: number[]): Record<string, Answer> {
  const items = metres.map((metre, index) => ({
    facility_id: `lights-${index + 1}`,
    kind: "lights",
    name: `Light ${index + 1}`,
    lat: HERE.lat + metre / 111_195,
    long: HERE.long,
  }));
  const kind = { kind: "lights", label: "Street light", plural: "Street lights", service_code: "light" };
  return {
    "/data/kinds.json": { items: [{ ...kind, count: items.length }] },
    "/data/facilities/lights.json": { ...kind, index: "", items },
  };
}

/** A report that says all that it has to say. */
export const WHOLE: Partial<Draft> = { ...HERE, service_code: "litter", description: "Bags by the gate" };

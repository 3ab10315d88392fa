/** An office as a crew's phone meets it: it takes what is sent, and answers what the test wants it to answer. */
import type { CrewDocument, JobEventKind, Item, Job, JobState } from "../../src/features/crew/model.ts";
import { type Asked, type Network, newBrowser, problem } from "../browser.ts";

export interface Operation {
  op_id: string;
  job_id: string;
  kind: JobEventKind;
  at: string;
  text?: string;
  photo_ids: string[];
}

const STATES: Partial<Record<JobEventKind, JobState>> = { start: "started", done: "done", could_not: "could_not" };

/** About 110 m north of the one before. */
export function job(number: number, changes: Partial<Job> = {}): Job {
  const id = {
    job_id: `JOB${number}`,
    title: `Pothole ${number}`,
    position: number,
    lat: 53.95 + number / 1000,
    service_request_ids: [`REPORT${number}`],
  };
  const plain = {
    version: 1,
    state: "planned",
    kind: "repair",
    service_name: "Pothole",
    priority: "normal",
    long: -1.0815,
    address: null,
    description: null,
    crew: "north",
    planned_day: null,
    arrives_at: null,
    minutes: 30,
    window: null,
    due: null,
    instructions: "",
    first_job_id: null,
    cancelled_because: null,
  } as const;
  return {
    ...id,
    ...plain,
    materials: [],
    hazards: [],
    skills: [],
    photos_before: [],
    events: [],
    disputes: [],
    ...changes,
  };
}

export class Office {
  taken: Operation[] = [];
  /** The size of each batch that came. */
  batches: number[] = [];
  uploads: string[] = [];
  rejects: Partial<Record<JobEventKind, string>> = {};
  cannotRead: JobEventKind | null = null;
  gone: CrewDocument["gone"] = [];
  account = "crew-1";
  refusesList = "";
  isSignedOut = false;
  isAway = false;
  losesReplies = false;
  /** The XML of the store's errors for the next uploads. */
  breaks: string[] = [];
  readonly network: Network;
  jobs: Job[];
  date = new Date().toISOString().slice(0, 10);

  constructor(...jobs: Job[]) {
    this.jobs = jobs;
    const met = (answer: (asked: Asked) => object | null) => (asked: Asked) => (this.isAway ? null : answer(asked));
    this.network = newBrowser({
      "/api/session/refresh": met(() =>
        this.isSignedOut
          ? problem(401, "Unauthorized")
          : {
              access_token: "token",
              account: { account_id: this.account, name: null, roles: ["crew"], assurance: "staff" },
            },
      ),
      "/api/crews/north/day": met(() =>
        this.refusesList
          ? problem(404, this.refusesList)
          : { url: "/_office/day.json", expires_at: new Date(Date.now() + 3600_000).toISOString(), etag: "" },
      ),
      "/_office/day.json": met(({ headers }) => this.day(headers)),
      "/api/photos": met(({ headers }) => ({
        photo_id: `PHOTO-${headers.get("Idempotency-Key")}`,
        url: "/_office/upload",
        fields: { key: headers.get("Idempotency-Key") },
      })),
      "/_office/upload": met(({ body }) => this.upload(body as FormData)),
      "/api/jobs/operations": met(({ body }) => this.operations((body as { operations: Operation[] }).operations)),
    });
  }

  private day(headers: Headers): Response {
    const document: CrewDocument = {
      crew: "north",
      name: "North crew",
      date: this.date,
      depot: { name: "Yard", lat: 53.9, long: -1 },
      shift: { starts: "07:30", ends: "15:30" },
      made_at: "",
      jobs: this.jobs,
      gone: this.gone,
    };
    const etag = JSON.stringify(document).length.toString();
    if (headers.get("If-None-Match") === etag) return new Response(null, { status: 304 });
    return Response.json(document, { headers: { ETag: etag } });
  }

  private upload(form: FormData): Response {
    const broken = this.breaks.shift();
    if (broken) return new Response(`<Error><Code>${broken}</Code></Error>`, { status: 400 });
    this.uploads.push(form.get("key") as string);
    return new Response(null, { status: 204 });
  }

  private operations(sent: Operation[]): object | null {
    this.batches.push(sent.length);
    if (sent.some(({ kind }) => kind === this.cannotRead)) return problem(400, "It cannot be read");
    const items = sent.map((each) => this.take(each));
    return this.losesReplies ? null : { items };
  }

  private take(sent: Operation): object {
    const reason = this.rejects[sent.kind];
    if (reason) return { op_id: sent.op_id, result: "rejected", reason };
    const isKnown = this.taken.some(({ op_id }) => op_id === sent.op_id);
    if (!isKnown) {
      this.taken.push(sent);
      this.jobs = this.jobs.map((each) =>
        each.job_id === sent.job_id
          ? { ...each, version: each.version + 1, state: STATES[sent.kind] ?? each.state }
          : each,
      );
    }
    return {
      op_id: sent.op_id,
      result: isKnown ? "duplicate" : "applied",
      job: this.jobs.find(({ job_id }) => job_id === sent.job_id),
    };
  }
}

/** What a crew said, as it waits on the phone. */
export function item(op_id: string, changes: Partial<Item> = {}): Item {
  const plain = {
    account: "crew-1",
    device: "phone-1",
    job_id: "JOB1",
    title: "Pothole 1",
    report: "REPORT1",
    kind: "done",
    base_version: 1,
    at: "2026-05-01T08:00:00Z",
    text: "",
  } as const;
  return {
    op_id,
    seq: 1,
    ...plain,
    reason: null,
    lat: null,
    long: null,
    photos: [],
    sent_photos: null,
    tries: 0,
    attention: null,
    ...changes,
  };
}

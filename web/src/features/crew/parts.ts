/** Elements that several views share. */
import { momentText } from "../../shared/dates.ts";
import { element, screenReaderText } from "../../shared/dom.ts";
import { placeText } from "../../shared/places/place-text.ts";
import { readFile, fetchFile } from "./stored-files.ts";
import type { JobEventPhoto, Job, JobState, PhotoBefore } from "./model.ts";
import { findPhoto } from "./photos.ts";
import { type JobView, updateState, state } from "./state.ts";
import { PRIORITIES, STATES } from "./words.ts";

export type Part = Node | string;

export const tag = (words: string, kind = "") =>
  element("strong", { class: kind ? `govuk-tag app-tag--${kind}` : "govuk-tag" }, words);

export function stateTag(which: JobState): HTMLElement {
  const [words, kind] = STATES[which];
  return tag(words, kind || "plain");
}

/** The tags of a job: its state and other facts. */
export function jobTags({ job, state: stands, waiting, dispute, gone }: JobView): HTMLElement[] {
  const priority = PRIORITIES[job.priority];
  return [
    ...(gone ? [tag("Removed from your list", "ended")] : [stateTag(stands)]),
    ...(waiting.some(({ attention }) => attention !== null) ? [tag("Not accepted", "fault")] : []),
    ...(waiting.some(({ attention }) => attention === null) ? [tag("Not sent yet", "unsent")] : []),
    ...(dispute ? [tag("Disputed", "fault")] : []),
    ...(priority ? [tag(priority, "fault")] : []),
    ...(job.hazards.length ? [tag("Hazards")] : []),
    ...(job.first_job_id ? [tag("Second visit", "plain")] : []),
  ];
}

export const tagLine = (shown: JobView) =>
  element("p", { class: "crew-tags" }, ...jobTags(shown).flatMap((each) => [each, " "]));

/** The tags in a list, which leaves out "To do", as most jobs are. */
export function listTags(shown: JobView): HTMLElement[] {
  const found = jobTags(shown).slice(shown.state === "planned" && shown.gone === null ? 1 : 0);
  return found.length ? [element("p", { class: "crew-tags" }, ...found.flatMap((each) => [each, " "]))] : [];
}

export const placeOf = (job: Job) => job.address ?? placeText(job);

/** The time of day in the council's area, as 09:40. */
export function timeText(iso: string): string {
  return new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    timeZone: state.choice?.time_zone,
  }).format(new Date(iso));
}

export const moment = (iso: string) => momentText(Date.parse(iso), state.choice?.time_zone);

export function dayWords(day: string): string {
  return new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" }).format(
    new Date(`${day}T12:00:00Z`),
  );
}

/** When the crew is expected, and when it has access. */
export function whenText({ arrives_at, window }: Job): string {
  const parts = [
    ...(arrives_at ? [`About ${timeText(arrives_at)}`] : []),
    ...(window ? [`only ${window.opens} to ${window.closes}`] : []),
  ];
  return parts.join(", ").replace(/^only/, "Only");
}

export function factList(rows: [string, Part | null][]): HTMLElement {
  const filled = rows.filter(([, value]) => value);
  return element(
    "dl",
    { class: "app-facts" },
    ...filled.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value!)]),
  );
}

export function buttonLink(words: string, href: string, kind = ""): HTMLAnchorElement {
  return element(
    "a",
    { class: `govuk-button${kind && ` govuk-button--${kind}`}`, href, role: "button", draggable: "false" },
    words,
  );
}

export const backLink = (href: string, words = "Back") => element("a", { class: "govuk-back-link", href }, words);

export function heading(words: string, caption = ""): HTMLElement[] {
  return [
    element(
      "h1",
      { id: "view-heading", tabindex: "-1" },
      ...(caption ? [element("span", { class: "crew-caption" }, caption), screenReaderText(": ")] : []),
      words,
    ),
  ];
}

const addresses = new Map<string, string>();

/** The address of a stored picture; null while it is looked up, or if there is none. */
function objectUrl(key: string, find: () => Promise<Blob | null>): string | null {
  const known = addresses.get(key);
  if (known !== undefined) return known || null;
  addresses.set(key, "");
  void find()
    .catch(() => null)
    .then((blob) => {
      if (!blob) return addresses.delete(key);
      addresses.set(key, URL.createObjectURL(blob));
      updateState();
    });
  return null;
}

/** Photos from before the work: stored copies, otherwise from the network. */
export function photosBefore(photos: PhotoBefore[]): HTMLElement {
  const entries = photos.map(({ photo_id, url, thumbnail_url }, index) => {
    const small = objectUrl(
      `small/${photo_id}`,
      async () => (await readFile(`small/${photo_id}`))?.blob ?? fetchFile(`small/${photo_id}`, thumbnail_url),
    );
    const whole = objectUrl(`photo/${photo_id}`, async () => (await readFile(`photo/${photo_id}`))?.blob ?? null);
    return {
      small: small ?? (state.isOffline ? null : thumbnail_url),
      whole: whole ?? url,
      name: `Photo ${index + 1} before the work`,
    };
  });
  return photoList(entries);
}

export function photosOfEvent(photos: JobEventPhoto[]): HTMLElement[] {
  const ready = photos.flatMap(({ photo_id, url, thumbnail_url }, index) =>
    url && thumbnail_url
      ? [
          {
            small:
              objectUrl(`small/${photo_id}`, () => fetchFile(`small/${photo_id}`, thumbnail_url)) ??
              (state.isOffline ? null : thumbnail_url),
            whole: url,
            name: `Photo ${index + 1} from site`,
          },
        ]
      : [],
  );
  const refused = photos.filter((photo) => photo.state === "refused").length;
  const waiting = photos.filter((photo) => photo.state === "waiting").length;
  return [
    ...(ready.length ? [photoList(ready)] : []),
    ...(waiting
      ? [
          element(
            "p",
            { class: "app-muted" },
            `We have received ${waiting === 1 ? "1 photo and will show it" : `${waiting} photos and will show them`} soon.`,
          ),
        ]
      : []),
    ...(refused ? [element("p", {}, `We could not use ${refused === 1 ? "1 photo" : `${refused} photos`}.`)] : []),
  ];
}

/** Photos stored on the phone. */
export function storedPhotos(ids: string[]): HTMLElement {
  return photoList(ids.map((id, index) => ({ small: storedPhotoUrl(id), whole: null, name: `Photo ${index + 1}` })));
}

export const storedPhotoUrl = (id: string) => objectUrl(`own/${id}`, async () => (await findPhoto(id))?.blob ?? null);

function photoList(entries: { small: string | null; whole: string | null; name: string }[]): HTMLElement {
  const items = entries.map(({ small, whole, name }) => {
    const picture = small
      ? element("img", { src: small, alt: name, width: "160", height: "120" })
      : element("span", { class: "app-thumbnail" }, `${name} (not on this phone)`);
    return element(
      "li",
      {},
      whole && small
        ? element(
            "a",
            { class: "app-photos__link", href: whole, target: "_blank" },
            picture,
            screenReaderText(" (opens in a new tab)"),
          )
        : picture,
    );
  });
  return element("ul", { class: "app-photos" }, ...items);
}

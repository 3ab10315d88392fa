/** Records that wait on this phone, and records that the service rejected. */
import { actionButton, element } from "../../../shared/dom.ts";
import { signInAddress } from "../../../shared/session.ts";
import type { Item } from "../model.ts";
import { changeItem, save, nextSeq, remove } from "../outbox.ts";
import { backLink, heading, moment, type Part, storedPhotos, storedPhotoUrl } from "../parts.ts";
import { deletePhoto } from "../photos.ts";
import { asNote } from "../record.ts";
import { isFromOtherAccount, reload, state } from "../state.ts";
import { sync } from "../sync.ts";
import { photosText, itemText } from "../words.ts";

let confirmingId: string | null = null;

export function renderWaiting(): Part[] {
  const attention = state.items.filter((item) => item.attention !== null);
  const others = state.items.filter((item) => item.attention === null && isFromOtherAccount(item));
  const rest = state.items.filter((item) => item.attention === null && !isFromOtherAccount(item));
  return [
    backLink("#"),
    ...heading("Waiting to send"),
    element("p", { role: "status" }, waitingText(rest.length)),
    ...(state.who === "signed-out" && state.items.length
      ? [
          element(
            "p",
            { class: "app-notice" },
            element("a", { href: signInAddress() }, "Sign in"),
            " to send your records. They stay on this phone until then.",
          ),
        ]
      : []),
    ...(attention.length
      ? [element("h2", {}, "Not accepted"), element("ul", { class: "crew-list" }, ...attention.map(rejectedEntry))]
      : []),
    ...(others.length
      ? [
          element("h2", {}, "Recorded by somebody else on this phone"),
          element("p", {}, "We'll send these when they sign in here again. You can also send them now in your name."),
          element("ul", { class: "crew-list" }, ...others.map(otherAccountEntry)),
        ]
      : []),
    ...(rest.length
      ? [
          element("h2", {}, "Ready to send"),
          element("ul", { class: "crew-list" }, ...rest.map(readyEntry)),
          element(
            "div",
            { class: "app-buttons" },
            withId(
              actionButton("Try now", () => void sync()),
              "try-now",
            ),
          ),
        ]
      : []),
  ];
}

function waitingText(count: number): string {
  if (!count)
    return state.items.length
      ? "There is nothing else waiting."
      : "We have received all your records. There is nothing waiting on this phone.";
  const what = count === 1 ? "1 record is waiting" : `${count} records are waiting`;
  const when = state.isOffline
    ? "We'll send them when there is a signal. If you close this page, open it again then."
    : state.isSyncing
      ? "We are sending them now."
      : "We'll send them automatically.";
  return `${what} on this phone. ${when}`;
}

function withId(button: HTMLButtonElement, id: string): HTMLButtonElement {
  button.id = id;
  return button;
}

function itemFacts(item: Item): HTMLElement[] {
  const photos = item.photos.length ? [`, ${photosText(item.photos.length)}`] : [];
  return [
    element("h3", {}, item.title),
    element("p", { class: "app-prose", dir: "auto" }, itemText(item)),
    element("p", { class: "app-muted" }, moment(item.at), ...photos),
  ];
}

const readyEntry = (item: Item) => element("li", { class: "crew-job" }, ...itemFacts(item), ...progress(item));

function progress({ photos, tries }: Item): HTMLElement[] {
  const there = photos.filter(({ uploaded }) => uploaded).length;
  if (there && there < photos.length) return [element("p", {}, `${there} of ${photosText(photos.length)} sent`)];
  return tries > 1 ? [element("p", {}, `Tried ${tries} times`)] : [];
}

function otherAccountEntry(item: Item): HTMLElement {
  const mine = actionButton("Send in my name", () => void send());
  async function send(): Promise<void> {
    if (typeof state.who !== "object") return;
    const { account_id } = state.who;
    await changeItem(item.op_id, (known) =>
      save({
        ...known,
        account: account_id,
        photos: known.photos.map(({ uploaded: _, ...photo }) => photo),
        sent_photos: null,
      }),
    );
    await reload();
    void sync();
  }
  return element("li", { class: "crew-job" }, ...itemFacts(item), withId(mine, `mine-${item.op_id}`));
}

function rejectedEntry(item: Item): HTMLElement {
  const isPhotos = item.photos.length > 0 && item.photos.every(({ refused }) => refused);
  const again = withId(
    actionButton("Try again", () => void tryAgain({ attention: null })),
    `again-${item.op_id}`,
  );
  const note = withId(
    actionButton("Save as a note", () => void saveAsNote(item)),
    `note-${item.op_id}`,
  );
  const askDelete = withId(
    actionButton("Delete", () => void askToDelete(item.op_id)),
    `delete-${item.op_id}`,
  );
  const sure = [
    element("p", {}, "You cannot undo this."),
    withId(
      actionButton("Yes, delete it", () => void deleteItem(item)),
      `sure-${item.op_id}`,
    ),
    withId(
      actionButton("No, keep it", () => void askToDelete(null)),
      `keep-${item.op_id}`,
    ),
  ];
  async function tryAgain(change: Partial<Item>): Promise<void> {
    await changeItem(item.op_id, (known) =>
      save({ ...known, ...change, photos: known.photos.map(({ refused: _, ...photo }) => photo) }),
    );
    await reload();
    void sync();
  }
  const saves = isPhotos ? item.photos.flatMap(({ id }, index) => saveLink(id, index)) : [];
  const choices =
    confirmingId === item.op_id
      ? sure
      : [again, ...(isPhotos || item.round || item.kind === "note" ? [] : [note]), askDelete];
  return element(
    "li",
    { class: "crew-job" },
    ...itemFacts(item),
    element("p", { class: "app-fault" }, `Why: ${item.attention}`),
    ...(item.photos.length ? [storedPhotos(item.photos.map(({ id }) => id))] : []),
    ...saves,
    element("div", { class: "app-buttons" }, ...choices),
  );
}

function saveLink(id: string, index: number): HTMLElement[] {
  const address = storedPhotoUrl(id);
  return address
    ? [
        element(
          "p",
          {},
          element("a", { href: address, download: `photo-${index + 1}` }, `Save photo ${index + 1} to this phone`),
        ),
      ]
    : [];
}

/** Stores it as a note first, then deletes the original. */
async function saveAsNote(item: Item): Promise<void> {
  await changeItem(item.op_id, async (known) => {
    await save({ ...asNote(known, itemText(known), known.attention ?? ""), seq: await nextSeq() });
    await remove(known.op_id);
  });
  await reload();
  void sync();
}

async function askToDelete(opId: string | null): Promise<void> {
  const before = confirmingId;
  confirmingId = opId;
  await reload();
  document.getElementById(opId ? `keep-${opId}` : `delete-${before}`)?.focus();
}

async function deleteItem(item: Item): Promise<void> {
  await changeItem(item.op_id, async (known) => {
    await remove(known.op_id);
    for (const { id } of known.photos) await deletePhoto(id);
  });
  confirmingId = null;
  await reload();
}

/** A chosen photo as a thumbnail, or its name if the browser cannot show it. */
import { element } from "../../shared/dom.ts";
import type { DraftPhoto } from "../../shared/pending-report.ts";
import { findPhoto } from "./photo-store.ts";
import { say } from "../../shared/say.ts";

export async function photoPicture({ id, name }: DraftPhoto, alt: string): Promise<HTMLElement> {
  const words = element("span", { class: "app-thumbnail" }, say("{file} (no preview)", { file: name }));
  const blob = await findPhoto(id);
  if (!blob) return words;
  const url = URL.createObjectURL(blob);
  const image = element("img", { class: "app-thumbnail", src: url, alt });
  const shown = await image.decode().then(
    () => true,
    () => false,
  );
  URL.revokeObjectURL(url);
  return shown ? image : words;
}

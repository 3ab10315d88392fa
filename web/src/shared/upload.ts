/** Uploads a picture to the photo store, with the service's policy. */
import { request } from "./request.ts";

/** Where to upload one picture, once: requested for each try and never stored. */
export interface Policy {
  photo_id: string;
  url: string;
  fields: Record<string, string>;
}

/** `broke`: try again with another policy. */
export async function upload(picture: Blob, { url, fields }: Policy): Promise<"there" | "refused" | "broke"> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append("file", picture);
  const outcome = await request("POST", url, form, {});
  if (outcome.kind === "stored") return "there";
  return outcome.kind === "refused" && outcome.problem.status === 400 ? "refused" : "broke";
}

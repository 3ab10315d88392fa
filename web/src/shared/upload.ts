/** Puts a picture into the store of photos, where the service said. */
import { request } from "./request.ts";

/** Where to put one picture, once: it is asked for at each try and never kept. */
export interface Policy {
  photo_id: string;
  url: string;
  fields: Record<string, string>;
}

/** `broke`: it may be tried again, with another policy. */
export async function upload(picture: Blob, { url, fields }: Policy): Promise<"there" | "refused" | "broke"> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append("file", picture);
  const outcome = await request("POST", url, form, {});
  if (outcome.kind === "stored") return "there";
  return outcome.kind === "refused" && outcome.problem.status === 400 ? "refused" : "broke";
}

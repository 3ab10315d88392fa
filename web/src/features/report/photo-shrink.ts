/** Shrinks and rotates a photo before it is sent. A photo that the browser cannot read is sent unchanged. */
import { say } from "../../shared/say.ts";

const LONGEST_PX = 1600;
const QUALITY = 0.75;
const MOST_BYTES = 10_000_000;
/** Types that are sent unchanged, by file extension: phones often give HEIC no type. */
const UNREAD: Record<string, string> = { heic: "image/heic", heif: "image/heif", webp: "image/webp" };

/** The picture to send, or the reason why there is none. */
export async function shrink(file: File): Promise<Blob | { problem: string }> {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => null);
  const small = picture && (await redraw(picture));
  if (small) return small;
  const type = UNREAD[file.name.split(".").at(-1)!.toLowerCase()] ?? file.type;
  if (!Object.values(UNREAD).includes(type))
    return {
      problem: say("{file} is not a photo that we can use. Choose a JPEG, PNG, WebP or HEIC photo", {
        file: file.name,
      }),
    };
  if (file.size > MOST_BYTES)
    return { problem: say("{file} is larger than 10 MB. Choose a smaller photo", { file: file.name }) };
  return new Blob([file], { type });
}

function redraw(picture: ImageBitmap): Promise<Blob | null> {
  const scale = Math.min(1, LONGEST_PX / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  const context = canvas.getContext("2d")!;
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
}

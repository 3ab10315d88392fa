/** The step about the problem: the service's questions, photos and a description. */
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { currentService } from "./current-service.ts";
import { descriptionErrors, showDescription, startDescription } from "./description.ts";
import { changeDraft, currentDraft } from "./draft.ts";
import { photoErrors, showPhotos, startPhotos } from "./photos.ts";
import { isAnsweredDangerously, questionErrors, showQuestions, startQuestions } from "./questions.ts";
import { sectionOf } from "./steps.ts";

const section = sectionOf("details");

export function start(onward: () => Promise<void>): void {
  startQuestions();
  startPhotos();
  startDescription();
  section.querySelector("form")!.addEventListener("submit", () => {
    clearErrors(section);
    const errors = [
      ...questionErrors(),
      ...(isAnsweredDangerously() ? [] : [...photoErrors(), ...descriptionErrors()]),
    ];
    if (errors.length) return showErrors(section, errors);
    changeDraft({ asked_for: currentDraft().service_code });
    void onward();
  });
}

export async function enter(): Promise<void> {
  const service = await currentService();
  showQuestions(service);
  showDescription(service);
  await showPhotos(service);
}

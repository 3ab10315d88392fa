/** Reminds people of a report that they began and did not send. */
import { byId, show } from "../../shared/dom.ts";
import { loadDraft } from "../../shared/pending-report.ts";

if (loadDraft()) show(byId("unsent"));

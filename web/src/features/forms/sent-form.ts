/** Runs on the page after a form, which the service makes: lists what was sent under "Track", or takes it off the list. */
import { forgetOwnReport, rememberOwnReport } from "../../shared/own-reports.ts";

const { id, serviceCode, at, url } = document.querySelector<HTMLMetaElement>("meta[name=ginnel-own-report]")!.dataset;
if (url)
  void rememberOwnReport({ id: id!, service_code: serviceCode!, at: at!, url }).then(() => {
    for (const each of document.querySelectorAll<HTMLElement>("#in-own-list")) each.hidden = false;
  });
else void forgetOwnReport(id!);

/** The day on a map, drawn from the stored base map. Without it, the list says where the jobs are. */
import * as L from "leaflet";
import { createMap, drawBasemap } from "../../../shared/basemap.ts";
import { loadCouncil } from "../../../shared/council.ts";
import { byId, element } from "../../../shared/dom.ts";
import { ENDED_STATES } from "../model.ts";
import { readFile } from "../stored-files.ts";
import { placeOf, tagLine } from "../parts.ts";
import { watchLocation, locationPermission, currentPlace } from "../position.ts";
import { jobsToDo, onChange, type JobView, state } from "../state.ts";

const SIZE = 34;
const CLOSEST = 17;

/** Draws into #crew-map; false if the base map is not stored. */
export async function drawMap(): Promise<boolean> {
  const [council, kept] = await Promise.all([loadCouncil().catch(() => null), readFile("map")]);
  const places = state.jobs.filter(({ gone }) => gone === null);
  if (!council || !places.length || (!kept && state.isOffline)) return false;
  const map = createMap(byId("crew-map"), council, { ...places[0]!.job, zoom: 14 });
  const layer = L.layerGroup().addTo(map);

  function draw(): void {
    if (!document.getElementById("crew-map")) return;
    layer.clearLayers();
    const next = jobsToDo()[0];
    for (const shown of state.jobs.filter(({ gone }) => gone === null))
      marker(shown, shown.job.job_id === next?.job.job_id);
    const here = currentPlace();
    if (here)
      L.marker([here.lat, here.long], {
        icon: L.divIcon({ className: "app-here", iconSize: [20, 20] }),
        keyboard: false,
        interactive: false,
      }).addTo(layer);
  }

  function marker(shown: JobView, isNext: boolean): void {
    const ended = ENDED_STATES.includes(shown.state);
    const html = element("span", { title: shown.job.title }, String(shown.number));
    const icon = L.divIcon({
      className: `app-mark app-mark--${ended ? "closed crew-mark--ended" : "open"}${isNext ? " crew-mark--next" : ""}`,
      html,
      iconSize: [SIZE, SIZE],
    });
    L.marker([shown.job.lat, shown.job.long], {
      icon,
      keyboard: false,
      zIndexOffset: ended ? -1000 : -(shown.number ?? 0),
    })
      .on("click", () => showJob(shown))
      .addTo(layer);
  }

  draw();
  onChange(draw);
  map.fitBounds(L.latLngBounds(places.map(({ job }): L.LatLngTuple => [job.lat, job.long])), {
    padding: [SIZE, SIZE],
    maxZoom: CLOSEST,
    animate: false,
  });
  await drawBasemap(map, council, kept?.blob);
  if ((await locationPermission()) === "granted") watchLocation(draw);
  return true;
}

function showJob(shown: JobView): void {
  const { job, number } = shown;
  byId("crew-map-job").replaceChildren(
    element("h2", {}, element("a", { href: `#job/${job.job_id}` }, `${number}. ${job.title}`)),
    element("p", {}, placeOf(job)),
    tagLine(shown),
  );
}

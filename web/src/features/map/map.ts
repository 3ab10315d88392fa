/** The map page. The list is shown first; once the map is loaded, the list shows what is in view. */
import "./map.scss";
import { type Council, isInside, loadCouncil, loadServices, centreOf, type Service } from "../../shared/council.ts";
import { byId, show } from "../../shared/dom.ts";
import { type Box, PIN_ZOOM, tilesIn } from "../../shared/geo/tiles.ts";
import { drawCountList, hideCountList, tallyText } from "./counts.ts";
import { fillFilters, passesFilters } from "./filters.ts";
import { drawList, onMore, showFirstPage } from "./list.ts";
import { marksOf, tallyOf } from "./marks.ts";
import type { PinMap } from "./pins.ts";
import type { Place } from "../../shared/reports.ts";
import { startSearch } from "./search.ts";
import { type Count, countsOf, type Pin, pinsOf, refreshTiles } from "./tiles.ts";
import { boundsOf, isWithin, type MapView, readHash, reportAddress, writeHash } from "./view.ts";
import { say, sayMany } from "../../shared/say.ts";

const REFRESH_MS = 30_000;
const START_ZOOM = 14;
const FOUND_ZOOM = 17;

const container = byId("map");
const status = byId("list-status");
const reportHere = byId<HTMLAnchorElement>("report-here");

/** Says it beside the map, below it on a phone, with the way on to the list. */
function sayOnMap(words: string): void {
  byId("ground-words").textContent = words;
  show(byId("ground-status"));
}

class MapPage {
  private map: PinMap | null = null;
  private view: MapView;

  constructor(
    private readonly council: Council,
    private readonly services: Map<string, Service>,
  ) {
    this.view = readHash(location.hash) ?? { ...centreOf(council), zoom: START_ZOOM };
  }

  start(): void {
    fillFilters(this.services.values(), () => this.redraw());
    onMore(() => this.draw());
    startSearch((place) => this.showPlace(place));
    addEventListener("hashchange", () => this.followHash());
    setInterval(() => document.hidden || void this.refresh(), REFRESH_MS);
    void this.refresh().then(() => this.loadMap());
  }

  private bounds(): Box {
    return this.map?.bounds() ?? boundsOf(this.view, container.clientWidth, container.clientHeight);
  }

  private async loadMap(): Promise<void> {
    try {
      const { createPinMap } = await import("./pins.ts");
      this.map = createPinMap(container, this.council, this.services, this.view);
      this.map.onMove(() => this.handleMove());
      this.redraw();
      if (!(await this.map.drawBasemap()))
        sayOnMap(say("The street map is not available at the moment. Pins are shown on a blank map."));
    } catch {
      sayOnMap(say("We could not load the map. The list shows the reports around the middle of the area."));
    }
  }

  private handleMove(): void {
    if (!this.map) return;
    this.view = this.map.view();
    history.replaceState(null, "", writeHash(this.view));
    showFirstPage();
    void this.refresh();
  }

  private followHash(): void {
    const wanted = readHash(location.hash);
    if (wanted) this.moveTo(wanted);
  }

  private moveTo(view: MapView): void {
    this.view = view;
    if (this.map) this.map.moveTo(view);
    else void this.refresh();
  }

  /** Shows the surroundings of a place that was looked for; returns whether it is in the council's area. */
  private showPlace(place: Place): boolean {
    if (!isInside(this.council, place)) return false;
    this.moveTo({ ...place, zoom: FOUND_ZOOM });
    return true;
  }

  private async refresh(): Promise<void> {
    const complete = await refreshTiles(
      this.isNear() ? tilesIn(this.bounds(), this.council.tiles) : [this.council.counts],
    );
    this.draw();
    if (!complete) status.textContent += say(" We could not load some reports. We'll try again.");
  }

  private isNear(): boolean {
    return this.view.zoom >= PIN_ZOOM;
  }

  private redraw(): void {
    showFirstPage();
    this.draw();
  }

  private draw(): void {
    reportHere.href = reportAddress(this.view);
    reportHere.textContent = reportHere.search ? say("Report a problem here") : say("Report a problem");
    if (this.isNear()) this.drawPins(this.bounds());
    else this.drawCounts(this.bounds());
  }

  private drawPins(bounds: Box): void {
    const pins = pinsOf(tilesIn(bounds, this.council.tiles)).filter(passesFilters);
    const inView = pins.filter((pin) => isWithin(bounds, pin));
    inView.sort((one, other) => other.requested_datetime.localeCompare(one.requested_datetime));
    this.map?.drawMarks([]);
    this.map?.drawPins(pins);
    hideCountList();
    drawList(inView, this.council, this.services);
    status.textContent = countText(inView.length);
  }

  private drawCounts(bounds: Box): void {
    const counts = countsOf(this.council.counts);
    const inView = counts.filter((count) => isWithin(bounds, count));
    this.map?.drawPins([]);
    this.map?.drawMarks(marksOf(counts, this.view.zoom, passesFilter));
    drawList([], this.council, this.services);
    drawCountList(inView, this.services, passesFilter);
    status.textContent = sumText(inView);
  }
}

const passesFilter = (service_code: string, status: Pin["status"]) => passesFilters({ service_code, status });

function sumText(counts: Count[]): string {
  const tally = tallyOf(counts, passesFilter);
  if (tally.open + tally.closed === 0) return say("No reports in this view.");
  return say("{tally} in this view. Zoom in to see each report.", { tally: tallyText(tally) });
}

function countText(count: number): string {
  if (count === 0) return say("No reports in this view.");
  return sayMany(count, "1 report in this view.", "{count} reports in this view.");
}

Promise.all([loadCouncil(), loadServices()])
  .then(([council, services]) => {
    new MapPage(council, new Map(services.map((service) => [service.service_code, service]))).start();
  })
  .catch(() => {
    status.textContent = say("We could not load the reports. Check your connection and reload the page.");
  });

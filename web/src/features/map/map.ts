/** The map page. The list comes first and needs no map; the map follows once it is loaded, and then leads. */
import { type Council, loadCouncil, loadServices, middleOf, type Service } from "../../shared/council.ts";
import { byId } from "../../shared/dom.ts";
import { fillFilters, passesFilters } from "./filters.ts";
import { drawList, onMore, showFirstPage } from "./list.ts";
import type { PinMap } from "./pins.ts";
import { pinsOf, refreshTiles } from "./tiles.ts";
import { type Bounds, boundsOf, isWithin, type MapView, PIN_ZOOM, readHash, tilesOf, writeHash } from "./view.ts";

const REFRESH_MS = 30_000;
const START_ZOOM = 14;

const container = byId("map");
const status = byId("list-status");
const ground = byId("ground-status");

class MapPage {
  private map: PinMap | null = null;
  private view: MapView;

  constructor(
    private readonly council: Council,
    private readonly services: Map<string, Service>,
  ) {
    this.view = readHash(location.hash) ?? { ...middleOf(council), zoom: START_ZOOM };
  }

  start(): void {
    fillFilters(this.services.values(), () => this.redraw());
    onMore(() => this.draw());
    addEventListener("hashchange", () => this.followHash());
    setInterval(() => document.hidden || void this.refresh(), REFRESH_MS);
    void this.refresh().then(() => this.loadMap());
  }

  private bounds(): Bounds {
    return this.map?.bounds() ?? boundsOf(this.view, container.clientWidth, container.clientHeight);
  }

  private async loadMap(): Promise<void> {
    try {
      const { createPinMap } = await import("./pins.ts");
      this.map = createPinMap(container, this.council, this.services, this.view);
      this.map.onMove(() => this.moved());
      this.redraw();
      if (!(await this.map.drawGround())) ground.textContent = "The street map is missing just now. Pins are shown on plain ground.";
    } catch {
      ground.textContent = "The map could not be loaded. The list still shows the reports around the middle of the area.";
    }
  }

  private moved(): void {
    if (!this.map) return;
    this.view = this.map.view();
    history.replaceState(null, "", writeHash(this.view));
    showFirstPage();
    void this.refresh();
  }

  private followHash(): void {
    const wanted = readHash(location.hash);
    if (!wanted) return;
    this.view = wanted;
    if (this.map) this.map.moveTo(wanted);
    else void this.refresh();
  }

  private async refresh(): Promise<void> {
    if (this.view.zoom < PIN_ZOOM) return this.draw();
    const complete = await refreshTiles(tilesOf(this.bounds(), this.council.tiles));
    this.draw();
    if (!complete) status.textContent += " Some reports could not be loaded. We will try again.";
  }

  private redraw(): void {
    showFirstPage();
    this.draw();
  }

  private draw(): void {
    const near = this.view.zoom >= PIN_ZOOM;
    const bounds = this.bounds();
    const pins = near ? pinsOf(tilesOf(bounds, this.council.tiles)).filter(passesFilters) : [];
    const inView = pins.filter((pin) => isWithin(bounds, pin));
    inView.sort((one, other) => other.requested_datetime.localeCompare(one.requested_datetime));
    this.map?.draw(pins);
    drawList(inView, this.council, this.services);
    status.textContent = near ? countText(inView.length) : "Zoom in to see reports.";
  }
}

function countText(count: number): string {
  if (count === 0) return "No reports in this view.";
  return count === 1 ? "1 report in this view." : `${count} reports in this view.`;
}

Promise.all([loadCouncil(), loadServices()])
  .then(([council, services]) => {
    new MapPage(council, new Map(services.map((service) => [service.service_code, service]))).start();
  })
  .catch(() => {
    status.textContent = "Reports could not be loaded. Check your connection and open this page again.";
  });

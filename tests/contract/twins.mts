// Answers on the client's side: what test_browser_twins.py asks of both. JSON in, JSON out.
import { readFileSync } from "node:fs";
import { openIndex } from "../../web/src/shared/geo/nearest.ts";
import { isInPolygons } from "../../web/src/shared/geo/polygon.ts";
import { tilesIn } from "../../web/src/shared/geo/tiles.ts";
import { nearestOf } from "../../web/src/shared/places/facilities.ts";
import { openState } from "../../web/src/shared/places/open-now.ts";
import { suggest } from "../../web/src/features/report/service-search.ts";
import { findMatches, indexPlace } from "../../web/src/shared/places/search.ts";
import { nearestStreet, streetLines } from "../../web/src/shared/places/streets.ts";
import { binDays, collectionDays, missedStreets } from "../../web/src/shared/collections/bin-days.ts";
import { cancelledBefore, nextCollection } from "../../web/src/shared/collections/rounds.ts";
import { pounds } from "../../web/src/shared/money.ts";
import { isOutside } from "../../web/src/shared/places/wards.ts";

const asked = JSON.parse(readFileSync(0, "utf8"));

const ANSWERS = {
  nearest({ listed, index, queries }) {
    const opened = index === null ? null : openIndex(Uint8Array.from(Buffer.from(index, "base64")).buffer);
    const facilities = { value: listed, index: opened };
    return queries.map(([lat, long, most]) =>
      nearestOf(facilities, { lat, long }, most).map(({ facility, distance_m }) => [facility.facility_id, distance_m]),
    );
  },
  wards({ items, points }) {
    return points.map(([lat, long]) => items.find(({ polygons }) => isInPolygons({ lat, long }, polygons))?.code ?? null);
  },
  outside({ items, points }) {
    return points.map(([lat, long]) => isOutside({ lat, long }, items));
  },
  money({ amounts }) {
    return amounts.map(pounds);
  },
  tiles({ boxes }) {
    return boxes.map((box) => tilesIn(box, "{z}/{x}/{y}"));
  },
  search({ places, postcodes, typed }) {
    const ready = places.map(indexPlace);
    return typed.map((each) => findMatches(each, ready, postcodes).map(({ label }) => label));
  },
  streets({ streets, points }) {
    const lines = streetLines(streets);
    return points.map(([lat, long]) => nearestStreet({ lat, long }, lines));
  },
  suggest({ services, typed }) {
    return typed.map((each) => suggest(each, services).map(({ service_code }) => service_code));
  },
  open({ opens, moments, zone }) {
    return moments.map((each) => openState(opens, new Date(each), zone));
  },
  collections({ rounds, days, knownUntil }) {
    return days.map((day) =>
      rounds.map((of) => {
        const next = nextCollection(of, day, knownUntil);
        return { next, cancelled: cancelledBefore(of, day, next.date) };
      }),
    );
  },
  bins({ rounds, statuses, known_until, names, street, moments }) {
    return moments.map(({ today, now }) => {
      const published = { rounds, days: statuses, known_until };
      const view = { today, now: Date.parse(now), street, names };
      return {
        bins: binDays(published, view),
        missed: missedStreets(published, view),
        all: collectionDays(published, view),
      };
    });
  },
};

console.log(JSON.stringify(ANSWERS[asked.about](asked)));

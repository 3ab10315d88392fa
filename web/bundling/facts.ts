/** The council's details, which `python -m infra theme` makes from its document. */
export interface CouncilFacts {
  name: string;
  phone: string;
  opening_hours: string;
  at_other_times: string;
  in_example_place: string;
  postcode_example: string;
  time_zone: string;
  /** The names of containers by their codes, as JSON. */
  container_names: string;
  /** The address of the form for a missed collection, empty if the council has none. */
  missed_form: string;
  /** The address of the form for garden waste, empty if the council has no subscriptions. */
  garden_form: string;
  /** The colour of the header and the icons. */
  colour: string;
  /** The colour of pages. */
  background: string;
  version: string;
  /** The address of the site; empty if the council's document does not have it. */
  site_url: string;
  /** The email address for questions about data protection. */
  privacy_contact: string | null;
  /** The pictures of the app in the manifest. */
  screenshots: Record<string, string>[];
  /** The services that are reported most often. */
  frequent: ServiceTile[];
  /** The services whose reports everybody can see. */
  on_map: ServiceTile[];
  booking: OrderedService[];
  payment: OrderedService[];
}

/** A service that is booked or paid; `costs` is a sentence for each price list, or empty. */
export interface OrderedService {
  service_code: string;
  service_name: string;
  description: string;
  costs: string[];
}

export interface ServiceTile {
  service_code: string;
  service_name: string;
  icon: string;
}

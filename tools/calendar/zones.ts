// Time zones by the names of places.
import { ToolwrightError } from "../../errors.js";

/** Large places that no zone is named after. */
const OTHER_PLACES: readonly (readonly [zone: string, ...places: string[]])[] = [
  ["UTC", "utc", "gmt", "z"],
  ["America/Los_Angeles", "san francisco", "seattle", "san diego", "las vegas", "california", "pacific time"],
  ["America/Denver", "salt lake city", "colorado", "mountain time"],
  ["America/Chicago", "houston", "dallas", "austin", "texas", "central time"],
  ["America/New_York", "new york city", "nyc", "boston", "washington", "washington dc", "miami", "atlanta", "philadelphia", "eastern time"],
  ["America/Toronto", "montreal", "ottawa"],
  ["America/Sao_Paulo", "rio de janeiro", "brasilia"],
  ["Europe/London", "england", "scotland", "edinburgh", "manchester", "uk"],
  ["Europe/Paris", "france", "lyon", "marseille"],
  ["Europe/Berlin", "germany", "munich", "hamburg", "frankfurt", "cologne"],
  ["Europe/Madrid", "spain", "barcelona"],
  ["Europe/Rome", "italy", "milan"],
  ["Europe/Zurich", "switzerland", "geneva", "bern"],
  ["Europe/Kiev", "kyiv"],
  ["Africa/Lagos", "nigeria", "abuja"],
  ["Africa/Johannesburg", "cape town", "south africa"],
  ["Asia/Kolkata", "india", "kolkata", "delhi", "new delhi", "mumbai", "bangalore", "chennai"],
  ["Asia/Shanghai", "china", "beijing", "shenzhen"],
  ["Asia/Ho_Chi_Minh", "hanoi", "vietnam"],
  ["Asia/Tokyo", "japan", "osaka", "kyoto"],
  ["Asia/Seoul", "south korea", "korea"],
  ["Asia/Dubai", "abu dhabi"],
  ["Australia/Sydney", "canberra"],
];

let places: ReadonlyMap<string, string> | undefined;

/** Place names in lower case: the last part of every zone's name (`new york`), whole names (`america/new_york`), and the table. */
function zonesByPlace(): ReadonlyMap<string, string> {
  const zones = Intl.supportedValuesOf("timeZone");
  return new Map([
    ...zones.map(
      (zone) =>
        [
          zone
            .slice(zone.lastIndexOf("/") + 1)
            .replaceAll("_", " ")
            .toLowerCase(),
          zone,
        ] as const,
    ),
    ...OTHER_PLACES.flatMap(([zone, ...names]) => names.map((name) => [name, zone] as const)),
    ...zones.map((zone) => [zone.toLowerCase(), zone] as const),
  ]);
}

/**
 * The IANA zone of a place, in lower case.
 * @throws ToolwrightError `zone-unknown`
 */
export function zoneOf(place: string): string {
  places ??= zonesByPlace();
  const zone = places.get(place);
  if (zone === undefined) {
    throw new ToolwrightError(
      "zone-unknown",
      `No time zone is known for "${place}".`,
      "Name a large city or an IANA time zone, such as Asia/Tokyo.",
    );
  }
  return zone;
}

/** @throws ToolwrightError `zone-unknown` when a name is not that of an IANA time zone */
export function checkZone(name: string): string {
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: name });
  } catch (cause) {
    throw new ToolwrightError("zone-unknown", `"${name}" is not a time zone.`, "Use an IANA name, such as Europe/Berlin.", { cause });
  }
  return name;
}

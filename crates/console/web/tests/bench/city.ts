// A city as large as the console must bear: the model centre with so many patrols added that it has 500 units.
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const MODEL = fileURLToPath(new URL("../../../../../deploy/centres/bishkek", import.meta.url));
/** How many units the city has. */
export const UNITS = 500;

/** The stations whose patrols are added. */
const STATIONS = ["leninsky", "oktyabrsky", "pervomaysky", "sverdlovsky"] as const;

/** Where the city is, for whoever places incidents and units in it. */
export const GROUND = { south: 42.8, west: 74.48, north: 42.95, east: 74.7 } as const;

/** A place of the city: spread evenly and the same for the same number, so that two runs measure the same. */
export function spot(index: number): { latitude: number; longitude: number } {
  const along = (index * 0.618_033_988_75) % 1;
  const across = (index * 0.754_877_666_25) % 1;
  return { latitude: GROUND.south + along * (GROUND.north - GROUND.south), longitude: GROUND.west + across * (GROUND.east - GROUND.west) };
}

/** Writes the city's directory into a folder of its own, which the caller removes. */
export function city(): string {
  const folder = mkdtempSync(join(tmpdir(), "kezek-city-"));
  cpSync(MODEL, folder, { recursive: true });
  const file = join(folder, "units.toml");
  const known = readFileSync(file, "utf8");
  const there = known.split("\n").filter((line) => /^\S+ = \{/.test(line)).length;
  const added = Array.from({ length: UNITS - there }, (_, index) => {
    const station = STATIONS[index % STATIONS.length];
    const { latitude, longitude } = spot(index);
    // four digits: no callsign of the model centre has more than three
    return `patrol-${1000 + index} = { callsign = "${1000 + index}", kind = "patrol", desk = "${station}", beat = "${latitude.toFixed(4)}, ${longitude.toFixed(4)}" }`;
  });
  writeFileSync(file, `${known}\n${added.join("\n")}\n`);
  return folder;
}

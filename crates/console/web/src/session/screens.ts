// Which screens a role has, and which one it works at. The centre refuses whatever a role may not do, whoever opens which screen; here nobody is
// led to one that would only refuse.
import type { Session } from "./session";

/** A screen of the console. */
export type ScreenName = "desk" | "station" | "board" | "map";

const PATHS: Readonly<Record<ScreenName, RegExp>> = {
  desk: /^\/desk\/?$/,
  station: /^\/station\/[^/]+\/?$/,
  board: /^\/board\/?$/,
  map: /^\/map\/?$/,
};

/** Where somebody works. */
export interface Home {
  readonly screen: ScreenName;
  readonly path: string;
}

/** Where somebody works; absent: there is no screen for their role. */
export function home({ role, station }: Session): Home | undefined {
  switch (role) {
    case "operator": return { screen: "desk", path: "/desk" };
    case "duty_officer": return station === undefined ? undefined : { screen: "station", path: `/station/${encodeURIComponent(station)}` };
    case "supervisor":
    case "administrator":
    case "observer": return { screen: "board", path: "/board" };
    case "crew":
    case "integration": return undefined;
  }
}

/** The screen at a path, if there is one and it is for this person. */
export function screenAt(path: string, session: Session): ScreenName | undefined {
  const name = (Object.keys(PATHS) as ScreenName[]).find((one) => PATHS[one].test(path));
  if (name === undefined) return undefined;
  return opens(name, session) ? name : undefined;
}

function opens(name: ScreenName, session: Session): boolean {
  switch (session.role) {
    case "operator":
    case "supervisor": return true;
    // another station's screen says itself why it is not shown, and leads to the own one
    case "duty_officer": return name === "map" || name === "station";
    case "administrator":
    case "observer": return name === "board" || name === "map";
    case "crew":
    case "integration": return false;
  }
}

// What surrounds a screen for as long as its person is signed in: the API with their token, the link, the directory and the clock.
import { effect, signal } from "@preact/signals";
import { sound } from "./alarms/tones";
import { api, bringSoon } from "./api/api";
import type { Console } from "./context";
import { ticking } from "./link/clock";
import { connect } from "./link/link";
import { Places } from "./places/places";
import type { Session } from "./session/session";

/** How long the tone of a lost link belongs to the window that sounded it: six windows lose it within a moment, and it sounds once. */
const ONE_TONE_MS = 3_000;

/** The surroundings of one person's screen. */
export interface Surround {
  readonly console: Omit<Console, "session">;
  /** Goes on with another token of the same person. */
  renew(session: Session): void;
  end(): void;
}

export function surround(first: Session): Surround {
  let token = first.token;
  let centre = api(location.origin, token);
  const places = signal<Places | undefined>(undefined);
  const link = connect(first, (directory) => { places.value = new Places(directory); });
  const clock = ticking(link);
  const settling = effect(() => { if (places.value !== undefined) bringSoon(); });
  const sounding = effect(() => { if (link.state.value.at === "lost") void soundOnce(); });
  return {
    // whoever kept one of these goes on with the new token too
    console: { call: (service) => centre.call(service), stream: (service) => centre.stream(service), link, places, now: clock.now },
    renew: (session) => {
      if (session.token === token && link.state.peek().at !== "signed_out") return;
      token = session.token;
      centre = api(location.origin, token);
      link.renew(session);
    },
    end: () => {
      settling();
      sounding();
      clock.stop();
      link.close();
    },
  };
}

/** Sounds the tone of a lost link, unless another window of this browser does. */
async function soundOnce(): Promise<void> {
  if (typeof navigator.locks === "undefined") return sound("link");
  await navigator.locks.request("kezek.link.tone", { ifAvailable: true }, async (mine) => {
    if (mine === null) return;
    sound("link");
    await new Promise((over) => setTimeout(over, ONE_TONE_MS));
  });
}

// Brings a past stretch of time from the centre into a player, and gives the panels that show it surroundings that are all of the past.
import { signal } from "@preact/signals";
import { timestampFromMs } from "../api/times";
import type { Call } from "../api/api";
import type { Console } from "../context";
import type { LinkState } from "../link/state";
import type { Player } from "./replay";

/** The longest stretch that the centre gives at once. */
export const SPAN_MAX_MS = 12 * 60 * 60_000;

/** Fills a player. Throws what the centre refused; an end that was asked for is none. */
export async function fill(player: Player, stream: Call, ending: AbortSignal): Promise<void> {
  // the page's clock runs in fractions of a millisecond, which a timestamp does not take
  const range = { from: timestampFromMs(Math.floor(player.from)), until: timestampFromMs(Math.floor(player.until)) };
  try {
    for await (const frame of stream("ReviewService").reviewChanges(range, { signal: ending })) {
      if (ending.aborted || !player.add(frame)) return;
    }
    player.whole();
  } catch (thrown) {
    if (!ending.aborted) throw thrown;
  }
}

/** From when on the centre has kept what happened, as its refusal says; absent: it does not say. */
export function keptSince(facts: Readonly<Record<string, string>>): number | undefined {
  const said = facts["kept_since"] ?? "";
  const at = /^\d+$/.test(said) ? Number(said) : Date.parse(said);
  return Number.isFinite(at) && said !== "" ? at : undefined;
}

/** Surroundings in which there is only the past: its records, its clock, and no way to ask the centre for anything. */
export function surroundings(around: Console, past: Player): Console {
  const nothing: Call = () => {
    throw new Error("a replay sends nothing");
  };
  // a link that is not live lets nothing be sent, whoever asks
  const state = signal<LinkState>({ at: "connecting" });
  return {
    session: around.session, places: around.places, call: nothing, stream: nothing, now: past.position,
    link: { picture: past.picture, state, trueAt: past.position, now: () => past.position.value, renew: () => undefined, close: () => undefined },
  };
}

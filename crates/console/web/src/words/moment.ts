// When something happened, as a person types it or hears it on the radio: "14:03", "14.03", "14 03", "1403", or "-5" for five minutes ago.
import { hourMinute, timeOfDay } from "./time";
import { words } from "./words";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** The centre takes a report up to this long after it happened (`proto/kezek/record/v1/milestone.proto`). */
const TOLD_WITHIN_MS = 18 * 60 * MINUTE;

/** The moment that a text names, in milliseconds since 1970: the latest such time of day that is not to come, of today or of the night that is just
 *  over. `undefined`: nothing was typed, which means now; `"odd"`: it is no time, or longer ago than the centre takes. */
export function momentOf(text: string, clock: number, zone: string): number | "odd" | undefined {
  const now = Math.round(clock);
  const typed = text.trim();
  if (typed === "") return undefined;
  const back = /^[-−](\d{1,3})$/.exec(typed);
  if (back !== null) return now - Number(back[1]) * MINUTE;
  const timed = /^(\d{1,2})\s*[:.\s]?\s*(\d{2})$/.exec(typed);
  if (timed === null) return "odd";
  const [hour, minute] = [Number(timed[1]), Number(timed[2])];
  if (hour > 23 || minute > 59) return "odd";
  const [hourNow = 0, minuteNow = 0] = timeOfDay(now, zone).split(":").map(Number);
  const thisMinute = now - (now % MINUTE);
  const today = thisMinute + (hour * 60 + minute - hourNow * 60 - minuteNow) * MINUTE;
  const named = today > now ? today - DAY : today;
  return now - named > TOLD_WITHIN_MS ? "odd" : named;
}

/** A moment that was typed, as it is taken: with its day where that is not today's. */
export function momentText(moment: number, now: number, zone: string): string {
  const said = hourMinute(moment, zone);
  // less than a day ago and not to come: a later time of day is yesterday's
  return timeOfDay(moment, zone) > timeOfDay(now, zone) ? words().command.yesterday(said) : said;
}

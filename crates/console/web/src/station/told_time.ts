// A time as somebody says it over the radio: "fourteen oh three", of today or of the night that is just over.
import { timeOfDay } from "../words/time";

/** The centre takes a report up to this long after it happened (`proto/kezek/record/v1/milestone.proto`). */
export const TOLD_WITHIN_MS = 18 * 60 * 60 * 1000;

const DAY_MINUTES = 24 * 60;

/** The moment that was meant by `14:03`, `14.03` or `1403`: the last one that is not to come. Nothing if it is no time, or too long ago to be taken. */
export function toldTime(text: string, now: number, zone: string): number | undefined {
  const found = /^\s*(\d{1,2})\s*[:.\s]?\s*(\d{2})\s*$/.exec(text);
  const [hour, minute] = [Number(found?.[1]), Number(found?.[2])];
  if (found === null || hour > 23 || minute > 59) return undefined;
  const [nowHour = 0, nowMinute = 0, nowSecond = 0] = timeOfDay(now, zone).split(":").map(Number);
  const ago = (nowHour * 60 + nowMinute - (hour * 60 + minute) + DAY_MINUTES) % DAY_MINUTES;
  const told = now - (now % 1_000) - nowSecond * 1_000 - ago * 60_000;
  return now - told > TOLD_WITHIN_MS ? undefined : told;
}

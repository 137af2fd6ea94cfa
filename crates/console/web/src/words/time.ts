// Times and ages as people read them, in the centre's time zone. Never the browser's own tables: it claims Kyrgyz and Uzbek and has neither.
import { words } from "./words";

const clocks = new Map<string, Intl.DateTimeFormat>();

/** Hours, minutes, seconds, day, month and weekday of a moment in a time zone. */
function parts(at: number, zone: string): Record<string, number> {
  let clock = clocks.get(zone);
  if (clock === undefined) {
    // numbers only, which are the same in every language
    clock = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" });
    clocks.set(zone, clock);
  }
  return Object.fromEntries(clock.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
}

const two = (number: number): string => String(number).padStart(2, "0");

/** `14:03:22`. */
export function timeOfDay(at: number, zone: string): string {
  const { hour = 0, minute = 0, second = 0 } = parts(at, zone);
  return `${two(hour)}:${two(minute)}:${two(second)}`;
}

/** `14:03`. */
export function hourMinute(at: number, zone: string): string {
  return timeOfDay(at, zone).slice(0, 5);
}

/** `Thursday, 26 November 2026`, in the person's language. */
export function day(at: number, zone: string): string {
  const { year = 0, month = 1, day: date = 1 } = parts(at, zone);
  const { weekdays, months, date: written } = words().common;
  return `${weekdays[new Date(Date.UTC(year, month - 1, date)).getUTCDay()]}, ${written(date, months[month - 1] ?? "", year)}`;
}

/** `4:10` for 250 s, `1:04:10` from an hour on; never negative. */
export function span(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1_000));
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

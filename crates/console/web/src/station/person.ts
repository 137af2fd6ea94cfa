// Who is at the desk. A station's token names the desk; the person who answers an assignment is asked once per shift and kept on this
// machine, so that a kiosk that restarts need not ask again.

/** A person at the desk, as they gave their name. */
export interface Person {
  readonly name: string;
  /** When they said so, in milliseconds since 1970. */
  readonly since: number;
}

/** Nobody is on duty for longer than a day: after it the name is asked again. */
export const SHIFT_MS = 24 * 60 * 60 * 1000;

/** The contract's limit on a name, in bytes. */
export const NAME_BYTES_MAX = 1024;

function keptAs(station: string): string {
  return `kezek.station.${station}.person`;
}

/** Who is at a station's desk; absent: nobody has said, or their shift is over. */
export function kept(station: string, now: number): Person | undefined {
  const text = globalThis.localStorage?.getItem(keptAs(station));
  if (text == null) return undefined;
  try {
    const said = JSON.parse(text) as Partial<Person> | null;
    if (said === null || typeof said.name !== "string" || typeof said.since !== "number") return undefined;
    return said.name !== "" && now - said.since < SHIFT_MS ? { name: said.name, since: said.since } : undefined;
  } catch {
    return undefined;
  }
}

/** Remembers who is at a station's desk; nothing if the name is empty or longer than the centre takes. */
export function keep(station: string, name: string, now: number): Person | undefined {
  const person = { name: name.trim().replace(/\s+/g, " "), since: now };
  if (person.name === "" || new TextEncoder().encode(person.name).length > NAME_BYTES_MAX) return undefined;
  try {
    localStorage.setItem(keptAs(station), JSON.stringify(person));
  } catch {
    // a browser without room asks again after a restart
  }
  return person;
}

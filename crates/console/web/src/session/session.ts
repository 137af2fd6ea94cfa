// Who is signed in: what the token says of its holder, kept for as long as the token lives. A console decides by it what to offer; what is
// allowed the centre decides, on every request.
import { signal } from "@preact/signals";

/** The roles of the contract (`kezek.access.v1.Role`), as a token spells them. */
export type Role = "operator" | "duty_officer" | "crew" | "supervisor" | "administrator" | "integration" | "observer";

/** A token and what it says. */
export interface Session {
  /** The bearer token. */
  readonly token: string;
  /** The person, as the centre's records name them. */
  readonly name: string;
  readonly role: Role;
  readonly centre: string;
  /** The operator's desk; absent: none is named. */
  readonly desk?: string;
  /** The station of a duty officer. */
  readonly station?: string;
  /** The unit of a crew. */
  readonly unit?: string;
  /** When the token ends, in milliseconds since 1970. */
  readonly endsAt: number;
}

/** Who a session is of, whatever its token: the same person in the same place, who may see and do the same. */
export function who({ centre, role, name, desk, station, unit }: Session): string {
  return JSON.stringify([centre, role, name, desk, station, unit]);
}

/** Where the token is kept, so that a kiosk that restarts goes on within the shift. */
const KEPT_AS = "kezek.token";

const ROLES: readonly string[] = ["operator", "duty_officer", "crew", "supervisor", "administrator", "integration", "observer"];

/** Reads a token's claims. Nothing if it is no token: whether it is valid only the centre can say. */
export function read(token: string): Session | undefined {
  const [, claims] = token.trim().split(".");
  if (claims === undefined) return undefined;
  try {
    const bytes = Uint8Array.from(atob(claims.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
    const said = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
    const text = (name: string): string | undefined => (typeof said[name] === "string" ? said[name] : undefined);
    const [role, name, centre, exp] = [text("role"), text("sub"), text("centre"), said["exp"]];
    if (role === undefined || !ROLES.includes(role) || name === undefined || centre === undefined || typeof exp !== "number") return undefined;
    const [desk, station, unit] = [text("desk"), text("station"), text("unit")];
    return {
      token: token.trim(), name, role: role as Role, centre, endsAt: exp * 1000,
      ...(desk === undefined ? {} : { desk }), ...(station === undefined ? {} : { station }), ...(unit === undefined ? {} : { unit }),
    };
  } catch {
    return undefined;
  }
}

/** Who is signed in; absent: nobody. */
export const session = signal<Session | undefined>(kept());

function kept(): Session | undefined {
  const token = globalThis.localStorage?.getItem(KEPT_AS);
  // whether it is over the centre says: this machine's clock may be wrong
  return token == null ? undefined : read(token);
}

/** Signs in with a token; false if it is none. */
export function signIn(token: string): boolean {
  const found = read(token);
  if (found === undefined) return false;
  localStorage.setItem(KEPT_AS, found.token);
  refused.value = false;
  session.value = found;
  return true;
}

/** True after the centre refused the token that this window began with, until somebody signs in. */
export const refused = signal(false);

/**
 * The centre refused a token before it told anything: whoever holds it is nobody here. Only this window forgets it, because another may still
 * show what its person typed, and asks for their next token itself.
 */
export function refuse({ token }: Session): void {
  if (session.peek()?.token !== token) return;
  refused.value = true;
  session.value = undefined;
}

/** Forgets the token, in every window. */
export function signOut(): void {
  localStorage.removeItem(KEPT_AS);
  refused.value = false;
  session.value = undefined;
}

// another window signed in or out
globalThis.addEventListener?.("storage", (event) => {
  if (event.key !== KEPT_AS) return;
  refused.value = false;
  session.value = kept();
});
// a page that was kept for going back to heard nothing of that: it must not come back as somebody who signed out meanwhile
globalThis.addEventListener?.("pageshow", (event) => {
  if (event.persisted) session.value = kept();
});

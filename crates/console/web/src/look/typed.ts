// What a person typed, kept in this browser over a reload and the end of an access. Callers' words are in it: it goes when they sign out.
import type { Session } from "../session/session";

/** Whether anybody else has it: what is unsent is lost with this browser, and nobody loses that unasked. */
export type Whereabouts = "sent" | "unsent";

interface Kept {
  readonly value: unknown;
  readonly is: Whereabouts;
}

/** Everything that one person typed, each under a name. */
export class Typed {
  readonly #prefix: string;

  constructor({ centre, name }: Pick<Session, "centre" | "name">) {
    // in quotes no person's name begins with another's
    this.#prefix = `kezek.typed.${JSON.stringify([centre, name])}.`;
  }

  /** The names of all that is kept. */
  get names(): string[] {
    return Object.keys(localStorage).filter((key) => key.startsWith(this.#prefix)).map((key) => key.slice(this.#prefix.length));
  }

  /** True while something is kept that nobody else has. */
  get unsent(): boolean {
    return this.names.some((name) => this.#kept(name)?.is === "unsent");
  }

  /** What was kept under a name; absent: nothing was, or it can no longer be read. */
  recall(name: string): unknown {
    return this.#kept(name)?.value;
  }

  /** Keeps it. A browser that has no room keeps nothing over a reload; what is typed is sent all the same. */
  keep(name: string, value: unknown, is: Whereabouts): void {
    try {
      localStorage.setItem(this.#prefix + name, JSON.stringify({ value, is } satisfies Kept));
    } catch {
      // said above
    }
  }

  drop(name: string): void {
    localStorage.removeItem(this.#prefix + name);
  }

  /** Forgets everything, in every window. */
  forget(): void {
    for (const name of this.names) this.drop(name);
  }

  /** Tells what another window of the same person keeps, or with nothing drops; ends when called. */
  follow(told: (name: string, value: unknown) => void): () => void {
    const heard = ({ key, newValue }: StorageEvent): void => {
      if (key?.startsWith(this.#prefix) === true) told(key.slice(this.#prefix.length), read(newValue)?.value);
    };
    addEventListener("storage", heard);
    return () => removeEventListener("storage", heard);
  }

  #kept(name: string): Kept | undefined {
    return read(localStorage.getItem(this.#prefix + name));
  }
}

function read(kept: string | null): Kept | undefined {
  if (kept === null) return undefined;
  try {
    const found: unknown = JSON.parse(kept);
    return typeof found === "object" && found !== null && "value" in found ? (found as Kept) : undefined;
  } catch {
    return undefined;
  }
}

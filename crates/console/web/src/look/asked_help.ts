// Which help is asked for: a screen has one, whether its key is pressed, its button, or `?` is typed in the command line.
import { signal } from "@preact/signals";

/** What stands first in it; absent: nobody asked. */
export const askedHelp = signal<"keys" | "commands" | undefined>(undefined);

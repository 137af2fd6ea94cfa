// What the centre offers instead of a line that it refused.
import type { Refusal } from "../api/refusal";
import { otherLayout } from "../look/layout";

/** The choices of a refusal, in its order. Those of which one has a comma of its own have line ends between. */
export function choicesOf({ facts }: Pick<Refusal, "facts">): string[] {
  const choices = facts["choices"] ?? "";
  return choices.split(choices.includes("\n") ? "\n" : ",").map((choice) => choice.trim()).filter((choice) => choice !== "");
}

/** So many commands are named where a line begins with none: they and what to do about it stand in one line. */
const FEW = 5;

/** True where more commands could be meant than are named. */
export function namesFew({ reason, facts }: Refusal): boolean {
  return reason === "COMMAND_UNKNOWN" && choicesOf({ facts }).length > FEW;
}

/** A refusal that names few: of all commands, those that come nearest to what was typed, and not the list of them, which is told beside it. Which of several names is meant is another matter: there each of them may be. */
export function few(refusal: Refusal): Refusal {
  if (!namesFew(refusal)) return refusal;
  const { remedy: _all, ...facts } = refusal.facts;
  const typed = bothLayouts(facts["word"] ?? "");
  const far = new Map(choicesOf(refusal).map((choice) => [choice, Math.min(...typed.map((word) => apart(word, choice.toUpperCase())))]));
  const nearest = [...far.keys()].sort((one, other) => (far.get(one) ?? 0) - (far.get(other) ?? 0));
  return { ...refusal, facts: { ...facts, choices: nearest.slice(0, FEW).join(", ") } };
}

/** A word as it was typed, and as the same keys say it in the other layout: a verb typed in Cyrillic has no letter of it. */
function bothLayouts(word: string): string[] {
  return [word, otherLayout(word)].map((one) => one.toUpperCase());
}

/** How many letters must be put in, left out or changed to make one word of another. */
function apart(one: string, other: string): number {
  let row = [...other, ""].map((_, at) => at);
  for (const [down, letter] of [...one].entries()) {
    const next = [down + 1];
    for (const [at, twin] of [...other].entries()) next.push(Math.min((next[at] ?? 0) + 1, (row[at + 1] ?? 0) + 1, (row[at] ?? 0) + (letter === twin ? 0 : 1)));
    row = next;
  }
  return row.at(-1) ?? 0;
}

/** A line that could not be read has an example for its remedy: it names units and incidents that nobody meant. */
function isUnread(reason: string): boolean {
  return reason === "COMMAND_INCOMPLETE" || reason === "COMMAND_NOT_UNDERSTOOD";
}

/** What may be taken instead as it stands. Nothing: there is none. */
export function remedyOf({ reason, facts }: Refusal): string | undefined {
  const { remedy } = facts;
  return remedy === undefined || remedy === "" || isUnread(reason) ? undefined : remedy;
}

/** How such a line looks, to be read and not to be taken. */
export function exampleOf({ reason, facts }: Refusal): string | undefined {
  const { remedy } = facts;
  return remedy === undefined || remedy === "" || !isUnread(reason) ? undefined : remedy;
}

/** The verb of a line, which spaces or dots end. */
function verbOf(line: string): string {
  return /[^\s.]+/u.exec(line)?.[0] ?? "";
}

/** True for a choice that is the line in full: it begins with the verb that was typed, which the centre has understood. A name of several words does not. */
function isLine(choice: string, line: string): boolean {
  const [verb = "", more] = choice.split(" ", 2);
  return more !== undefined && bothLayouts(verbOf(line)).includes(verb);
}

/** A line with the word that fits several replaced by the one that is meant; without such a word the choice is added. */
export function chosen(line: string, word: string | undefined, choice: string): string {
  if (isLine(choice, line)) return choice;
  if (word === undefined || word === "") return `${line.trimEnd()} ${choice}`;
  const at = line.toUpperCase().indexOf(word.toUpperCase());
  return at < 0 ? `${line.trimEnd()} ${choice}` : `${line.slice(0, at)}${choice}${line.slice(at + word.length)}`;
}

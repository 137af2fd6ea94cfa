// The command line: one line for everything, with what it would do beside it.
import type { Recommendation } from "../contract/kezek/record/v1/recommendation_pb";

/** What a screen lets its command line know and tell. */
export interface CommandLineProps {
  /** The incident that is selected on the screen, by id; absent: none is. */
  readonly selected: string | undefined;
  /** `V 1043`: shows an incident. */
  readonly onView: (incidentId: string) => void;
  /** `REC 1043`: shows whom the centre would send. */
  readonly onRecommend?: (recommendation: Recommendation) => void;
}

export function CommandLine(props: CommandLineProps) {
  return <section aria-label="command" data-selected={props.selected} />;
}

/** Puts the cursor into the command line of this page. */
export function focusCommandLine(): void {
  document.querySelector<HTMLInputElement>("#command-line")?.focus();
}

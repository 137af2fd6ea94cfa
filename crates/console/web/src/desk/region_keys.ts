// Single keys about the selected incident. They act only while the focus is in the queue, the units or the incident itself, never while somebody
// types, and only where the person wants single keys at all.
import type { Incident } from "../contract/kezek/record/v1/incident_pb";
import { singleKeys } from "../look/keys";
import { incidentActions } from "./actions/offered";
import type { DeskState } from "./state";

/** What a key pressed in a region does. */
export function regionKey(desk: DeskState, incidentNow: () => Incident | undefined): (event: KeyboardEvent) => void {
  return (event) => {
    const types = event.target instanceof HTMLElement && event.target.matches("input, textarea, select, [contenteditable]");
    if (types || !singleKeys.value || event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const place = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1];
    if (place !== undefined) {
      event.preventDefault();
      document.querySelector<HTMLButtonElement>(`.work [data-place="${place}"] button`)?.focus();
      return;
    }
    const incident = incidentNow();
    const offered = incident === undefined ? undefined : incidentActions(incident).find(({ code }) => code === event.code);
    if (offered === undefined) return;
    event.preventDefault();
    desk.begin(offered.action);
  };
}

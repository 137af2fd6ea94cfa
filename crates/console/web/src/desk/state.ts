// What a desk has before it: which incident is selected, what is being done to it, which cards are open. The selection is in the address, so
// that a reload and a shared link show the same.
import { signal, type Signal } from "@preact/signals";
import type { Step } from "../contract/kezek/record/v1/milestone_pb";
import type { Cards } from "./cards";
import { stillThere } from "../look/focus";
import type { Point } from "../places/coordinates";
import { surroundings } from "../surroundings";
import { heirsOf } from "./kept_focus";

/** What is being entered about the selected incident. */
export type Action =
  | IncidentAction
  | { readonly what: "send"; readonly unitId: string; readonly needIndex?: number }
  | { readonly what: "run"; readonly runId: string; readonly step: RunStep }
  | { readonly what: "run_correct" | "run_stood_down"; readonly runId: string }
  | { readonly what: "received" | "accepted" | "returned" | "desk_stood_down"; readonly assignmentId: string }
  | { readonly what: "stand_down"; readonly runId: string }
  | { readonly what: "stand_down_desk"; readonly assignmentId: string };

/** An action about the incident itself. */
export interface IncidentAction {
  readonly what: "note" | "priority" | "type" | "location" | "hold" | "release" | "merge" | "unmerge" | "close" | "cancel" | "reopen" | "request" | "desk";
}

/** The steps that a crew reports. */
export type RunStep = Step.ACKNOWLEDGED | Step.EN_ROUTE | Step.ON_SCENE | Step.CLEARED;

/** A desk. */
export interface DeskState {
  readonly cards: Cards;
  /** The selected incident, by id. */
  readonly selected: Signal<string | undefined>;
  /** An incident that is only looked at. */
  readonly peeked: Signal<string | undefined>;
  readonly action: Signal<Action | undefined>;
  /** The map instead of the selected incident. */
  readonly mapShown: Signal<boolean>;
  /** A place that was pointed at on the map while a place was being entered. */
  readonly pointed: Signal<Point | undefined>;
  /** Selects an incident. */
  select(incidentId: string | undefined): void;
  /** Selects an incident that a person asked to see: the map does not stay before it. */
  view(incidentId: string): void;
  /** Begins to enter something; the focus goes back to where it was once that is done. */
  begin(action: Action): void;
  /** Ends it. */
  done(): void;
}

/** The desk that a part of it is on. */
export const [DeskProvider, useDesk] = surroundings<DeskState>("the desk");

/** True while another incident than the selected one is looked at. */
export function looksElsewhere({ selected, peeked }: DeskState): boolean {
  return peeked.value !== undefined && peeked.value !== selected.value;
}

/** The incident that the address names. */
export function named(): string | undefined {
  return new URLSearchParams(location.search).get("incident") ?? undefined;
}

/** A desk as it is when its page is opened. */
export function deskState(cards: Cards): DeskState {
  const selected = signal(named());
  const peeked = signal<string | undefined>(undefined);
  const action = signal<Action | undefined>(undefined);
  const mapShown = signal(false);
  let cameFrom: Element | null = null;
  let heir = heirsOf(null);
  const select = (incidentId: string | undefined): void => {
    peeked.value = undefined;
    if (incidentId === selected.value) return;
    // what was begun belongs to the incident it was begun on
    action.value = undefined;
    selected.value = incidentId;
    const address = new URL(location.href);
    if (incidentId === undefined) address.searchParams.delete("incident");
    else address.searchParams.set("incident", incidentId);
    history.replaceState(null, "", address);
  };
  return {
    cards, selected, peeked, action, mapShown, pointed: signal(undefined), select,
    view(incidentId) {
      mapShown.value = false;
      select(incidentId);
    },
    begin(begun) {
      if (action.value === undefined) {
        cameFrom = document.activeElement;
        heir = heirsOf(cameFrom);
      }
      peeked.value = undefined;
      mapShown.value = false;
      action.value = begun;
    },
    done() {
      // the answer may come after the person went on elsewhere: the keyboard stays where they are
      const leaves = document.activeElement === document.body || document.activeElement?.closest("form.action") != null;
      action.value = undefined;
      if (!leaves) return;
      (stillThere(cameFrom) ?? heir() ?? document.getElementById("detail"))?.focus();
    },
  };
}

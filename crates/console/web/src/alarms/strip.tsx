// The alarm strip: what a person must see and act on, the gravest first.

/** What a screen lets its alarm strip know. */
export interface AlarmStripProps {
  /** Only those about this station's desk and units; absent: all that the person may see. */
  readonly station?: string;
  /** Shows the incident of an alarm. */
  readonly onOpen: (incidentId: string) => void;
}

export function AlarmStrip(_props: AlarmStripProps) {
  return <section aria-label="alarms" />;
}

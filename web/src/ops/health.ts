// What is wrong, the worst first.

import type { Adapters, Alarm, Displays, Overview } from './ops_store';

/** An older backlog means that the queue is stuck. */
const BACKLOG_AGE_MAX_MS = 30_000;

export type Problem =
  | { kind: 'stopped' | 'open' | 'trying'; adapter: string }
  | { kind: 'dead'; count: number }
  | { kind: 'late'; ms: number }
  | { kind: 'dark'; branch: string }
  | { kind: 'unattended'; alarm: Alarm };

export interface HealthInput {
  overview: Overview | undefined;
  adapters: Adapters | undefined;
  displays: ReadonlyMap<string, Displays>;
  alarms: Alarm[];
  nowMs: number;
}

const CIRCUITS = { stopped: 'stopped', open: 'open', half_open: 'trying', closed: undefined } as const;

export function problemsOf({ overview, adapters, displays, alarms, nowMs }: HealthInput): Problem[] {
  const problems: Problem[] = alarms.map((alarm) => ({ kind: 'unattended', alarm }));
  for (const { name, circuit } of adapters?.adapters ?? []) {
    const kind = CIRCUITS[circuit.state];
    if (kind) problems.push({ kind, adapter: name });
  }
  if (overview && overview.dead.count > 0) problems.push({ kind: 'dead', count: overview.dead.count });
  const oldest = overview?.outbox.oldestAt;
  const waitingMs = oldest === undefined ? 0 : nowMs - Date.parse(oldest);
  if (waitingMs > BACKLOG_AGE_MAX_MS) problems.push({ kind: 'late', ms: waitingMs });
  for (const { branchId, name } of overview?.branches ?? []) {
    const known = displays.get(branchId);
    const isDark = known && known.asOf !== null && known.displays.length === 0 && known.silent.length > 0;
    if (isDark) problems.push({ kind: 'dark', branch: name });
  }
  return problems;
}

// Message keys for the enumerations of the API.

/** By the kind of a timeline entry; pushes and receipts have messages of their own. */
export const KIND_LABELS = {
  accepted: 'kindAccepted',
  committed: 'kindCommitted',
  published: 'kindCommitted',
  received: 'kindCommitted',
  seen: 'kindCommitted',
  confirmed: 'kindConfirmed',
  status_changed: 'kindStatusChanged',
  items_added: 'kindItemsAdded',
  item_status_changed: 'kindItemStatusChanged',
  acknowledged: 'kindAcknowledged',
  preparing: 'kindPreparing',
  ready: 'kindReady',
  bumped: 'kindBumped',
  recalled: 'kindRecalled',
  served: 'kindServed',
  completed: 'kindCompleted',
  cancel_requested: 'kindCancelRequested',
  cancel_accepted: 'kindCancelAccepted',
  cancel_rejected: 'kindCancelRejected',
  cancelled: 'kindCancelled',
  escalated: 'kindEscalated',
  escalation_cleared: 'kindEscalationCleared',
} as const;

export const AUDIENCE_LABELS: Record<string, 'audienceKitchen' | 'audienceWaiters' | 'audienceTables' | 'audienceSession' | 'audienceTable' | 'audienceOrder'> = {
  kitchen: 'audienceKitchen',
  waiters: 'audienceWaiters',
  tables: 'audienceTables',
  session: 'audienceSession',
  table: 'audienceTable',
  order: 'audienceOrder',
};

/** Why an alarm was raised. */
export const CAUSE_LABELS = { no_display: 'causeNoDisplay', unacknowledged: 'causeUnacknowledged' } as const;

export const OUTCOME_LABELS = {
  delivered: 'outcomeDelivered',
  retry: 'outcomeRetry',
  dead: 'outcomeDead',
  skipped: 'outcomeSkipped',
  resend: 'outcomeResend',
} as const;

import { requiredContext } from '../../base/ui/required_context';
import type { OpsStore } from '../ops_store';

export const [OpsStoreProvider, useOpsStore] = requiredContext<OpsStore>('ops store');

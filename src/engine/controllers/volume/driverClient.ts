import type { Client } from '../../client/client';

/** The API server as what a CSI driver brings along (provisioner, attacher) speaks to it. */
export const driverClient = (client: Client, driver: string): Client => client.as({
  actor: driver, userAgent: `${driver}/v1`, credentials: { type: 'certificate', user: { username: `system:serviceaccount:kube-system:${driver}`, groups: ['system:masters', 'system:authenticated'] } },
});

/** `npm run bench -- deployment`: how quick decisions about what serves are, and how soon they are seen. */
import { promotionsOfManyClients, promotionsOfOneClient, rollBacks } from './deployments/decisions';
import { eagerRollBacks } from './deployments/eager';
import { visibility } from './deployments/visibility';
import type { Suite } from './suite';

/** What is measured of deployment. */
export const deploymentSuite: Suite = {
  'roll-back': rollBacks,
  visible: visibility,
  'one-client': promotionsOfOneClient,
  'raw-clients': promotionsOfManyClients,
  eager: eagerRollBacks,
};

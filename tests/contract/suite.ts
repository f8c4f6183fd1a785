/** The behaviour of an edge, written once against a URL. Each runtime adds one short file that starts it. */
import { afterAll, beforeAll } from 'vitest'
import type { ApiClient } from '../support/api-client.ts'
import { addAccountTests } from './account-tests.ts'
import { addAlertControlTests } from './alert-control-tests.ts'
import { addAlertExtrasTests } from './alert-extras-tests.ts'
import { addAlertTests } from './alert-tests.ts'
import { addBroadcastTests } from './broadcast-tests.ts'
import { addChannelTests } from './channel-tests.ts'
import { addDeliveryTests } from './delivery-tests.ts'
import { addDepositTests } from './deposit-tests.ts'
import { addDonationCareTests } from './donation-care-tests.ts'
import { addDonationHoldTests } from './donation-hold-tests.ts'
import { addDonationTests } from './donation-tests.ts'
import { addErrorTests } from './error-tests.ts'
import { addSchemaTests } from './schema-tests.ts'
import { addFreezeTests } from './freeze-tests.ts'
import { addGuestTests } from './guest-tests.ts'
import { addMailTests } from './mail-tests.ts'
import { addOwnAccountTests } from './own-account-tests.ts'
import { addSecondFactorTests } from './second-factor-tests.ts'
import { addSetupTests } from './setup-tests.ts'
import { addStatementTests } from './statement-tests.ts'
import { addTransactionCareTests } from './transaction-care-tests.ts'
import { addViewerTests } from './viewer-tests.ts'
import { addWebhookTests } from './webhook-tests.ts'
import { addWithdrawalTests } from './withdrawal-tests.ts'
import { addTakedownTests } from './takedown-tests.ts'
import { addVideoPageTests } from './video-page-tests.ts'
import { addUploadTests } from './upload-tests.ts'
import { addVideoTests } from './video-tests.ts'
import type { ContractTarget, ReadyTarget } from './target.ts'

export interface SuiteOptions {
  /** The target starts on an empty database and has `migrate`. */
  readonly isMigratedByHand?: boolean
}

export function addContractTests(
  start: () => Promise<ContractTarget>,
  { isMigratedByHand = false }: SuiteOptions = {},
): void {
  let target: ContractTarget | undefined
  let admin: ApiClient | undefined

  beforeAll(async () => {
    target = await start()
  })
  afterAll(() => target?.stop())

  const started = (): ContractTarget => {
    if (!target) throw new Error('The edge did not start')
    return target
  }
  const ready = (): ReadyTarget => {
    if (!admin) throw new Error('The first visit did not succeed, so nothing after it can')
    return { ...started(), admin, stop: () => started().stop() }
  }

  if (isMigratedByHand) addSchemaTests(started)
  addSetupTests(started, (client) => (admin = client))
  addAccountTests(ready)
  addChannelTests(ready)
  addDonationTests(ready)
  addDonationCareTests(ready)
  addDonationHoldTests(ready)
  addGuestTests(ready)
  addFreezeTests(ready)
  addDepositTests(ready)
  addStatementTests(ready)
  addWithdrawalTests(ready)
  addTransactionCareTests(ready)
  addAlertTests(ready)
  addAlertControlTests(ready)
  addAlertExtrasTests(ready)
  addBroadcastTests(ready)
  addDeliveryTests(ready)
  addViewerTests(ready)
  addWebhookTests(ready)
  addUploadTests(ready)
  addVideoTests(ready)
  addVideoPageTests(ready)
  addTakedownTests(ready)
  addMailTests(ready)
  addOwnAccountTests(ready)
  addErrorTests(ready)
  // Last: with a second admin, large withdrawals need two.
  addSecondFactorTests(ready)
}

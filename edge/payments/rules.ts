/** What other slices may ask about payments. */
export { sealBankSecrets } from './bank-secrets.ts'
export { countOpenDeposits, listOwnDeposits } from './deposit-store.ts'
export { depositStatement, findDepositByKey } from './deposits.ts'
export { paymentError } from './refusals.ts'
export { readTotalHeld } from './total-held.ts'
export { countHeldWithdrawals } from './withdrawal-store.ts'

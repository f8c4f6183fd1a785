/** What other slices may ask about payments. */
export { countOpenDeposits } from './deposit-store.ts'
export { countHeldWithdrawals } from './withdrawal-store.ts'

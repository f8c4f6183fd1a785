/** What other slices may ask about payments. */
export { countOpenDeposits } from './deposit-store.ts'

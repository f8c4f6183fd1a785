/** What other slices may ask about cases. */
export { countOpenCases } from './store.ts'

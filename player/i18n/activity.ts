import { t as channels } from './activity-channels.ts'
import { t as details } from './activity-details.ts'
import { t as money } from './activity-money.ts'
import { t as people } from './activity-people.ts'
import { dictionary } from './dictionary.ts'

/** The log: one text for every action code, and names for the details beside it. */
export const t = dictionary({
  id: { ...channels.texts.id, ...details.texts.id, ...money.texts.id, ...people.texts.id },
  en: { ...channels.texts.en, ...details.texts.en, ...money.texts.en, ...people.texts.en },
})

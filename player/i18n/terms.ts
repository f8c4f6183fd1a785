import { dictionary } from './dictionary.ts'

/** What a member has agreed to. */
export const t = dictionary({
  id: {
    link: 'Ketentuan',
    accepted: 'Anda menyetujuinya',
    changed: 'Ketentuan situs ini berubah sejak Anda menyetujuinya. Bacalah yang baru:',
    accept: 'Saya setuju',
    done: 'Tercatat',
  },
  en: {
    link: 'Terms',
    accepted: 'You agreed to them',
    changed: 'The terms of this site have changed since you agreed to them. Please read the new ones:',
    accept: 'I agree',
    done: 'Recorded',
  },
})

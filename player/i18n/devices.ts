import { dictionary } from './dictionary.ts'

export const t = dictionary({
  id: {
    title: 'Perangkat yang masuk',
    unknownDevice: 'Perangkat lain',
    thisDevice: 'Perangkat ini',
    signedIn: 'Masuk',
    end: 'Keluarkan',
    endOf: 'Keluarkan {device}',
    endOthers: 'Keluarkan semua perangkat lain',
  },
  en: {
    title: 'Signed-in devices',
    unknownDevice: 'Another device',
    thisDevice: 'This device',
    signedIn: 'Signed in',
    end: 'Sign out',
    endOf: 'Sign out {device}',
    endOthers: 'Sign out all other devices',
  },
})

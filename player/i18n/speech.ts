import { dictionary } from './dictionary.ts'

/** Alerts that are spoken. */
export const t = dictionary({
  id: {
    title: 'Suara pembaca',
    isOn: 'Bacakan notifikasi',
    isOnHint: 'Menyusul nada notifikasi. Bila gagal, notifikasi tetap tampil.',
    minimum: 'Dibacakan mulai',
    minimumHint: 'Tulis 0 agar semua notifikasi dibacakan.',
    voice: 'Bahasa',
    voice_id: 'Indonesia',
    voice_en: 'Inggris',
    volume: 'Volume suara: {value}%',
    listen: 'Dengarkan contoh',
    silent: 'Server ini belum dapat membacakan. Pengelola dapat memasang espeak-ng.',
  },
  en: {
    title: 'Text to speech',
    isOn: 'Read alerts aloud',
    isOnHint: 'After the sound of the alert. If it fails, the alert is shown all the same.',
    minimum: 'Read from',
    minimumHint: 'Write 0 to read all alerts.',
    voice: 'Language',
    voice_id: 'Indonesian',
    voice_en: 'English',
    volume: 'Voice volume: {value}%',
    listen: 'Listen to a sample',
    silent: 'This server cannot speak yet. Its operator can install espeak-ng.',
  },
})

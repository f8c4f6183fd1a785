import { dictionary } from './dictionary.ts'

/** Terms, privacy and refunds: their names, and the sentences that lead to them. */
export const t = dictionary({
  id: {
    terms: 'Ketentuan',
    privacy: 'Privasi',
    refunds: 'Pengembalian dana',
    version: 'Versi {version}, {date}',
    defaultVersion: 'Versi 0: teks bawaan Panggung, belum diubah oleh pengelola situs.',
    byRegistering: 'Dengan mendaftar Anda menyetujui:',
    byDonating: 'Dengan berdonasi Anda menyetujui:',
    cardTitle: 'Ketentuan, privasi, pengembalian dana',
    cardText: 'Bacalah teks bawaannya dan sesuaikan dengan situs Anda. Ini bukan nasihat hukum.',
    page: 'Halaman',
    language: 'Bahasa',
    text: 'Teks',
    textHint:
      'Teks biasa: “# ” memulai judul, “- ” memulai butir, baris kosong memisahkan paragraf. {site} menjadi nama situs.',
    save: 'Simpan versi baru',
    saved: 'Versi {version} disimpan',
  },
  en: {
    terms: 'Terms',
    privacy: 'Privacy',
    refunds: 'Refunds',
    version: 'Version {version}, {date}',
    defaultVersion: 'Version 0: the text that comes with Panggung, unchanged by whoever runs this site.',
    byRegistering: 'By registering you accept:',
    byDonating: 'By donating you accept:',
    cardTitle: 'Terms, privacy, refunds',
    cardText: 'Read the texts you began with and make them true for your site. They are not legal advice.',
    page: 'Page',
    language: 'Language',
    text: 'Text',
    textHint:
      'Plain text: “# ” begins a heading, “- ” an item, an empty line separates paragraphs. {site} becomes the site’s name.',
    save: 'Save as a new version',
    saved: 'Version {version} was saved',
  },
})

import { dictionary } from './dictionary.ts'

/** What is wrong with a field and what to write, by `FIELD_REASON`; other fields have a general text. */
export const t = dictionary({
  id: {
    email_malformed: 'Tulis alamat email lengkap, misalnya nama@contoh.id.',
    username_malformed: 'Pakai huruf kecil, angka, dan tanda hubung saja, misalnya siti-2.',
    username_too_short: 'Sedikitnya 3 karakter.',
    username_too_long: 'Paling banyak 32 karakter.',
    username_not_allowed: 'Nama ini tidak dapat dipakai. Pilih nama lain.',
    password_too_short: 'Sedikitnya 8 karakter.',
    password_too_long: 'Paling banyak 256 karakter.',
    reason_missing: 'Tulis alasannya, sedikitnya 3 karakter.',
    reason_too_short: 'Tulis alasannya, sedikitnya 3 karakter.',
    slug_malformed: 'Pakai 3 sampai 32 huruf kecil, angka, atau tanda hubung.',
    slug_not_allowed: 'Alamat ini tidak dapat dipakai. Pilih alamat lain.',
    publicUrl_malformed: 'Tulis alamat lengkap, misalnya https://siaran.contoh.id.',
    elsewhereUrl_not_allowed: 'Tulis alamat https lengkap, misalnya https://www.youtube.com/@nama/live.',
    rtmpUrl_malformed: 'Tulis alamat yang berakhir /live, misalnya rtmp://siaran.contoh.id/live.',
  },
  en: {
    email_malformed: 'Write a whole email address, such as name@example.org.',
    username_malformed: 'Use small letters, digits and hyphens only, such as siti-2.',
    username_too_short: 'At least 3 characters.',
    username_too_long: 'At most 32 characters.',
    username_not_allowed: 'This name cannot be used. Choose another.',
    password_too_short: 'At least 8 characters.',
    password_too_long: 'At most 256 characters.',
    reason_missing: 'Write why, in at least 3 characters.',
    reason_too_short: 'Write why, in at least 3 characters.',
    slug_malformed: 'Use 3 to 32 small letters, digits or hyphens.',
    slug_not_allowed: 'This address cannot be used. Choose another.',
    publicUrl_malformed: 'Write the whole address, such as https://live.example.org.',
    elsewhereUrl_not_allowed: 'Write a whole https address, such as https://www.youtube.com/@name/live.',
    rtmpUrl_malformed: 'Write an address that ends in /live, such as rtmp://live.example.org/live.',
  },
})

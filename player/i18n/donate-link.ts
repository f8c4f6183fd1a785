import { dictionary } from './dictionary.ts'

/** How a donation page is passed on, and the small page that other sites may show. */
export const t = dictionary({
  id: {
    link: 'Tautan donasi',
    onlyHere:
      'Tautan ini hanya terbuka di komputer ini. Admin dapat mengisi alamat web publik di Pengaturan situs.',
    more: 'Kode QR dan kode untuk situs lain',
    qr: 'Kode QR halaman donasi',
    frame: 'Kode HTML untuk situs Anda',
    frameHint: 'Tombol di dalamnya membuka halaman donasi yang sebenarnya di tab baru.',
    frameTitle: 'Donasi',
    donateTo: 'Donasi untuk {title}',
    donate: 'Donasi',
    opens: 'Dibuka di tab baru',
    closed: 'Halaman donasi ini sedang tidak tersedia.',
  },
  en: {
    link: 'Donation link',
    onlyHere:
      'This link opens on this computer only. An admin can set the public web address in the site’s settings.',
    more: 'QR code and code for other sites',
    qr: 'QR code of the donation page',
    frame: 'HTML code for your site',
    frameHint: 'Its buttons open the real donation page in a new tab.',
    frameTitle: 'Donate',
    donateTo: 'Donate to {title}',
    donate: 'Donate',
    opens: 'Opens in a new tab',
    closed: 'This donation page is not available now.',
  },
})

import { dictionary } from './dictionary.ts'

export const t = dictionary({
  id: {
    title: 'Halaman tidak ditemukan',
    text: 'Alamat ini tidak ada, atau isinya sudah dipindahkan. Periksa ejaannya.',
    toHome: 'Ke beranda',
    nearest: 'Mungkin yang Anda cari:',
  },
  en: {
    title: 'Page not found',
    text: 'There is nothing at this address, or it has moved. Check its spelling.',
    toHome: 'Go to the home page',
    nearest: 'Perhaps you are looking for:',
  },
})

import { dictionary } from './dictionary.ts'

export const t = dictionary({
  id: {
    title: 'Monitor di VLC',
    text: 'Lihat siaran ini di VLC atau ffplay, misalnya di meja produksi. Alamatnya berlaku 24 jam.',
    make: 'Buat alamat',
    again: 'Buat alamat baru',
    address: 'Alamat monitor',
    how: 'Di VLC: Media → Buka Streaming Jaringan, lalu tempel. Siapa pun yang memegang alamat ini dapat menonton.',
    until: 'Berlaku sampai {time}.',
  },
  en: {
    title: 'Monitor in VLC',
    text: 'See this broadcast in VLC or ffplay, for example at a producer’s desk. The address works for 24 hours.',
    make: 'Make an address',
    again: 'Make a new address',
    address: 'Monitor address',
    how: 'In VLC: Media → Open Network Stream, then paste. Whoever has this address can watch.',
    until: 'Valid until {time}.',
  },
})

import { dictionary } from './dictionary.ts'

/** Why object storage does not take videos. */
export const t = dictionary({
  id: {
    title: 'Video belum sampai di penyimpanan objek',
    safe: 'Tidak ada yang hilang: video tetap di disk server dan dikirim lagi. Siaran tidak terpengaruh.',
    count: '{count} video: {problem}',
    badge: '{problem}: tetap di disk, dicoba lagi',
    silent: 'Penyimpanan tidak menjawab',
    away: 'Penyimpanan tak terjangkau',
    busy: 'Penyimpanan sedang sibuk',
    clock: 'Jam server salah, sehingga penyimpanan menolak',
    keys: 'Penyimpanan menolak kuncinya',
    bucket: 'Bucket penyimpanan tidak ada',
    region: 'Alamat atau wilayah penyimpanan salah',
    bytes: 'Salinan di penyimpanan tidak sama',
  },
  en: {
    title: 'Videos have not reached the object storage',
    safe: 'Nothing is lost: they stay on the server’s disk and are sent again. Broadcasts are not affected.',
    count: 'Videos: {count}. {problem}',
    badge: '{problem}: kept on the disk, tried again',
    silent: 'The storage does not answer',
    away: 'Storage out of reach',
    busy: 'The storage is busy',
    clock: 'The server’s clock is wrong, and the storage refuses',
    keys: 'The storage refuses its keys',
    bucket: 'There is no such bucket',
    region: 'The storage’s address or region is wrong',
    bytes: 'The copy in the storage differs',
  },
})

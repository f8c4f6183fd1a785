import { dictionary } from './dictionary.ts'

/** The settings of the site. */
export const t = dictionary({
  id: {
    siteTitle: 'Situs',
    name: 'Nama situs',
    timeZone: 'Zona waktu',
    registration: 'Siapa yang boleh mendaftar?',
    open: 'Siapa saja',
    invited: 'Hanya yang diundang',
    closed: 'Tidak ada',
    donationsEnabled: 'Donasi menyala di situs ini',
    donationsEnabledHint: 'Bila dimatikan, dompet, halaman donasi, dan overlay tidak ada.',
    preset: 'Dipakai untuk apa?',
    streamers: 'Para streamer',
    organisation: 'Organisasi',
    streamersApplied:
      'Ini juga menyalakan donasi, dan beranda menampilkan semua kanal. Periksa di bawah, lalu simpan.',
    organisationApplied:
      'Ini juga mematikan donasi, dan beranda menampilkan satu-satunya kanal bila hanya ada satu. Periksa di bawah, lalu simpan.',
    homeChannel: 'Beranda menampilkan',
    homeAll: 'Semua kanal',
    addressTitle: 'Alamat',
    publicUrl: 'Alamat web publik',
    publicUrlHint: 'Dipakai dalam tautan yang dibagikan.',
    rtmpUrl: 'Alamat RTMP',
    rtmpUrlHint: 'Yang diisikan pada “Server” di OBS.',
  },
  en: {
    siteTitle: 'The site',
    name: 'Name of the site',
    timeZone: 'Time zone',
    registration: 'Who may register?',
    open: 'Anybody',
    invited: 'Only those invited',
    closed: 'Nobody',
    donationsEnabled: 'Donations are on for this site',
    donationsEnabledHint: 'When off, there is no wallet, no donation page and no overlay.',
    preset: 'What is it for?',
    streamers: 'Streamers',
    organisation: 'An organisation',
    streamersApplied:
      'This also turns donations on, and the home page shows all channels. Check below, then save.',
    organisationApplied:
      'This also turns donations off, and the home page shows the only channel when there is just one. Check below, then save.',
    homeChannel: 'The home page shows',
    homeAll: 'All channels',
    addressTitle: 'Addresses',
    publicUrl: 'Public web address',
    publicUrlHint: 'Used in links that are shared.',
    rtmpUrl: 'RTMP address',
    rtmpUrlHint: 'What goes into “Server” in OBS.',
  },
})

import { dictionary } from './dictionary.ts'

export const t = dictionary({
  id: {
    title: 'Beranda',
    liveNow: 'Sedang siaran',
    channels: 'Kanal',
    liveSince: 'Mulai {time}',
    nobodyTitle: 'Belum ada yang siaran',
    nobodyText: 'Pilih kanal di bawah dan biarkan halamannya terbuka. Siaran tampil sendiri begitu dimulai.',
    emptyTitle: 'Panggung ini masih kosong',
    emptyVisitor: 'Buat akun, lalu ajukan permohonan untuk mulai siaran.',
    emptyMember: 'Jadilah yang pertama: ajukan permohonan hak siaran di halaman akun Anda.',
    emptyStreamer: 'Buka Studio untuk mengambil Kunci Stream, lalu mulailah siaran dari OBS.',
    emptyClosed: 'Kanal akan tampil di sini setelah pengelola situs menambahkannya.',
    toAccount: 'Buka akun',
    toStudio: 'Buka Studio',
    register: 'Daftar',
    interrupted: 'Terputus',
  },
  en: {
    title: 'Home',
    liveNow: 'Live now',
    channels: 'Channels',
    liveSince: 'Started {time}',
    nobodyTitle: 'Nobody is live right now',
    nobodyText:
      'Choose a channel below and leave its page open. A broadcast appears by itself as soon as it starts.',
    emptyTitle: 'This stage is still empty',
    emptyVisitor: 'Create an account, then ask for the right to go on air.',
    emptyMember: 'Be the first: ask for the right to go on air on your account page.',
    emptyStreamer: 'Open the studio, take your stream key and start a broadcast from OBS.',
    emptyClosed: 'Channels appear here once whoever runs this site has added them.',
    toAccount: 'Open account',
    toStudio: 'Open the studio',
    register: 'Register',
    interrupted: 'Interrupted',
  },
})

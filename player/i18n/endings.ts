import type { EndReason } from '../../shared/contracts/internal.ts'
import { dictionary } from './dictionary.ts'

/** Why a broadcast ended, and what the streamer does next. */
export const t = dictionary<EndReason>({
  id: {
    stopped: 'Siaran diakhiri dari OBS.',
    lost: 'Sambungan dari OBS hilang. Periksa internet Anda, lalu mulai lagi dari OBS.',
    key_expired: 'Kunci Stream kedaluwarsa. Buat kunci baru dan pasang di OBS.',
    key_revoked: 'Kunci Stream yang dipakai dicabut. Buat kunci baru dan pasang di OBS.',
    right_withdrawn: 'Hak siaran kanal ini dicabut. Tanyakan kepada admin atau ajukan permohonan baru.',
    kicked: 'Seorang admin mengakhiri siaran ini. Tanyakan kepada admin sebelum siaran lagi.',
    origin_stopped: 'Server siaran dimatikan. Mulai lagi dari OBS sebentar lagi.',
    unsupported_media: 'Format ini tidak didukung. Di OBS, pakai H.264 untuk video dan AAC untuk audio.',
    bitrate_limit: 'Bitrate melewati batas situs ini. Turunkan Bitrate di OBS, lalu mulai lagi.',
    resolution_limit:
      'Resolusi melewati batas situs ini. Turunkan Output (Scaled) Resolution di OBS, lalu mulai lagi.',
    time_limit: 'Siaran mencapai lama terpanjang di situs ini. Anda dapat memulai siaran baru.',
  },
  en: {
    stopped: 'It was ended from OBS.',
    lost: 'The connection from OBS was lost. Check your internet connection and start again from OBS.',
    key_expired: 'The stream key expired. Make a new key and put it into OBS.',
    key_revoked: 'The stream key in use was revoked. Make a new key and put it into OBS.',
    right_withdrawn: 'The right to go on air was withdrawn. Ask an admin, or send a new request.',
    kicked: 'An admin ended this broadcast. Ask an admin before you go on air again.',
    origin_stopped: 'The streaming server was stopped. Start again from OBS in a moment.',
    unsupported_media: 'This format is not supported. In OBS use H.264 for video and AAC for audio.',
    bitrate_limit: 'The bitrate is above the limit of this site. Lower the Bitrate in OBS and start again.',
    resolution_limit:
      'The resolution is above the limit of this site. Lower the Output (Scaled) Resolution in OBS and start again.',
    time_limit: 'The broadcast reached the longest time this site allows. You can start a new one.',
  },
})

import { dictionary } from './dictionary.ts'

export const t = dictionary({
  id: {
    title: 'Kunci untuk “{name}”',
    once: 'Pindai atau ketik sekarang: kunci ini tidak dapat ditampilkan lagi. Bila hilang, cabut dan buat yang baru.',
    onlyHere:
      'Alamat {server} hanya berlaku di komputer ini. Minta admin mengisi Alamat RTMP yang dapat dijangkau ponsel.',
    app: 'Aplikasi di ponsel',
    larix: 'Larix Broadcaster',
    other: 'Prism Live dan aplikasi lain',
    larixHint: 'Pindai dengan kamera ponsel, lalu buka di Larix. Sambungan langsung tersimpan.',
    otherHint:
      'Pindai untuk menyalin alamat lengkap, atau isikan server dan kunci di bawah ini pada RTMP khusus.',
    qr: 'Kode QR berisi server dan kunci',
    server: 'Server',
    key: 'Kunci Stream',
    keyHint: 'Ketik tanpa spasi. Huruf besar dan kecil sama saja; tidak ada angka 0 dan 1.',
    done: 'Sudah disimpan di ponsel',
  },
  en: {
    title: 'Key for “{name}”',
    once: 'Scan or type it now: this key cannot be shown again. If it is lost, revoke it and make a new one.',
    onlyHere:
      'The address {server} works on this computer only. Ask an admin to set an RTMP address that a phone can reach.',
    app: 'App on the phone',
    larix: 'Larix Broadcaster',
    other: 'Prism Live and other apps',
    larixHint: 'Scan with the phone’s camera and open it in Larix. The connection is saved at once.',
    otherHint: 'Scan to copy the whole address, or enter the server and key below as a custom RTMP.',
    qr: 'QR code with the server and the key',
    server: 'Server',
    key: 'Stream key',
    keyHint: 'Type it without spaces. Capitals do not matter; there is no digit 0 or 1.',
    done: 'Saved on the phone',
  },
})
